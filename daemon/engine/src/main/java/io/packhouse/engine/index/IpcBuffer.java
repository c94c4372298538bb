package io.packhouse.engine.index;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Off-heap bytes that grow as Arrow messages are written to them. One thread at a time; the owner
 * closes it, which gives the memory back to the {@link IpcBuffers} it is of.
 */
public final class IpcBuffer implements AutoCloseable {
  private static final int MAX_CAPACITY = Integer.MAX_VALUE - 8;

  private final IpcBuffers home;
  private IpcBuffers.Memory memory;
  private int length;
  private boolean open = true;

  IpcBuffer(IpcBuffers home, IpcBuffers.Memory memory) {
    this.home = home;
    this.memory = memory;
  }

  /** Bytes written. */
  public long length() {
    return length;
  }

  /** The bytes written, valid until the next write or {@link #close}. */
  public MemorySegment segment() {
    return memory.segment().asSlice(0, length);
  }

  /** All of the memory, little-endian, valid until {@link #require}. */
  ByteBuffer bytes() {
    return memory.bytes();
  }

  /** Says how many bytes, which are in place, are written. */
  void length(int written) {
    length = written;
  }

  /** Makes room for {@code needed} bytes in all, keeping those below {@code kept}. */
  void require(long needed, int kept) throws IOException {
    int capacity = bytes().capacity();
    if (needed > capacity) {
      grow(needed, capacity, kept);
    }
  }

  private void grow(long needed, int capacity, int kept) throws IOException {
    if (needed > MAX_CAPACITY) {
      throw new IOException(
          "a part of the index takes " + needed + " bytes, the limit is " + MAX_CAPACITY);
    }
    IpcBuffers.Memory larger =
        new IpcBuffers.Memory((int) Math.min(MAX_CAPACITY, Math.max(needed, capacity * 2L)));
    MemorySegment.copy(memory.segment(), 0, larger.segment(), 0, kept);
    memory.free();
    memory = larger;
  }

  /** Appends bytes. */
  void write(byte[] source) throws IOException {
    require((long) length + source.length, length);
    bytes().put(length, source);
    length += source.length;
  }

  /** Gives the memory back. Idempotent. */
  @Override
  public void close() {
    if (open) {
      open = false;
      home.giveBack(memory);
    }
  }
}
