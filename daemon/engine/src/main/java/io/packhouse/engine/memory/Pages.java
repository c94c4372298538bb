package io.packhouse.engine.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A run of off-heap memory, which {@link WarmPool} keeps: the first touch of a page costs five
 * times as much as copying one.
 */
public final class Pages implements WarmPool.Item {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment segment;
  private final ByteBuffer buffer;

  /** Memory that {@link WarmPool} may lend under this key. */
  public record Key(long length) {}

  /**
   * @param length in bytes, below 2 GiB
   */
  public Pages(long length, SlotPool.Source source) {
    try {
      segment = source.allocate(length, arena);
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
    buffer = segment.asByteBuffer().order(ByteOrder.nativeOrder());
  }

  public MemorySegment segment() {
    return segment;
  }

  /** The same memory, in native order; position and limit belong to the owner. */
  public ByteBuffer buffer() {
    return buffer;
  }

  @Override
  public long bytes() {
    return segment.byteSize();
  }

  /** Frees it. Idempotent. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
