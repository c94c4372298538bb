package io.packhouse.client.command;

import io.packhouse.engine.extract.InstalledExtractor;
import io.packhouse.extraction.plugins.PluginException;
import io.packhouse.extraction.plugins.PluginSettings;
import io.packhouse.extraction.plugins.Plugins;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The extractors of a plugin folder. A class of its own, so that runs without such a folder load
 * nothing of what runs them.
 */
final class ThirdPartyExtractors implements Closeable {
  private final Plugins plugins;

  private ThirdPartyExtractors(Plugins plugins) {
    this.plugins = plugins;
  }

  /**
   * Loads them.
   *
   * @param workers how many threads extract
   */
  static ThirdPartyExtractors load(Path folder, int workers)
      throws IOException, InterruptedException {
    try {
      return new ThirdPartyExtractors(Plugins.load(folder, PluginSettings.defaults(workers)));
    } catch (PluginException e) {
      throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  List<InstalledExtractor> extractors() {
    List<InstalledExtractor> installed = new ArrayList<>();
    for (Plugins.Loaded loaded : plugins.extractors()) {
      String origin = loaded.place() + (loaded.trusted() ? ", trusted" : "");
      installed.add(new InstalledExtractor(loaded.extractor(), origin));
    }
    return installed;
  }

  /** Why plugins cannot be used; each names its own. */
  List<String> failures() {
    return plugins.failures().stream().map(e -> String.valueOf(e.getMessage())).toList();
  }

  @Override
  public void close() {
    plugins.close();
  }
}
