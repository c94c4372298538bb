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
    byte[] bytes = new byte[(int) Math.min(stated < 0 ? FIRST : stated, FIRST)];
    int length = 0;
    try {
      while (true) {
        if (length == bytes.length) {
          // Asked for by itself, so that a length that was stated right costs no copy.
          int next = stream.read();
          if (next < 0) {
            return bytes;
          }
          checkSize(length + 1L, max, label);
          bytes = Arrays.copyOf(bytes, grown(length, stated, max));
          bytes[length++] = (byte) next;
        }
        int read = stream.read(bytes, length, bytes.length - length);
        if (read < 0) {
          return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        }
        length += read;
        if (length > max) {
          checkSize(length, max, label);
        }
      }
    } catch (IOException e) {
      throw Decoders.unwrapped(e);
    }
  }

  /** Four times as much, but no more than can be needed. */
  private static int grown(int length, long stated, int max) {
    long most = stated <= length ? max : Math.min(max, stated);
    return (int) Math.clamp(Math.max(FIRST, 4L * length), length + 1L, Math.max(length + 1L, most));
  }

  static void checkSize(long size, long max, String label) throws ExtractionException {
    if (size > max) {
      throw new ExtractionException(
          label + " is larger than the limit of " + max + " bytes: " + size);
    }
  }
}
