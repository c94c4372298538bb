package io.packhouse.server;

import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.packhouse.server.access.MethodRules;
import io.packhouse.server.access.RefusalListener;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.config.DefaultPaths;
import io.packhouse.server.grpc.Administration;
import io.packhouse.server.net.CallTracker;
import io.packhouse.server.net.Endpoint;
import io.packhouse.server.net.HealthCalls;
import io.packhouse.server.net.InheritedSocket;
import io.packhouse.server.net.Listeners;
import io.packhouse.server.net.LoadLimiter;
import io.packhouse.server.net.TlsIdentity;
import io.packhouse.server.systemd.Watchdog;
import io.packhouse.v1.GetStatsResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A running daemon: its parts behind its listeners. Each call passes the {@link CallTracker}, then
 * {@link AccessControl}, then the {@link LoadLimiter}, and is noted if it changes something.
 * Thread-safe.
 */
public final class Daemon implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Daemon.class.getName());

  private final List<Part> parts;
  private final List<ServerServiceDefinition> services;
  private final HealthStatusManager health = new HealthStatusManager();
  private final ExecutorService executor;
  private final Listeners listeners;
  private final FileWatch watch;
  private final Drain drain;
  private final Supervisor supervisor;
  private final Observation observation;
  private boolean closed;

  private Daemon(
      Configuration configuration,
      List<Part> given,
      DaemonOptions options,
      MethodRules rules,
      Observation observation)
      throws IOException {
    this.observation = observation;
    RefusalListener refusals = observation.refusals();
    CallTracker tracker = new CallTracker(rules, observation.calls(), refusals);
    AccessControl access =
        new AccessControl(
            configuration.access(), rules, options.sessionTokens(), options.clock(), refusals);
    LoadLimiter limiter = new LoadLimiter(configuration.calls(), refusals);
    TlsIdentity tls = configuration.tls().isOn() ? TlsIdentity.load(configuration.tls()) : null;
    List<InheritedSocket> inherited = options.sockets();
    List<Endpoint> endpoints =
        configuration.listen().isEmpty() && inherited.isEmpty()
            ? List.of(DefaultPaths.ofProcess().socket())
            : InheritedSocket.others(configuration.endpoints(), inherited);
    List<Endpoint> all = new ArrayList<>(endpoints);
    inherited.forEach(socket -> all.add(socket.endpoint()));
    AccessControl.check(all, configuration, options.sessionTokens());
    supervisor = new Supervisor(configuration, options, tracker, access, limiter, tls, observation);
    parts = new ArrayList<>(given);
    parts.add(new AdministrationPart(supervisor));
    services = bind(rules, parts, tracker, access.interceptor(), limiter, observation.auditor());
    executor = Executors.newCachedThreadPool(callThreads());
    watch = new FileWatch(tls);
    try {
      listeners =
          Listeners.start(
              endpoints,
              inherited,
              new Listeners.Settings(
                  configuration.socket(),
                  tls,
                  configuration.calls(),
                  configuration.keepalive(),
                  observation.tracers()),
              services,
              executor);
    } catch (Throwable e) {
      watch.close();
      executor.shutdown();
      throw e;
    }
    drain = new Drain(tracker, parts, health, listeners, options.state());
    supervisor.begin(parts, listeners, timeout -> drain.begin(timeout, this::closeQuietly));
    try {
      observation.begin(parts, supervisor::stats);
    } catch (Throwable e) {
      listeners.close();
      watch.close();
      executor.shutdown();
      throw e;
    }
  }

  /**
   * Platform threads, as many as there are calls, which are limited: calls decode and read by
   * native code, which would hold the carriers of virtual threads, and wait for nobody else's turn.
   */
  private static ThreadFactory callThreads() {
    return Thread.ofPlatform().name("packhoused-call-", 0).daemon().factory();
  }

  /**
   * Starts a daemon.
   *
   * @param parts what it serves beside health, reflection and its administration; closed with it,
   *     not by a start that fails
   * @throws IOException if it cannot listen, or a file that it needs cannot be read
   * @throws IllegalArgumentException if the configuration makes no sense
   * @throws IllegalStateException if a method is served that has no rule: a bug
   */
  public static Daemon start(Configuration configuration, List<Part> parts, DaemonOptions options)
      throws IOException {
    MethodRules rules = new MethodRules();
    Observation observation = new Observation(configuration, rules, options.clock());
    try {
      return new Daemon(configuration, parts, options, rules, observation);
    } catch (Throwable e) {
      observation.close();
      throw e;
    }
  }

  private List<ServerServiceDefinition> bind(
      MethodRules rules, List<Part> parts, ServerInterceptor... interceptors) {
    List<BindableService> bindable = new ArrayList<>();
    parts.forEach(part -> bindable.addAll(part.services()));
    for (BindableService service : bindable) {
      health.setStatus(
          service.bindService().getServiceDescriptor().getName(), ServingStatus.SERVING);
    }
    bindable.add(health.getHealthService());
    bindable.add(ProtoReflectionServiceV1.newInstance());
    List<ServerServiceDefinition> bound =
        bindable.stream()
            .map(
                service -> ServerInterceptors.interceptForward(service.bindService(), interceptors))
            .toList();
    List<String> missing = rules.withoutRule(bound);
    if (!missing.isEmpty()) {
      throw new IllegalStateException("methods without a rule of access: " + missing);
    }
    return bound;
  }

  /** Where it listens, with the ports that were free. */
  public List<Endpoint> endpoints() {
    return listeners.endpoints();
  }

  /** Where it serves its metrics, with the ports that were free. */
  public List<Endpoint> metricsEndpoints() {
    return observation.endpoints();
  }

  /** What it serves. */
  public List<ServerServiceDefinition> services() {
    return services;
  }

  /** What administrators have of it. */
  public Administration administration() {
    return supervisor;
  }

  /** Ends it once its work is done, but not later than after a time; null for the configured. */
  public void drain(@Nullable Duration timeout) {
    Administration.DrainState state = supervisor.drain(timeout);
    LOG.log(System.Logger.Level.DEBUG, "drain until {0}", state.deadline());
  }

  /** Reads the configuration again; what came of it is logged. */
  public void reload() {
    try {
      supervisor.reload();
    } catch (IOException | IllegalArgumentException e) {
      LOG.log(System.Logger.Level.ERROR, "the configuration stays as it was: {0}", e.getMessage());
    }
  }

  /**
   * Waits until all parts can serve.
   *
   * @param meanwhile told now and then how far they are
   */
  public void awaitReady(Consumer<String> meanwhile) throws InterruptedException {
    for (Part part : parts) {
      part.awaitReady(meanwhile);
    }
  }

  /** What it does, in a line for people; when it is ready. */
  public String status() {
    GetStatsResponse stats = supervisor.stats();
    return "serving %d archives%s; jobs: %d running, %d queued; calls: %d"
        .formatted(
            stats.getCatalog().getArchives(),
            stats.getCatalog().getUnreadable() == 0
                ? ""
                : " (" + stats.getCatalog().getUnreadable() + " unreadable)",
            stats.getJobs().getRunning(),
            stats.getJobs().getQueued(),
            stats.getCallsActive());
  }

  /**
   * What shows that it works: a call that it answers, and the trials of its parts.
   *
   * @param calls closed by who asks
   */
  public List<Watchdog.Trial> trials(HealthCalls calls) {
    List<Watchdog.Trial> trials = new ArrayList<>();
    trials.add(new Watchdog.Trial("a gRPC call", () -> Watchdog.Attempt.of(calls.call())));
    parts.forEach(part -> part.trial().ifPresent(trials::add));
    return trials;
  }

  /** Calls to itself; to be closed before it. */
  public HealthCalls healthCalls() throws IOException {
    return new HealthCalls(endpoints(), services, executor);
  }

  /** Waits until a drain is over, whoever began it. */
  public void awaitEnd() throws InterruptedException {
    drain.await();
  }

  private void closeQuietly() {
    try {
      close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "the daemon did not end well", e);
    }
  }

  /** Ends it now: calls and jobs under way are cancelled. Idempotent. */
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    IOException first = null;
    parts.forEach(Part::cancel);
    try {
      listeners.close();
    } catch (IOException e) {
      first = e;
    }
    for (Part part : parts) {
      try {
        part.close();
      } catch (IOException e) {
        first = suppressed(first, e);
      }
    }
    watch.close();
    executor.shutdown();
    try {
      observation.close();
    } catch (IOException e) {
      first = suppressed(first, e);
    }
    if (first != null) {
      throw first;
    }
  }

  private static IOException suppressed(@Nullable IOException first, IOException next) {
    if (first == null) {
      return next;
    }
    first.addSuppressed(next);
    return first;
  }
}
