package io.packhouse.server.grpc;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Where a list goes on: after a name, with the filter that it began with. Opaque to clients; holds
 * nothing that they may not know.
 */
record PageToken(String after, int filter) {
  private static final String SEPARATOR = "\n";

  /**
   * Reads a token.
   *
   * @param filter of this request
   * @return the name after which to go on
   * @throws IllegalArgumentException if it is none, or belongs to another filter
   */
  static String after(String token, Object filter) {
    String[] parts;
    try {
      parts =
          new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8)
              .split(SEPARATOR, 2);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("is not from an earlier response", e);
    }
    if (parts.length != 2) {
      throw new IllegalArgumentException("is not from an earlier response");
    }
    if (!parts[0].equals(Integer.toHexString(filter.hashCode()))) {
      throw new IllegalArgumentException("is from a response to another filter");
    }
    return parts[1];
  }

  static PageToken of(String after, Object filter) {
    return new PageToken(after, filter.hashCode());
  }

  /** As it is sent. */
  String text() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(
            (Integer.toHexString(filter) + SEPARATOR + after).getBytes(StandardCharsets.UTF_8));
  }
}
