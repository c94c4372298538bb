package io.packhouse.extraction.archive;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.packhouse.spi.ExtractionException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * Xz streams one after another, decoded by liblzma, which takes a quarter of the time. Whatever
 * that finds wrong is left to the decoder in Java, which begins again and says it: so results do
 * not depend on whether there is a liblzma. For one thread.
 *
 * <p>{@code lzma_stream} of lzma/base.h, of 136 bytes, by offset:
 *
 * <pre>
 *   0 next_in   8 avail_in   24 next_out   32 avail_out   56 internal
 * </pre>
 */
final class XzStream extends InputStream {

  private static final int STATE_LENGTH = 136;
  private static final int NEXT_IN = 0;
  private static final int AVAIL_IN = 8;
  private static final int NEXT_OUT = 24;
  private static final int AVAIL_OUT = 32;

  /** Several streams, and a check that is not known is an error. */
  private static final int FLAGS = 0x08 | 0x02;

  private static final int RUN = 0;
  private static final int FINISH = 3;
  private static final int OK = 0;
  private static final int STREAM_END = 1;

  /** As pieces of the source. */
  private static final int BUFFER = 64 << 10;

  /** What is decoded before it is asked for. */
  private static final int FIRST = 512;

  private final NativeXz library;
  private final Source source;
  private final int maxKib;
  private final Budget budget;
  private final DecoderMemory memory;
  private final long start;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment state = arena.allocate(STATE_LENGTH, 8);
  private final MemorySegment in = arena.allocate(BUFFER);
  private final MemorySegment out = arena.allocate(BUFFER);
  private int outPosition;
  private int outEnd;
  private long taken;
  private long length;
  private boolean done;
  private boolean closed;
  private @Nullable InputStream java;

  private XzStream(NativeXz library, Source source, int maxKib, Budget budget) throws IOException {
    this.library = library;
    this.source = source;
    this.maxKib = maxKib;
    this.budget = budget;
    this.memory = budget.decoderMemory();
    this.start = source.position();
    try {
      long limit = Math.min((long) maxKib << 10, memory.free());
      if (library.decoder(state, Math.max(1, limit), FLAGS) == OK) {
        // As the decoder in Java, which reads the first header at once.
        fill(FIRST);
      } else {
        fallBack();
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * A decoder of what the source has from its position on.
   *
   * @param maxKib what it may take of memory
   */
  static InputStream open(Source source, int maxKib, Budget budget) throws IOException {
    NativeXz library = NativeXz.system();
    return library == null
        ? new XZInputStream(source, maxKib, budget.decoderMemory())
        : new XzStream(library, source, maxKib, budget);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int wanted) throws IOException {
    Objects.checkFromIndexSize(offset, wanted, target.length);
    if (closed) {
      throw new IOException("stream is closed");
    }
    if (wanted == 0) {
      return 0;
    }
    if (outPosition == outEnd && !done && java == null) {
      fill(Math.clamp(wanted, FIRST, BUFFER));
    }
    InputStream other = java;
    if (outPosition == outEnd && other != null) {
      return other.read(target, offset, wanted);
    }
    int read = Math.min(wanted, outEnd - outPosition);
    if (read == 0) {
      return -1;
    }
    MemorySegment.copy(out, JAVA_BYTE, outPosition, target, offset, read);
    outPosition += read;
    return read;
  }

  /**
   * Decodes until there is something, or the end, or the other decoder takes over; no more than is
   * wanted, since decoding is slow and many look at the beginning only.
   */
  private void fill(int most) throws IOException {
    outPosition = 0;
    outEnd = 0;
    state.set(JAVA_LONG, NEXT_OUT, out.address());
    state.set(JAVA_LONG, AVAIL_OUT, most);
    while (outEnd == 0 && !done && java == null) {
      if (state.get(JAVA_LONG, AVAIL_IN) == 0 && source.remaining() > 0) {
        ByteBuffer piece = source.piece();
        MemorySegment.copy(MemorySegment.ofBuffer(piece), 0, in, 0, piece.remaining());
        state.set(JAVA_LONG, NEXT_IN, in.address());
        state.set(JAVA_LONG, AVAIL_IN, piece.remaining());
      }
      int result = library.code(state, source.remaining() == 0 ? FINISH : RUN);
      outEnd = most - (int) state.get(JAVA_LONG, AVAIL_OUT);
      length += outEnd;
      if (result == OK || result == STREAM_END) {
        done = result == STREAM_END;
        account(library.memoryUsage(state));
      } else {
        fallBack();
      }
    }
  }

  private void account(long used) {
    memory.add(used - taken);
    taken = used;
  }

  /** Begins again in Java, which goes over what was decoded. */
  private void fallBack() throws IOException {
    end();
    source.seek(start);
    InputStream other = new XZInputStream(source, maxKib, memory);
    java = other;
    // What is wrong may lie before what was given out: then it is said now.
    byte[] passed = new byte[BUFFER];
    for (long left = length; left > 0; ) {
      int read = other.read(passed, 0, (int) Math.min(left, BUFFER));
      if (read <= 0) {
        throw new IOException("two decoders disagree on its length");
      }
      left -= read;
      try {
        budget.moved(read);
      } catch (ExtractionException e) {
        throw source.faults().note(e);
      }
    }
  }

  private void end() {
    library.end(state);
    account(0);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      InputStream other = java;
      if (other == null) {
        end();
      } else {
        Closing.quietly(other);
      }
      arena.close();
    }
  }
}
