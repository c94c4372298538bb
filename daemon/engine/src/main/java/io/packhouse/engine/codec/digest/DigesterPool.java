package io.packhouse.engine.codec.digest;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.blake3.Hasher;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Digesters of one pack or the like, as many as are ever used at once. It makes the first when one
 * is taken, and closes all in the end, also those that a failure left behind. Thread-safe.
 */
public final class DigesterPool implements AutoCloseable {
  @GuardedBy("this")
  private final Map<DigestAlgorithm, Deque<Digester>> idle = new EnumMap<>(DigestAlgorithm.class);

  @GuardedBy("this")
  private final List<Digester> all = new ArrayList<>();

  @GuardedBy("this")
  private final Deque<Blake3s> idleBlake3s = new ArrayDeque<>();

  @GuardedBy("this")
  private final List<Blake3s> allBlake3s = new ArrayList<>();

  /** Takes a digester that has nothing of a message yet. */
  public synchronized Digester take(DigestAlgorithm algorithm) {
    Deque<Digester> free = idle.computeIfAbsent(algorithm, _ -> new ArrayDeque<>());
    Digester digester = free.pollLast();
    if (digester == null) {
      digester = Digests.system().newDigester(algorithm);
      all.add(digester);
    }
    return digester;
  }

  /** Gives one back, whatever it has of a message. */
  public synchronized void give(Digester digester) {
    digester.reset();
    idle.computeIfAbsent(digester.algorithm(), _ -> new ArrayDeque<>()).addLast(digester);
  }

  /** BLAKE3 of bytes in memory, at no cost but that of hashing and copying them. */
  public byte[] blake3(MemorySegment source) {
    Blake3s hasher = takeBlake3();
    try {
      return hasher.digest(source);
    } finally {
      synchronized (this) {
        idleBlake3s.addLast(hasher);
      }
    }
  }

  private synchronized Blake3s takeBlake3() {
    Blake3s hasher = idleBlake3s.pollLast();
    if (hasher == null) {
      hasher = new Blake3s();
      allBlake3s.add(hasher);
    }
    return hasher;
  }

  /** Closes all, of which none may be in use. Idempotent. */
  @Override
  public synchronized void close() {
    all.forEach(Digester::close);
    all.clear();
    idle.clear();
    allBlake3s.forEach(Blake3s::close);
    allBlake3s.clear();
    idleBlake3s.clear();
  }

  /** A hasher, and where it reads. */
  private static final class Blake3s implements AutoCloseable {
    private static final int PIECE_BYTES = 64 << 10;

    private final Hasher hasher = Blake3.system().newHasher();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment piece = arena.allocate(PIECE_BYTES);

    byte[] digest(MemorySegment source) {
      byte[] digest = new byte[Blake3.DIGEST_LENGTH];
      hasher.reset();
      for (long at = 0; at < source.byteSize(); at += PIECE_BYTES) {
        int length = (int) Math.min(PIECE_BYTES, source.byteSize() - at);
        MemorySegment.copy(source, at, piece, 0, length);
        if (length == source.byteSize()) {
          hasher.hash(piece, 0, length, digest, 0);
          return digest;
        }
        hasher.update(piece, 0, length);
      }
      hasher.finish(digest, 0);
      return digest;
    }

    @Override
    public void close() {
      hasher.close();
      arena.close();
    }
  }
}
