package io.packhouse.engine.pack;

import com.github.luben.zstd.ZstdCompressCtx;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Tells whether compressing contents pays, from contents alone: ASCII does; of anything else three
 * samples, one at each end and one in the middle, are compressed with one of zstd's fastest levels.
 * The end matters: what shrinks in a zip is its directory. What shrinks a little is either
 * compressed inside, and then only matches are left to find, or it is not, and entropy coding shows
 * it.
 *
 * <p>Deterministic. One thread at a time; 24 KiB of samples take about 15 µs, twice that where both
 * levels are asked.
 */
final class Compressibility implements AutoCloseable {
  private static final int SAMPLE = 8 << 10;

  private static final int ASCII_SAMPLE = 256;
  private static final long HIGH_BITS = 0x8080808080808080L;

  /** Anything smaller goes to a shared frame, whatever it is. */
  static final int SMALLEST = 4 << 10;

  /** Samples must shrink by one part in this many for the whole to be worth anything. */
  private static final int LEAST_GAIN = 128;

  /** Samples that shrink by one part in this many through matches alone are no packages. */
  private static final int MATCHING_GAIN = 3;

  /**
   * Samples that entropy coding makes shorter by one part in this many are no packages: what is
   * compressed already gains a twelfth at most, programs and images a sixth at least.
   */
  private static final int CODING_GAIN = 8;

  /** Finds matches, and leaves the rest as it is. */
  private final ZstdCompressCtx matching = new ZstdCompressCtx().setLevel(-5);

  /** Finds matches, and codes the rest. */
  private final ZstdCompressCtx coding = new ZstdCompressCtx().setLevel(1);

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
      return Effort.TEXT;
    }
    int sampled = Math.min(length, 3 * SAMPLE);
    int matched = sample(matching, buffer, offset, length);
    if (matched >= sampled - sampled / LEAST_GAIN) {
      return Effort.NONE;
    }
    if (matched < sampled - sampled / MATCHING_GAIN) {
      return Effort.BINARY;
    }
    int coded = sample(coding, buffer, offset, length);
    return matched - coded >= sampled / CODING_GAIN ? Effort.BINARY : Effort.FAST;
  }

  /** What the samples compress to. */
  private int sample(ZstdCompressCtx context, ByteBuffer buffer, int offset, int length) {
    if (length <= 3 * SAMPLE) {
      return compress(context, buffer, offset, length);
    }
    return compress(context, buffer, offset, SAMPLE)
        + compress(context, buffer, offset + (length - SAMPLE) / 2, SAMPLE)
        + compress(context, buffer, offset + length - SAMPLE, SAMPLE);
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

  private int compress(ZstdCompressCtx context, ByteBuffer buffer, int offset, int length) {
    return context.compressDirectByteBuffer(scratch, 0, scratchLength, buffer, offset, length);
  }

  @Override
  public void close() {
    matching.close();
    coding.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
