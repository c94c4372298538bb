package io.packhouse.engine.fs;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The system refused an operation on a file. The message names operation, path and reason: {@code
 * cannot open a/b: No such file or directory (ENOENT)}.
 */
public final class FileErrorException extends IOException {

  @Serial private static final long serialVersionUID = 1L;

  private final String operation;
  private final String path;
  private final int errno;

  /** An error without a cause of its own. */
  public FileErrorException(String operation, String path, int errno) {
    this(operation, path, errno, null);
  }

  /**
   * @param operation a verb that follows "cannot"
   * @param path the display path of the file
   * @param errno of {@link Errno}
   */
  public FileErrorException(String operation, String path, int errno, @Nullable Throwable cause) {
    super(
        "cannot "
            + operation
            + ' '
            + path
            + ": "
            + Errno.text(errno)
            + " ("
            + Errno.name(errno)
            + ')',
        cause);
    this.operation = operation;
    this.path = path;
    this.errno = errno;
  }

  /** What was tried: a verb that follows "cannot". */
  public String operation() {
    return operation;
  }

  /** The display path of the file. */
  public String path() {
    return path;
  }

  /** The error number in Linux's numbering, whatever the system. */
  public int errno() {
    return errno;
  }

  /** The symbolic name of the error number, such as {@code ENOENT}. */
  public String errnoName() {
    return Errno.name(errno);
  }

  /** The reason alone, such as {@code No such file or directory}. */
  public String reason() {
    return Errno.text(errno);
  }

  /** There is no such file or directory (any more). */
  public boolean isNotFound() {
    return errno == Errno.ENOENT;
  }

  /** The user may not do this. */
  public boolean isPermission() {
    return errno == Errno.EACCES || errno == Errno.EPERM;
  }

  /** The name is taken. */
  public boolean isExists() {
    return errno == Errno.EEXIST || errno == Errno.ENOTEMPTY;
  }

  /**
   * The name is a symbolic link where none is followed, or (opening a directory: the system does
   * not tell them apart) something else that is no directory.
   */
  public boolean isLoop() {
    return errno == Errno.ELOOP || errno == Errno.ENOTDIR;
  }

  /** The disk or the quota is full. */
  public boolean isNoSpace() {
    return errno == Errno.ENOSPC || errno == Errno.EDQUOT;
  }

  /** The process or the system has no file descriptor left. */
  public boolean isTooManyOpenFiles() {
    return errno == Errno.EMFILE || errno == Errno.ENFILE;
  }

  /** The file system, the kernel or this implementation lacks the operation. */
  public boolean isUnsupported() {
    return errno == Errno.ENOTSUP || errno == Errno.ENOSYS;
  }
}
