package io.packhouse.extraction.plugins;

import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The host's end of a runner. Used by one thread at a time; {@link #end} may be called by any, and
 * ends what the one waits for.
 */
final class Runner implements Closeable {
  /** Longer paths of sockets are refused by some system or other. */
  private static final int MAX_SOCKET_PATH = 90;

  /** What is added to an extraction's time: the runner ends it in time by itself if it can. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  /** How long a runner that is gone may take to be seen gone. */
  private static final int EXIT_MILLIS = 1_000;

  private final PluginSource plugin;
  private final PluginSettings settings;
  private final RunnerWatch watch;
  private final Process process;
  private final RunnerOutput output;
  private final List<Descriptor> descriptors;
  private @Nullable ServerSocketChannel server;
  private @Nullable Link link;
  private volatile @Nullable String endedFor;

  /** When the thread that waits for the runner has waited enough, on the clock of nanoTime. */
  private volatile long deadline;

  private volatile boolean busy;

  private Runner(PluginSource plugin, PluginSettings settings, RunnerWatch watch, Path socket)
      throws IOException, RunnerLostException {
    this.plugin = plugin;
    this.settings = settings;
    this.watch = watch;
    ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    Process started;
    try {
      listening.bind(UnixDomainSocketAddress.of(socket));
      ProcessBuilder builder = new ProcessBuilder(RunnerCommand.of(plugin, settings, socket));
      builder.redirectErrorStream(true);
      // Not the host's variables: they may hold secrets, and options for its JVM. But without any,
      // the JVM would read names on its command line as ASCII.
      builder.environment().clear();
      builder.environment().put("LC_ALL", "C.UTF-8");
      started = builder.start();
    } catch (IOException | RuntimeException e) {
      listening.close();
      throw e;
    }
    this.server = listening;
    this.process = started;
    this.output = new RunnerOutput(plugin.name(), started);
    begin(settings.startTimeout());
    boolean greeted = false;
    try {
      // Otherwise the wait for its connection would outlast a runner that dies before it.
      var _ = process.onExit().thenRun(this::closeChannels);
      this.descriptors = greet(listening);
      greeted = true;
    } catch (IOException e) {
      throw lost(e);
    } finally {
      busy = false;
      if (!greeted) {
        close();
      }
    }
  }

  /**
   * Starts a runner and asks it what its extractors are.
   *
   * @throws RunnerLostException if it dies, is late or says that it cannot serve
   */
  static Runner start(PluginSource plugin, PluginSettings settings, RunnerWatch watch)
      throws IOException, RunnerLostException {
    Path directory = Files.createTempDirectory("packhouse-runner-");
    if (directory.toString().length() > MAX_SOCKET_PATH) {
      Files.delete(directory);
      directory = Files.createTempDirectory(Path.of("/tmp"), "packhouse-runner-");
    }
    Path socket = directory.resolve("link");
    try {
      return new Runner(plugin, settings, watch, socket);
    } finally {
      Files.deleteIfExists(socket);
      Files.delete(directory);
    }
  }

  private List<Descriptor> greet(ServerSocketChannel listening)
      throws IOException, RunnerLostException {
    Link connected;
    try (listening) {
      connected = new Link(listening.accept());
    }
    synchronized (this) {
      server = null;
      link = connected;
    }
    if (endedFor != null) {
      closeChannels();
    }
    Incoming hello = connected.receive();
    if (hello.kind() == MessageKind.UNUSABLE) {
      throw new RunnerLostException(Reasons.oneLine(hello.takeText()));
    }
    if (hello.kind() != MessageKind.HELLO) {
      throw new LinkException("it began with " + hello.kind());
    }
    List<Descriptor> found = Descriptor.takeAll(hello);
    hello.end();
    return found;
  }

  /** What its extractors say of themselves. */
  List<Descriptor> descriptors() {
    return descriptors;
  }

  boolean isAlive() {
    return endedFor == null && process.isAlive();
  }

  /**
   * Extracts from a file.
   *
   * @param ordinal of the extractor, in the order of the descriptors
   * @throws RunnerLostException if the runner is no more; it is of no further use
   */
  @Nullable PackageMetadata extract(int ordinal, PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException, RunnerLostException {
    Link connected = link;
    if (connected == null) {
      throw new IllegalStateException("not started");
    }
    Answering answering =
        new Answering(
            plugin.describe(), connected, descriptors.get(ordinal).columns(), file, context);
    begin(context.limits().timeout().plus(GRACE));
    try {
      return answering.extract(ordinal);
    } catch (Answering.HostReadException e) {
      throw e.failure();
    } catch (IOException e) {
      throw lost(e);
    } catch (RuntimeException | Error e) {
      end("was left in the middle of an extraction");
      throw e;
    } finally {
      busy = false;
    }
  }

  private void begin(Duration timeout) {
    deadline = System.nanoTime() + timeout.toNanos();
    busy = true;
    watch.watch(this);
  }

  /** Why the link broke: the host knows if it was the host, else the exit code tells. */
  private RunnerLostException lost(IOException e) {
    String reason = endedFor;
    if (reason != null) {
      return new RunnerLostException(reason);
    }
    if (e instanceof LinkException) {
      reason = "broke the protocol: " + Reasons.oneLine(String.valueOf(e.getMessage()));
      end(reason);
      return new RunnerLostException(reason);
    }
    awaitExit();
    if (process.isAlive()) {
      reason = "closed its link";
    } else {
      reason = exitText(process.exitValue()) + output.lastWords();
    }
    end(reason);
    String first = endedFor;
    return new RunnerLostException(first == null ? reason : first);
  }

  private static String exitText(int code) {
    return switch (code) {
      case 3 -> "ran out of memory, or exited with code 3"; // ExitOnOutOfMemoryError's
      case 137 -> "was killed by the system";
      default -> (code > 128 ? "crashed with signal " + (code - 128) : "exited with code " + code);
    };
  }

  /** Looks after the runner: whether who waits for it has waited enough, and its memory. */
  void check(long now) {
    if (endedFor != null) {
      return;
    }
    if (busy && now - deadline > 0) {
      end("gave no answer in time and was ended");
      return;
    }
    long resident = ResidentMemory.bytes(process.pid());
    if (resident > settings.residentBytes()) {
      end(
          "held "
              + (resident >> 20)
              + " MiB of memory, more than "
              + (settings.residentBytes() >> 20)
              + ", and was ended");
    }
  }

  /** Ends the runner, for a reason that is told to who waits for it. The first reason counts. */
  void end(String reason) {
    synchronized (this) {
      if (endedFor == null) {
        endedFor = reason;
      }
    }
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    closeChannels();
    watch.forget(this);
  }

  private void closeChannels() {
    ServerSocketChannel listening;
    Link connected;
    synchronized (this) {
      listening = server;
      connected = link;
    }
    closeQuietly(listening);
    // What has come may be read still, unless the host wants no more of it.
    if (endedFor != null) {
      closeQuietly(connected);
    }
  }

  private static void closeQuietly(@Nullable Closeable closeable) {
    if (closeable != null) {
      try {
        closeable.close();
      } catch (IOException e) {
        System.getLogger(Runner.class.getName())
            .log(System.Logger.Level.DEBUG, "closing a runner's socket failed", e);
      }
    }
  }

  private void awaitExit() {
    try {
      process.waitFor(EXIT_MILLIS, TimeUnit.MILLISECONDS);
      output.await(EXIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the runner and waits until it is gone. */
  @Override
  public void close() {
    end("was closed");
    awaitExit();
  }
}
