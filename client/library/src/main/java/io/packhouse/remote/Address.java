package io.packhouse.remote;

/**
 * Where a daemon listens: {@code unix:/path} or {@code tcp://HOST:PORT}, the latter with TLS unless
 * it is on loopback or said otherwise.
 */
public sealed interface Address {

  /** A Unix socket. */
  record Unix(String path) implements Address {
    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /** A TCP port. */
  record Tcp(String host, int port) implements Address {
    /** Whether nobody but this machine can listen in. */
    boolean isLoopback() {
      return host.equals("localhost")
          || host.equals("::1")
          || host.equals("[::1]")
          || host.startsWith("127.");
    }

    @Override
    public String toString() {
      return "tcp://" + host + ":" + port;
    }
  }

  /**
   * Parses an address.
   *
   * @throws IllegalArgumentException if it is none; the message says what it should be
   */
  static Address parse(String text) {
    if (text.startsWith("unix:") && text.length() > "unix:".length()) {
      return new Unix(text.substring("unix:".length()));
    }
    if (text.startsWith("tcp://")) {
      String rest = text.substring("tcp://".length());
      int colon = rest.lastIndexOf(':');
      if (colon > 0 && colon < rest.length() - 1) {
        try {
          int port = Integer.parseInt(rest.substring(colon + 1));
          if (port > 0 && port <= 65_535) {
            return new Tcp(rest.substring(0, colon), port);
          }
        } catch (NumberFormatException e) {
          throw problem(text, e);
        }
      }
    }
    throw problem(text, null);
  }

  private static IllegalArgumentException problem(
      String text, @org.jspecify.annotations.Nullable Throwable cause) {
    return new IllegalArgumentException(
        "\"" + text + "\" is no address of a daemon; it is unix:/PATH or tcp://HOST:PORT", cause);
  }
}
