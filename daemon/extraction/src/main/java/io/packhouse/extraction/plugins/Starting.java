package io.packhouse.extraction.plugins;

import io.packhouse.spi.PackageExtractor;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The loading of one plugin, in a thread of its own. */
final class Starting {
  private final PluginSource source;
  private final PluginSettings settings;
  private final RunnerWatch watch;
  private final Thread thread;
  private final List<Plugins.Loaded> loaded = new ArrayList<>();
  private @Nullable Closeable held;
  private @Nullable Throwable failure;

  Starting(PluginSource source, PluginSettings settings, RunnerWatch watch) {
    this.source = source;
    this.settings = settings;
    this.watch = watch;
    this.thread = new Thread(this::load, "packhouse-plugin-start-" + source.name());
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void load() {
    try {
      if (source.trusted()) {
        loadHere();
      } else {
        startRunner();
      }
    } catch (Throwable e) { // told by result()
      failure = e;
    }
  }

  private void loadHere() throws IOException, PluginException {
    PluginClassLoader loader = new PluginClassLoader(source.name(), source.jars());
    held = loader;
    for (PackageExtractor extractor : loader.extractors()) {
      Descriptor.of(extractor); // fails here rather than in the middle of a pack
      add(extractor);
    }
  }

  private void startRunner() throws IOException, PluginException {
    RunnerPool runners = new RunnerPool(source, settings, watch);
    held = runners;
    List<Descriptor> descriptors = runners.descriptors();
    for (int i = 0; i < descriptors.size(); i++) {
      add(new RemoteExtractor(descriptors.get(i), i, runners));
    }
  }

  private void add(PackageExtractor extractor) {
    loaded.add(new Plugins.Loaded(extractor, source.name(), source.place(), source.trusted()));
  }

  /**
   * Waits for the end.
   *
   * @return what is to be closed, even after a failure; null if nothing
   */
  @Nullable Closeable await() throws InterruptedException {
    thread.join();
    return held;
  }

  /**
   * The plugin's extractors, after {@link #await}.
   *
   * @throws PluginException naming the plugin, if it cannot be used
   */
  List<Plugins.Loaded> extractors() throws PluginException {
    Throwable e = failure;
    if (e == null) {
      return loaded;
    }
    String reason =
        e instanceof PluginException
            ? String.valueOf(e.getMessage())
            : "cannot be loaded: " + Reasons.of(e);
    throw new PluginException(source.describe() + " (" + source.place() + ") " + reason, e);
  }
}
