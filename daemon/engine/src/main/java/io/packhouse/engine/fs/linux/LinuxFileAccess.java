package io.packhouse.engine.fs.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.packhouse.engine.fs.Errno;
import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.FileBatchReader;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.Location;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.RawPaths;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Files of 64-bit Linux by system calls; see {@link LinuxCalls}. */
public final class LinuxFileAccess implements FileAccess {

  private static final int RLIMIT_NOFILE = 7;

  private final LinuxAccounts users = LinuxAccounts.users();
  private final LinuxAccounts groups = LinuxAccounts.groups();
  private final IoMethod method;
  private volatile int openFileLimit;

  /**
   * Links the calls and tries one.
   *
   * @throws UnsupportedOperationException where they do not work
   * @throws IllegalArgumentException where {@link FileAccess#IO_PROPERTY} has an unknown value
   */
  public LinuxFileAccess() {
    this(IoMethod.ofProperty(System.getProperty(FileAccess.IO_PROPERTY)));
  }

  LinuxFileAccess(IoMethod method) {
    this.method = method;
    if (!isCandidate()) {
      throw new UnsupportedOperationException(
          "linux file access needs Linux on x86-64 or aarch64, this is "
              + System.getProperty("os.name")
              + " on "
              + System.getProperty("os.arch"));
    }
    long result;
    try {
      Scratch scratch = Scratch.take();
      try {
        Scratch.put(scratch.name, new byte[] {'/'});
        result = LinuxCalls.status(scratch, LinuxCalls.AT_FDCWD, scratch.name);
      } finally {
        scratch.give();
      }
    } catch (LinkageError | IllegalCallerException e) {
      throw new UnsupportedOperationException("system calls cannot be linked: " + e, e);
    }
    if (result < 0) {
      throw new UnsupportedOperationException("statx: " + Errno.name((int) -result));
    }
  }

  /** Whether layouts and numbers are those that are compiled in here. */
  public static boolean isCandidate() {
    String arch = System.getProperty("os.arch", "");
    return System.getProperty("os.name", "").equals("Linux")
        && (arch.equals("amd64") || arch.equals("aarch64"));
  }

  @Override
  public String name() {
    return "linux";
  }

  @Override
  public OpenDirectory openDirectory(Path path) throws IOException {
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      throw new IllegalArgumentException("not of the default file system: " + path);
    }
    byte[] given = RawPaths.bytes(path);
    byte[] bytes = given.length == 0 ? new byte[] {'.'} : given;
    Location location = new Location(null, bytes);
    Scratch scratch = Scratch.take();
    try {
      long result = -Errno.ENAMETOOLONG;
      if (Scratch.put(scratch.name, bytes)) {
        int flags = LinuxCalls.O_RDONLY | LinuxCalls.O_DIRECTORY | LinuxCalls.O_NONBLOCK;
        result = LinuxCalls.open(scratch, LinuxCalls.AT_FDCWD, scratch.name, flags, 0);
      }
      if (result < 0) {
        throw new FileErrorException("open the directory", location.display(), (int) -result);
      }
      return new LinuxDirectory(new LinuxDescriptor((int) result), location);
    } finally {
      scratch.give();
    }
  }

  @Override
  public FileBatchReader newFileBatchReader() {
    String refusal = method == IoMethod.RING ? Ring.refusal() : null;
    if (refusal != null) {
      throw new UnsupportedOperationException(refusal);
    }
    return new LinuxBatchReader(method);
  }

  @Override
  public String describe() {
    if (method == IoMethod.PLAIN) {
      return name() + ", plain calls";
    }
    String refusal = Ring.refusal();
    return name() + (refusal == null ? ", io_uring" : ", plain calls (" + refusal + ')');
  }

  @Override
  public MemorySegment allocatePages(long length, Arena arena) {
    return LinuxPages.allocate(length, arena);
  }

  @Override
  public @Nullable String userName(long uid) {
    return users.name(uid);
  }

  @Override
  public @Nullable String groupName(long gid) {
    return groups.name(gid);
  }

  @Override
  public long findUser(String name) {
    return users.find(name);
  }

  @Override
  public long findGroup(String name) {
    return groups.find(name);
  }

  @Override
  public int openFileLimit() {
    int limit = openFileLimit;
    if (limit == 0) {
      limit = raiseOpenFileLimit();
      openFileLimit = limit;
    }
    return limit;
  }

  /** {@code struct rlimit64} is two u64: soft and hard limit. */
  private static int raiseOpenFileLimit() {
    Scratch scratch = Scratch.take();
    try {
      MemorySegment limits = scratch.small;
      long address = limits.address();
      LinuxCalls.call(scratch, LinuxCalls.PRLIMIT64, 0, RLIMIT_NOFILE, 0, address, 0);
      long soft = limits.get(JAVA_LONG, 0);
      long hard = limits.get(JAVA_LONG, 8);
      if (soft != hard) {
        limits.set(JAVA_LONG, 0, hard);
        long result =
            LinuxCalls.call(scratch, LinuxCalls.PRLIMIT64, 0, RLIMIT_NOFILE, address, 0, 0);
        soft = result < 0 ? soft : hard;
      }
      return soft < 0 || soft > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) soft;
    } finally {
      scratch.give();
    }
  }
}
