package io.packhouse.client.command;

import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.extract.InstalledExtractor;
import io.packhouse.extraction.archive.SafeArchiveOpener;
import io.packhouse.spi.ExtractionLimits;
import java.util.List;

/** The extractors of a run of the command, with what they need while they are used. */
final class LoadedExtractors implements AutoCloseable {
  private final List<InstalledExtractor> extractors;

  private LoadedExtractors(List<InstalledExtractor> extractors) {
    this.extractors = extractors;
  }

  /** None at all. */
  static LoadedExtractors none() {
    return new LoadedExtractors(List.of());
  }

  /** Loads all there are. */
  static LoadedExtractors load() {
    return new LoadedExtractors(ExtractorHost.builtIn());
  }

  List<InstalledExtractor> extractors() {
    return extractors;
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

  @Override
  public void close() {}
}
