package io.packhouse.engine.pack;

import io.packhouse.engine.format.BlobCodec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A blob to be: which ranges of an item's slot it is made of, and later how it is stored. Ranges
 * that follow each other are one.
 */
final class BlobPlan {
  /** The blob's number in the archive. */
  final int ordinal;

  /** How hard to try to compress it. */
  final Effort effort;

  /** Digest of the contents if that is known already, which a raw blob needs. */
  byte @Nullable [] contentDigest;

  private int[] ranges = new int[2];
  private int rangesLength;
  int decodedLength;

  /** How it is stored, once a worker has decided. */
  BlobCodec codec = BlobCodec.RAW;

  /** Whether a raw blob was brought together in the target slot. */
  boolean gathered;

  /** Where a compressed blob, or one that was brought together, is in the target slot. */
  int targetOffset;

  int storedLength;
  final byte[] digest = new byte[32];

  BlobPlan(int ordinal, Effort effort) {
    this.ordinal = ordinal;
    this.effort = effort;
  }

  /**
   * Appends a range of the slot.
   *
   * @return where it begins in the decoded blob
   */
  int append(int slotOffset, int length) {
    int offset = decodedLength;
    decodedLength += length;
    if (rangesLength > 0 && ranges[rangesLength - 2] + ranges[rangesLength - 1] == slotOffset) {
      ranges[rangesLength - 1] += length;
    } else {
      if (rangesLength == ranges.length) {
        ranges = Arrays.copyOf(ranges, rangesLength * 2);
      }
      ranges[rangesLength++] = slotOffset;
      ranges[rangesLength++] = length;
    }
    return offset;
  }

  int rangeCount() {
    return rangesLength / 2;
  }

  int rangeOffset(int range) {
    return ranges[2 * range];
  }

  int rangeLength(int range) {
    return ranges[2 * range + 1];
  }
}
