package io.packhouse.engine.fs;

import java.util.Objects;

/**
 * What the file system says about a file.
 *
 * @param kind what it is; {@link FileKind#UNKNOWN} only for kinds that have no name here
 * @param mode permission bits with set-user-id, set-group-id and sticky, 0 to 07777
 * @param size bytes of a file, length of a link's target; for other kinds as the file system likes
 * @param mtimeSeconds last modification, seconds since 1970-01-01T00:00:00Z, rounded down
 * @param mtimeNanos the nanoseconds in that second, 0 to 999,999,999
 * @param inode number of the file on its device
 * @param device device that holds the file; together with {@code inode} it identifies the file
 * @param links number of hard links
 * @param uid owner, 0 to 2³² − 1
 * @param gid group, 0 to 2³² − 1
 * @param deviceMajor major number of a device file, else 0
 * @param deviceMinor minor number of a device file, else 0
 */
public record FileStatus(
    FileKind kind,
    int mode,
    long size,
    long mtimeSeconds,
    int mtimeNanos,
    long inode,
    long device,
    int links,
    long uid,
    long gid,
    int deviceMajor,
    int deviceMinor) {

  private static final long NANOS = 1_000_000_000L;

  /** Rejects values out of the ranges above. */
  public FileStatus {
    Objects.requireNonNull(kind, "kind");
    if (mode < 0 || mode > 07777) {
      throw new IllegalArgumentException(
          "mode must be 0 to 07777, mode=0" + Integer.toOctalString(mode));
    }
    if (mtimeNanos < 0 || mtimeNanos >= NANOS) {
      throw new IllegalArgumentException(
          "mtimeNanos must be 0 to 999999999, mtimeNanos=" + mtimeNanos);
    }
  }

  /**
   * Last modification in nanoseconds since the epoch. Times before 1677-09-21 and after 2262-04-11
   * do not fit and give {@link Long#MIN_VALUE} and {@link Long#MAX_VALUE}.
   */
  public long mtimeNanosSinceEpoch() {
    // A negative second is scaled one up, so that the sum cannot overflow where the result fits.
    long seconds = mtimeSeconds < 0 ? mtimeSeconds + 1 : mtimeSeconds;
    long rest = mtimeSeconds < 0 ? mtimeNanos - NANOS : mtimeNanos;
    long high = Math.multiplyHigh(seconds, NANOS);
    long product = seconds * NANOS;
    long sum = product + rest;
    boolean fits = high == product >> 63 && ((product ^ sum) & (rest ^ sum)) >= 0;
    return fits ? sum : mtimeSeconds < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }

  /** Whether both describe the same file: device and inode are equal. */
  public boolean isSameFile(FileStatus other) {
    return inode == other.inode && device == other.device;
  }

  /**
   * Whether this is the same file, and as far as its status tells with the same contents: size and
   * time of modification are equal too.
   */
  public boolean isUnchanged(FileStatus before) {
    return isSameFile(before)
        && size == before.size
        && mtimeSeconds == before.mtimeSeconds
        && mtimeNanos == before.mtimeNanos;
  }

  /** Refuses a mode out of range; gives it back. */
  public static int checkedMode(int mode) {
    if (mode < 0 || mode > 07777) {
      throw new IllegalArgumentException("mode must be 0 to 07777, mode=" + mode);
    }
    return mode;
  }

  /** Refuses an owner or group to set that is out of range; -1 leaves it. */
  public static void checkOwner(long id) {
    if (id < -1 || id >= 0xffff_ffffL) {
      throw new IllegalArgumentException("owner must be -1 to 4294967294, owner=" + id);
    }
  }
}
