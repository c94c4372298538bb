package io.packhouse.engine.fs;

import java.io.IOException;
import java.util.Map;

/**
 * An open directory: the root of all operations on what is in it. It stays the same directory when
 * its path is renamed or replaced. See {@link FileHandle} for errors, thread-safety and closing.
 *
 * <p>Every {@code name} is one component as the package's description defines it, else {@link
 * IllegalArgumentException}. Handles keep the array for their display path, so it must not be
 * changed afterwards. Nothing follows a link.
 */
public interface OpenDirectory extends FileHandle {

  /**
   * Another handle of the same directory, to be closed on its own: so tasks can outlive the walk
   * that made them. The directory is closed with the last of them, and costs one file descriptor
   * however many there are.
   */
  OpenDirectory share();

  /** All children, sorted. Calls at the same time wait for each other. */
  DirectoryListing list() throws IOException;

  /** What the file system says about a child; of a link, about the link. */
  FileStatus status(byte[] name) throws IOException;

  /**
   * Opens a directory in this one.
   *
   * @throws FileErrorException {@link FileErrorException#isLoop()} where the name is a link, or
   *     anything else that is no directory
   */
  OpenDirectory openDirectory(byte[] name) throws IOException;

  /**
   * Opens a file for reading. Never hangs. A FIFO or device may open too (and its driver may act on
   * it): look at the kind first, and at {@link FileHandle#status()} afterwards to be sure.
   *
   * @throws FileErrorException {@link FileErrorException#isLoop()} where the name is a link
   */
  OpenFile openFile(byte[] name) throws IOException;

  /** The target of a symbolic link, as it is stored. */
  byte[] readLink(byte[] name) throws IOException;

  /** The extended attributes of a child, as {@link FileHandle#extendedAttributes()}. */
  Map<String, byte[]> extendedAttributes(byte[] name) throws IOException;

  /**
   * Creates a file, for reading and writing.
   *
   * @param mode 0 to 07777, less the process's umask; implementations may ignore all but 0777
   * @throws FileErrorException {@link FileErrorException#isExists()} where there is anything of
   *     that name, a dangling link too
   */
  OpenFile createFile(byte[] name, int mode) throws IOException;

  /**
   * Creates a directory.
   *
   * @param mode 0 to 07777, less the process's umask; systems may ignore all but 01777
   */
  void createDirectory(byte[] name, int mode) throws IOException;

  /**
   * Creates a symbolic link.
   *
   * @param target what it says: not empty, without NUL
   */
  void createSymlink(byte[] target, byte[] name) throws IOException;

  /**
   * Creates a hard link to {@code fromName} in {@code fromDirectory}; to a symbolic link itself
   * where that is one.
   *
   * @throws IllegalArgumentException where the other directory belongs to another implementation
   */
  void createHardLink(OpenDirectory fromDirectory, byte[] fromName, byte[] name) throws IOException;

  /**
   * Creates a FIFO, socket node or device.
   *
   * @param kind one of FIFO, SOCKET, CHAR_DEVICE, BLOCK_DEVICE
   * @param mode 0 to 07777, less the process's umask
   * @param deviceMajor of a device, else 0
   * @param deviceMinor of a device, else 0
   */
  void createSpecial(byte[] name, FileKind kind, int mode, int deviceMajor, int deviceMinor)
      throws IOException;

  /**
   * Deletes a child.
   *
   * @param directory whether it is a directory (an empty one); the other kind is refused
   */
  void delete(byte[] name, boolean directory) throws IOException;

  /**
   * Renames a child, atomically; a file of the new name is replaced.
   *
   * @throws IllegalArgumentException where the other directory belongs to another implementation
   */
  void rename(byte[] name, OpenDirectory toDirectory, byte[] toName) throws IOException;

  /**
   * Sets a child's permission bits, as {@link FileHandle#setMode}. Refused for links: {@link
   * FileErrorException#isUnsupported()}.
   */
  void setMode(byte[] name, int mode) throws IOException;

  /** Sets a child's time of last modification, as {@link FileHandle#setTimes}; a link's own. */
  void setTimes(byte[] name, long mtimeNanos) throws IOException;

  /** Sets a child's owner and group, as {@link FileHandle#setOwner}; a link's own. */
  void setOwner(byte[] name, long uid, long gid) throws IOException;

  /** Sets a child's extended attribute, as {@link FileHandle#setExtendedAttribute}. */
  void setExtendedAttribute(byte[] name, String attribute, byte[] value) throws IOException;

  /** The display path of a child, for messages. */
  String displayPath(byte[] name);
}
