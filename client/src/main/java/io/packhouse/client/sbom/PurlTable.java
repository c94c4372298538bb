package io.packhouse.client.sbom;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

  private final Arena arena = Arena.ofConfined();
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
    slots = map(arena, Math.multiplyExact(capacity, SLOT));
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Memory of a file that is gone with the arena; what is not written takes no room. */
  static MemorySegment map(Arena arena, long bytes) throws IOException {
    Path file = Files.createTempFile("packhouse-export-", ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
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
   * @throws IOException if there are more texts than were expected
   */
  void put(String text, long value) throws IOException {
    long at = slot(text);
    if (slots.get(LONG, at + 2 * Long.BYTES) == 0 && --left < 0) {
      throw new IOException("an archive has more packages than its directory says");
    }
    ByteBuffer key = ByteBuffer.wrap(hash);
    slots.set(LONG, at, key.getLong());
    slots.set(LONG, at + Long.BYTES, key.getLong());
    slots.set(LONG, at + 2 * Long.BYTES, value);
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
  public void close() {
    arena.close();
  }
}
