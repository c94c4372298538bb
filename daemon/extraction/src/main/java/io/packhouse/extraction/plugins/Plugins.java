package io.packhouse.extraction.plugins;

import io.packhouse.spi.PackageExtractor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The extractors of a plugin folder, and the runners they work in. Thread-safe as extractors are;
 * closing ends the runners, and with them the extractions that are under way.
 */
public final class Plugins implements Closeable {

  /**
   * An extractor of a plugin.
   *
   * @param plugin the plugin's name
   * @param place the jar or the folder that it came from
   * @param trusted whether it runs in this process
   */
  public record Loaded(PackageExtractor extractor, String plugin, Path place, boolean trusted) {}

  private final RunnerWatch watch = new RunnerWatch();
  private final List<Closeable> held = new ArrayList<>();
  private final List<Loaded> extractors = new ArrayList<>();
  private final List<PluginException> failures = new ArrayList<>();

  private Plugins() {}

  /**
   * Loads all plugins of a folder; those that are not trusted are started side by side. One that
   * cannot be used is among the {@link #failures}.
   *
   * @throws PluginException if what the folder says of its plugins makes no sense
   * @throws IOException if the folder cannot be read
   * @throws InterruptedException if the calling thread is interrupted; what was started meanwhile
   *     ends with this process
   */
  public static Plugins load(Path folder, PluginSettings settings)
      throws IOException, PluginException, InterruptedException {
    Plugins plugins = new Plugins();
    boolean done = false;
    try {
      plugins.loadAll(PluginFolder.scan(folder), settings);
      done = true;
      return plugins;
    } finally {
      if (!done) {
        plugins.close();
      }
    }
  }

  /** Of all plugins that can be used, in the order of their names. */
  public List<Loaded> extractors() {
    return List.copyOf(extractors);
  }

  /** Why the others cannot be used; each names its plugin. */
  public List<PluginException> failures() {
    return List.copyOf(failures);
  }

  private void loadAll(List<PluginSource> sources, PluginSettings settings)
      throws InterruptedException {
    List<Starting> starting = new ArrayList<>();
    for (PluginSource source : sources) {
      Starting each = new Starting(source, settings, watch);
      starting.add(each);
      each.start();
    }
    for (Starting each : starting) {
      Closeable needed = each.await();
      if (needed != null) {
        held.add(needed);
      }
    }
    for (Starting each : starting) {
      try {
        extractors.addAll(each.extractors());
      } catch (PluginException e) {
        failures.add(e);
      }
    }
  }

  @Override
  public void close() {
    for (Closeable each : held) {
      try {
        each.close();
      } catch (IOException e) {
        System.getLogger(Plugins.class.getName())
            .log(System.Logger.Level.DEBUG, "closing a plugin failed", e);
      }
    }
    watch.close();
  }
}
