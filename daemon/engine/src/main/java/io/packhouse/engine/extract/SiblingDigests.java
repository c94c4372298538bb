package io.packhouse.engine.extract;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.codec.digest.Digester;
import io.packhouse.engine.codec.digest.DigesterPool;
import io.packhouse.engine.fs.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Computes the digests of siblings that extractors ask for, and remembers the last ones: those that
 * it computed, and those that a pack computed anyway. Thread-safe.
 */
public final class SiblingDigests {
  /**
   * The largest file that is read again for its digest, unless a pack records digests: the price is
   * in {@code docs/extractors/generic.md}.
   */
  public static final long DEFAULT_FILE_BYTES = 512L << 10;

  /** Bytes of files that one extraction may have the digests of, but for its first file. */
  static final long DEFAULT_BYTES = 64L << 20;

  /** Likewise in a pack that records digests, which has paid for most of them. */
  private static final long RECORDED_BYTES = 64L << 30;

  private static final int PIECE_BYTES = 256 << 10;

  /** About what is held in all: the digests of some ten thousand files. */
  private static final long MAX_HELD_BYTES = 4L << 20;

  /** About what one digest takes besides its path. */
  private static final int OVERHEAD_BYTES = 200;

  /** What one extraction may still have digested. */
  static final class Budget {
    private final SiblingDigests digests;
    private long taken;

    Budget(SiblingDigests digests) {
      this.digests = digests;
    }

    /** Takes a file from it; the same of every file, whether its digest is known or not. */
    boolean take(long size) {
      if (size > digests.maxFileBytes || (taken > 0 && size > digests.maxBytes - taken)) {
        return false;
      }
      taken += size;
      return true;
    }

    /** The size of the largest file that it has room for. */
    long largest() {
      long left = taken == 0 ? Long.MAX_VALUE : digests.maxBytes - taken;
      return Math.max(0, Math.min(digests.maxFileBytes, left));
    }
  }

  private record Key(String path, DigestAlgorithm algorithm) {}

  /**
   * Digests, not to be changed, of a file of that size.
   *
   * @param blake3 there for files of up to {@link #DEFAULT_FILE_BYTES}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared nor printed
  record Known(long size, byte[] digest, byte @Nullable [] blake3) {}

  private final DigesterPool digesters;
  private final long maxFileBytes;
  private final long maxBytes;

  @GuardedBy("this")
  private final Map<Key, Known> known = new LinkedHashMap<>(64, 0.75f, true);

  @GuardedBy("this")
  private long held;

  @GuardedBy("this")
  private final Deque<MemorySegment> buffers = new ArrayDeque<>();

  /**
   * @param digesters stay the caller's, open for as long as this is used
   * @param recorded whether the pack records digests, so that sizes do not matter
   */
  public SiblingDigests(DigesterPool digesters, boolean recorded) {
    this.digesters = digesters;
    this.maxFileBytes = recorded ? Long.MAX_VALUE : DEFAULT_FILE_BYTES;
    this.maxBytes = recorded ? RECORDED_BYTES : DEFAULT_BYTES;
  }

  /**
   * Remembers a digest that was computed elsewhere.
   *
   * @param path in the archive, whose bytes are valid UTF-8
   * @param digest not changed any more
   * @param blake3 of the same contents, likewise; null for files of several slices
   */
  public void remember(
      String path, DigestAlgorithm algorithm, long size, byte[] digest, byte @Nullable [] blake3) {
    remember(path, algorithm, new Known(size, digest, blake3));
  }

  private synchronized Known remember(String path, DigestAlgorithm algorithm, Known found) {
    if (known.put(new Key(path, algorithm), found) == null) {
      held += cost(path);
    }
    Iterator<Key> oldest = known.keySet().iterator();
    while (held > MAX_HELD_BYTES && oldest.hasNext()) {
      held -= cost(oldest.next().path());
      oldest.remove();
    }
    return found;
  }

  private static long cost(String path) {
    return OVERHEAD_BYTES + 2L * path.length();
  }

  /** What is remembered; null for nothing. */
  synchronized @Nullable Known find(String path, DigestAlgorithm algorithm) {
    return known.get(new Key(path, algorithm));
  }

  /**
   * Computes the digest of contents in memory, as far as the buffer's capacity.
   *
   * @param blake3 of the same
   */
  Known compute(
      String path, ByteBuffer contents, byte @Nullable [] blake3, DigestAlgorithm algorithm)
      throws IOException {
    MemorySegment source = MemorySegment.ofBuffer(contents.duplicate().clear());
    if (source.isNative()) {
      Digester digester = digesters.take(algorithm);
      byte[] digest = new byte[algorithm.length()];
      try {
        digester.hash(source, 0, source.byteSize(), digest, 0);
      } finally {
        digesters.give(digester);
      }
      return remember(path, algorithm, new Known(source.byteSize(), digest, blake3));
    }
    return compute(
        path,
        source.byteSize(),
        blake3,
        algorithm,
        (at, length, buffer) -> {
          MemorySegment.copy(source, at, buffer, 0, length);
          return length;
        });
  }

  /** BLAKE3 of contents in memory, as far as the buffer's capacity. */
  byte[] blake3(ByteBuffer contents) {
    return digesters.blake3(MemorySegment.ofBuffer(contents.duplicate().clear()));
  }

  /** Computes the digest of an open file. */
  Known compute(String path, OpenFile file, long size, DigestAlgorithm algorithm)
      throws IOException {
    if (size <= DEFAULT_FILE_BYTES) {
      ByteBuffer contents = DiskTree.read(file, path, (int) size);
      return compute(path, contents, blake3(contents), algorithm);
    }
    return compute(
        path, size, null, algorithm, (at, length, buffer) -> file.read(buffer, 0, length, at));
  }

  private interface Source {
    /** Gives bytes from {@code at} on, at most {@code length}, and says how many. */
    int read(long at, int length, MemorySegment buffer) throws IOException;
  }

  private Known compute(
      String path, long size, byte @Nullable [] blake3, DigestAlgorithm algorithm, Source source)
      throws IOException {
    byte[] digest = new byte[algorithm.length()];
    Digester digester = digesters.take(algorithm);
    MemorySegment buffer = takeBuffer();
    try {
      for (long at = 0; at < size; ) {
        int length = source.read(at, (int) Math.min(PIECE_BYTES, size - at), buffer);
        if (length <= 0) {
          throw new IOException(path + ": ends early, at " + at);
        }
        digester.update(buffer, 0, length);
        at += length;
      }
      digester.finish(digest, 0);
    } finally {
      giveBuffer(buffer);
      digesters.give(digester);
    }
    return remember(path, algorithm, new Known(size, digest, blake3));
  }

  private synchronized MemorySegment takeBuffer() {
    MemorySegment buffer = buffers.pollLast();
    return buffer == null ? Arena.ofAuto().allocate(PIECE_BYTES) : buffer;
  }

  private synchronized void giveBuffer(MemorySegment buffer) {
    buffers.addLast(buffer);
  }
}
