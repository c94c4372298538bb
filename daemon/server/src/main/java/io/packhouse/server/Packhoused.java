package io.packhouse.server;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.packhouse.server.access.Grant;
import io.packhouse.server.access.Role;
import io.packhouse.server.access.Token;
import io.packhouse.server.access.Tokens;
import io.packhouse.server.archive.CatalogVerification;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.config.ConfigurationException;
import io.packhouse.server.config.ConfigurationFile;
import io.packhouse.server.config.ConfigurationText;
import io.packhouse.server.config.DefaultPaths;
import io.packhouse.server.log.LogOutput;
import io.packhouse.server.net.Endpoint;
import io.packhouse.server.net.HealthCalls;
import io.packhouse.server.net.InheritedSocket;
import io.packhouse.server.net.LocalChannel;
import io.packhouse.server.systemd.InheritedSockets;
import io.packhouse.server.systemd.ServiceState;
import io.packhouse.server.systemd.Watchdog;
import io.packhouse.v1.AdminServiceGrpc;
import io.packhouse.v1.ReloadRequest;
import io.packhouse.v1.ReloadResponse;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The daemon's main program. What it exits with is in {@code docs/exit-codes.md}. */
public final class Packhoused {
  private static final int OK = 0;
  private static final int USAGE = 2;
  private static final int INPUT = 3;
  private static final int DAMAGED = 5;
  private static final int INTERNAL = 70;

  private static final long RELOAD_SECONDS = 60;

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;

  private Packhoused(Map<String, String> environment, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.getenv(), System.out, System.err));
  }

  /**
   * Runs a daemon until it is told to end.
   *
   * @param environment variables
   * @return what to exit with
   */
  public static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    LogOutput.begin(environment);
    Packhoused program = new Packhoused(environment, out, err);
    try {
      return program.run(Arguments.parse(arguments, environment.get("PACKHOUSED_CONFIG")));
    } catch (IllegalArgumentException | ConfigurationException e) {
      return program.fail(USAGE, e, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return program.fail(INPUT, e, text(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return INTERNAL;
    } catch (RuntimeException e) {
      e.printStackTrace(err);
      return program.fail(INTERNAL, e, "internal error, please report it: " + e);
    }
  }

  /** The JDK's exceptions of files have nothing but the file's name for a message. */
  private static String text(IOException e) {
    if (e instanceof FileSystemException file && file.getReason() == null) {
      return file.getFile()
          + ": "
          + switch (file) {
            case java.nio.file.NoSuchFileException _ -> "no such file or directory";
            case java.nio.file.AccessDeniedException _ -> "permission denied";
            case java.nio.file.FileAlreadyExistsException _ -> "exists";
            default -> file.getClass().getSimpleName();
          };
    }
    return String.valueOf(e.getMessage());
  }

  private int fail(int code, Exception e, String message) {
    err.println("packhoused: " + message);
    if (environment.containsKey("PACKHOUSED_DEBUG")) {
      e.printStackTrace(err);
    }
    return code;
  }

  private int run(Arguments arguments) throws IOException, InterruptedException {
    if (arguments.help()) {
      out.print(Arguments.HELP);
      return OK;
    }
    if (arguments.version()) {
      out.println("packhoused " + Version.text());
      return OK;
    }
    DaemonOptions.ConfigurationSource source =
        () -> arguments.over(ConfigurationFile.read(arguments.config(), environment));
    Configuration configuration = source.read();
    if (arguments.checkConfig()) {
      out.print(ConfigurationText.toml(configuration));
      return OK;
    }
    LogOutput.use(configuration.log(), environment);
    if (arguments.reload()) {
      return reload(configuration);
    }
    if (arguments.verify()) {
      return verify(configuration);
    }
    try (ServiceState state = ServiceState.of(environment)) {
      return serve(arguments, configuration, source, state);
    }
  }

  /** Tells the daemon, and waits until it has done so: systemd before 253 cannot wait by itself. */
  private int reload(Configuration configuration) throws IOException {
    List<Endpoint> endpoints =
        configuration.listen().isEmpty()
            ? List.of(DefaultPaths.ofProcess().socket())
            : configuration.endpoints();
    for (Endpoint endpoint : endpoints) {
      if (endpoint instanceof Endpoint.Unix socket) {
        try (LocalChannel channel = new LocalChannel(socket)) {
          ReloadResponse response =
              AdminServiceGrpc.newBlockingStub(channel.channel())
                  .withDeadlineAfter(RELOAD_SECONDS, TimeUnit.SECONDS)
                  .reload(ReloadRequest.getDefaultInstance());
          out.println("in force: " + response.getAppliedList());
          out.println("needs a restart: " + response.getNeedsRestartList());
          return OK;
        } catch (StatusRuntimeException e) {
          throw new IOException(
              e.getStatus().getCode() == Status.Code.UNAVAILABLE
                  ? endpoint + ": no daemon answers"
                  : endpoint + ": " + e.getStatus().getDescription(),
              e);
        }
      }
    }
    throw new IOException("the daemon has no Unix socket to be told at; send it SIGHUP");
  }

  private int verify(Configuration configuration) throws InterruptedException {
    // The journal takes a level before a line for that of the line.
    boolean journal = environment.containsKey("JOURNAL_STREAM");
    CatalogVerification.Outcome outcome =
        new CatalogVerification(
                line -> out.println((journal ? "<6>" : "") + line),
                line -> err.println((journal ? "<3>" : "packhoused: ") + line))
            .run(configuration.catalogSettings());
    return switch (outcome) {
      case INTACT -> OK;
      case DAMAGED -> DAMAGED;
      case UNREADABLE -> INPUT;
    };
  }

  private int serve(
      Arguments arguments,
      Configuration configuration,
      DaemonOptions.ConfigurationSource source,
      ServiceState state)
      throws IOException, InterruptedException {
    Tokens sessionTokens = Tokens.NONE;
    String secret = "";
    if (needsSessionToken(arguments, configuration)) {
      secret = Token.newSecret(new SecureRandom());
      Token token =
          new Token(
              "session", Token.hash(secret), new Grant(Role.ADMIN, List.of()), Instant.now(), null);
      sessionTokens = hash -> token.hash().equals(hash) ? token : null;
    }
    List<InheritedSocket> sockets = InheritedSockets.take(environment);
    if (configuration.listen().isEmpty() && sockets.isEmpty()) {
      makeSocketFolder();
    }
    state.starting("starting");
    List<Part> parts = Parts.of(configuration);
    Daemon daemon;
    try {
      daemon =
          Daemon.start(
              configuration,
              parts,
              new DaemonOptions(sessionTokens, source, Clock.systemUTC(), sockets, state));
    } catch (Throwable e) {
      for (Part part : parts) {
        part.close();
      }
      throw e;
    }
    try (daemon;
        HealthCalls calls = daemon.healthCalls();
        Watchdog _ = Watchdog.start(environment, state, daemon.trials(calls))) {
      listenToSignals(daemon);
      for (Endpoint endpoint : daemon.endpoints()) {
        out.println("listening on " + endpoint);
      }
      for (Endpoint endpoint : daemon.metricsEndpoints()) {
        out.println("metrics on " + endpoint);
      }
      if (!secret.isEmpty()) {
        out.println("token for TCP, until the daemon ends: " + secret);
      }
      out.flush();
      String names = System.getProperty("sun.jnu.encoding", "");
      if (!names.equalsIgnoreCase("UTF-8")) {
        err.println(
            "packhoused: WARNING: names of files are "
                + names
                + " in this locale, so that paths with other characters are refused; set"
                + " LC_ALL=C.UTF-8");
      }
      if (configuration.access().insecureNoAuth()) {
        err.println(
            "packhoused: WARNING: --insecure-no-auth lets everybody on this machine do everything");
      }
      state.follow(daemon::status);
      Thread.ofPlatform().name("packhoused-ready").daemon().start(() -> tellReady(daemon, state));
      daemon.awaitEnd();
    }
    return OK;
  }

  /** On a thread of its own, since a daemon that is not ready yet may be told to end. */
  private static void tellReady(Daemon daemon, ServiceState state) {
    try {
      daemon.awaitReady(state::starting);
      state.ready(daemon.status());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A daemon that is tried out on TCP makes its own token. One with a configuration does not: what
   * it prints goes to a log.
   */
  private static boolean needsSessionToken(Arguments arguments, Configuration configuration) {
    return arguments.config() == null
        && configuration.access().tokens() == null
        && configuration.access().certificates().isEmpty()
        && !configuration.access().insecureNoAuth()
        && configuration.endpoints().stream().anyMatch(Endpoint.Tcp.class::isInstance);
  }

  private static void makeSocketFolder() throws IOException {
    Path folder = DefaultPaths.ofProcess().socketFolder();
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  private static void listenToSignals(Daemon daemon) {
    AtomicBoolean told = new AtomicBoolean();
    // The second one finds somebody who does not want to wait.
    Runnable end = () -> daemon.drain(told.getAndSet(true) ? Duration.ZERO : null);
    Signals.handle("TERM", end);
    Signals.handle("INT", end);
    Signals.handle("HUP", daemon::reload);
  }
}
