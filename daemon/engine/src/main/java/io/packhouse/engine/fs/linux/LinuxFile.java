package io.packhouse.engine.fs.linux;

import static io.packhouse.engine.fs.linux.LinuxCalls.call;

import io.packhouse.engine.fs.Errno;
import io.packhouse.engine.fs.Location;
import io.packhouse.engine.fs.OpenFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.LongBuffer;
import java.util.Objects;

/** An open file of Linux. */
final class LinuxFile extends LinuxHandle implements OpenFile {

  private static final int SEEK_END = 2;
  private static final int SEEK_DATA = 3;
  private static final int FALLOC_FL_KEEP_SIZE = 1;

  /** A lock of the open file, not of the process: {@code asm-generic/fcntl.h}. */
  private static final int F_OFD_SETLK = 37;

  private static final long F_RDLCK = 0;
  private static final long F_WRLCK = 1;

  /** What the kernel moves at most in one call. */
  private static final int TRANSFER_LIMIT = 0x7fff_f000;

  LinuxFile(LinuxDescriptor descriptor, Location location) {
    super(descriptor, location);
  }

  @Override
  public int read(MemorySegment target, long targetOffset, int length, long position)
      throws IOException {
    Objects.checkFromIndexSize(targetOffset, length, target.byteSize());
    checkPosition(position);
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      long result = read(scratch, fd, target, targetOffset, length, position);
      check(result, "read");
      return (int) result;
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  /** As the other one; returns bytes read or a negated error number. */
  static long read(
      Scratch scratch, int fd, MemorySegment target, long targetOffset, int length, long position) {
    int done = 0;
    while (done < length) {
      long offset = targetOffset + done;
      long result;
      if (target.isNative()) {
        int part = Math.min(length - done, TRANSFER_LIMIT);
        MemorySegment to = target.asSlice(offset);
        result = call(scratch, LinuxCalls.PREAD64, fd, to, part, position + done, 0);
      } else {
        MemorySegment bulk = scratch.bulk();
        int part = Math.min(length - done, Scratch.BULK_SIZE);
        result = call(scratch, LinuxCalls.PREAD64, fd, bulk, part, position + done, 0);
        MemorySegment.copy(bulk, 0, target, offset, Math.max(result, 0));
      }
      if (result < 0) {
        return result;
      }
      if (result == 0) {
        break;
      }
      done += (int) result;
    }
    return done;
  }

  @Override
  public void readAhead(long offset, long length) {
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      LinuxCalls.willNeed(scratch, fd, offset, length);
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  @Override
  public void write(MemorySegment source, long sourceOffset, long length, long position)
      throws IOException {
    Objects.checkFromIndexSize(sourceOffset, length, source.byteSize());
    checkPosition(position);
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      long done = 0;
      while (done < length) {
        long offset = sourceOffset + done;
        MemorySegment from;
        long part;
        if (source.isNative()) {
          from = source.asSlice(offset);
          part = Math.min(length - done, TRANSFER_LIMIT);
        } else {
          part = Math.min(length - done, Scratch.BULK_SIZE);
          from = copied(scratch, source, offset, part);
        }
        long result = call(scratch, LinuxCalls.PWRITE64, fd, from, part, position + done, 0);
        // No progress without an error must not become an endless loop.
        check(result == 0 ? -Errno.EIO : result, "write");
        done += result;
      }
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  private static MemorySegment copied(
      Scratch scratch, MemorySegment source, long offset, long length) {
    MemorySegment bulk = scratch.bulk();
    MemorySegment.copy(source, offset, bulk, 0, length);
    return bulk;
  }

  @Override
  public void allocate(long length) throws IOException {
    checkPosition(length);
    if (length == 0) {
      return;
    }
    long result = trySimple(LinuxCalls.FALLOCATE, FALLOC_FL_KEEP_SIZE, 0, length);
    switch ((int) -result) {
      case Errno.ENOSPC, Errno.EDQUOT, Errno.EFBIG, Errno.EIO ->
          check(result, "reserve " + length + " bytes for");
      default -> {} // Done, or not known to this file system: writes will tell.
    }
  }

  /**
   * Sets a {@code struct flock}: s16 type, s16 whence, s64 start at 8, s64 length at 16 (0 for all
   * of the file), s32 process at 24, which must be 0 here. Little-endian, as both our systems are.
   */
  @Override
  public boolean tryLock(boolean shared) throws IOException {
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      LongBuffer lock = scratch.smallWords;
      lock.put(0, shared ? F_RDLCK : F_WRLCK);
      lock.put(1, 0);
      lock.put(2, 0);
      lock.put(3, 0);
      long address = scratch.small.address();
      long result = call(scratch, LinuxCalls.FCNTL, fd, F_OFD_SETLK, address, 0, 0);
      if (result == -Errno.EAGAIN || result == -Errno.EACCES) {
        return false;
      }
      check(result, "lock");
      return true;
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  @Override
  public void truncate(long size) throws IOException {
    checkPosition(size);
    simple("set the size of", LinuxCalls.FTRUNCATE, size, 0, 0);
  }

  @Override
  public long nextData(long position) throws IOException {
    checkPosition(position);
    long result = trySimple(LinuxCalls.LSEEK, position, SEEK_DATA, 0);
    if (result >= 0) {
      return result;
    }
    if (result != -Errno.ENXIO) {
      return position;
    }
    long end = trySimple(LinuxCalls.LSEEK, 0, SEEK_END, 0);
    return Math.max(end, position);
  }

  private static void checkPosition(long position) {
    if (position < 0) {
      throw new IllegalArgumentException("position must not be negative, position=" + position);
    }
  }
}
