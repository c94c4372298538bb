package io.packhouse.engine.pack;

import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.share.Anchors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The unit of work: entries in path order whose contents share a slot, or one slice of a big file.
 *
 * <p>One owner at a time: the walk, the queue of workers, a worker, the placing, the queue again, a
 * worker, the writer. The owner holds its slots and its directories.
 */
final class PackItem {
  static final int NO_SLOT = -1;

  /** From 0, in path order. */
  final long ordinal;

  /** What is read goes here. */
  int slot;

  /** What is compressed goes here. */
  int targetSlot;

  final List<PackEntry> entries = new ArrayList<>();

  /** Open while entries are to be read in them. */
  final List<OpenDirectory> directories = new ArrayList<>();

  /** How many {@code directories} it was submitted with; the pipeline's. */
  int directoryCount;

  /** The file whose slice this is, or null. */
  @Nullable BigFile bigFile;

  /** Of its files, or of the slice, if a worker has looked for them. */
  @Nullable Anchors anchors;

  int sliceOrdinal;
  long sliceOffset;
  int sliceLength;
  boolean sliceZero;

  /** Whether a source has put the slice into the slot already. */
  boolean sliceLoaded;

  /** Whether the slot holds all of the slice: if not, the rest is what was there before. */
  boolean sliceRead;

  Effort sliceEffort = Effort.NONE;
  final byte[] sliceValue = new byte[32];

  /** Digests besides BLAKE3 that have not hashed the slice yet. */
  final AtomicInteger digestsLeft = new AtomicInteger();

  /** What to store, in order; of the placing, then of a worker. */
  final List<BlobPlan> blobs = new ArrayList<>();

  PackItem(long ordinal, int slot, int targetSlot) {
    this.ordinal = ordinal;
    this.slot = slot;
    this.targetSlot = targetSlot;
  }

  boolean isLastSlice() {
    BigFile file = bigFile;
    return file != null && sliceOrdinal == file.sliceCount - 1;
  }
}
