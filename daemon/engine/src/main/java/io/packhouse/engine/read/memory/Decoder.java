package io.packhouse.engine.read.memory;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.blake3.Hasher;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.CorruptArchiveException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A zstd context and a digest state. Belongs to one thread at a time. */
public final class Decoder implements AutoCloseable {
  private static final int ZSTD_MAGIC = 0xFD2FB528;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  // Made at the first use: loading zstd takes as long as opening an archive.
  private @Nullable ZstdDecompressCtx zstd;
  private final Hasher hasher = Blake3.system().newHasher();

  private ZstdDecompressCtx zstd() {
    ZstdDecompressCtx context = zstd;
    if (context == null) {
      context = new ZstdDecompressCtx();
      zstd = context;
    }
    return context;
  }

  /** Its hasher, for other uses than the digest begun by {@link #resetDigest}. */
  public Hasher hasher() {
    return hasher;
  }

  /** Starts the digest of bytes that come piece by piece. */
  public void resetDigest() {
    hasher.reset();
  }

  /** Adds off-heap bytes to the digest. */
  public void updateDigest(MemorySegment bytes) {
    hasher.update(bytes, 0, bytes.byteSize());
  }

  /** The digest of all bytes since {@link #resetDigest}. */
  public byte[] finishDigest() {
    byte[] digest = new byte[ArchiveFormat.DIGEST_LENGTH];
    hasher.finish(digest, 0);
    return digest;
  }

  /** The digest of off-heap bytes that are there at once, which is faster. */
  public byte[] digest(MemorySegment bytes) {
    byte[] digest = new byte[ArchiveFormat.DIGEST_LENGTH];
    hasher.hash(bytes, 0, bytes.byteSize(), digest, 0);
    return digest;
  }

  /**
   * Checks bytes against their digest.
   *
   * @throws CorruptArchiveException if they have another
   */
  public void check(MemorySegment bytes, byte[] digest, Place place)
      throws CorruptArchiveException {
    requireEqual(digest, digest(bytes), place);
  }

  /** Fails where two digests differ. */
  public static void requireEqual(byte[] expected, byte[] actual, Place place)
      throws CorruptArchiveException {
    if (!Arrays.equals(expected, actual)) {
      throw place.corrupt(
          "BLAKE3", HexFormat.of().formatHex(expected), HexFormat.of().formatHex(actual));
    }
  }

  /**
   * Decodes zstd bytes, which must decode to exactly {@code target}.
   *
   * @param source off-heap
   * @param target off-heap
   * @throws CorruptArchiveException if they do not
   */
  public void decode(MemorySegment source, MemorySegment target, Place place)
      throws CorruptArchiveException {
    int length;
    try {
      length =
          zstd()
              .decompressDirectByteBuffer(
                  target.asByteBuffer(),
                  0,
                  (int) target.byteSize(),
                  source.asByteBuffer(),
                  0,
                  (int) source.byteSize());
    } catch (ZstdException e) {
      throw place.corrupt("does not decode (" + e.getMessage() + ")");
    }
    if (length != target.byteSize()) {
      throw place.corrupt("decoded length", target.byteSize(), length);
    }
  }

  /**
   * Decodes a blob, which must be one frame that says its length and needs no dictionary.
   *
   * @throws CorruptArchiveException if it is not, or does not decode to exactly {@code target}
   */
  public void decodeFrame(MemorySegment source, MemorySegment target, Place place)
      throws IOException {
    checkFrame(source, target.byteSize(), place);
    decode(source, target, place);
  }

  /**
   * Decodes the first bytes of a blob, as many as {@code target} has room for.
   *
   * @param decodedLength of the whole blob
   * @throws CorruptArchiveException as {@link #decodeFrame} does, as far as it decodes
   */
  public void decodePrefix(
      MemorySegment source, MemorySegment target, long decodedLength, Place place)
      throws IOException {
    checkFrame(source, decodedLength, place);
    ByteBuffer from = source.asByteBuffer();
    ByteBuffer to = target.asByteBuffer();
    ZstdDecompressCtx context = zstd();
    try {
      context.reset();
      boolean ended = false;
      while (to.hasRemaining() && !ended) {
        ended = context.decompressDirectByteBufferStream(to, from);
        if (to.hasRemaining() && (ended || !from.hasRemaining())) {
          throw place.corrupt("decoded length", decodedLength, to.position());
        }
      }
    } catch (ZstdException e) {
      throw place.corrupt("does not decode (" + e.getMessage() + ")");
    } finally {
      context.reset();
    }
  }

  private static void checkFrame(MemorySegment source, long decodedLength, Place place)
      throws IOException {
    int length = (int) source.byteSize();
    if (length < Integer.BYTES || source.get(INT, 0) != ZSTD_MAGIC) {
      throw place.corrupt("is no zstd frame");
    }
    ByteBuffer bytes = source.asByteBuffer();
    long frameLength = Zstd.findDirectByteBufferFrameCompressedSize(bytes, 0, length);
    if (frameLength != length) {
      throw place.corrupt("is not exactly one zstd frame");
    }
    // Of a frame without a content size zstd says 0 or an error, neither of which is a length here.
    long contentLength = Zstd.getDirectByteBufferFrameContentSize(bytes, 0, length);
    if (contentLength != decodedLength) {
      throw place.corrupt("content size of the zstd frame", decodedLength, contentLength);
    }
    if (Zstd.getDictIdFromFrameBuffer(bytes) != 0) {
      throw place.corrupt("asks for a zstd dictionary");
    }
  }

  @Override
  public void close() {
    if (zstd != null) {
      zstd.close();
    }
    hasher.close();
  }
}
