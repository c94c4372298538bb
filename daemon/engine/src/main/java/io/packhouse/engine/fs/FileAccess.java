package io.packhouse.engine.fs;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The way to files: one a process, thread-safe. */
public interface FileAccess {

  /**
   * The name of the system property that chooses the implementation: {@code linux} or {@code nio}.
   */
  String PROPERTY = "packhouse.fileAccess";

  /**
   * The name of the system property that chooses how Linux reads batches of files: {@code ring} for
   * io_uring or an error where that does not work, {@code plain} for plain system calls, {@code
   * auto} (the default) for io_uring where it works and pays.
   */
  String IO_PROPERTY = "packhouse.io";

  /** The implementation: {@code linux} or {@code nio}. */
  String name();

  /**
   * Opens the directory that a user names. Links in the path are followed.
   *
   * @param path of the default file system; relative to the working directory
   * @throws FileErrorException where it cannot be opened or is no directory
   * @throws IllegalArgumentException for a path of another file system
   */
  OpenDirectory openDirectory(Path path) throws IOException;

  /**
   * A reader of many files at a time, from directories of this implementation.
   *
   * @throws UnsupportedOperationException where {@value #IO_PROPERTY} is {@code ring} and the
   *     system refuses it
   */
  FileBatchReader newFileBatchReader();

  /**
   * The implementation and how it reads batches, and why if not by the fastest method: such as
   * {@code linux, io_uring} or {@code linux, plain calls (io_uring_setup says EPERM)}.
   */
  String describe();

  /**
   * Memory to read files into: whole pages that read as zero, large ones where the system has them,
   * and taken from the system only as they are touched. That spares an archiver of a second two
   * thirds of its page faults.
   *
   * @param length in bytes, at least 1
   * @param arena frees the memory when it is closed
   * @throws OutOfMemoryError if there is no room for it
   */
  MemorySegment allocatePages(long length, Arena arena);

  /** The name of a user, null where the system knows none. Cached for the life of the process. */
  @Nullable String userName(long uid);

  /** The name of a group, as {@link #userName}. */
  @Nullable String groupName(long gid);

  /** The number of a user, −1 where the system knows none. Cached for the life of the process. */
  long findUser(String name);

  /** The number of a group, as {@link #findUser}. */
  long findGroup(String name);

  /**
   * How many files this process may have open, after raising the limit as far as it goes without
   * privileges. Where the system does not tell, a cautious guess.
   */
  int openFileLimit();
}
