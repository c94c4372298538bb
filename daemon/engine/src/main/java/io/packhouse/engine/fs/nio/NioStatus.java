package io.packhouse.engine.fs.nio;

import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.Location;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Status by the JDK's {@code unix} attributes, which Linux and macOS have, else by the basic ones.
 */
final class NioStatus {

  private static final boolean UNIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
  private static final boolean MAC = System.getProperty("os.name", "").startsWith("Mac");
  private static final LinkOption NO_FOLLOW = LinkOption.NOFOLLOW_LINKS;

  private static final long NANOS = 1_000_000_000L;

  private NioStatus() {}

  static FileStatus read(Path path) throws IOException {
    if (!UNIX) {
      return basic(Files.readAttributes(path, BasicFileAttributes.class, NO_FOLLOW));
    }
    Map<String, Object> all =
        Files.readAttributes(
            path, "unix:mode,ino,dev,rdev,nlink,uid,gid,size,lastModifiedTime", NO_FOLLOW);
    int mode = (int) number(all, "mode");
    FileKind kind = FileKind.ofMode(mode);
    boolean isDevice = kind == FileKind.CHAR_DEVICE || kind == FileKind.BLOCK_DEVICE;
    long device = isDevice ? number(all, "rdev") : 0;
    Instant time = ((FileTime) Objects.requireNonNull(all.get("lastModifiedTime"))).toInstant();
    return new FileStatus(
        kind,
        mode & 07777,
        number(all, "size"),
        time.getEpochSecond(),
        time.getNano(),
        number(all, "ino"),
        number(all, "dev"),
        (int) number(all, "nlink"),
        number(all, "uid") & 0xffff_ffffL,
        number(all, "gid") & 0xffff_ffffL,
        (int) (MAC ? device >> 24 & 0xff : device >> 8 & 0xfff),
        (int) (MAC ? device & 0xff_ffff : (device & 0xff) | (device >> 12 & 0xf_ff00)));
  }

  private static long number(Map<String, Object> attributes, String name) {
    return ((Number) Objects.requireNonNull(attributes.get(name), name)).longValue();
  }

  private static FileStatus basic(BasicFileAttributes attributes) {
    FileKind kind =
        attributes.isRegularFile()
            ? FileKind.FILE
            : attributes.isDirectory()
                ? FileKind.DIRECTORY
                : attributes.isSymbolicLink() ? FileKind.SYMLINK : FileKind.UNKNOWN;
    Instant time = attributes.lastModifiedTime().toInstant();
    // The creation time stands in for the identity that this system does not give.
    long identity = attributes.creationTime().to(TimeUnit.NANOSECONDS);
    return new FileStatus(
        kind,
        kind == FileKind.DIRECTORY ? 0755 : 0644,
        attributes.size(),
        time.getEpochSecond(),
        time.getNano(),
        identity,
        0,
        1,
        0,
        0,
        0,
        0);
  }

  static void setMode(Path path, FileKind kind, int mode, Location location) throws IOException {
    FileStatus.checkedMode(mode);
    if (kind == FileKind.SYMLINK || (!UNIX && !posix())) {
      throw NioErrors.unsupported("set the mode of", location);
    }
    try {
      if (UNIX && (kind == FileKind.FILE || kind == FileKind.DIRECTORY)) {
        Files.setAttribute(path, "unix:mode", mode, NO_FOLLOW);
      } else if (UNIX) {
        // Without following, the JDK opens the file, which hangs on a FIFO.
        Files.setAttribute(path, "unix:mode", mode);
      } else {
        Files.setPosixFilePermissions(path, permissions(mode));
      }
    } catch (IOException e) {
      throw NioErrors.of("set the mode of", location, e);
    }
  }

  static void setTimes(Path path, long mtimeNanos, Location location) throws IOException {
    // The JDK turns times before the epoch with a fraction into the epoch itself, silently.
    int fraction = mtimeNanos < 0 ? 0 : (int) (mtimeNanos % NANOS);
    Instant time = Instant.ofEpochSecond(Math.floorDiv(mtimeNanos, NANOS), fraction);
    try {
      Files.getFileAttributeView(path, BasicFileAttributeView.class, NO_FOLLOW)
          .setTimes(FileTime.from(time), null, null);
    } catch (IOException e) {
      throw NioErrors.of("set the times of", location, e);
    }
  }

  static void setOwner(Path path, long uid, long gid, Location location) throws IOException {
    FileStatus.checkOwner(uid);
    FileStatus.checkOwner(gid);
    if (!UNIX) {
      throw NioErrors.unsupported("set the owner of", location);
    }
    try {
      if (uid >= 0) {
        Files.setAttribute(path, "unix:uid", (int) uid, NO_FOLLOW);
      }
      if (gid >= 0) {
        Files.setAttribute(path, "unix:gid", (int) gid, NO_FOLLOW);
      }
    } catch (IOException e) {
      throw NioErrors.of("set the owner of", location, e);
    }
  }

  static boolean posix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  /** The lower nine bits of a mode. */
  static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    int bit = 0400; // Declared from OWNER_READ (0400) to OTHERS_EXECUTE (0001).
    for (PosixFilePermission permission : PosixFilePermission.values()) {
      if ((mode & bit) != 0) {
        permissions.add(permission);
      }
      bit >>= 1;
    }
    return permissions;
  }
}
