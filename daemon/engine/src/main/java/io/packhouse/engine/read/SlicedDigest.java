package io.packhouse.engine.read;

import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.blake3.Hasher;
import io.packhouse.engine.codec.blake3.SliceTree;
import io.packhouse.engine.format.ArchiveFormat;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The digest of a file whose extents are aligned slices of one power-of-two length (runs of zeros
 * may be several of them), computed slice by slice: on any threads, in any order.
 *
 * <p>Each slice is set by one thread; whoever merges them must have seen all of them set.
 */
public final class SlicedDigest {
  private static final long MAX_SLICES = 1L << 24;

  private final int sliceLength;
  private final byte[] values;

  private SlicedDigest(int sliceLength, long size) {
    this.sliceLength = sliceLength;
    long slices = (size - 1) / sliceLength + 1;
    this.values = new byte[Math.toIntExact(slices * ArchiveFormat.DIGEST_LENGTH)];
  }

  /**
   * For the file of an entry; null where its extents are no such slices, or there is only one.
   *
   * @param entry whose extents add up to its size
   */
  public static @Nullable SlicedDigest of(Entry entry) {
    long slice = 0;
    for (int i = 0; i < entry.extentCount() && slice == 0; i++) {
      boolean last = i == entry.extentCount() - 1;
      boolean hole = entry.extentBlob(i) == ArchiveFormat.ZEROS;
      slice = hole || last ? 0 : entry.extentLength(i);
    }
    if (slice < Blake3.CHUNK_LENGTH
        || slice > ArchiveFormat.MAX_DECODED_BLOB_LENGTH
        || Long.bitCount(slice) != 1
        || entry.size() <= slice
        || (entry.size() - 1) / slice >= MAX_SLICES) {
      return null;
    }
    long position = 0;
    for (int i = 0; i < entry.extentCount(); i++) {
      long length = entry.extentLength(i);
      boolean zeros = entry.extentBlob(i) == ArchiveFormat.ZEROS;
      boolean last = position + length == entry.size();
      boolean whole = zeros ? length % slice == 0 : length == slice;
      if (length == 0 || position % slice != 0 || !(whole || (last && (zeros || length < slice)))) {
        return null;
      }
      position += length;
    }
    return new SlicedDigest((int) slice, entry.size());
  }

  /** Bytes of each slice but the last, which may be shorter. */
  public int sliceLength() {
    return sliceLength;
  }

  /** Number in the file of the first chunk of the slice at this position. */
  public static long chunkCounter(long position) {
    return position / Blake3.CHUNK_LENGTH;
  }

  /** Where the chaining value of the slice at this position goes in {@link #values}. */
  public int valueOffset(long position) {
    return (int) (position / sliceLength) * ArchiveFormat.DIGEST_LENGTH;
  }

  /** The chaining values, to be written to. */
  public byte[] values() {
    return values;
  }

  /** Hashes the slice at this position of the file, which lies in {@code source}. */
  public void hash(Hasher hasher, MemorySegment source, long offset, long length, long position) {
    hasher.chainingValue(
        source, offset, length, chunkCounter(position), values, valueOffset(position));
  }

  /** Merges the slices into the file's digest. */
  public byte[] digest(Hasher hasher) {
    SliceTree tree = new SliceTree(hasher);
    for (int at = 0; at < values.length; at += ArchiveFormat.DIGEST_LENGTH) {
      tree.add(values, at);
    }
    byte[] digest = new byte[ArchiveFormat.DIGEST_LENGTH];
    tree.finish(digest, 0);
    return digest;
  }
}
