package io.packhouse.engine.fs.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.packhouse.engine.fs.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Anonymous memory by {@code mmap}, which unlike an arena's own is not written to before its user
 * does, and for which the kernel is asked to use huge pages ({@code madvise}): one fault then
 * brings 2 MiB instead of 4 KiB. Flags are those of {@code linux/mman.h}. Thread-safe.
 */
final class LinuxPages {
  static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_HUGEPAGE = 14;
  private static final long HUGE_PAGE = 2L << 20;

  private LinuxPages() {}

  /** As {@link io.packhouse.engine.fs.FileAccess#allocatePages}. */
  @SuppressWarnings("restricted")
  static MemorySegment allocate(long length, Arena arena) {
    // Huge pages begin at multiples of their length, which a mapping seldom does.
    long mapped = Math.addExact(length, HUGE_PAGE);
    Scratch scratch = Scratch.take();
    try {
      long address = map(scratch, mapped, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
      if (address < 0) {
        throw new OutOfMemoryError(
            "no room for " + length + " bytes: " + Errno.name((int) -address));
      }
      long aligned = (address + HUGE_PAGE - 1) & -HUGE_PAGE;
      // Refused where the kernel has no huge pages, which is no harm.
      LinuxCalls.call(scratch, LinuxCalls.MADVISE, aligned, length, MADV_HUGEPAGE, 0, 0);
      return MemorySegment.ofAddress(aligned)
          .reinterpret(length, arena, freed -> unmap(address, mapped));
    } finally {
      scratch.give();
    }
  }

  /**
   * {@code mmap} at an address of the kernel's choice, by the C library's function, which takes six
   * arguments where a system call of {@link LinuxCalls} has five.
   *
   * @return the address, or the negated error number
   */
  static long map(
      Scratch scratch, long length, int protection, int flags, int descriptor, long offset) {
    MemorySegment function = LinuxCalls.function("mmap");
    if (function == null) {
      return -Errno.ENOSYS;
    }
    MemorySegment third = MemorySegment.ofAddress(protection);
    long address =
        LinuxCalls.invoke(function, scratch, 0, length, third, flags, descriptor, offset);
    return address == -1 ? -scratch.capture.get(JAVA_INT, 0) : address;
  }

  static void unmap(long address, long length) {
    Scratch scratch = Scratch.take();
    try {
      LinuxCalls.call(scratch, LinuxCalls.MUNMAP, address, length, 0, 0, 0);
    } finally {
      scratch.give();
    }
  }
}
