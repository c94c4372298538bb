package io.packhouse.extraction.plugins;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The runners of one plugin: as many as extractions were wanted at a time, up to a limit. One that
 * dies is replaced for the next file; a plugin whose runners do nothing but die is given up.
 * Thread-safe.
 */
final class RunnerPool implements Closeable {
  /** Starts that fail in a row before a plugin is given up. */
  static final int MAX_FAILED_STARTS = 5;

  /** Runners that die in a row, with no file done between, before a plugin is given up. */
  static final int MAX_DEATHS = 20;

  private final PluginSource plugin;
  private final PluginSettings settings;
  private final RunnerWatch watch;
  private final List<Descriptor> descriptors;

  @GuardedBy("this")
  private final Deque<Runner> idle = new ArrayDeque<>();

  @GuardedBy("this")
  private final Set<Runner> all = new LinkedHashSet<>();

  /** Runners there are, or are being started. */
  @GuardedBy("this")
  private int count;

  @GuardedBy("this")
  private int failedStarts;

  @GuardedBy("this")
  private int deaths;

  @GuardedBy("this")
  private @Nullable String givenUp;

  @GuardedBy("this")
  private boolean closed;

  /**
   * Starts the first runner.
   *
   * @throws PluginException if that fails
   */
  RunnerPool(PluginSource plugin, PluginSettings settings, RunnerWatch watch)
      throws IOException, PluginException {
    this.plugin = plugin;
    this.settings = settings;
    this.watch = watch;
    try {
      Runner first = Runner.start(plugin, settings, watch);
      descriptors = first.descriptors();
      idle.push(first);
      all.add(first);
      count = 1;
    } catch (RunnerLostException e) {
      throw new PluginException(String.valueOf(e.getMessage()), e);
    }
  }

  List<Descriptor> descriptors() {
    return descriptors;
  }

  /**
   * Extracts in a runner.
   *
   * @throws ExtractionException also if the plugin fails or its runner dies; names the plugin then
   */
  @Nullable PackageMetadata extract(int ordinal, PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    Runner runner = take();
    boolean alive = false;
    try {
      PackageMetadata metadata = runner.extract(ordinal, file, context);
      alive = true;
      return metadata;
    } catch (ExtractionException | IOException e) {
      alive = true;
      throw e;
    } catch (RunnerLostException e) {
      throw failure(String.valueOf(e.getMessage()));
    } finally {
      giveBack(runner, alive);
    }
  }

  private ExtractionException failure(String what) {
    return new ExtractionException(plugin.describe() + " " + what);
  }

  /** An idle runner, or a new one; waits where there are as many as there may be. */
  private Runner take() throws ExtractionException, IOException {
    Runner runner = reserve();
    // One that died between two files: neither is to blame for that.
    while (runner != null && !runner.isAlive()) {
      synchronized (this) {
        count--;
        all.remove(runner);
      }
      runner.close();
      runner = reserve();
    }
    return runner == null ? start() : runner;
  }

  /** An idle runner; null if the caller is to start one. */
  private synchronized @Nullable Runner reserve() throws ExtractionException {
    try {
      checkUsable();
      while (idle.isEmpty() && count == settings.maxRunners()) {
        wait();
        checkUsable();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("was not waited for: interrupted");
    }
    if (idle.isEmpty()) {
      count++;
    }
    return idle.poll();
  }

  @GuardedBy("this")
  private void checkUsable() throws ExtractionException {
    if (closed) {
      throw failure("was closed");
    }
    if (givenUp != null) {
      throw failure(givenUp);
    }
  }

  private Runner start() throws ExtractionException, IOException {
    Runner runner = null;
    String failure = "could not be started";
    try {
      runner = Runner.start(plugin, settings, watch);
      if (!runner.descriptors().equals(descriptors)) {
        runner.close();
        runner = null;
        failure = "has changed since it was loaded";
      }
    } catch (RunnerLostException e) {
      failure = "could not be started: it " + e.getMessage();
    } finally {
      started(runner, failure);
    }
    if (runner == null) {
      throw failure(failure);
    }
    return runner;
  }

  private synchronized void started(@Nullable Runner runner, String failure) {
    if (runner == null) {
      count--;
      if (++failedStarts >= MAX_FAILED_STARTS) {
        givenUp =
            "is given up after " + failedStarts + " failed starts; the last time it " + failure;
      }
    } else {
      failedStarts = 0;
      all.add(runner);
      if (closed) {
        runner.end("was closed");
      }
    }
    notifyAll();
  }

  private void giveBack(Runner runner, boolean alive) {
    synchronized (this) {
      if (alive && !closed) {
        deaths = 0;
        idle.push(runner);
      } else {
        count--;
        all.remove(runner);
        if (!closed && ++deaths >= MAX_DEATHS) {
          givenUp = "is given up after it died on " + deaths + " files in a row";
        }
      }
      notifyAll();
      if (alive && !closed) {
        return;
      }
    }
    runner.close();
  }

  /** Ends all runners; extractions that are under way fail at once. */
  @Override
  public void close() {
    List<Runner> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(all);
      all.clear();
      idle.clear();
      notifyAll();
    }
    left.forEach(runner -> runner.end("was closed"));
    left.forEach(Runner::close);
  }
}
