package io.packhouse.engine.read;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BlobCodec;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.read.memory.BufferPool;
import io.packhouse.engine.read.memory.Decoder;
import io.packhouse.engine.read.memory.DecoderPool;
import io.packhouse.engine.read.parts.BlobChain;
import io.packhouse.engine.read.parts.BlobTable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a file, or a range of them, one chunk after another. Belongs to one thread at a
 * time.
 *
 * <p>Each chunk comes from a blob whose digest was checked. Of a whole file the digest is computed
 * on the way, and checked before the last chunk is given out; so a file of one extent is given out
 * whole or not at all.
 */
public final class ContentReader implements AutoCloseable {
  private static final MemorySegment ZEROS = Arena.global().allocate(64 << 10).asReadOnly();

  /** Longer extents are given out where they are. */
  private static final int SHORT_EXTENT = 64 << 10;

  /** Short extents are given out in chunks of so many bytes. */
  private static final int GATHERED_BYTES = 256 << 10;

  /** How many blobs of short extents are held on to: that of the file, and those of others. */
  private static final int RECENT_BLOBS = 4;

  private final BlobChain blobs;
  private final DecoderPool decoders;
  private final Entry entry;
  private final @Nullable CheckedFiles checked;
  // Null where only a range is read, or where the digest of the one blob is that of the file.
  private @Nullable Decoder hasher;
  private BufferPool.@Nullable Buffer held;
  private final BufferPool.@Nullable Buffer[] recent = new BufferPool.Buffer[RECENT_BLOBS];
  private final long[] recentBlobs = new long[RECENT_BLOBS];
  private int extent;
  // Bytes of the current extent that are given out or skipped.
  private long position;
  private long left;
  private boolean closed;

  /**
   * Prepares to read [offset, offset + length) of a file, whose extents are checked here.
   *
   * @throws io.packhouse.engine.format.CorruptArchiveException if its extents are not inside their
   *     blobs or do not add up to its size
   * @throws UnsupportedFormatException if they name a blob of a kind that is reserved
   * @throws io.packhouse.engine.format.MissingBaseException if a base that has one is not found
   */
  public ContentReader(BlobChain blobs, DecoderPool decoders, Entry entry, long offset, long length)
      throws IOException {
    this(blobs, decoders, entry, offset, length, null);
  }

  /**
   * Likewise.
   *
   * @param checked files that need not be hashed; a file that is read whole is added. Null for none
   */
  ContentReader(
      BlobChain blobs,
      DecoderPool decoders,
      Entry entry,
      long offset,
      long length,
      @Nullable CheckedFiles checked)
      throws IOException {
    this.checked = checked;
    this.blobs = blobs;
    this.decoders = decoders;
    this.entry = entry;
    checkExtents(entry, blobs, true);
    this.left = length;
    this.position = offset;
    byte[] digest = entry.rawBlake3();
    if (offset == 0 && length == entry.size()) {
      if (digest == null) {
        throw entry.place().corrupt("has no BLAKE3");
      }
      if (isOneRawBlob()) {
        long blob = entry.extentBlob(0);
        byte[] blobDigest = blobs.reader(blob).table().digest(blobs.ordinal(blob));
        if (!Arrays.equals(digest, blobDigest)) {
          throw entry
              .place()
              .corrupt(
                  "BLAKE3", HexFormat.of().formatHex(digest), HexFormat.of().formatHex(blobDigest));
        }
      } else if (checked == null || !checked.contains(entry)) {
        hasher = decoders.take();
        hasher.resetDigest();
        if (length == 0) {
          checkDigest(hasher.finishDigest());
        }
      }
    }
    while (left > 0 && position >= entry.extentLength(extent)) {
      position -= entry.extentLength(extent);
      extent++;
    }
  }

  /** Whether the file is one whole raw blob. */
  public boolean isOneRawBlob() throws IOException {
    long blob = entry.extentCount() == 1 ? entry.extentBlob(0) : ArchiveFormat.ZEROS;
    if (blob == ArchiveFormat.ZEROS) {
      return false;
    }
    BlobTable table = blobs.reader(blob).table();
    long ordinal = blobs.ordinal(blob);
    return table.codec(ordinal) == BlobCodec.RAW
        && entry.extentLength(0) == table.decodedLength(ordinal);
  }

  /**
   * Checks that extents are inside their blobs and add up to the file's size.
   *
   * @param opensBases whether bases are opened for this; if not, extents of bases that are not open
   *     are checked as far as the archive itself tells, and may be a reference
   */
  public static void checkExtents(Entry entry, BlobChain blobs, boolean opensBases)
      throws IOException {
    BlobTable own = blobs.own().table();
    long left = entry.size();
    for (int i = 0; i < entry.extentCount(); i++) {
      long blob = entry.extentBlob(i);
      long offset = entry.extentOffset(i);
      long length = entry.extentLength(i);
      long limit;
      if (blob >= 0) {
        limit = own.has(blob) ? own.decodedLength(blob) : -1;
      } else if (blob == ArchiveFormat.ZEROS) {
        limit = offset == 0 ? Long.MAX_VALUE : -1;
      } else {
        limit = limitInBase(entry, blob, blobs, opensBases);
      }
      if (offset < 0 || length < 0 || limit < 0 || offset > limit - length) {
        throw entry
            .place()
            .corrupt(
                "extent "
                    + i
                    + " is ["
                    + offset
                    + ", +"
                    + length
                    + ") of blob "
                    + blob
                    + ", "
                    + (limit < 0 ? "which is not there" : "which has " + limit + " bytes"));
      }
      left -= length;
      if (left < 0) {
        throw entry.place().corrupt("its extents are longer than its " + entry.size() + " bytes");
      }
    }
    if (left != 0) {
      throw entry.place().corrupt("length of its extents", entry.size(), entry.size() - left);
    }
  }

  /** Decoded length of a blob of a base; −1 where there is no such blob. */
  private static long limitInBase(Entry entry, long blob, BlobChain blobs, boolean opensBases)
      throws IOException {
    if (blob != Long.MIN_VALUE && blobs.bases().list().isEmpty()) {
      throw new UnsupportedFormatException(
          entry.reader().path(),
          "entry " + entry.path() + " needs a newer packhouse: extent of reserved blob " + blob);
    }
    if (!blobs.has(blob)) {
      boolean reference = blobs.bases().isReference(blob) && entry.extentCount() == 1;
      return reference && !opensBases && entry.extentOffset(0) == 0 ? entry.size() : -1;
    }
    return opensBases || blobs.isOpen(blob)
        ? blobs.reader(blob).table().decodedLength(blobs.ordinal(blob))
        : ArchiveFormat.MAX_DECODED_BLOB_LENGTH;
  }

  /** Ordinal of the extent that the last chunk came from. */
  public int extent() {
    return extent;
  }

  /** Length in bytes that is still to come. */
  long left() {
    return left;
  }

  /**
   * The next chunk, read-only and valid until the next call, or null after the last.
   *
   * @throws IOException if it cannot be read or is damaged; the reader is of no use then
   */
  public @Nullable MemorySegment next() throws IOException {
    if (closed) {
      throw new IOException(entry.path() + ": the contents are closed");
    }
    release();
    if (left == 0) {
      return null;
    }
    // Runs of zeros read nothing, and may be long: closing the archive must end them too.
    blobs.own().ensureOpen();
    while (position >= entry.extentLength(extent)) {
      position = 0;
      extent++;
    }
    long available = Math.min(left, entry.extentLength(extent) - position);
    MemorySegment chunk;
    long blob = entry.extentBlob(extent);
    if (blob == ArchiveFormat.ZEROS) {
      chunk = ZEROS.asSlice(0, Math.min(available, ZEROS.byteSize()));
    } else if (available < left && available < SHORT_EXTENT) {
      chunk = gather();
    } else {
      long start = entry.extentOffset(extent) + position;
      BufferPool.Buffer buffer = blobs.reader(blob).acquire(blobs.ordinal(blob), start + available);
      held = buffer;
      chunk = buffer.segment().asSlice(start, available).asReadOnly();
    }
    left -= chunk.byteSize();
    skip(chunk.byteSize());
    if (hasher != null && chunk.byteSize() == entry.size()) {
      checkDigest(hasher.digest(chunk));
    } else if (hasher != null) {
      hasher.updateDigest(chunk);
      if (left == 0) {
        checkDigest(hasher.finishDigest());
      }
    }
    return chunk;
  }

  /** Goes on by this many bytes, up to the end of an extent at most where that is the last byte. */
  private void skip(long bytes) {
    position += bytes;
    while (left > 0 && position > entry.extentLength(extent)) {
      position -= entry.extentLength(extent);
      extent++;
    }
  }

  /** Brings the bytes of short extents together, up to a hole, or a longer one. */
  private MemorySegment gather() throws IOException {
    int most = (int) Math.min(left, GATHERED_BYTES);
    BufferPool.Buffer target = blobs.own().newBuffer(most);
    held = target;
    int at = 0;
    long from = position;
    for (int next = extent; at < most; next++, from = 0) {
      long length = Math.min(entry.extentLength(next) - from, most - at);
      if (entry.extentBlob(next) == ArchiveFormat.ZEROS || (at > 0 && length >= SHORT_EXTENT)) {
        break;
      }
      if (length > 0) {
        MemorySegment blob = recent(entry.extentBlob(next));
        long start = entry.extentOffset(next) + from;
        MemorySegment.copy(blob, start, target.segment(), at, length);
        at += (int) length;
      }
    }
    return target.segment().asSlice(0, at).asReadOnly();
  }

  /** A decoded blob, which is held on to since extents that follow are often of the same few. */
  private MemorySegment recent(long blob) throws IOException {
    int place = Math.floorMod(blob, RECENT_BLOBS);
    BufferPool.Buffer present = recent[place];
    if (present != null && recentBlobs[place] == blob) {
      return present.segment();
    }
    recent[place] = null;
    if (present != null) {
      present.close();
    }
    BufferPool.Buffer buffer = blobs.reader(blob).acquire(blobs.ordinal(blob));
    recent[place] = buffer;
    recentBlobs[place] = blob;
    return buffer.segment();
  }

  private void checkDigest(byte[] actual) throws IOException {
    byte[] expected = entry.rawBlake3();
    if (!Arrays.equals(expected, actual)) {
      close();
      throw entry
          .place()
          .corrupt(
              "BLAKE3",
              expected == null ? "none" : HexFormat.of().formatHex(expected),
              HexFormat.of().formatHex(actual));
    }
    if (checked != null) {
      checked.add(entry);
    }
  }

  private void release() {
    if (held != null) {
      held.close();
      held = null;
    }
  }

  @Override
  public void close() {
    closed = true;
    release();
    for (int i = 0; i < RECENT_BLOBS; i++) {
      BufferPool.Buffer buffer = recent[i];
      recent[i] = null;
      if (buffer != null) {
        buffer.close();
      }
    }
    if (hasher != null) {
      decoders.give(hasher);
      hasher = null;
    }
  }
}
