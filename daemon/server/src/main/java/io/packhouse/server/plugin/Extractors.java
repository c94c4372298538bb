package io.packhouse.server.plugin;

import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.extract.InstalledExtractor;
import io.packhouse.extraction.archive.SafeArchiveOpener;
import io.packhouse.extraction.plugins.PluginException;
import io.packhouse.extraction.plugins.PluginSettings;
import io.packhouse.extraction.plugins.Plugins;
import io.packhouse.spi.ExtractionLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All extractors there are, with what they need while they are used. Thread-safe. */
public final class Extractors implements AutoCloseable {
  private final List<InstalledExtractor> extractors;
  private final @Nullable Plugins plugins;

  private Extractors(List<InstalledExtractor> extractors, @Nullable Plugins plugins) {
    this.extractors = extractors;
    this.plugins = plugins;
  }

  /**
   * Loads them.
   *
   * @param folder of plugins; null for none
   * @param workers how many threads extract
   * @throws IOException if the folder cannot be used; a plugin that cannot is one of {@link
   *     #failures}
   */
  public static Extractors load(@Nullable Path folder, int workers)
      throws IOException, InterruptedException {
    List<InstalledExtractor> all = new ArrayList<>(ExtractorHost.builtIn());
    Plugins plugins = null;
    if (folder != null) {
      try {
        plugins = Plugins.load(folder, PluginSettings.defaults(workers));
      } catch (PluginException e) {
        throw new IOException(e.getMessage(), e);
      }
      for (Plugins.Loaded loaded : plugins.extractors()) {
        String origin = loaded.place() + (loaded.trusted() ? ", trusted" : "");
        all.add(new InstalledExtractor(loaded.extractor(), origin));
      }
    }
    all.sort(Comparator.comparing(installed -> installed.extractor().packageType()));
    return new Extractors(List.copyOf(all), plugins);
  }

  /** In order of package type. */
  public List<InstalledExtractor> all() {
    return extractors;
  }

  /** Why plugins cannot be used; each names its own. */
  public List<String> failures() {
    return plugins == null
        ? List.of()
        : plugins.failures().stream().map(e -> String.valueOf(e.getMessage())).toList();
  }

  /**
   * A host of them, for jobs.
   *
   * @throws IllegalArgumentException if two claim one package type
   */
  public ExtractorHost host() {
    return new ExtractorHost(extractors, SafeArchiveOpener::new, ExtractionLimits.DEFAULT);
  }

  /** Ends what runs outside of this process. */
  @Override
  public void close() {
    if (plugins != null) {
      plugins.close();
    }
  }
}
