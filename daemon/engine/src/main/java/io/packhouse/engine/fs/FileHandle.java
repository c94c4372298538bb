package io.packhouse.engine.fs;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;

/**
 * What open files and open directories have in common: operations on the file itself, whatever
 * became of its name.
 *
 * <p>Thread-safe. Closing is idempotent, and waits for nobody: calls that run keep the file open
 * until they return, later ones throw {@link IllegalStateException}, since a use after close is the
 * caller's bug. All failures of the system are {@link FileErrorException}s.
 */
public interface FileHandle extends Closeable {

  /** What the file system says now. */
  FileStatus status() throws IOException;

  /**
   * Sets the permission bits, exactly: the process's umask has no part in it.
   *
   * @param mode 0 to 07777
   */
  void setMode(int mode) throws IOException;

  /**
   * Sets the time of last modification and leaves that of last access.
   *
   * @param mtimeNanos nanoseconds since the epoch, negative before it; file systems round and clamp
   *     what they cannot keep
   */
  void setTimes(long mtimeNanos) throws IOException;

  /**
   * Sets owner and group. Note that the system then clears set-user-id and set-group-id bits: set
   * the mode afterwards.
   *
   * @param uid 0 to 2³² − 2, or −1 to leave it
   * @param gid likewise
   */
  void setOwner(long uid, long gid) throws IOException;

  /**
   * The extended attributes, sorted by name; empty where the file system has none. Names carry
   * their namespace ({@code user.origin}). At most 64 KiB of names and 64 KiB a value.
   *
   * @throws FileErrorException also where an attribute's name is not UTF-8 (EILSEQ)
   */
  Map<String, byte[]> extendedAttributes() throws IOException;

  /**
   * Creates or replaces an extended attribute.
   *
   * @throws FileErrorException {@link FileErrorException#isUnsupported()} where the file system or
   *     the implementation has no such attributes
   */
  void setExtendedAttribute(String attribute, byte[] value) throws IOException;

  /** Returns when contents and status have reached the device ({@code fsync}). */
  void force() throws IOException;

  /** The display path, for messages. */
  String displayPath();

  /**
   * Ends this handle.
   *
   * @throws FileErrorException where the system reports a write that failed late; the handle is
   *     closed nevertheless
   */
  @Override
  void close() throws IOException;
}
