package io.packhouse.engine.read.sharing;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.engine.read.EntryFilter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what the files of an archive share, in two passes over its rows: the first counts, the
 * second finds the paths of those that are named.
 *
 * <p>Packers use a blob's bytes for the first time in their order, so how far each blob was used
 * tells what is new. Of archives that are made otherwise more seems shared than is. Memory is
 * bounded: of what is beyond, givers are not known.
 *
 * <p>One thread, once.
 */
public final class SharingSurvey {
  private static final int MAX_RANGES = 4 << 20;

  /** How many ranges of a blob are looked at for one extent. */
  private static final int MAX_STEPS = 4096;

  private static final int FIELDS = 3;

  /** A file, by its number in path order, that takes much. */
  private record Taking(
      long number, String path, long size, long taken, int from, long fromBytes) {}

  private final ArchiveReader reader;
  private final int named;

  /** How far each blob was used, and its last range + 1. */
  private int[] used = new int[0];

  private int[] last = new int[0];

  /** Of each range: where it begins, whose it is, the range before it of the same blob + 1. */
  private int[] ranges = new int[FIELDS << 10];

  private int rangeCount;

  /** By the number of the file. */
  private long[] given = new long[1 << 10];

  private final Map<Integer, Long> givers = new HashMap<>();
  private final PriorityQueue<Taking> takers =
      new PriorityQueue<>(
          Comparator.comparingLong(Taking::taken)
              .thenComparing(Taking::number, Comparator.reverseOrder()));

  private long files;
  private long bytes;
  private long holeBytes;
  private long baseBytes;
  private long wholeBytes;
  private long partBytes;
  private long extents;
  private long mostExtents;
  private long splitFiles;

  /**
   * @param reader stays the caller's
   * @param named how many takers and givers to name
   */
  public SharingSurvey(ArchiveReader reader, int named) {
    this.reader = reader;
    this.named = named;
  }

  /**
   * Does it.
   *
   * @throws IOException if the index cannot be read, or is damaged
   */
  public SharingReport run() throws IOException {
    int blobs = Math.toIntExact(reader.blobCount());
    used = new int[blobs];
    last = new int[blobs];
    EntryCursor cursor = reader.entries(EntryFilter.ALL.withoutNested());
    for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
      if (hasContents(entry)) {
        add(entry);
        files++;
      }
    }
    return report();
  }

  private static boolean hasContents(Entry entry) throws IOException {
    return entry.is(EntryType.FILE) && entry.isOk() && entry.hasContents();
  }

  private void add(Entry entry) {
    int number = (int) Math.min(files, Integer.MAX_VALUE - 8);
    int count = entry.extentCount();
    extents += count;
    mostExtents = Math.max(mostExtents, count);
    splitFiles += count > 1 ? 1 : 0;
    bytes += entry.size();
    givers.clear();
    long taken = 0;
    long holes = 0;
    long ofBases = 0;
    for (int i = 0; i < count; i++) {
      long blob = entry.extentBlob(i);
      long length = entry.extentLength(i);
      if (blob <= ArchiveFormat.FIRST_BASE_BLOB) {
        ofBases += length;
        continue;
      }
      if (blob < 0 || blob >= used.length) {
        holes += length; // or what only a newer version reads
        continue;
      }
      long offset = entry.extentOffset(i);
      int ordinal = (int) blob;
      long old = Math.clamp(used[ordinal] - offset, 0, length);
      if (old > 0) {
        taken += old;
        int giver = giver(ordinal, offset);
        if (giver >= 0) {
          givers.merge(giver, old, Long::sum);
        }
      }
      if (old < length) {
        addRange(ordinal, offset + old, number);
        used[ordinal] = (int) Math.min(Integer.MAX_VALUE, offset + length);
      }
    }
    holeBytes += holes;
    baseBytes += ofBases;
    givers.remove(number); // what a file has of itself twice is taken from no other
    if (taken > 0) {
      taken(entry, number, taken, taken + holes + ofBases == entry.size());
    }
  }

  private void taken(Entry entry, int number, long taken, boolean whole) {
    if (whole) {
      wholeBytes += taken;
    } else {
      partBytes += taken;
    }
    int from = -1;
    long fromBytes = 0;
    for (Map.Entry<Integer, Long> each : givers.entrySet()) {
      give(each.getKey(), each.getValue());
      long some = each.getValue();
      if (some > fromBytes || (some == fromBytes && each.getKey() < from)) {
        from = each.getKey();
        fromBytes = some;
      }
    }
    Taking smallest = takers.peek();
    if (takers.size() < named || (smallest != null && smallest.taken < taken)) {
      takers.add(new Taking(number, entry.path(), entry.size(), taken, from, fromBytes));
      if (takers.size() > named) {
        takers.remove();
      }
    }
  }

  private void give(int number, long some) {
    if (number >= given.length) {
      given = Arrays.copyOf(given, Math.max(number + 1, 2 * given.length));
    }
    given[number] += some;
  }

  private void addRange(int blob, long offset, int owner) {
    if (rangeCount == MAX_RANGES || offset > Integer.MAX_VALUE) {
      return;
    }
    if (rangeCount * FIELDS == ranges.length) {
      ranges = Arrays.copyOf(ranges, Math.min(2 * ranges.length, MAX_RANGES * FIELDS));
    }
    int at = rangeCount * FIELDS;
    ranges[at] = (int) offset;
    ranges[at + 1] = owner;
    ranges[at + 2] = last[blob];
    rangeCount++;
    last[blob] = rangeCount;
  }

  /** Whose the byte is; −1 where that is not known. */
  private int giver(int blob, long offset) {
    int range = last[blob] - 1;
    for (int step = 0; range >= 0 && step < MAX_STEPS; step++) {
      if (ranges[range * FIELDS] <= offset) {
        return ranges[range * FIELDS + 1];
      }
      range = ranges[range * FIELDS + 2] - 1;
    }
    return -1;
  }

  private SharingReport report() throws IOException {
    List<Taking> most = new ArrayList<>(takers);
    most.sort(takers.comparator().reversed());
    List<Integer> mostGiven = mostGiven();
    Map<Integer, @Nullable Entry> wanted = new HashMap<>();
    mostGiven.forEach(number -> wanted.put(number, null));
    most.forEach(taking -> wanted.put(taking.from, null));
    find(wanted);
    List<SharingReport.Taker> takersNamed = new ArrayList<>();
    for (Taking taking : most) {
      Entry from = wanted.get(taking.from);
      takersNamed.add(
          new SharingReport.Taker(
              taking.path,
              taking.size,
              taking.taken,
              from == null ? null : from.path(),
              taking.fromBytes));
    }
    List<SharingReport.Giver> giversNamed = new ArrayList<>();
    for (int number : mostGiven) {
      Entry giver = wanted.get(number);
      if (giver != null) {
        giversNamed.add(new SharingReport.Giver(giver.path(), giver.size(), given[number]));
      }
    }
    return new SharingReport(
        files,
        bytes,
        holeBytes,
        baseBytes,
        wholeBytes,
        partBytes,
        extents,
        mostExtents,
        splitFiles,
        takersNamed,
        giversNamed);
  }

  private List<Integer> mostGiven() {
    PriorityQueue<Integer> least =
        new PriorityQueue<>(
            Comparator.<Integer>comparingLong(number -> given[number])
                .thenComparing(Comparator.reverseOrder()));
    for (int number = 0; number < given.length; number++) {
      if (given[number] > 0) {
        least.add(number);
        if (least.size() > named) {
          least.remove();
        }
      }
    }
    List<Integer> most = new ArrayList<>(least);
    most.sort(least.comparator().reversed());
    return most;
  }

  private void find(Map<Integer, @Nullable Entry> wanted) throws IOException {
    EntryCursor cursor = reader.entries(EntryFilter.ALL.withoutNested());
    int number = 0;
    for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
      if (hasContents(entry)) {
        if (wanted.containsKey(number)) {
          wanted.put(number, entry);
        }
        number++;
      }
    }
  }
}
