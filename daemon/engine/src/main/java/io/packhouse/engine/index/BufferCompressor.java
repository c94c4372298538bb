package io.packhouse.engine.index;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;

/**
 * zstd for the buffers of Arrow columns, with parameters for what they hold. One thread at a time.
 *
 * <p>Measured in {@code docs/decisions/0009-index-size.md}. What it makes of a buffer depends on
 * the buffer alone.
 */
final class BufferCompressor implements AutoCloseable {
  /** What a buffer holds. */
  enum Content {
    /** Numbers, digests and bits, which gain nothing from higher levels. */
    NUMBERS,
    /** Text of many rows, much of which repeats. */
    TEXT,
    /** Where lists and texts end: int32, ascending. */
    OFFSETS
  }

  private static final int NUMBERS_LEVEL = 3;
  private static final int TEXT_LEVEL = 6;

  // Offsets differ from their neighbours in one byte of four or two, so nothing of four bytes
  // repeats. Only zstd's optimal parsers find matches of three.
  private static final int OFFSETS_LEVEL = 13;
  private static final int BTOPT = 7;
  private static final int OFFSETS_MATCH = 3;
  private static final int OFFSETS_SEARCH_LOG = 2;
  private static final int OFFSETS_TARGET_LENGTH = 16;

  /**
   * What is not matched of offsets is mostly the lowest byte, and the second, which changes slowly.
   * A block is no longer than the window: of 8 KiB it has few values of the second byte, so codes
   * of a few bits. And tables for so short a window are cleared at no cost.
   */
  private static final int OFFSETS_WINDOW_LOG = 13;

  private final ZstdCompressCtx numbers = new ZstdCompressCtx().setLevel(NUMBERS_LEVEL);
  private final ZstdCompressCtx text = new ZstdCompressCtx().setLevel(TEXT_LEVEL);
  private final ZstdCompressCtx offsets =
      new ZstdCompressCtx()
          .setLevel(OFFSETS_LEVEL)
          .setStrategy(BTOPT)
          .setMinMatch(OFFSETS_MATCH)
          .setSearchLog(OFFSETS_SEARCH_LOG)
          .setTargetLength(OFFSETS_TARGET_LENGTH)
          .setWindowLog(OFFSETS_WINDOW_LOG);

  /** The most bytes that a frame of {@code length} bytes takes. */
  static int bound(int length) {
    return (int) Zstd.compressBound(length);
  }

  /**
   * Makes a frame of the first {@code length} bytes of {@code from}. Both buffers are direct.
   *
   * @param at where the frame begins in {@code to}, which has {@link #bound} bytes from there on
   * @return bytes of the frame
   */
  int compress(Content content, ByteBuffer to, int at, ByteBuffer from, int length) {
    ZstdCompressCtx context =
        switch (content) {
          case NUMBERS -> numbers;
          case TEXT -> text;
          case OFFSETS -> offsets;
        };
    return context.compressDirectByteBuffer(to, at, bound(length), from, 0, length);
  }

  /** Frees native memory. Idempotent. */
  @Override
  public void close() {
    numbers.close();
    text.close();
    offsets.close();
  }
}
