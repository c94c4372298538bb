package io.packhouse.server.systemd;

import io.packhouse.server.net.Endpoint;
import io.packhouse.server.net.InheritedSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The sockets that systemd listens at for a service, as {@code sd_listen_fds(3)} has them. */
public final class InheritedSockets {
  /** Descriptors 0 to 2 are the standard ones. */
  private static final int FIRST = 3;

  private static final int MOST = 64;
  private static final int IPV4_LENGTH = 4;
  private static final int IPV6_LENGTH = 16;
  private static final int PORT_AT = 2;
  private static final int IPV4_AT = 4;
  private static final int IPV6_AT = 8;

  private InheritedSockets() {}

  /**
   * Takes those of this process: they are the caller's from then on, and no child's.
   *
   * @param environment {@code LISTEN_PID}, {@code LISTEN_FDS} and {@code LISTEN_FDNAMES}
   * @return none where systemd has handed none over to this process
   * @throws IOException if one of them is nothing that connections can be taken from
   */
  public static List<InheritedSocket> take(Map<String, String> environment) throws IOException {
    String count = environment.get("LISTEN_FDS");
    String pid = environment.get("LISTEN_PID");
    if (count == null || !Long.toString(ProcessHandle.current().pid()).equals(pid)) {
      return List.of();
    }
    if (!count.matches("[0-9]{1,2}") || Integer.parseInt(count) > MOST) {
      throw new IOException("LISTEN_FDS is no number of sockets up to " + MOST + ": " + count);
    }
    String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
    List<InheritedSocket> sockets = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(count); i++) {
      sockets.add(take(FIRST + i, i < names.length ? names[i] : ""));
    }
    return sockets;
  }

  static InheritedSocket take(int descriptor, String name) throws IOException {
    String what =
        "socket " + (name.isEmpty() ? "" : name + " ") + "(descriptor " + descriptor + ")";
    try {
      if (SystemCalls.option(descriptor, SystemCalls.SO_TYPE) != SystemCalls.SOCK_STREAM
          || SystemCalls.option(descriptor, SystemCalls.SO_ACCEPTCONN) == 0) {
        throw new IOException("takes no connections: it needs ListenStream= and Accept=no");
      }
      Endpoint endpoint =
          endpoint(
              SystemCalls.option(descriptor, SystemCalls.SO_DOMAIN), SystemCalls.name(descriptor));
      SystemCalls.makeOurs(descriptor);
      return new InheritedSocket(descriptor, name, endpoint);
    } catch (IOException e) {
      throw new IOException(what + " that systemd hands over: " + e.getMessage(), e);
    }
  }

  private static Endpoint endpoint(int family, byte[] address) throws IOException {
    return switch (family) {
      case SystemCalls.AF_UNIX -> unix(Arrays.copyOfRange(address, Short.BYTES, address.length));
      case SystemCalls.AF_INET -> tcp(address, IPV4_AT, IPV4_LENGTH);
      case SystemCalls.AF_INET6 -> tcp(address, IPV6_AT, IPV6_LENGTH);
      default -> throw new IOException("is of family " + family + ", neither Unix nor TCP");
    };
  }

  private static Endpoint unix(byte[] name) throws IOException {
    int length = 0;
    while (length < name.length && name[length] != 0) {
      length++;
    }
    if (length == 0) {
      throw new IOException("has an abstract name, which anybody may connect to; use a path");
    }
    return new Endpoint.Unix(Path.of(new String(name, 0, length, StandardCharsets.UTF_8)));
  }

  private static Endpoint tcp(byte[] address, int at, int length) throws UnknownHostException {
    int port =
        Short.toUnsignedInt(ByteBuffer.wrap(address).order(ByteOrder.BIG_ENDIAN).getShort(PORT_AT));
    return new Endpoint.Tcp(
        InetAddress.getByAddress(Arrays.copyOfRange(address, at, at + length)).getHostAddress(),
        port);
  }
}
