package io.packhouse.extraction.archive;

import io.packhouse.spi.ExtractionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads contents into memory, which grows with what is there and not with what is stated. */
final class Contents {

  private static final int FIRST = 64 << 10;

  private Contents() {}

  /**
   * All bytes of a stream.
   *
   * @param stated the expected length, −1 for none
   * @param label of the member, for messages
   * @throws ExtractionException where there are more than {@code max}, or the stream says so
   */
  static byte[] read(InputStream stream, long stated, int max, String label)
      throws ExtractionException, IOException {
    checkSize(stated, max, label);
    // One more than expected, so that the end shows without growing.
    byte[] bytes = new byte[(int) Math.min(stated < 0 ? FIRST : stated + 1, FIRST)];
    int length = 0;
    try {
      while (true) {
        int read = stream.read(bytes, length, bytes.length - length);
        if (read < 0) {
          return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        }
        length += read;
        if (length > max) {
          checkSize(length, max, label);
        }
        if (length == bytes.length) {
          bytes = Arrays.copyOf(bytes, grown(length, stated, max));
        }
      }
    } catch (IOException e) {
      throw Decoders.unwrapped(e);
    }
  }

  /** Four times as much, but no more than can be needed and one byte to see the end. */
  private static int grown(int length, long stated, int max) {
    long most = stated < 0 || stated < length ? max : Math.min(max, stated);
    return (int)
        Math.clamp(
            4L * length,
            length + 1L,
            Math.max(length + 1L, Math.min(most + 1, Integer.MAX_VALUE - 8L)));
  }

  static void checkSize(long size, long max, String label) throws ExtractionException {
    if (size > max) {
      throw new ExtractionException(
          label + " is larger than the limit of " + max + " bytes: " + size);
    }
  }
}
