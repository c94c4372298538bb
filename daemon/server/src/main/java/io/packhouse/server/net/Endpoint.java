package io.packhouse.server.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** An address to listen at, written {@code unix:/path} or {@code tcp://host:port}. */
public sealed interface Endpoint {
  /** Most bytes of a Unix socket's path: Linux has 108 with the NUL at their end. */
  int MAX_UNIX_PATH_BYTES = 107;

  /**
   * A Unix socket.
   *
   * @param path absolute
   */
  record Unix(Path path) implements Endpoint {
    public Unix {
      int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
      if (!path.isAbsolute() || path.getFileName() == null) {
        throw new IllegalArgumentException("the path of a Unix socket must be absolute: " + path);
      }
      if (length > MAX_UNIX_PATH_BYTES) {
        throw new IllegalArgumentException(
            "the path of a Unix socket has at most %d bytes, this has %d: %s"
                .formatted(MAX_UNIX_PATH_BYTES, length, path));
      }
    }

    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /**
   * A TCP port.
   *
   * @param host a name or address; {@code 0.0.0.0} or {@code ::} for all of the machine's
   * @param port 0 for any that is free
   */
  record Tcp(String host, int port) implements Endpoint {
    public Tcp {
      if (host.isEmpty() || port < 0 || port > 65_535) {
        throw new IllegalArgumentException(
            "a TCP address needs a host, and a port from 0 to 65535: " + host + ":" + port);
      }
    }

    /**
     * Whether only this machine gets there.
     *
     * @throws UnknownHostException if the host has no address
     */
    public boolean isLoopback() throws UnknownHostException {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (!address.isLoopbackAddress()) {
          return false;
        }
      }
      return true;
    }

    @Override
    public String toString() {
      return "tcp://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /**
   * Parses an address.
   *
   * @throws IllegalArgumentException if it is none; the message says why
   */
  static Endpoint parse(String text) {
    if (text.startsWith("unix:")) {
      String path = text.substring("unix:".length());
      try {
        return new Unix(Path.of(path.startsWith("//") ? path.substring(2) : path).normalize());
      } catch (InvalidPathException e) {
        throw new IllegalArgumentException(text + ": " + e.getReason(), e);
      }
    }
    if (text.startsWith("tcp://")) {
      String address = text.substring("tcp://".length());
      int colon = address.lastIndexOf(':');
      String host = colon < 0 ? address : address.substring(0, colon);
      String port = address.substring(colon + 1);
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      } else if (host.contains(":")) {
        throw new IllegalArgumentException(
            text + ": write an IPv6 address in brackets: tcp://[::1]:0");
      }
      if (colon < 0 || !port.matches("[0-9]{1,5}")) {
        throw new IllegalArgumentException(text + ": has no port; 0 takes any that is free");
      }
      return new Tcp(host, Integer.parseInt(port));
    }
    throw new IllegalArgumentException(
        text + ": is no address; write unix:/path or tcp://host:port");
  }
}
