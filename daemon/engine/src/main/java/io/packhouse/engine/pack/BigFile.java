package io.packhouse.engine.pack;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.fs.OpenFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A file of more than one slice, shared by the items of its slices. It is open until the last of
 * them has been read; the rest is touched by the placing only.
 */
final class BigFile {
  /**
   * With more extents, further slices get one each, so that all slices of the longest file still
   * have room in a batch.
   */
  static final int MOST_SPLIT = 4 << 20;

  final PackEntry entry;

  /** To read slices from, or for extractors to look at; null for a source's that nobody wants. */
  final @Nullable OpenFile file;

  final int sliceCount;

  /** Null where there are none to compute. */
  final @Nullable SlicedDigests digests;

  private final AtomicInteger unread;

  /** Digest that the file had before, where a base may have it; then it is found out there. */
  byte @Nullable [] expectedDigest;

  /** Whether the metadata is that of a file of the base with the expected digest. */
  boolean reused;

  /** Where a base has all of it; of the placing. */
  long @Nullable [] baseExtents;

  /** Extents so far, as triples; of the placing. */
  private long[] extents = new long[3];

  private int extentsLength;

  BigFile(
      PackEntry entry, @Nullable OpenFile file, int sliceCount, @Nullable SlicedDigests digests) {
    this.entry = entry;
    this.file = file;
    this.sliceCount = sliceCount;
    this.digests = digests;
    this.unread = new AtomicInteger(sliceCount);
  }

  /** Says that one more slice was read, or never will be; the last one closes the file. */
  void sliceDone() throws IOException {
    if (unread.decrementAndGet() == 0 && file != null) {
      file.close();
    }
  }

  /** Appends an extent; a run of zeros becomes one with that before it. */
  void addExtent(long blob, long offset, long length) {
    if (blob == ArchiveFormat.ZEROS && extentsLength > 0 && extents[extentsLength - 3] == blob) {
      extents[extentsLength - 1] += length;
      return;
    }
    if (extentsLength == extents.length) {
      extents = Arrays.copyOf(extents, extentsLength * 2);
    }
    extents[extentsLength++] = blob;
    extents[extentsLength++] = offset;
    extents[extentsLength++] = length;
  }

  /** Whether another slice may have any number of extents, as many as there are bytes in it. */
  boolean mayBeSplit() {
    return extentsLength < 3 * MOST_SPLIT;
  }

  long[] extents() {
    return Arrays.copyOf(extents, extentsLength);
  }
}
