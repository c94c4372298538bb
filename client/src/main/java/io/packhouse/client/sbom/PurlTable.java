package io.packhouse.client.sbom;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Numbers by texts, in a temporary file that is mapped: so millions take no heap, and no more
 * memory than there is. A hash table with linear probing; a text is known by 128 bits of its
 * SHA-256, which nobody makes equal for two.
 *
 * <pre>
 * slot: 16 bytes of the digest | value, int64; 0 where the slot is free
 * </pre>
 *
 * Used by one thread.
 */
final class PurlTable implements Closeable {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final int SLOT = 3 * Long.BYTES;
  private static final int LEAST = 64;

  private final TemporaryFile file;
  private final MemorySegment slots;
  private final long capacity;
  private final MessageDigest digest;
  private long left;

  /** Of the text that was looked for last. */
  private byte[] hash = {};

  /**
   * Makes an empty table.
   *
   * @param most texts that it will have
   */
  PurlTable(long most) throws IOException {
    capacity = Math.max(LEAST, Math.addExact(most, most / 2));
    left = Math.max(LEAST / 2, most);
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    file = new TemporaryFile(Math.multiplyExact(capacity, SLOT));
    slots = file.bytes();
    try {
      file.reserve(slots.byteSize());
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** A text's value; 0 where it has none. */
  long get(String text) {
    return slots.get(LONG, slot(text) + 2 * Long.BYTES);
  }

  /**
   * Gives a text its value.
   *
   * @param value not 0
   * @return what it had before; 0 for none
   * @throws IOException if there are more texts than were expected
   */
  long put(String text, long value) throws IOException {
    return set(slot(text), value);
  }

  /** As {@link #put}, where the text has no value yet. */
  void putIfAbsent(String text, long value) throws IOException {
    long at = slot(text);
    if (slots.get(LONG, at + 2 * Long.BYTES) == 0) {
      set(at, value);
    }
  }

  /** Sets what belongs to the text that was looked for last. */
  private long set(long at, long value) throws IOException {
    long before = slots.get(LONG, at + 2 * Long.BYTES);
    if (before == 0 && --left < 0) {
      throw new IOException("an archive has more packages than its directory says");
    }
    ByteBuffer key = ByteBuffer.wrap(hash);
    slots.set(LONG, at, key.getLong());
    slots.set(LONG, at + Long.BYTES, key.getLong());
    slots.set(LONG, at + 2 * Long.BYTES, value);
    return before;
  }

  /** Where a text is, or belongs. */
  private long slot(String text) {
    hash = digest.digest(text.getBytes(StandardCharsets.UTF_8));
    ByteBuffer key = ByteBuffer.wrap(hash);
    long high = key.getLong();
    long low = key.getLong();
    for (long i = Long.remainderUnsigned(high, capacity); ; i = i + 1 == capacity ? 0 : i + 1) {
      long at = i * SLOT;
      boolean free = slots.get(LONG, at + 2 * Long.BYTES) == 0;
      if (free || (slots.get(LONG, at) == high && slots.get(LONG, at + Long.BYTES) == low)) {
        return at;
      }
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
