package io.packhouse.engine.codec.blake3;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * The kernel on {@link NativeLibrary}.
 *
 * <p>Plain downcalls, not critical ones: a batch may take some hundred microseconds on a slow
 * processor, for which a critical call would hold up every safepoint.
 *
 * <p>Each call first stores into memory of the hasher's arena, which throws once that is closed, so
 * no native code ever runs on freed scratch.
 */
final class NativeKernel implements Kernel {

  /** The initial value in memory, for the {@code key} parameter of the unkeyed hash. */
  private static final MemorySegment KEY = initialValue();

  private final MethodHandle hashMany;
  private final MethodHandle compress;
  private final MemorySegment pointers;

  /** The same memory: code of the first compiler stores through a buffer several times as fast. */
  private final LongBuffer pointerBuffer;

  NativeKernel(NativeLibrary library, Arena arena) {
    this.hashMany = library.hashMany();
    this.compress = library.compress();
    this.pointers = arena.allocate(ValueLayout.JAVA_LONG, MAX_INPUTS);
    this.pointerBuffer = pointers.asByteBuffer().order(ByteOrder.nativeOrder()).asLongBuffer();
  }

  @Override
  public boolean isWide() {
    return true;
  }

  @Override
  public void hashMany(
      MemorySegment source,
      long base,
      long[] offsets,
      int count,
      int blocks,
      long counter,
      boolean increment,
      int flags,
      int startFlags,
      int endFlags,
      MemorySegment out,
      long outOffset) {
    long address = source.address() + base;
    for (int i = 0; i < count; i++) {
      pointerBuffer.put(i, address + offsets[i]);
    }
    try {
      long ignored =
          (long)
              hashMany.invokeExact(
                  pointers.address(),
                  (long) count,
                  (long) blocks,
                  KEY.address(),
                  counter,
                  increment,
                  (byte) flags,
                  (byte) startFlags,
                  (byte) endFlags,
                  out.address() + outOffset);
    } catch (Throwable e) {
      throw new AssertionError("a native call threw", e);
    } finally {
      // Only the address went in: memory of an automatic arena must outlive the call.
      Reference.reachabilityFence(source);
    }
  }

  @Override
  public void compress(
      MemorySegment cv,
      long cvOffset,
      MemorySegment block,
      long blockOffset,
      int blockLength,
      long counter,
      int flags) {
    // The liveness check: writes nothing that is read.
    pointerBuffer.put(0, 0L);
    try {
      NativeLibrary.callShort(
          compress,
          cv.address() + cvOffset,
          block.address() + blockOffset,
          blockLength,
          counter,
          flags);
    } catch (Throwable e) {
      throw new AssertionError("a native call threw", e);
    }
  }

  private static MemorySegment initialValue() {
    MemorySegment key = Arena.global().allocate(32, Kernel.BLOCK_LENGTH);
    Hasher.putInitialValue(key, 0);
    return key.asReadOnly();
  }
}
