package io.packhouse.client.command;

import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.extract.InstalledExtractor;
import io.packhouse.extraction.archive.SafeArchiveOpener;
import io.packhouse.spi.ExtractionLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The extractors of a run of the command, with what they need while they are used. */
final class LoadedExtractors implements AutoCloseable {
  private final List<InstalledExtractor> extractors;
  private final @Nullable ThirdPartyExtractors thirdParty;

  private LoadedExtractors(
      List<InstalledExtractor> extractors, @Nullable ThirdPartyExtractors thirdParty) {
    this.extractors = extractors;
    this.thirdParty = thirdParty;
  }

  /** None at all. */
  static LoadedExtractors none() {
    return new LoadedExtractors(List.of(), null);
  }

  /**
   * Loads all there are.
   *
   * @param plugins the folder of third-party extractors; null for none
   * @param workers how many threads extract
   */
  static LoadedExtractors load(@Nullable Path plugins, int workers)
      throws IOException, InterruptedException {
    List<InstalledExtractor> all = new ArrayList<>(ExtractorHost.builtIn());
    if (plugins == null) {
      return new LoadedExtractors(all, null);
    }
    ThirdPartyExtractors thirdParty = ThirdPartyExtractors.load(plugins, workers);
    all.addAll(thirdParty.extractors());
    return new LoadedExtractors(all, thirdParty);
  }

  List<InstalledExtractor> extractors() {
    return extractors;
  }

  /** Why plugins cannot be used; each names its own. */
  List<String> failures() {
    return thirdParty == null ? List.of() : thirdParty.failures();
  }

  /** A host of them. */
  ExtractorHost host() throws Failure {
    return host(extractors);
  }

  /** A host of some of them. */
  static ExtractorHost host(List<InstalledExtractor> some) throws Failure {
    try {
      return new ExtractorHost(some, SafeArchiveOpener::new, ExtractionLimits.DEFAULT);
    } catch (IllegalArgumentException e) {
      throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** Ends what runs outside of this process; from any thread. */
  @Override
  public void close() {
    if (thirdParty != null) {
      thirdParty.close();
    }
  }
}
