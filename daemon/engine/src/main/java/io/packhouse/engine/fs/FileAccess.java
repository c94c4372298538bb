package io.packhouse.engine.fs;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The way to files: one a process, thread-safe. */
public interface FileAccess {

  /**
   * The name of the system property that chooses the implementation: {@code linux} or {@code nio}.
   */
  String PROPERTY = "packhouse.fileAccess";

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
