package io.packhouse.engine.pack;

import com.github.luben.zstd.ZstdCompressCtx;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Tells whether compressing contents pays, from contents alone: ASCII does; of anything else three
 * samples, one at each end and one in the middle, are compressed with zstd's fastest level. The end
 * matters: what shrinks in a zip is its directory.
 *
 * <p>Deterministic. One thread at a time; 24 KiB of samples take about 25 µs.
 */
final class Compressibility implements AutoCloseable {
  private static final int SAMPLE = 8 << 10;

  private static final int ASCII_SAMPLE = 256;
  private static final long HIGH_BITS = 0x8080808080808080L;

  /** Anything smaller goes to a shared frame, whatever it is. */
  static final int SMALLEST = 4 << 10;

  /** Samples must shrink by one part in this many for the whole to be worth anything. */
  private static final int LEAST_GAIN = 128;

  /** Samples must shrink by one part in this many for the whole to be worth the full level. */
  private static final int FULL_GAIN = 3;

  private static final int FASTEST_LEVEL = -5;

  private final ZstdCompressCtx context = new ZstdCompressCtx().setLevel(FASTEST_LEVEL);
  private final Arena arena = Arena.ofShared();
  private final int scratchLength = 4 * SAMPLE;
  private final ByteBuffer scratch;

  Compressibility() {
    MemorySegment segment = arena.allocate(scratchLength);
    scratch = segment.asByteBuffer();
  }

  /** What {@code buffer[offset, offset + length)} is worth. */
  Effort effort(ByteBuffer buffer, int offset, int length) {
    if (length < SMALLEST || isAscii(buffer, offset, length)) {
      return Effort.FULL;
    }
    int sampled;
    int stored;
    if (length <= 3 * SAMPLE) {
      sampled = length;
      stored = compress(buffer, offset, length);
    } else {
      sampled = 3 * SAMPLE;
      stored =
          compress(buffer, offset, SAMPLE)
              + compress(buffer, offset + (length - SAMPLE) / 2, SAMPLE)
              + compress(buffer, offset + length - SAMPLE, SAMPLE);
    }
    if (stored >= sampled - sampled / LEAST_GAIN) {
      return Effort.NONE;
    }
    return stored >= sampled - sampled / FULL_GAIN ? Effort.FAST : Effort.FULL;
  }

  /**
   * Whether all bytes of three short samples have their high bit clear, which leaves an eighth to
   * gain at least. True of nearly all source text, and a twentieth of the cost of compressing.
   */
  private static boolean isAscii(ByteBuffer buffer, int offset, int length) {
    long bits = 0;
    int step = (length - ASCII_SAMPLE) / 2;
    for (int sample = 0; sample < 3; sample++) {
      int start = offset + sample * step;
      for (int at = start; at < start + ASCII_SAMPLE; at += Long.BYTES) {
        bits |= buffer.getLong(at);
      }
    }
    return (bits & HIGH_BITS) == 0;
  }

  private int compress(ByteBuffer buffer, int offset, int length) {
    return context.compressDirectByteBuffer(scratch, 0, scratchLength, buffer, offset, length);
  }

  @Override
  public void close() {
    context.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
