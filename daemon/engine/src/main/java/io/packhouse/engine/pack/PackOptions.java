package io.packhouse.engine.pack;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.index.IndexSink;
import io.packhouse.engine.memory.SlotPool;
import io.packhouse.engine.select.PathFilter;
import io.packhouse.engine.share.SharingOptions;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How to pack. Of these, {@code workers} never changes the archive's bytes, and {@code memoryBytes}
 * only where there are more distinct contents than it can remember.
 *
 * @param level zstd level, 1 to 22
 * @param storesPackages stores what is compressed inside, as packages are, as it is: faster, and
 *     larger
 * @param sharing of parts of files
 * @param workers threads that read, hash and compress, 1 to 1,024
 * @param memoryBytes for slots, dedup and index buffers together, but not for sharing; see {@link
 *     #minMemoryBytes}
 * @param blobBytes length of big files' slices, and what smaller files are read by at a time, a
 *     power of two from 64 KiB to 64 MiB
 * @param frameBytes most that small files which share a compressed frame take before compression,
 *     64 KiB to {@code blobBytes}; a single file may have more
 * @param reproducible records no owners, and no later mtime than {@code clampMtimeNanos}
 * @param clampMtimeNanos since 1970; null for none
 * @param xattrs records extended attributes
 * @param oneFileSystem records, but does not enter, directories of other file systems
 * @param keepGoing lists entries that cannot be read with their error instead of failing
 * @param force replaces an existing output
 * @param filter which entries to pack
 * @param extractors read package metadata; they stay the caller's
 * @param digests of each file to record besides BLAKE3, among {@link DigestAlgorithm#COLUMNS}
 * @param sinks take the rows besides the archive's own index
 * @param producer goes into the archive for information
 */
public record PackOptions(
    int level,
    boolean storesPackages,
    SharingOptions sharing,
    int workers,
    long memoryBytes,
    int blobBytes,
    int frameBytes,
    boolean reproducible,
    @Nullable Long clampMtimeNanos,
    boolean xattrs,
    boolean oneFileSystem,
    boolean keepGoing,
    boolean force,
    PathFilter filter,
    ExtractorHost extractors,
    Set<DigestAlgorithm> digests,
    List<IndexSink> sinks,
    String producer) {

  public static final int MIN_LEVEL = 1;
  public static final int MAX_LEVEL = 22;
  public static final int DEFAULT_LEVEL = 3;

  /** The level that goes with {@code storesPackages}, unless told otherwise. */
  public static final int FAST_LEVEL = 1;

  public static final int MAX_WORKERS = 1_024;
  public static final int MIN_BLOB_BYTES = 64 << 10;
  public static final int MAX_BLOB_BYTES = 64 << 20;
  public static final int DEFAULT_BLOB_BYTES = 4 << 20;
  public static final int DEFAULT_FRAME_BYTES = 3 << 19;

  /** Two, so that packages, which share all of an item, have more to share. */
  private static final int FRAMES_AN_ITEM = 2;

  /** As {@code memoryBytes}: 192 MiB, or more if the other options need it. */
  public static final long AUTOMATIC_MEMORY = 0;

  public PackOptions {
    require(level >= MIN_LEVEL && level <= MAX_LEVEL, "level", level, "1 to 22");
    require(workers >= 1 && workers <= MAX_WORKERS, "workers", workers, "1 to " + MAX_WORKERS);
    require(
        blobBytes >= MIN_BLOB_BYTES
            && blobBytes <= MAX_BLOB_BYTES
            && Integer.bitCount(blobBytes) == 1,
        "blob size",
        blobBytes,
        "a power of two from 64 KiB to 64 MiB");
    require(
        frameBytes >= MIN_BLOB_BYTES && frameBytes <= blobBytes,
        "frame size",
        frameBytes,
        "64 KiB to the blob size");
    long least = minMemoryBytes(level, workers, blobBytes);
    require(
        memoryBytes == AUTOMATIC_MEMORY || memoryBytes >= least,
        "memory",
        memoryBytes,
        "at least "
            + least
            + " bytes for level "
            + level
            + ", "
            + workers
            + " workers and this blob size");
    require(
        DigestAlgorithm.COLUMNS.containsAll(digests),
        "digests",
        digests,
        "among " + DigestAlgorithm.COLUMNS);
    // In the order of the columns, whatever was given.
    EnumSet<DigestAlgorithm> ordered = EnumSet.noneOf(DigestAlgorithm.class);
    ordered.addAll(digests);
    digests = Collections.unmodifiableSet(ordered);
    sinks = List.copyOf(sinks);
  }

  /** The defaults: level 3, a worker a processor, no extractors. */
  public static PackOptions defaults() {
    int workers = Math.min(Runtime.getRuntime().availableProcessors(), MAX_WORKERS);
    return new PackOptions(
        DEFAULT_LEVEL,
        false,
        SharingOptions.DEFAULT,
        workers,
        AUTOMATIC_MEMORY,
        DEFAULT_BLOB_BYTES,
        DEFAULT_FRAME_BYTES,
        false,
        null,
        false,
        false,
        false,
        false,
        PathFilter.ALL,
        ExtractorHost.NONE,
        Set.of(),
        List.of(),
        "packhouse");
  }

  /** These, with other extractors. */
  public PackOptions withExtractors(ExtractorHost others) {
    return new PackOptions(
        level,
        storesPackages,
        sharing,
        workers,
        memoryBytes,
        blobBytes,
        frameBytes,
        reproducible,
        clampMtimeNanos,
        xattrs,
        oneFileSystem,
        keepGoing,
        force,
        filter,
        others,
        digests,
        sinks,
        producer);
  }

  /**
   * What a pack with these works in from its start, in bytes: {@code memoryBytes}, which are not
   * automatic, and the table that sharing needs.
   */
  public long startBytes() {
    return memoryBytes + sharing.tableBytes();
  }

  /** Most that sharing comes to need beside these, in bytes, as more and more is looked at. */
  public long windowBytes() {
    long slot =
        SlotPool.rounded(MemoryPlan.of(memoryBytes, level, workers, blobBytes).slotLength());
    return slot * sharing.windowSlots(slot);
  }

  /** Most that files which are read together take, unless one alone has more. */
  int itemBytes() {
    return Math.min(blobBytes, FRAMES_AN_ITEM * frameBytes);
  }

  /** The least memory that this many workers can work in, in bytes. */
  public static long minMemoryBytes(int level, int workers, int blobBytes) {
    return MemoryPlan.least(level, workers, blobBytes);
  }

  private static void require(boolean ok, String option, Object value, String range) {
    if (!ok) {
      throw new IllegalArgumentException(option + " must be " + range + ", is " + value);
    }
  }
}
