package io.packhouse.engine.index;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Off-heap bytes that grow as Arrow messages are written to them. One thread at a time; the owner
 * closes it.
 */
public final class IpcBuffer implements WritableByteChannel {
  private static final int INITIAL_LENGTH = 64 << 10;

  private final BufferAllocator allocator;
  private ArrowBuf memory;
  private long length;
  private boolean open = true;

  IpcBuffer(BufferAllocator allocator) {
    this.allocator = allocator;
    this.memory = allocator.buffer(INITIAL_LENGTH);
  }

  /** Bytes written. */
  public long length() {
    return length;
  }

  /** The bytes written, valid until the next write or {@link #close}. */
  @SuppressWarnings("restricted") // the address and length are those of memory that is owned here
  public MemorySegment segment() {
    return MemorySegment.ofAddress(memory.memoryAddress()).reinterpret(length);
  }

  @Override
  public int write(ByteBuffer source) {
    int count = source.remaining();
    if (length + count > memory.capacity()) {
      ArrowBuf larger = allocator.buffer(Math.max(length + count, memory.capacity() * 2));
      larger.setBytes(0, memory, 0, length);
      memory.close();
      memory = larger;
    }
    memory.setBytes(length, source);
    length += count;
    return count;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  /** Frees the memory. Idempotent. */
  @Override
  public void close() {
    if (open) {
      open = false;
      memory.close();
    }
  }
}
