package io.packhouse.client.sbom;

import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.BatchInfo;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.engine.read.EntryFilter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The packages of an archive by path, each followed by those nested in it.
 *
 * <p>That is the order of the index, but for names that sort between a file's and those nested in
 * it: {@code a.jar}, {@code a.jar -old}, {@code a.jar!/b.jar}. These wait until the file is done,
 * and are few: an archive that has more of them at once is not made by accident, and what is nested
 * then stands beside what it is in.
 */
final class PackageOrder {
  /** What is of no type, or no package, has no place in a bill of packages. */
  static final String GENERIC = "generic";

  private static final int DEEPEST = 32;
  private static final int MOST_WAITING = 1_000;
  private static final byte[] INSIDE = {'!', '/'};

  /** Is told of packages. */
  interface Visitor {
    /** A package; until its end those nested in it. */
    void begin(Entry entry) throws IOException;

    void end() throws IOException;
  }

  @SuppressWarnings("ArrayRecordComponent") // nobody changes it
  private record Open(byte[] path, List<Entry> waiting) {}

  private final Visitor visitor;
  private final Deque<Open> open = new ArrayDeque<>();
  private int waiting;

  private PackageOrder(Visitor visitor) {
    this.visitor = visitor;
  }

  static void visit(ArchiveReader archive, Visitor visitor) throws IOException {
    PackageOrder order = new PackageOrder(visitor);
    EntryCursor packages = archive.entries(EntryFilter.ALL, batches(archive, true)::get);
    for (Entry entry = packages.next(); entry != null; entry = packages.next()) {
      order.place(entry);
    }
    order.place(null);
  }

  /** Files that are no packages, by path. */
  static EntryCursor files(ArchiveReader archive) throws IOException {
    return archive.entries(EntryFilter.ALL.withoutNested(), batches(archive, false)::get);
  }

  /** How many rows of the index may be packages. */
  static long count(ArchiveReader archive) throws IOException {
    return archive.summary().batches().stream()
        .filter(batch -> isOfPackages(batch.packageType()))
        .mapToLong(BatchInfo::rows)
        .sum();
  }

  private static boolean isOfPackages(@Nullable String type) {
    return type != null && !type.equals(GENERIC);
  }

  private static BitSet batches(ArchiveReader archive, boolean ofPackages) throws IOException {
    BitSet batches = new BitSet();
    archive
        .summary()
        .batches()
        .forEach(
            batch -> {
              if (isOfPackages(batch.packageType()) == ofPackages) {
                batches.set(batch.ordinal());
              }
            });
    return batches;
  }

  /** Places an entry, or ends what is open where there is no more. */
  private void place(@Nullable Entry last) throws IOException {
    Deque<Entry> entries = new ArrayDeque<>();
    if (last != null) {
      entries.add(last);
    }
    while (!entries.isEmpty() || !open.isEmpty()) {
      Entry entry = entries.poll();
      byte[] path = entry == null ? null : entry.pathBytes();
      Open top = open.peek();
      if (path != null && (top == null || isInside(path, top.path))) {
        visitor.begin(entry);
        if (open.size() < DEEPEST) {
          open.push(new Open(path, new ArrayList<>(0)));
        } else {
          visitor.end();
        }
        if (last != null && entries.isEmpty()) {
          return;
        }
      } else if (path != null && waiting < MOST_WAITING && isBeforeInside(path, top.path)) {
        top.waiting.add(entry);
        waiting++;
        if (last != null && entries.isEmpty()) {
          return;
        }
      } else {
        open.pop();
        visitor.end();
        if (entry != null) {
          entries.push(entry);
        }
        for (Entry waited : top.waiting.reversed()) {
          entries.push(waited);
        }
        waiting -= top.waiting.size();
      }
    }
  }

  private static boolean startsWith(byte[] path, byte[] start) {
    return path.length > start.length
        && Arrays.equals(path, 0, start.length, start, 0, start.length);
  }

  private static boolean isInside(byte[] path, byte[] outer) {
    return startsWith(path, outer)
        && path.length > outer.length + INSIDE.length
        && path[outer.length] == INSIDE[0]
        && path[outer.length + 1] == INSIDE[1];
  }

  /** Whether what is nested in {@code outer} may follow behind the path. */
  private static boolean isBeforeInside(byte[] path, byte[] outer) {
    return startsWith(path, outer)
        && Arrays.compareUnsigned(path, outer.length, path.length, INSIDE, 0, INSIDE.length) < 0;
  }
}
