package io.packhouse.server.net;

import org.jspecify.annotations.Nullable;

/**
 * Who may connect to Unix sockets, as far as the file system has a say.
 *
 * @param mode permission bits in octal: {@code 0600}
 * @param group the group of the socket; null for the daemon's
 */
public record SocketSettings(String mode, @Nullable String group) {
  public static final SocketSettings DEFAULT = new SocketSettings("0600", null);

  public SocketSettings {
    if (!mode.matches("0?[0-7]{3}")) {
      throw new IllegalArgumentException(
          "mode must be three octal digits, such as \"0660\", not \"" + mode + "\"");
    }
  }

  /** The permission bits as a number. */
  int modeBits() {
    return Integer.parseInt(mode, 8);
  }
}
