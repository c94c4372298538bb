package io.packhouse.engine.pack;

import com.github.luben.zstd.Zstd;
import io.packhouse.engine.codec.blake3.Hasher;
import io.packhouse.engine.format.BlobCodec;
import io.packhouse.engine.memory.SlotPool;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The second half of a worker: compresses an item's blobs from its slot into its target slot, and
 * hashes what will be stored. What does not shrink stays where it was read. One thread.
 */
final class ItemCompressor {
  /** A frame must save one part in this many, or readers decode for nothing. */
  private static final int LEAST_GAIN = 64;

  private final SlotPool slots;
  private final WorkerKit kit;
  private final Hasher hasher;

  /**
   * @param kit stays the caller's
   */
  ItemCompressor(SlotPool slots, WorkerKit kit) {
    this.slots = slots;
    this.kit = kit;
    this.hasher = kit.hasher;
  }

  /** Decides how each blob of the item is stored, and gives back the slots that are not needed. */
  void compress(PackItem item) {
    int targetUsed = 0;
    boolean slotNeeded = false;
    for (BlobPlan blob : item.blobs) {
      if (blob.effort != Effort.NONE) {
        targetUsed += compress(item, blob, targetUsed);
      }
      if (blob.codec == BlobCodec.RAW) {
        int gathered = storeRaw(item, blob, targetUsed);
        targetUsed += gathered;
        slotNeeded |= gathered == 0;
      }
    }
    if (targetUsed == 0) {
      slots.release(item.targetSlot);
      item.targetSlot = PackItem.NO_SLOT;
    }
    if (!slotNeeded) {
      slots.release(item.slot);
      item.slot = PackItem.NO_SLOT;
    }
  }

  /** Returns the bytes used in the target slot; 0 if the blob stays raw. */
  private int compress(PackItem item, BlobPlan blob, int targetOffset) {
    int capacity = (int) slots.slotLength() - targetOffset;
    if (capacity < Zstd.compressBound(blob.decodedLength)) {
      return 0;
    }
    ByteBuffer source = slots.buffer(item.slot);
    int sourceOffset = blob.rangeOffset(0);
    if (blob.rangeCount() > 1) {
      gather(slots.segment(item.slot), blob, kit.scratch().segment(), 0);
      source = kit.scratch().buffer();
      sourceOffset = 0;
    }
    ByteBuffer target = slots.buffer(item.targetSlot);
    int stored =
        kit.context(blob.effort)
            .compressDirectByteBuffer(
                target, targetOffset, capacity, source, sourceOffset, blob.decodedLength);
    if (stored > blob.decodedLength - blob.decodedLength / LEAST_GAIN - 1) {
      return 0;
    }
    blob.codec = BlobCodec.ZSTD;
    blob.targetOffset = targetOffset;
    blob.storedLength = stored;
    hasher.hash(slots.segment(item.targetSlot), targetOffset, stored, blob.digest, 0);
    return stored;
  }

  /** Brings contents together that are not in one piece. */
  private static void gather(MemorySegment slot, BlobPlan blob, MemorySegment to, int start) {
    long at = start;
    for (int range = 0; range < blob.rangeCount(); range++) {
      int length = blob.rangeLength(range);
      MemorySegment.copy(slot, blob.rangeOffset(range), to, at, length);
      at += length;
    }
  }

  /** Returns the bytes used in the target slot, where ranges are brought together. */
  private int storeRaw(PackItem item, BlobPlan blob, int targetOffset) {
    blob.storedLength = blob.decodedLength;
    byte[] known = blob.contentDigest;
    if (known != null) {
      System.arraycopy(known, 0, blob.digest, 0, known.length);
      return 0;
    }
    MemorySegment slot = slots.segment(item.slot);
    if (blob.rangeCount() == 1) {
      hasher.hash(slot, blob.rangeOffset(0), blob.decodedLength, blob.digest, 0);
      return 0;
    }
    if (slots.slotLength() - targetOffset >= blob.decodedLength) {
      MemorySegment target = slots.segment(item.targetSlot);
      gather(slot, blob, target, targetOffset);
      hasher.hash(target, targetOffset, blob.decodedLength, blob.digest, 0);
      blob.targetOffset = targetOffset;
      blob.gathered = true;
      return blob.decodedLength;
    }
    hasher.reset();
    for (int range = 0; range < blob.rangeCount(); range++) {
      hasher.update(slot, blob.rangeOffset(range), blob.rangeLength(range));
    }
    hasher.finish(blob.digest, 0);
    return 0;
  }
}
