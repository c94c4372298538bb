package io.packhouse.engine.pack;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.codec.digest.Digester;
import io.packhouse.engine.memory.SlotPool;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The digests besides BLAKE3 of a big file, whose slices are read in any order by several workers.
 *
 * <p>Such a digest takes its message from front to back, so each has a chain: a worker that has
 * read a slice hands it to every chain, and goes on with those chains whose turn it is and that no
 * other worker is at. Nobody waits: a slice that comes before its turn is left to the worker who
 * hashes the one before it. So one file keeps as many workers busy as it has digests, and several
 * files more. A slice keeps its slot until all chains are past it; the first that is not past is
 * being hashed, or read, or next to be read, so that slots do not run out.
 *
 * <p>Thread-safe: each chain is guarded by its lock, but for its digester, which only the worker
 * that has set {@code busy} touches.
 */
final class SlicedDigests {

  /** Takes slices that all digests are past. */
  interface Done {
    void accept(PackItem item) throws IOException;
  }

  private static final class Chain {
    final int ordinal;

    @GuardedBy("this")
    final Map<Integer, PackItem> read = new HashMap<>();

    @GuardedBy("this")
    int next;

    @GuardedBy("this")
    boolean busy;

    /** Of the worker that has set {@code busy}; null before the first slice and after the last. */
    @Nullable Digester digester;

    Chain(int ordinal) {
      this.ordinal = ordinal;
    }

    synchronized void add(PackItem item) {
      read.put(item.sliceOrdinal, item);
    }

    /** The slice whose turn it is; null where it is not read yet, or another worker is here. */
    synchronized @Nullable PackItem begin() {
      if (busy) {
        return null;
      }
      PackItem item = read.remove(next);
      busy = item != null;
      return item;
    }

    synchronized void end() {
      busy = false;
      next++;
    }
  }

  private final FileDigests digests;
  private final SlotPool slots;
  private final PackEntry entry;
  private final Chain[] chains;
  private final byte[] values;
  private final AtomicInteger unfinished;

  SlicedDigests(FileDigests digests, SlotPool slots, PackEntry entry) {
    this.digests = digests;
    this.slots = slots;
    this.entry = entry;
    this.values = new byte[digests.length()];
    this.chains = new Chain[digests.count()];
    this.unfinished = new AtomicInteger(chains.length);
    for (int i = 0; i < chains.length; i++) {
      chains[i] = new Chain(i);
    }
  }

  /**
   * Hands over a slice that was read, and hashes what there is to hash.
   *
   * @param done takes this slice and others, now or when another worker is past them
   */
  void add(PackItem item, Done done) throws IOException {
    item.digestsLeft.set(chains.length);
    for (Chain chain : chains) {
      chain.add(item);
    }
    for (Chain chain : chains) {
      for (PackItem next = chain.begin(); next != null; next = chain.begin()) {
        hash(chain, next);
        chain.end();
        if (next.digestsLeft.decrementAndGet() == 0) {
          done.accept(next);
        }
      }
    }
  }

  private void hash(Chain chain, PackItem item) {
    Digester digester = chain.digester;
    if (digester == null) {
      digester = digests.take(chain.ordinal);
      chain.digester = digester;
    }
    if (item.sliceRead) {
      digester.update(slots.segment(item.slot), 0, item.sliceLength);
    }
    if (item.isLastSlice()) {
      digester.finish(values, digests.offset(chain.ordinal));
      digests.give(Objects.requireNonNull(digester));
      chain.digester = null;
      if (unfinished.decrementAndGet() == 0) {
        finish();
      }
    }
  }

  /** Before the last slice is done, so that whoever places it sees this. */
  private void finish() {
    entry.digests = values;
    if (entry.isOk()) {
      digests.remember(entry, values);
    }
  }
}
