package io.packhouse.engine.pack;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.index.EntryRow;
import io.packhouse.engine.index.EntryRow.ExtractStatus;
import io.packhouse.engine.pack.PackReport.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts what a pack did. Of the placing until it is done, then of the packing thread; but for the
 * blobs' counts, which are the writer's.
 */
final class Tally {
  private static final int MAX_FAILURES_LISTED = 1_000;

  private final long[] byType = new long[EntryType.values().length];
  private long rows;
  private long failed;
  final List<Failure> failures = new ArrayList<>();
  long packages;
  long extractErrors;
  long unseenSiblings;
  long bytes;
  long dedupedBytes;
  long baseFiles;
  long baseBytes;
  long basePartBytes;
  long sharedBytes;
  long extents;
  long holeBytes;

  /** The writer's. */
  long rawBlobBytes;

  long compressedInBytes;
  long compressedOutBytes;

  /** Counts a row. */
  void count(EntryRow row) {
    rows++;
    byType[row.type().ordinal()]++;
    bytes += row.size();
    long[] triples = row.extents();
    if (triples != null) {
      extents += triples.length / 3;
    }
    if (row.metadata() != null) {
      packages++;
    }
    if (row.extractStatus() == ExtractStatus.ERROR) {
      extractErrors++;
    }
    if (row.status() != EntryStatus.OK) {
      failed++;
      if (failures.size() < MAX_FAILURES_LISTED) {
        failures.add(
            new Failure(
                PathText.display(row.path()), row.status().label(), String.valueOf(row.error())));
      }
    }
  }

  long of(EntryType type) {
    return byType[type.ordinal()];
  }

  long specials() {
    return of(EntryType.FIFO) + of(EntryType.CHAR_DEVICE) + of(EntryType.BLOCK_DEVICE);
  }

  long rows() {
    return rows;
  }

  long failed() {
    return failed;
  }

  /** The footer's totals, by their whole keys. */
  Map<String, String> metadata() {
    Map<String, String> metadata = new HashMap<>();
    put(metadata, "rows", rows);
    put(metadata, "files", of(EntryType.FILE));
    put(metadata, "directories", of(EntryType.DIRECTORY));
    put(metadata, "symlinks", of(EntryType.SYMLINK));
    put(metadata, "hardlinks", of(EntryType.HARDLINK));
    put(metadata, "specials", specials());
    put(metadata, "nested", of(EntryType.NESTED));
    put(metadata, "failed", failed);
    put(metadata, "bytes", bytes);
    return metadata;
  }

  private static void put(Map<String, String> metadata, String name, long value) {
    metadata.put(ArchiveFormat.KEY_TOTAL + name, Long.toString(value));
  }
}
