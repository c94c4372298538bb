package io.packhouse.engine.read.base;

import io.packhouse.engine.read.memory.BufferPool;
import io.packhouse.engine.read.parts.BlobChain;
import io.packhouse.engine.share.EarlierFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * A file of a base whose contents are read. Each blob is checked against its digest when it is
 * read, and kept for a while.
 *
 * @param stored its extents in the numbering of the base
 * @param extents in that of the delta
 */
@SuppressWarnings("ArrayRecordComponent") // internal, never written after construction
record StoredFile(BlobChain blobs, long[] stored, long[] extents)
    implements EarlierFiles.EarlierFile {
  @Override
  public void read(int extent, long skip, int length, MemorySegment target, long targetOffset)
      throws IOException {
    long blob = stored[3 * extent];
    long start = stored[3 * extent + 1] + skip;
    try (BufferPool.Buffer decoded = blobs.reader(blob).acquire(blobs.ordinal(blob))) {
      MemorySegment.copy(decoded.segment(), start, target, targetOffset, length);
    }
  }
}
