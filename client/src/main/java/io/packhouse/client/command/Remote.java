package io.packhouse.client.command;

import com.google.protobuf.Timestamp;
import io.grpc.StatusRuntimeException;
import io.netty.handler.ssl.NotSslRecordException;
import io.packhouse.remote.Address;
import io.packhouse.remote.ClientOptions;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.remote.RemoteException;
import io.packhouse.server.config.DefaultPaths;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Connects to daemons, and says what their answers mean to the user. */
final class Remote {
  /** Work with a daemon. */
  interface Action<T> {
    T run(PackhouseClient client) throws IOException, InterruptedException;
  }

  private static final String UNIX = "unix:";

  /** Says of every Unix socket that TCP's options are not for it. Held, or its level is lost. */
  private static final Logger NOISY = Logger.getLogger("io.netty.bootstrap");

  static {
    NOISY.setLevel(Level.SEVERE);
  }

  private Remote() {}

  /** Connects, works, and ends the connection; what goes wrong is a {@link Failure}. */
  static <T> T with(RemoteOptions options, Session session, Action<T> action)
      throws IOException, InterruptedException {
    String address = address(options, session);
    try (PackhouseClient client = connect(options, session, address)) {
      return action.run(client);
    } catch (RemoteException | StatusRuntimeException e) {
      throw failure(e, address);
    }
  }

  static PackhouseClient connect(RemoteOptions options, Session session) throws IOException {
    return connect(options, session, address(options, session));
  }

  static PackhouseClient connect(RemoteOptions options, Session session, String address)
      throws IOException {
    try {
      return PackhouseClient.connect(
          ClientOptions.of(Address.parse(address))
              .withToken(token(options, session))
              .withTrusted(options.ca(session.streams()))
              .withCertificate(options.cert(session.streams()), options.key(session.streams())));
    } catch (IllegalArgumentException e) {
      throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  static String address(RemoteOptions options, Session session) {
    String address = options.address(session.streams());
    return address == null || address.equals(RemoteOptions.AUTO)
        ? DefaultPaths.ofProcess().socket().toString()
        : address;
  }

  /** Whether the daemon may see the same files. */
  static boolean isOnThisMachine(RemoteOptions options, Session session) {
    return address(options, session).startsWith(UNIX);
  }

  private static @Nullable String token(RemoteOptions options, Session session) throws IOException {
    Path file = options.tokenFile();
    if (file == null) {
      return session.streams().variable("PACKHOUSE_TOKEN");
    }
    String token = Files.readString(file).lines().findFirst().orElse("").strip();
    if (token.isEmpty()) {
      throw new Failure(ExitCode.INPUT, file + ": has no token in its first line");
    }
    return token;
  }

  /** The end that an operation's error means. */
  static Failure failure(com.google.rpc.Status error, String address) {
    return failure(new RemoteException(error, null), address);
  }

  /** The end that a daemon's answer means. */
  static Failure failure(Exception error, String address) {
    RemoteException answer =
        error instanceof RemoteException remote ? remote : RemoteException.of(error);
    String message = String.valueOf(answer.getMessage());
    int code =
        switch (answer.code()) {
          case NOT_FOUND, OUT_OF_RANGE -> ExitCode.INPUT;
          case ALREADY_EXISTS -> ExitCode.OUTPUT;
          case INVALID_ARGUMENT -> ExitCode.USAGE;
          case DATA_LOSS -> ExitCode.DAMAGED;
          case CANCELLED -> ExitCode.INTERRUPTED;
          case FAILED_PRECONDITION -> precondition(answer);
          case RESOURCE_EXHAUSTED ->
              answer.reason().equals("NO_SPACE") ? ExitCode.OUTPUT : ExitCode.DAEMON;
          default -> ExitCode.DAEMON;
        };
    if (code == ExitCode.DAEMON) {
      message = "the daemon at " + address + ": " + message;
      if (answer.reason().isEmpty() && answer.code() == com.google.rpc.Code.UNAVAILABLE) {
        message = "no daemon can be reached at " + address + ": " + reason(address, answer);
      }
    }
    return new Failure(code, message, error);
  }

  /** gRPC itself may say no more than "io exception". */
  private static String reason(String address, RemoteException answer) {
    if (address.startsWith(UNIX)) {
      Path socket = Path.of(address.substring(UNIX.length()));
      return Files.exists(socket)
          ? "nobody listens there, or you may not connect"
          : "there is no such socket";
    }
    if (has(answer, CertificateException.class)) {
      return "its certificate cannot be trusted; --ca names the authority that it is of";
    }
    if (has(answer, NotSslRecordException.class)) {
      return "it does not speak TLS there; leave out --ca, --cert and --key";
    }
    String message = String.valueOf(answer.getMessage());
    for (Throwable cause = answer; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException || cause instanceof ConnectException) {
        message = String.valueOf(cause.getMessage());
      }
    }
    // What follows is of Netty's insides.
    return message.lines().findFirst().orElse("");
  }

  private static boolean has(Throwable failure, Class<? extends Throwable> kind) {
    Throwable cause = failure;
    while (cause != null && !kind.isInstance(cause)) {
      cause = cause.getCause();
    }
    return cause != null;
  }

  private static int precondition(RemoteException answer) {
    return switch (answer.reason()) {
      case "ARCHIVE_UNREADABLE", "ARCHIVE_UNSUPPORTED" -> ExitCode.NOT_AN_ARCHIVE;
      case "PACK_OUTPUT", "EXTRACT_DESTINATION", "EXTRACT_ENTRY", "DAEMON_LACKS_PERMISSION" ->
          ExitCode.OUTPUT;
      case "PACK_INPUT", "PACK_ENTRY", "DIGEST_NOT_RECORDED" -> ExitCode.INPUT;
      default -> ExitCode.DAEMON;
    };
  }

  static long nanos(com.google.protobuf.Duration duration) {
    return TimeUnit.SECONDS.toNanos(duration.getSeconds()) + duration.getNanos();
  }

  static long nanos(Timestamp time) {
    return TimeUnit.SECONDS.toNanos(time.getSeconds()) + time.getNanos();
  }

  static String text(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds()).toString();
  }

  /** A text that may be empty for "not known". */
  static @Nullable String known(String text) {
    return text.isEmpty() ? null : text;
  }
}
