package io.packhouse.server;

import com.google.protobuf.Timestamp;
import io.netty.util.internal.PlatformDependent;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.config.ConfigurationText;
import io.packhouse.server.grpc.Administration;
import io.packhouse.server.log.LogLevels;
import io.packhouse.server.net.CallTracker;
import io.packhouse.server.net.Endpoint;
import io.packhouse.server.net.Listeners;
import io.packhouse.server.net.LoadLimiter;
import io.packhouse.server.net.TlsIdentity;
import io.packhouse.v1.GetStatsResponse;
import io.packhouse.v1.MemoryStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Looks after a running daemon, for administrators and signals. Thread-safe. */
final class Supervisor implements Administration {
  private static final System.Logger LOG = System.getLogger(Supervisor.class.getName());

  private final DaemonOptions options;
  private final CallTracker tracker;
  private final AccessControl access;
  private final LoadLimiter limiter;
  private final @Nullable TlsIdentity tls;
  private final Observation observation;
  private final LogLevels logLevels = new LogLevels();
  private final Instant started = Instant.now();

  // Guarded by this.
  private Map<String, String> inForce;
  private volatile Duration drainTimeout;

  // Set once, as the daemon begins.
  private volatile List<Part> parts = List.of();
  private volatile List<Endpoint> endpoints = List.of();
  private volatile @Nullable Function<Duration, DrainState> drain;
  private volatile IntSupplier connections = () -> 0;

  Supervisor(
      Configuration configuration,
      DaemonOptions options,
      CallTracker tracker,
      AccessControl access,
      LoadLimiter limiter,
      @Nullable TlsIdentity tls,
      Observation observation) {
    this.inForce = ConfigurationText.values(configuration);
    this.drainTimeout = configuration.drainTimeout();
    this.options = options;
    this.tracker = tracker;
    this.access = access;
    this.limiter = limiter;
    this.tls = tls;
    this.observation = observation;
  }

  /** Tells it what it looks after, and where that listens. */
  void begin(List<Part> those, Listeners where, Function<Duration, DrainState> how) {
    connections = where::connections;
    parts = List.copyOf(those);
    endpoints = List.copyOf(where.endpoints());
    drain = how;
  }

  @Override
  public GetStatsResponse stats() {
    Runtime runtime = Runtime.getRuntime();
    GetStatsResponse.Builder stats =
        GetStatsResponse.newBuilder()
            .setVersion(Version.text())
            .setStartTime(
                Timestamp.newBuilder()
                    .setSeconds(started.getEpochSecond())
                    .setNanos(started.getNano()))
            .setDraining(tracker.isDraining())
            .setCallsActive(tracker.active())
            .setConnections(connections.getAsInt());
    tracker.ended().forEach((code, count) -> stats.putCallsEnded(code.name(), count));
    MemoryStats.Builder memory = stats.getMemoryBuilder();
    memory.setHeapBytes(runtime.totalMemory() - runtime.freeMemory());
    memory.setDirectBytes(Math.max(0, PlatformDependent.usedDirectMemory()));
    long resident = residentBytes();
    if (resident >= 0) {
      memory.setResidentBytes(resident);
    }
    parts.forEach(part -> part.addStats(stats));
    return stats.build();
  }

  /** Resident memory of the process, −1 where the system does not tell. */
  private static long residentBytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
        }
      }
      return -1;
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
  }

  @Override
  public DrainState drain(@Nullable Duration timeout) {
    Function<Duration, DrainState> how = drain;
    if (how == null) {
      throw new IllegalStateException("the daemon has not begun");
    }
    return how.apply(timeout == null ? drainTimeout : timeout);
  }

  @Override
  public synchronized ReloadResult reload() throws IOException {
    options.state().reloading();
    String outcome = "the configuration stays as it was: it cannot be used";
    try {
      ReloadResult result = use(options.source().read());
      outcome =
          result.needsRestart().isEmpty()
              ? "the configuration was read again"
              : "the configuration was read again; needs a restart: " + result.needsRestart();
      return result;
    } finally {
      options.state().reloaded(outcome);
    }
  }

  private synchronized ReloadResult use(Configuration now) throws IOException {
    AccessControl.check(now.endpoints(), now, options.sessionTokens());
    // It goes on to listen where it does, whatever the configuration says by now.
    AccessControl.check(endpoints, now, options.sessionTokens());
    observation.use(now.audit());
    access.use(now.access());
    Set<String> taken = new TreeSet<>(Set.of("access", "audit", "drain-timeout"));
    limiter.use(now.calls());
    taken.addAll(List.of("calls.calls", "calls.calls-per-caller"));
    drainTimeout = now.drainTimeout();
    for (Part part : parts) {
      taken.addAll(part.reload(now));
    }
    List<String> applied = new ArrayList<>();
    if (tls != null && tls.reload()) {
      applied.add("tls");
    }
    List<String> needsRestart = new ArrayList<>();
    Map<String, String> wanted = ConfigurationText.values(now);
    Map<String, String> next = new TreeMap<>(inForce);
    for (String key : changed(inForce, wanted)) {
      if (taken.stream().anyMatch(table -> key.equals(table) || key.startsWith(table + "."))) {
        applied.add(key);
        String value = wanted.get(key);
        if (value == null) {
          next.remove(key);
        } else {
          next.put(key, value);
        }
      } else {
        needsRestart.add(key);
      }
    }
    inForce = next;
    LOG.log(
        System.Logger.Level.INFO,
        "configuration read again; in force: {0}; needs a restart: {1}",
        applied,
        needsRestart);
    return new ReloadResult(applied, needsRestart);
  }

  private static Set<String> changed(Map<String, String> before, Map<String, String> after) {
    Set<String> keys = new TreeSet<>(before.keySet());
    keys.addAll(after.keySet());
    keys.removeIf(key -> java.util.Objects.equals(before.get(key), after.get(key)));
    return keys;
  }

  @Override
  public String setLogLevel(String level, String logger) {
    return logLevels.set(level, logger);
  }
}
