package io.packhouse.engine.diff;

import io.packhouse.engine.diff.DiffEntry.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Differences in path order, held back until the run is full or the comparison ends: then files
 * that only the left side has are paired with those of the same contents that only the right side
 * has, first with first. A move between two runs is told as a removal and an addition.
 *
 * <p>Files of a tree are hashed for this only where one of the same size is gone. One thread.
 */
final class Run {
  private static final int MAX_LENGTH = 200_000;

  /** A difference, or an item that only one side has. */
  private record Held(@Nullable DiffEntry entry, @Nullable Item lone, boolean added) {}

  private final Comparison comparison;
  private final FileHasher hasher;
  private final DiffConsumer out;
  private final List<Held> held = new ArrayList<>();
  private final long[] counts = new long[Kind.values().length];

  Run(Comparison comparison, FileHasher hasher, DiffConsumer out) {
    this.comparison = comparison;
    this.hasher = hasher;
    this.out = out;
  }

  void add(DiffEntry entry) throws IOException, InterruptedException {
    hold(new Held(entry, null, false));
  }

  /**
   * Adds what only one side has.
   *
   * @param item is the run's from now on
   * @param added whether the right side has it
   */
  void addLone(Item item, boolean added) throws IOException, InterruptedException {
    // Its directory is opened again if need be: too many of them to keep.
    item.close();
    hold(new Held(null, item, added));
  }

  private void hold(Held difference) throws IOException, InterruptedException {
    held.add(difference);
    if (held.size() >= MAX_LENGTH) {
      end();
    }
  }

  /** Finds moves and hands everything on. */
  void end() throws IOException, InterruptedException {
    hashCandidates();
    Map<String, Deque<Item>> gone = new HashMap<>();
    for (Held difference : held) {
      Item item = difference.lone;
      if (item != null && !difference.added && isMovable(item)) {
        gone.computeIfAbsent(key(item), key -> new ArrayDeque<>()).add(item);
      }
    }
    Map<Item, Item> movedFrom = new HashMap<>();
    Set<Item> moved = new HashSet<>();
    for (Held difference : held) {
      Item item = difference.lone;
      if (item != null && difference.added && isMovable(item)) {
        Deque<Item> candidates = gone.get(key(item));
        Item from = candidates == null ? null : candidates.poll();
        if (from != null) {
          movedFrom.put(item, from);
          moved.add(from);
        }
      }
    }
    for (Held difference : held) {
      Item item = difference.lone;
      if (item == null) {
        if (difference.entry != null) {
          tell(difference.entry);
        }
      } else if (!moved.contains(item)) {
        tell(entry(item, difference.added, movedFrom.get(item)));
      }
    }
    held.clear();
  }

  private DiffEntry entry(Item item, boolean added, @Nullable Item from) throws IOException {
    if (from != null) {
      return new DiffEntry(
          Kind.MOVED, item.path, comparison.changes(from, item), from.path, item.size, null);
    }
    if (item.problem != null) {
      return new DiffEntry(Kind.UNREADABLE, item.path, Set.of(), null, item.size, item.problem);
    }
    Kind kind = added ? Kind.ADDED : Kind.REMOVED;
    return new DiffEntry(kind, item.path, Set.of(), null, item.size, null);
  }

  private void hashCandidates() throws InterruptedException {
    Set<Long> sizes = new HashSet<>();
    for (Held difference : held) {
      Item item = difference.lone;
      if (item != null && !difference.added && isMovable(item)) {
        sizes.add(item.size);
      }
    }
    List<Future<?>> hashed = new ArrayList<>();
    for (Held difference : held) {
      Item item = difference.lone;
      if (item != null && item.isUnhashed() && sizes.contains(item.size)) {
        hashed.add(hasher.submit(item));
      }
    }
    for (Future<?> future : hashed) {
      Comparison.await(future);
    }
  }

  /** Empty files are all alike, so that none of them is another one moved. */
  private static boolean isMovable(Item item) {
    return item.isFile() && item.digest != null && item.size > 0;
  }

  private static String key(Item item) {
    byte[] digest = Objects.requireNonNull(item.digest);
    return new String(digest, StandardCharsets.ISO_8859_1);
  }

  private void tell(DiffEntry entry) throws IOException {
    counts[entry.kind().ordinal()]++;
    out.accept(entry);
  }

  DiffSummary summary(long unchanged) {
    return new DiffSummary(
        counts[Kind.ADDED.ordinal()],
        counts[Kind.REMOVED.ordinal()],
        counts[Kind.CHANGED.ordinal()],
        counts[Kind.MOVED.ordinal()],
        unchanged,
        counts[Kind.UNREADABLE.ordinal()]);
  }
}
