package io.packhouse.engine.fs.linux;

import static io.packhouse.engine.fs.linux.LinuxCalls.call;

import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileHandle;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.Location;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.LongBuffer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/** What Linux files and directories share. Every call holds the descriptor while it runs. */
abstract sealed class LinuxHandle implements FileHandle permits LinuxDirectory, LinuxFile {

  private static final long NANOS = 1_000_000_000L;
  private static final long UTIME_OMIT = (1L << 30) - 2;
  private static final AtomicIntegerFieldUpdater<LinuxHandle> CLOSED =
      AtomicIntegerFieldUpdater.newUpdater(LinuxHandle.class, "closed");

  final LinuxDescriptor descriptor;
  final Location location;
  private volatile int closed;

  LinuxHandle(LinuxDescriptor descriptor, Location location) {
    this.descriptor = descriptor;
    this.location = location;
  }

  /** The descriptor's number, held until {@link LinuxDescriptor#leave}. */
  final int enter() {
    if (closed != 0) {
      throw new IllegalStateException("handle is closed: " + displayPath());
    }
    return descriptor.enter();
  }

  @Override
  public final FileStatus status() throws IOException {
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      check(LinuxCalls.status(scratch, fd), "read the status of");
      return LinuxCalls.decodeStatus(scratch);
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  @Override
  public final void setMode(int mode) throws IOException {
    simple("set the mode of", LinuxCalls.FCHMOD, FileStatus.checkedMode(mode), 0, 0);
  }

  @Override
  public final void setTimes(long mtimeNanos) throws IOException {
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      long times = putTimes(scratch, mtimeNanos);
      check(
          call(scratch, LinuxCalls.UTIMENSAT, fd, MemorySegment.NULL, times, 0, 0),
          "set the times of");
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  @Override
  public final void setOwner(long uid, long gid) throws IOException {
    FileStatus.checkOwner(uid);
    FileStatus.checkOwner(gid);
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      check(
          call(scratch, LinuxCalls.FCHOWNAT, fd, scratch.empty, uid, gid, LinuxCalls.AT_EMPTY_PATH),
          "set the owner of");
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  @Override
  public final Map<String, byte[]> extendedAttributes() throws IOException {
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      return LinuxAttributes.ofDescriptor(scratch, fd, location);
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  @Override
  public final void setExtendedAttribute(String attribute, byte[] value) throws IOException {
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      LinuxAttributes.set(scratch, LinuxCalls.FSETXATTR, fd, attribute, value, location);
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  @Override
  public final void force() throws IOException {
    simple("write to the device", LinuxCalls.FSYNC, 0, 0, 0);
  }

  @Override
  public final String displayPath() {
    return location.display();
  }

  @Override
  public final String toString() {
    return displayPath();
  }

  @Override
  public final void close() throws IOException {
    if (CLOSED.compareAndSet(this, 0, 1)) {
      check(descriptor.leave(), "close");
    }
  }

  /** A call on the descriptor with integers only; returns its result. */
  final long simple(String operation, int number, long b, long c, long d) throws IOException {
    long result = trySimple(number, b, c, d);
    check(result, operation);
    return result;
  }

  /** As {@link #simple}, but errors are left to the caller, negated. */
  final long trySimple(int number, long b, long c, long d) {
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      return call(scratch, number, fd, b, c, d, 0);
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  final void check(long result, String operation) throws FileErrorException {
    if (result < 0) {
      throw new FileErrorException(operation, displayPath(), (int) -result);
    }
  }

  /** Puts two {@code struct timespec}s: access is left, modification is set; their address. */
  static long putTimes(Scratch scratch, long mtimeNanos) {
    LongBuffer times = scratch.smallWords;
    times.put(0, 0);
    times.put(1, UTIME_OMIT);
    times.put(2, Math.floorDiv(mtimeNanos, NANOS));
    times.put(3, Math.floorMod(mtimeNanos, NANOS));
    return scratch.small.address();
  }
}
