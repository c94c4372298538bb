package io.packhouse.engine.codec.digest;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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

  /** Closes all, of which none may be in use. Idempotent. */
  @Override
  public synchronized void close() {
    all.forEach(Digester::close);
    all.clear();
    idle.clear();
  }
}
