package io.packhouse.engine.fs.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.packhouse.engine.fs.Errno;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.FileStatus;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.LongBuffer;
import org.jspecify.annotations.Nullable;

/**
 * System calls of 64-bit Linux.
 *
 * <p>All of them go through <em>one</em> method handle of one shape, since linking a handle costs
 * milliseconds at start-up and calling one nanoseconds: libc's {@code syscall(number, …)} with five
 * register arguments, of which the second may be a segment, so that its arena stays open during the
 * call. (Other pointers lie in a {@link Scratch}, which is never freed.) Arguments beyond those
 * that a call takes are in registers that it ignores; the same holds for the few C functions that
 * are called through it.
 *
 * <p>Numbers, flags and layouts are those of the kernel's user interface: {@code asm/unistd_64.h}
 * (x86-64), {@code asm-generic/unistd.h} (aarch64), {@code linux/fcntl.h}, {@code linux/stat.h}.
 * Results below zero are negated error numbers, as the kernel itself has it. Thread-safe.
 */
final class LinuxCalls {

  private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");

  static final int OPENAT = ARM ? 56 : 257;
  static final int GETDENTS64 = ARM ? 61 : 217;
  static final int LSEEK = ARM ? 62 : 8;
  static final int PREAD64 = ARM ? 67 : 17;
  static final int PWRITE64 = ARM ? 68 : 18;
  static final int READLINKAT = ARM ? 78 : 267;
  static final int MKDIRAT = ARM ? 34 : 258;
  static final int SYMLINKAT = ARM ? 36 : 266;
  static final int LINKAT = ARM ? 37 : 265;
  static final int MKNODAT = ARM ? 33 : 259;
  static final int UNLINKAT = ARM ? 35 : 263;
  static final int RENAMEAT2 = ARM ? 276 : 316;
  static final int FCHMOD = ARM ? 52 : 91;
  static final int FCHMODAT = ARM ? 53 : 268;
  static final int FCHMODAT2 = 452;
  static final int UTIMENSAT = ARM ? 88 : 280;
  static final int FCHOWNAT = ARM ? 54 : 260;
  static final int FCNTL = ARM ? 25 : 72;
  static final int FSYNC = ARM ? 82 : 74;
  static final int FALLOCATE = ARM ? 47 : 285;
  static final int FTRUNCATE = ARM ? 46 : 77;
  static final int STATX = ARM ? 291 : 332;
  static final int LLISTXATTR = ARM ? 12 : 195;
  static final int FLISTXATTR = ARM ? 13 : 196;
  static final int LGETXATTR = ARM ? 9 : 192;
  static final int FGETXATTR = ARM ? 10 : 193;
  static final int LSETXATTR = ARM ? 6 : 189;
  static final int FSETXATTR = ARM ? 7 : 190;
  static final int PRLIMIT64 = ARM ? 261 : 302;
  static final int FADVISE64 = ARM ? 223 : 221;
  static final int MUNMAP = ARM ? 215 : 11;
  static final int MADVISE = ARM ? 233 : 28;
  static final int IO_URING_SETUP = 425;
  static final int IO_URING_ENTER = 426;
  static final int IO_URING_REGISTER = 427;
  private static final int CLOSE = ARM ? 57 : 3;

  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0100;
  static final int O_EXCL = 0200;
  static final int O_NOCTTY = 0400;
  static final int O_NONBLOCK = 04000;
  static final int O_DIRECTORY = ARM ? 040000 : 0200000;
  static final int O_NOFOLLOW = ARM ? 0100000 : 0400000;
  static final int O_NOATIME = 01000000;
  static final int O_CLOEXEC = 02000000;
  static final int O_PATH = 010000000;

  static final int AT_FDCWD = -100;
  static final int AT_SYMLINK_NOFOLLOW = 0x100;
  static final int AT_REMOVEDIR = 0x200;
  static final int AT_NO_AUTOMOUNT = 0x800;
  static final int AT_EMPTY_PATH = 0x1000;

  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int POSIX_FADV_WILLNEED = 3;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle CALL = link();
  private static final MemorySegment SYSCALL =
      LINKER.defaultLookup().find("syscall").orElseThrow(UnsupportedOperationException::new);

  private LinuxCalls() {}

  @SuppressWarnings("restricted")
  private static MethodHandle link() {
    return LINKER.downcallHandle(
        FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG),
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(1));
  }

  /** The address of a C function that the process has loaded; null where there is none. */
  static @Nullable MemorySegment function(String name) {
    return LINKER.defaultLookup().find(name).orElse(null);
  }

  /** Calls a C function that takes at most six integers and pointers. */
  static long invoke(
      MemorySegment function,
      Scratch scratch,
      long a,
      long b,
      MemorySegment c,
      long d,
      long e,
      long f) {
    try {
      return (long) CALL.invokeExact(function, scratch.capture, a, b, c, d, e, f);
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  /**
   * Makes a system call, again if a signal interrupts it.
   *
   * @return the result, or the negated error number
   */
  static long call(Scratch scratch, int number, long a, MemorySegment b, long c, long d, long e) {
    while (true) {
      long result = invoke(SYSCALL, scratch, number, a, b, c, d, e);
      if (result != -1) {
        return result;
      }
      int errno = scratch.capture.get(JAVA_INT, 0);
      if (errno != Errno.EINTR) {
        return -errno;
      }
    }
  }

  /** As the other one, for calls whose second argument is no pointer to foreign memory. */
  static long call(Scratch scratch, int number, long a, long b, long c, long d, long e) {
    return call(scratch, number, a, MemorySegment.ofAddress(b), c, d, e);
  }

  static long open(Scratch scratch, int directory, MemorySegment path, int flags, int mode) {
    return call(scratch, OPENAT, directory, path, flags | O_CLOEXEC, mode, 0);
  }

  /** Closes, once: Linux has released the descriptor even where it says EINTR. */
  static long close(int descriptor) {
    Scratch scratch = Scratch.take();
    try {
      long result = invoke(SYSCALL, scratch, CLOSE, descriptor, MemorySegment.NULL, 0, 0, 0);
      int errno = result == -1 ? scratch.capture.get(JAVA_INT, 0) : 0;
      return errno == Errno.EINTR ? 0 : -errno;
    } finally {
      scratch.give();
    }
  }

  /** Tells the kernel to fetch a part of a file into its cache; whether it does is its affair. */
  static void willNeed(Scratch scratch, int descriptor, long offset, long length) {
    call(scratch, FADVISE64, descriptor, offset, length, POSIX_FADV_WILLNEED, 0);
  }

  /** Status of what the path names (no follow) into {@link Scratch#stat}. */
  static long status(Scratch scratch, int directory, MemorySegment path) {
    int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
    return call(scratch, STATX, directory, path, flags, STATX_BASIC_STATS, scratch.stat.address());
  }

  /** Status of an open file into {@link Scratch#stat}. */
  static long status(Scratch scratch, int descriptor) {
    return call(
        scratch,
        STATX,
        descriptor,
        scratch.empty,
        AT_EMPTY_PATH,
        STATX_BASIC_STATS,
        scratch.stat.address());
  }

  /** Whether {@link Scratch#stat} is of a regular file. */
  static boolean isRegularFile(Scratch scratch) {
    return FileKind.ofMode(mode(scratch.statWords)) == FileKind.FILE;
  }

  /** {@link FileStatus#isUnchanged} for {@link Scratch#stat}, which need not be decoded for it. */
  static boolean isUnchanged(Scratch scratch, FileStatus before) {
    LongBuffer stat = scratch.statWords;
    return stat.get(4) == before.inode()
        && device(stat) == before.device()
        && stat.get(5) == before.size()
        && stat.get(14) == before.mtimeSeconds()
        && (int) stat.get(15) == before.mtimeNanos();
  }

  private static int mode(LongBuffer stat) {
    return (int) (stat.get(3) >>> 32) & 0xffff;
  }

  /** Major number above, minor number below. */
  private static long device(LongBuffer stat) {
    return Long.rotateLeft(stat.get(17), 32);
  }

  /**
   * Decodes {@code struct statx}, which is the same on all architectures, and little-endian on both
   * of ours:
   *
   * <pre>
   *  16 u32 links   20 u32 uid   24 u32 gid   28 u16 mode   32 u64 inode   40 u64 size
   * 112 s64 mtime seconds   120 u32 mtime nanoseconds
   * 128 u32 rdev major   132 u32 rdev minor   136 u32 device major   140 u32 device minor
   * </pre>
   */
  static FileStatus decodeStatus(Scratch scratch) {
    LongBuffer stat = scratch.statWords;
    int mode = mode(stat);
    FileKind kind = FileKind.ofMode(mode);
    boolean device = kind == FileKind.CHAR_DEVICE || kind == FileKind.BLOCK_DEVICE;
    long linksAndUid = stat.get(2);
    long numbers = device ? stat.get(16) : 0;
    return new FileStatus(
        kind,
        mode & 07777,
        stat.get(5),
        stat.get(14),
        (int) stat.get(15),
        stat.get(4),
        device(stat),
        (int) linksAndUid,
        linksAndUid >>> 32,
        stat.get(3) & 0xffff_ffffL,
        (int) numbers,
        (int) (numbers >>> 32));
  }
}
