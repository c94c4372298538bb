package io.packhouse.engine.fs.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Native memory for the arguments and results of one system call at a time: names, structures, the
 * error number. Owned by one thread between {@link #take} and {@link #give}.
 *
 * <p>Taken from a pool and not a {@link ThreadLocal}: any number of virtual threads may pass here,
 * each for microseconds. The pool's places are hashed by thread, so threads seldom meet; its memory
 * is never freed, and bounded by the largest number of calls that ever ran at the same time (10 KiB
 * each, 74 KiB once it has listed a directory or moved attributes).
 */
final class Scratch {

  /** Room for a name or a path with its NUL: PATH_MAX and a prefix. */
  static final int NAME_CAPACITY = 4096 + 64;

  static final int BULK_SIZE = 1 << 16;

  private static final int PLACES = 64;
  private static final int PROBES = 4;
  private static final AtomicReferenceArray<@Nullable Scratch> POOL =
      new AtomicReferenceArray<>(PLACES);
  private static final ConcurrentLinkedQueue<Scratch> OVERFLOW = new ConcurrentLinkedQueue<>();

  /** Where a call leaves {@code errno}. */
  final MemorySegment capture;

  /** A {@code struct statx}. */
  final MemorySegment stat;

  /** The same memory: code of the first compiler reads a buffer several times as fast. */
  final LongBuffer statWords;

  /** Up to 64 bytes of other small structures. */
  final MemorySegment small;

  final LongBuffer smallWords;

  /** An empty C string. */
  final MemorySegment empty;

  /** The first and the second name of a call. */
  final MemorySegment name;

  final MemorySegment secondName;

  private @Nullable MemorySegment bulk;
  private byte @Nullable [] heap;

  private Scratch() {
    MemorySegment memory = Arena.global().allocate(512 + 2 * NAME_CAPACITY, 64);
    capture = memory.asSlice(0, 64);
    stat = memory.asSlice(64, 256);
    statWords = stat.asByteBuffer().order(ByteOrder.nativeOrder()).asLongBuffer();
    small = memory.asSlice(320, 64);
    smallWords = small.asByteBuffer().order(ByteOrder.nativeOrder()).asLongBuffer();
    empty = memory.asSlice(384, 8);
    name = memory.asSlice(512, NAME_CAPACITY);
    secondName = memory.asSlice(512 + NAME_CAPACITY, NAME_CAPACITY);
  }

  static Scratch take() {
    int start = Long.hashCode(Thread.currentThread().threadId());
    for (int i = 0; i < PROBES; i++) {
      int place = (start + i) & (PLACES - 1);
      if (POOL.getPlain(place) != null) {
        Scratch scratch = POOL.getAndSet(place, null);
        if (scratch != null) {
          return scratch;
        }
      }
    }
    Scratch scratch = OVERFLOW.poll();
    return scratch == null ? new Scratch() : scratch;
  }

  void give() {
    int start = Long.hashCode(Thread.currentThread().threadId());
    for (int i = 0; i < PROBES; i++) {
      if (POOL.compareAndSet((start + i) & (PLACES - 1), null, this)) {
        return;
      }
    }
    OVERFLOW.add(this);
  }

  /** 64 KiB for contents, listings and attributes. */
  MemorySegment bulk() {
    MemorySegment memory = bulk;
    if (memory == null) {
      memory = Arena.global().allocate(BULK_SIZE, 64);
      bulk = memory;
    }
    return memory;
  }

  /** A heap array of the same size. */
  byte[] heap() {
    byte[] array = heap;
    if (array == null) {
      array = new byte[BULK_SIZE];
      heap = array;
    }
    return array;
  }

  /** Puts a C string of bytes without NUL; false where it has no room (ENAMETOOLONG). */
  static boolean put(MemorySegment target, byte[] bytes) {
    if (bytes.length >= target.byteSize()) {
      return false;
    }
    MemorySegment.copy(bytes, 0, target, JAVA_BYTE, 0, bytes.length);
    target.set(JAVA_BYTE, bytes.length, (byte) 0);
    return true;
  }
}
