package io.packhouse.server.systemd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The socket at which systemd hears of the state of a service, as {@code sd_notify(3)} has it: a
 * datagram of lines {@code NAME=value}. Thread-safe.
 */
final class NotifySocket implements AutoCloseable {
  private static final int MOST_BYTES = 107;

  private final byte[] address;
  private final int descriptor;

  // Guarded by this.
  private boolean closed;

  private NotifySocket(byte[] address) throws IOException {
    this.address = address;
    descriptor = SystemCalls.socket(SystemCalls.AF_UNIX, SystemCalls.SOCK_DGRAM);
  }

  /**
   * The one that the environment names, in {@code NOTIFY_SOCKET}.
   *
   * @return null where it names none
   * @throws IOException if what it names is no Unix socket
   */
  static @Nullable NotifySocket of(Map<String, String> environment) throws IOException {
    String name = environment.get("NOTIFY_SOCKET");
    return name == null || name.isEmpty() ? null : new NotifySocket(address(name));
  }

  /** A {@code sockaddr_un}: a path, or a name of the abstract namespace, which begins with @. */
  private static byte[] address(String name) throws IOException {
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    boolean named = path[0] == '@';
    if ((!named && path[0] != '/') || path.length < 2 || path.length > MOST_BYTES) {
      throw new IOException(
          "NOTIFY_SOCKET is neither a path nor an abstract name of a Unix socket: " + name);
    }
    if (named) {
      path[0] = 0;
    }
    // A path ends with a NUL, a name with its last byte.
    return ByteBuffer.allocate(Short.BYTES + path.length + (named ? 0 : 1))
        .order(ByteOrder.nativeOrder())
        .putShort((short) SystemCalls.AF_UNIX)
        .put(path)
        .array();
  }

  /** Sends lines; nothing once it is closed. */
  synchronized void send(String lines) throws IOException {
    if (!closed) {
      SystemCalls.send(descriptor, lines.getBytes(StandardCharsets.UTF_8), address);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (!closed) {
      closed = true;
      SystemCalls.close(descriptor);
    }
  }
}
