package io.packhouse.engine.codec.blake3;

import static io.packhouse.engine.codec.blake3.Blake3.CHUNK_LENGTH;
import static io.packhouse.engine.codec.blake3.Blake3.DIGEST_LENGTH;

import java.lang.foreign.MemorySegment;

/**
 * Hashes a message, or a slice of one, that comes in pieces of {@value #PIECE_LENGTH} bytes, each
 * of which may be overwritten once it is added. Pieces are hashed where they lie, and are short
 * enough to stay in a processor's second-level cache while they are read, hashed and written.
 *
 * <p>Of bytes that begin a message one pass gives both the digest of a message that ends with them
 * and their chaining value in a longer one: only the last step differs. Further slices of a message
 * have no digest here, since the number of a chunk goes into its hash.
 *
 * <p>Not thread-safe; uses the hasher it was given, which stays the caller's.
 */
public final class PieceHasher {

  /** Length of a piece, in bytes: a power of two of chunks. */
  public static final int PIECE_LENGTH = 512 << 10;

  private final Hasher hasher;
  private final SliceTree pieces;
  private final byte[] value = new byte[DIGEST_LENGTH];
  private final byte[] digest = new byte[DIGEST_LENGTH];
  private long counter;
  private long length;
  private long added;

  /** Makes a hasher of pieces; call {@link #begin} first. */
  public PieceHasher(Hasher hasher) {
    this.hasher = hasher;
    this.pieces = new SliceTree(hasher);
  }

  /**
   * Starts over.
   *
   * @param totalLength bytes to come, 1 or more
   * @param chunkCounter number of their first chunk in the message that they are a slice of, as for
   *     {@link Hasher#chainingValue}; 0 for a message of its own
   */
  public void begin(long totalLength, long chunkCounter) {
    if (totalLength < 1 || chunkCounter < 0) {
      throw new IllegalArgumentException(
          "out of range, totalLength=" + totalLength + ", chunkCounter=" + chunkCounter);
    }
    length = totalLength;
    counter = chunkCounter;
    added = 0;
    pieces.reset();
  }

  /** Bytes of the next piece; 0 after the last. */
  public int nextLength() {
    return (int) Math.min(PIECE_LENGTH, length - added);
  }

  /** Adds the next piece, {@code source[offset, offset + nextLength())}, off-heap. */
  public void add(MemorySegment source, long offset) {
    int piece = nextLength();
    hasher.chainingValue(source, offset, piece, counter + added / CHUNK_LENGTH, value, 0);
    if (length > PIECE_LENGTH) {
      pieces.add(value, 0);
    } else if (counter == 0) {
      hasher.hash(source, offset, piece, digest, 0);
    }
    added += piece;
  }

  /** Writes the chaining value of all pieces. */
  public void chainingValue(byte[] out, int outOffset) {
    requireEnd();
    if (length > PIECE_LENGTH) {
      pieces.top(false, out, outOffset);
    } else {
      System.arraycopy(value, 0, out, outOffset, DIGEST_LENGTH);
    }
  }

  /**
   * Writes the digest of the message that all pieces are.
   *
   * @throws IllegalStateException if they are a later slice of one
   */
  public void digest(byte[] out, int outOffset) {
    requireEnd();
    if (counter != 0) {
      throw new IllegalStateException("not the first slice, chunkCounter=" + counter);
    }
    if (length > PIECE_LENGTH) {
      pieces.top(true, out, outOffset);
    } else {
      System.arraycopy(digest, 0, out, outOffset, DIGEST_LENGTH);
    }
  }

  private void requireEnd() {
    if (added != length) {
      throw new IllegalStateException("pieces are missing, added=" + added + " of " + length);
    }
  }
}
