package io.packhouse.engine.pack;

import io.packhouse.engine.index.EntryRow;
import io.packhouse.engine.index.IndexSink;
import io.packhouse.engine.index.MetadataSize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The archive's own index sink: gathers rows by group and hands on full batches, to be encoded by a
 * worker. Called by the placing only.
 */
final class ArrowIndex implements IndexSink {
  /**
   * Rows of a full batch. With all extractors its metadata takes 32 KiB; one lookup in a cold batch
   * reads it whole and decodes its paths, in one or two milliseconds.
   */
  private static final int BATCH_ROWS = 16_384;

  /** About how many bytes a full batch may take before compression. */
  private static final long BATCH_BYTES = 8L << 20;

  /** About how many bytes all batches being filled may take. */
  private static final long OPEN_BYTES = 16L << 20;

  private static final class Open {
    final EntryRow.Group group;
    List<EntryRow> rows = new ArrayList<>();
    long bytes;

    Open(EntryRow.Group group) {
      this.group = group;
    }

    boolean takes(EntryRow row) {
      return group.nested() == row.isNested()
          && Objects.equals(group.packageType(), row.packageType())
          && Objects.equals(group.repository(), row.repository());
    }
  }

  private final Consumer<List<EntryRow>> full;
  private final Map<EntryRow.Group, Open> groups = new LinkedHashMap<>();
  private long openBytes;

  /** The groups of the last rows: neighbours are mostly of one group, or of two in turn. */
  private @Nullable Open last;

  private @Nullable Open before;

  /**
   * @param full takes the rows of a batch, all of one group
   */
  ArrowIndex(Consumer<List<EntryRow>> full) {
    this.full = full;
  }

  @Override
  public void row(EntryRow row) {
    Open open = open(row);
    open.rows.add(row);
    long bytes = estimate(row);
    open.bytes += bytes;
    openBytes += bytes;
    if (open.rows.size() >= BATCH_ROWS || open.bytes >= BATCH_BYTES) {
      flush(open);
    } else if (openBytes > OPEN_BYTES) {
      Open largest = open;
      for (Open other : groups.values()) {
        if (other.bytes > largest.bytes) {
          largest = other;
        }
      }
      flush(largest);
    }
  }

  private Open open(EntryRow row) {
    Open found = last;
    if (found != null && found.takes(row)) {
      return found;
    }
    found = before;
    if (found == null || !found.takes(row)) {
      found = groups.computeIfAbsent(row.group(), Open::new);
    }
    before = last;
    last = found;
    return found;
  }

  /** Hands on what is left, by group in the order of their first rows. */
  void flush() {
    groups.values().forEach(this::flush);
  }

  private void flush(Open open) {
    if (!open.rows.isEmpty()) {
      full.accept(open.rows);
      openBytes -= open.bytes;
      open.rows = new ArrayList<>();
      open.bytes = 0;
    }
  }

  /** About what a row takes in the batch: its long parts, and some for all the others. */
  private static long estimate(EntryRow row) {
    long bytes = 128L + row.path().length;
    long[] extents = row.extents();
    if (extents != null) {
      bytes += 8L * extents.length;
    }
    byte[] digests = row.digests();
    if (digests != null) {
      bytes += digests.length;
    }
    byte[] target = row.linkTarget();
    if (target != null) {
      bytes += target.length;
    }
    if (row.xattrs() != null) {
      for (Map.Entry<String, byte[]> xattr : row.xattrs().entrySet()) {
        bytes += xattr.getKey().length() + xattr.getValue().length;
      }
    }
    if (row.metadata() != null) {
      bytes += MetadataSize.of(row.metadata());
    }
    byte[] siblings = row.extractSiblings();
    if (siblings != null) {
      bytes += siblings.length;
    }
    bytes += length(row.error()) + length(row.extractError());
    return bytes;
  }

  private static long length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  @Override
  public void finish(String archiveId) {}

  @Override
  public void close() {}
}
