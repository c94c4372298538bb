package io.packhouse.engine.fs.linux;

import static io.packhouse.engine.fs.linux.LinuxCalls.AT_REMOVEDIR;
import static io.packhouse.engine.fs.linux.LinuxCalls.AT_SYMLINK_NOFOLLOW;
import static io.packhouse.engine.fs.linux.LinuxCalls.O_CREAT;
import static io.packhouse.engine.fs.linux.LinuxCalls.O_DIRECTORY;
import static io.packhouse.engine.fs.linux.LinuxCalls.O_EXCL;
import static io.packhouse.engine.fs.linux.LinuxCalls.O_NOATIME;
import static io.packhouse.engine.fs.linux.LinuxCalls.O_NOCTTY;
import static io.packhouse.engine.fs.linux.LinuxCalls.O_NOFOLLOW;
import static io.packhouse.engine.fs.linux.LinuxCalls.O_NONBLOCK;
import static io.packhouse.engine.fs.linux.LinuxCalls.O_PATH;
import static io.packhouse.engine.fs.linux.LinuxCalls.O_RDONLY;
import static io.packhouse.engine.fs.linux.LinuxCalls.O_RDWR;
import static io.packhouse.engine.fs.linux.LinuxCalls.call;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.packhouse.engine.fs.DirectoryListing;
import io.packhouse.engine.fs.Errno;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.Location;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.fs.PathText;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** An open directory of Linux. */
final class LinuxDirectory extends LinuxHandle implements OpenDirectory {

  private static final int SEEK_SET = 0;
  private static final int FILE_FLAGS = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

  /**
   * {@code O_NOATIME} while it is allowed: it is refused (EPERM) for files of others without
   * privileges, and then no longer tried, since a second open costs more than it spares. A race on
   * this field costs one open.
   */
  private static volatile int noAccessTime = O_NOATIME;

  LinuxDirectory(LinuxDescriptor descriptor, Location location) {
    super(descriptor, location);
  }

  @Override
  public OpenDirectory share() {
    enter();
    return new LinuxDirectory(descriptor, location);
  }

  @Override
  public DirectoryListing list() throws IOException {
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      synchronized (descriptor) {
        if (descriptor.beginListing()) {
          check(call(scratch, LinuxCalls.LSEEK, fd, 0L, SEEK_SET, 0, 0), "list");
        }
        return list(scratch, fd);
      }
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  /**
   * Decodes {@code struct linux_dirent64}: u64 inode, s64 offset, u16 record length, u8 type at 18,
   * name with NUL at 19.
   */
  private DirectoryListing list(Scratch scratch, int fd) throws IOException {
    MemorySegment bulk = scratch.bulk();
    byte[] records = scratch.heap();
    DirectoryListing.Builder listing = new DirectoryListing.Builder();
    while (true) {
      long result = call(scratch, LinuxCalls.GETDENTS64, fd, bulk, Scratch.BULK_SIZE, 0, 0);
      check(result, "list");
      if (result == 0) {
        return listing.build();
      }
      int size = (int) result;
      MemorySegment.copy(bulk, JAVA_BYTE, 0, records, 0, size);
      for (int at = 0; at < size; ) {
        int next = at + ((records[at + 16] & 0xff) | (records[at + 17] & 0xff) << 8);
        if (next < at + 20 || next > size) {
          check(-Errno.EIO, "list");
        }
        int name = at + 19;
        int end = name;
        while (end < next && records[end] != 0) {
          end++;
        }
        int length = end - name;
        boolean dots =
            records[name] == '.' && (length == 1 || (length == 2 && records[name + 1] == '.'));
        if (!dots && length > 0) {
          listing.add(length, FileKind.ofDirectoryType(records[at + 18]));
          System.arraycopy(records, name, listing.names(), listing.nameOffset(), length);
        }
        at = next;
      }
    }
  }

  @Override
  public FileStatus status(byte[] name) throws IOException {
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      MemorySegment path = put(scratch.name, name);
      check(LinuxCalls.status(scratch, fd, path), "read the status of", name);
      return LinuxCalls.decodeStatus(scratch);
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  @Override
  public OpenDirectory openDirectory(byte[] name) throws IOException {
    int child = open(name, O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK, "open the directory");
    return new LinuxDirectory(new LinuxDescriptor(child), location.child(name));
  }

  @Override
  public OpenFile openFile(byte[] name) throws IOException {
    return new LinuxFile(new LinuxDescriptor(openFileDescriptor(name)), location.child(name));
  }

  /** As {@link #openFile}, but the descriptor alone, which is the caller's to close. */
  int openFileDescriptor(byte[] name) throws FileErrorException {
    return open(name, FILE_FLAGS, "open");
  }

  /** The flags with which files are opened for reading, at this time. */
  static int openFileFlags() {
    return O_RDONLY | FILE_FLAGS | noAccessTime;
  }

  /** Opens for reading, without a new access time if possible. */
  private int open(byte[] name, int flags, String operation) throws FileErrorException {
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      MemorySegment path = put(scratch.name, name);
      int optional = noAccessTime;
      long result = LinuxCalls.open(scratch, fd, path, O_RDONLY | flags | optional, 0);
      if (result == -Errno.EPERM && optional != 0) {
        noAccessTime = 0;
        result = LinuxCalls.open(scratch, fd, path, O_RDONLY | flags, 0);
      }
      check(result, operation, name);
      return (int) result;
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  @Override
  public byte[] readLink(byte[] name) throws IOException {
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      MemorySegment path = put(scratch.name, name);
      MemorySegment target = scratch.secondName;
      long length =
          call(
              scratch, LinuxCalls.READLINKAT, fd, path, target.address(), Scratch.NAME_CAPACITY, 0);
      // A target that fills the buffer may be cut.
      boolean cut = length == Scratch.NAME_CAPACITY;
      check(cut ? -Errno.ENAMETOOLONG : length, "read the link", name);
      return target.asSlice(0, length).toArray(JAVA_BYTE);
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  @Override
  public Map<String, byte[]> extendedAttributes(byte[] name) throws IOException {
    PathText.requireName(name);
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      return LinuxAttributes.ofChild(scratch, fd, name, location.child(name));
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  @Override
  public void setExtendedAttribute(byte[] name, String attribute, byte[] value) throws IOException {
    PathText.requireName(name);
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      LinuxAttributes.setOfChild(scratch, fd, name, attribute, value, location.child(name));
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  @Override
  public OpenFile createFile(byte[] name, int mode) throws IOException {
    FileStatus.checkedMode(mode);
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      MemorySegment path = put(scratch.name, name);
      int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_NOCTTY;
      long result = LinuxCalls.open(scratch, fd, path, flags, mode);
      check(result, "create", name);
      return new LinuxFile(new LinuxDescriptor((int) result), location.child(name));
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  @Override
  public void createDirectory(byte[] name, int mode) throws IOException {
    onName("create the directory", LinuxCalls.MKDIRAT, name, FileStatus.checkedMode(mode), 0, 0);
  }

  @Override
  public void createSymlink(byte[] target, byte[] name) throws IOException {
    for (byte b : target) {
      if (b == 0) {
        throw new IllegalArgumentException("link target has a NUL: " + PathText.display(target));
      }
    }
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      MemorySegment path = put(scratch.name, name);
      boolean fits = Scratch.put(scratch.secondName, target);
      check(fits ? 0 : -Errno.ENAMETOOLONG, "create the link", name);
      check(
          call(
              scratch,
              LinuxCalls.SYMLINKAT,
              scratch.secondName.address(),
              fd,
              path.address(),
              0,
              0),
          "create the link",
          name);
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  @Override
  public void createHardLink(OpenDirectory fromDirectory, byte[] fromName, byte[] name)
      throws IOException {
    between("create the hard link", LinuxCalls.LINKAT, own(fromDirectory), fromName, this, name);
  }

  @Override
  public void rename(byte[] name, OpenDirectory toDirectory, byte[] toName) throws IOException {
    between("rename to", LinuxCalls.RENAMEAT2, this, name, own(toDirectory), toName);
  }

  /** A call of two names; the second is the one that messages name. */
  private static void between(
      String operation,
      int number,
      LinuxDirectory from,
      byte[] fromName,
      LinuxDirectory to,
      byte[] toName)
      throws IOException {
    int fromFd = from.enter();
    try {
      int toFd = to.enter();
      Scratch scratch = Scratch.take();
      try {
        MemorySegment fromPath = from.put(scratch.name, fromName);
        long toPath = to.put(scratch.secondName, toName).address();
        long result = call(scratch, number, fromFd, fromPath, toFd, toPath, 0);
        to.check(result, operation, toName);
      } finally {
        scratch.give();
        to.descriptor.leave();
      }
    } finally {
      from.descriptor.leave();
    }
  }

  @Override
  public void createSpecial(byte[] name, FileKind kind, int mode, int deviceMajor, int deviceMinor)
      throws IOException {
    FileStatus.checkedMode(mode);
    kind.requireSpecial();
    String operation = "create the " + kind.words();
    // The kernel's numbers have 12 and 20 bits; more would become another device.
    boolean fits = deviceMajor >>> 12 == 0 && deviceMinor >>> 20 == 0;
    check(fits ? 0 : -Errno.EINVAL, operation, name);
    long device =
        Integer.toUnsignedLong(
            (deviceMinor & 0xff) | deviceMajor << 8 | (deviceMinor & ~0xff) << 12);
    onName(operation, LinuxCalls.MKNODAT, name, kind.format() | mode, device, 0);
  }

  @Override
  public void delete(byte[] name, boolean directory) throws IOException {
    onName("delete", LinuxCalls.UNLINKAT, name, directory ? AT_REMOVEDIR : 0, 0, 0);
  }

  @Override
  public void setMode(byte[] name, int mode) throws IOException {
    FileStatus.checkedMode(mode);
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      MemorySegment path = put(scratch.name, name);
      long result = call(scratch, LinuxCalls.FCHMODAT2, fd, path, mode, AT_SYMLINK_NOFOLLOW, 0);
      // Before Linux 6.6 there is no such call, and sandboxes answer EPERM to what they do not
      // know.
      if (result == -Errno.ENOSYS || result == -Errno.EPERM) {
        result = setModeByPathDescriptor(scratch, fd, path, mode);
      }
      check(result, "set the mode of", name);
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  /** An {@code O_PATH} descriptor pins the file, and its entry in {@code /proc} names just that. */
  static long setModeByPathDescriptor(Scratch scratch, int fd, MemorySegment path, int mode) {
    long pinned = LinuxCalls.open(scratch, fd, path, O_PATH | O_NOFOLLOW, 0);
    if (pinned < 0) {
      return pinned;
    }
    try {
      long result = LinuxCalls.status(scratch, (int) pinned);
      if (result < 0) {
        return result;
      }
      if (LinuxCalls.decodeStatus(scratch).kind() == FileKind.SYMLINK) {
        return -Errno.ENOTSUP;
      }
      byte[] entry = ("/proc/self/fd/" + pinned).getBytes(StandardCharsets.US_ASCII);
      Scratch.put(scratch.secondName, entry);
      return call(
          scratch, LinuxCalls.FCHMODAT, LinuxCalls.AT_FDCWD, scratch.secondName, mode, 0, 0);
    } finally {
      LinuxCalls.close((int) pinned);
    }
  }

  @Override
  public void setTimes(byte[] name, long mtimeNanos) throws IOException {
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      MemorySegment path = put(scratch.name, name);
      long times = putTimes(scratch, mtimeNanos);
      check(
          call(scratch, LinuxCalls.UTIMENSAT, fd, path, times, AT_SYMLINK_NOFOLLOW, 0),
          "set the times of",
          name);
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  @Override
  public void setOwner(byte[] name, long uid, long gid) throws IOException {
    FileStatus.checkOwner(uid);
    FileStatus.checkOwner(gid);
    onName("set the owner of", LinuxCalls.FCHOWNAT, name, uid, gid, AT_SYMLINK_NOFOLLOW);
  }

  @Override
  public String displayPath(byte[] name) {
    return location.child(name).display();
  }

  /** A call of this directory, a name and integers. */
  private void onName(String operation, int number, byte[] name, long c, long d, long e)
      throws IOException {
    int fd = enter();
    Scratch scratch = Scratch.take();
    try {
      check(call(scratch, number, fd, put(scratch.name, name), c, d, e), operation, name);
    } finally {
      scratch.give();
      descriptor.leave();
    }
  }

  /** Puts a name as a C string. */
  private MemorySegment put(MemorySegment target, byte[] name) throws FileErrorException {
    PathText.requireName(name);
    if (!Scratch.put(target, name)) {
      throw new FileErrorException("use the name", displayPath(name), Errno.ENAMETOOLONG);
    }
    return target;
  }

  private void check(long result, String operation, byte[] name) throws FileErrorException {
    if (result < 0) {
      throw new FileErrorException(operation, displayPath(name), (int) -result);
    }
  }

  static LinuxDirectory own(OpenDirectory directory) {
    if (directory instanceof LinuxDirectory linux) {
      return linux;
    }
    throw new IllegalArgumentException("directory of another implementation: " + directory);
  }
}
