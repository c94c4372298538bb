package io.packhouse.plugins.common;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the first failure of a stream, which a parser on it may wrap or hide; errors of the
 * text above it are not its own. For one thread.
 */
public final class FirstErrorStream extends InputStream {
  private final InputStream source;
  private @Nullable IOException error;

  /** Reads a stream, which stays the caller's to close. */
  public FirstErrorStream(InputStream source) {
    this.source = source;
  }

  /** The first error of reading, or null. */
  public @Nullable IOException error() {
    return error;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    try {
      return source.read(target, offset, length);
    } catch (IOException e) {
      error = error == null ? e : error;
      throw e;
    }
  }
}
