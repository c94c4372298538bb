package io.packhouse.server.sql;

import io.packhouse.server.catalog.CatalogEntry;
import io.packhouse.server.sql.StoredSegment.StoredArchive;
import io.packhouse.sql.Segment;
import io.packhouse.sql.Unready;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which archives' tables are in which segments, which are still to be made, and which cannot be.
 * Thread-safe.
 */
final class TableCache {
  private static final System.Logger LOG = System.getLogger(TableCache.class.getName());

  /** Segments of about one size in a folder that become one. */
  private static final int MERGED = 6;

  /** Below it segments are of one size. */
  private static final long SMALL_ROWS = 1 << 14;

  /** A segment is written anew when more than one row in this many is of archives that are gone. */
  private static final int GONE_SHARE = 8;

  /** Until a file that was found whole is looked at again. */
  private static final Duration EXAMINED_AGAIN = Duration.ofMinutes(1);

  private static final String DAMAGED = "its tables were damaged, and are made again";

  private final SegmentFolder folder;
  private final long mostBytes;

  private final List<StoredSegment> segments = new ArrayList<>();

  /** What can be read of the catalog, by name. */
  private final Map<String, CatalogEntry> current = new HashMap<>();

  private final Map<String, CatalogEntry> pending = new TreeMap<>();

  /** Of those that are pending, which had tables that were damaged. */
  private final Set<String> damaged = new HashSet<>();

  /** By name, archives whose tables cannot be made as they are. */
  private final Map<String, Failed> failed = new TreeMap<>();

  /** When files were looked at, in nanoseconds; held by who looks. */
  private final Map<Path, Long> examined = new HashMap<>();

  /**
   * @param full whether it was for want of room
   */
  private record Failed(String folder, String id, String problem, boolean full) {}

  TableCache(SegmentFolder folder, long mostBytes) throws IOException {
    this.folder = folder;
    this.mostBytes = mostBytes;
    segments.addAll(folder.read());
  }

  /** Compares with the catalog, and removes segments that have nothing of it. */
  synchronized void compare(Collection<CatalogEntry> catalog) {
    current.clear();
    for (CatalogEntry entry : catalog) {
      if (entry.isReadable()) {
        current.put(entry.name().toString(), entry);
      }
    }
    pending.clear();
    pending.putAll(current);
    boolean room = bytes() < mostBytes;
    failed
        .entrySet()
        .removeIf(
            known ->
                !isCurrent(known.getKey(), known.getValue().id())
                    || (known.getValue().full() && room));
    List<StoredSegment> now = new ArrayList<>();
    for (StoredSegment segment : segments) {
      Set<String> gone = new HashSet<>();
      for (StoredArchive archive : segment.archives()) {
        if (isCurrent(archive.name(), archive.id())) {
          // Another segment that has it, left by a merge that was cut off, counts no more.
          pending.remove(archive.name());
        } else {
          gone.add(archive.name());
        }
      }
      if (gone.size() == segment.archives().size()) {
        remove(segment);
      } else {
        now.add(gone.equals(segment.gone()) ? segment : segment.without(gone));
      }
    }
    segments.clear();
    segments.addAll(now);
    pending.keySet().removeAll(failed.keySet());
    damaged.retainAll(pending.keySet());
  }

  private boolean isCurrent(String name, String id) {
    CatalogEntry entry = pending.get(name);
    return entry != null && entry.id().equals(id);
  }

  private void remove(StoredSegment segment) {
    try {
      folder.remove(segment);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot remove a segment of SQL tables", e);
    }
  }

  /**
   * What to make next: some archives of one folder for each of several segments.
   *
   * @param most segments
   * @param fewestRows of a segment, where there are so many
   * @param mostRows of a segment of several archives
   */
  synchronized List<List<CatalogEntry>> work(int most, long fewestRows, long mostRows) {
    long all = pending.values().stream().mapToLong(CatalogEntry::rows).sum();
    if (bytes() >= mostBytes) {
      for (CatalogEntry entry : List.copyOf(pending.values())) {
        fail(entry, "the tables of other archives take all of sql.cache", true);
      }
    }
    long rows = Math.clamp(all / (2L * most), fewestRows, mostRows);
    List<List<CatalogEntry>> work = new ArrayList<>();
    Map<String, List<CatalogEntry>> byFolder =
        pending.values().stream()
            .collect(
                Collectors.groupingBy(
                    entry -> entry.name().folder(), LinkedHashMap::new, Collectors.toList()));
    for (List<CatalogEntry> entries : byFolder.values()) {
      List<CatalogEntry> part = new ArrayList<>();
      long taken = 0;
      for (CatalogEntry entry : entries) {
        if (!part.isEmpty() && taken + entry.rows() > rows) {
          work.add(part);
          part = new ArrayList<>();
          taken = 0;
        }
        part.add(entry);
        taken += entry.rows();
      }
      work.add(part);
    }
    return work.subList(0, Math.min(most, work.size()));
  }

  /** Takes in a segment that was made of archives. */
  synchronized void add(StoredSegment segment) {
    segments.add(segment);
    for (StoredArchive archive : segment.archives()) {
      pending.remove(archive.name());
      damaged.remove(archive.name());
    }
  }

  /** An archive's tables cannot be made. */
  void fail(CatalogEntry entry, String problem) {
    fail(entry, problem, false);
  }

  private synchronized void fail(CatalogEntry entry, String problem, boolean full) {
    String name = entry.name().toString();
    if (pending.remove(name, entry)) {
      failed.put(name, new Failed(entry.name().folder(), entry.id(), problem, full));
    }
  }

  /** Segments of one folder that had better be one, if there are such. */
  synchronized Optional<List<StoredSegment>> mergeable() {
    Map<String, List<StoredSegment>> alike = new HashMap<>();
    for (StoredSegment segment : segments) {
      if (segment.goneRows() > segment.rows() / GONE_SHARE) {
        return Optional.of(List.of(segment));
      }
      int size = (Long.SIZE - Long.numberOfLeadingZeros(segment.rows() / SMALL_ROWS)) / 2;
      alike.computeIfAbsent(segment.folder() + "/" + size, _ -> new ArrayList<>()).add(segment);
    }
    return alike.values().stream().filter(group -> group.size() >= MERGED).findFirst();
  }

  /** Takes in a segment in place of those that it was made of. */
  synchronized void replace(List<StoredSegment> old, StoredSegment merged) {
    Set<Path> files = old.stream().map(StoredSegment::file).collect(Collectors.toSet());
    segments.removeIf(segment -> files.contains(segment.file()));
    segments.add(merged);
    old.forEach(this::remove);
  }

  /** A segment cannot be read: its archives are to be loaded again. */
  synchronized void discard(StoredSegment segment) {
    if (!segments.removeIf(known -> known.file().equals(segment.file()))) {
      return;
    }
    for (StoredArchive archive : segment.live()) {
      CatalogEntry entry = current.get(archive.name());
      if (entry != null && entry.id().equals(archive.id())) {
        pending.put(archive.name(), entry);
        damaged.add(archive.name());
      }
    }
    remove(segment);
  }

  /**
   * Looks at the files of what somebody cannot read, and discards those that are not as they were
   * made.
   *
   * @param suspected whether that is no more than a suspicion: what was looked at just now is not
   *     looked at again then, since it takes time
   * @return whether there was any
   */
  boolean discardDamaged(View view, boolean suspected) {
    Set<Path> files = view.segments().stream().map(Segment::file).collect(Collectors.toSet());
    boolean any = false;
    synchronized (examined) {
      examined.values().removeIf(at -> System.nanoTime() - at > EXAMINED_AGAIN.toNanos());
      for (StoredSegment segment : known(files)) {
        boolean known = examined.putIfAbsent(segment.file(), System.nanoTime()) != null;
        if (!(suspected && known) && !folder.isWhole(segment)) {
          LOG.log(
              System.Logger.Level.WARNING,
              "SQL tables of " + segment.archives().size() + " archives were damaged: made again");
          discard(segment);
          any = true;
        }
      }
    }
    return any;
  }

  private synchronized List<StoredSegment> known(Set<Path> files) {
    return segments.stream().filter(segment -> files.contains(segment.file())).toList();
  }

  /** What may be seen by somebody who sees these folders. */
  synchronized View view(Predicate<String> sees) {
    List<Segment> seen =
        segments.stream()
            .filter(segment -> sees.test(segment.folder()))
            .map(segment -> new Segment(segment.file(), segment.gone()))
            .toList();
    List<Unready> unready = new ArrayList<>();
    for (CatalogEntry entry : pending.values()) {
      if (sees.test(entry.name().folder())) {
        String name = entry.name().toString();
        unready.add(new Unready(name, "loading", damaged.contains(name) ? DAMAGED : ""));
      }
    }
    failed.forEach(
        (name, failure) -> {
          if (sees.test(failure.folder())) {
            unready.add(new Unready(name, "failed", failure.problem()));
          }
        });
    return new View(seen, unready);
  }

  /** Bytes of all segments. */
  synchronized long bytes() {
    return segments.stream().mapToLong(StoredSegment::bytes).sum();
  }

  /** Files of tables. */
  synchronized int segmentCount() {
    return segments.size();
  }

  /** Archives whose tables are there. */
  synchronized int ready() {
    return segments.stream().mapToInt(segment -> segment.live().size()).sum();
  }

  /** Archives whose tables are not there. */
  synchronized int unready() {
    return pending.size() + failed.size();
  }
}
