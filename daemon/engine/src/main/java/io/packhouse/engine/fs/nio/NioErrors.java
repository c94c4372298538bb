package io.packhouse.engine.fs.nio;

import io.packhouse.engine.fs.Errno;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.Location;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;

/** Exceptions of {@code java.nio.file} as {@link FileErrorException}s. */
final class NioErrors {

  private NioErrors() {}

  static IOException of(String operation, Location location, IOException cause) {
    if (cause instanceof FileErrorException || cause instanceof ClosedChannelException) {
      return cause;
    }
    return new FileErrorException(operation, location.display(), errno(cause), cause);
  }

  static FileErrorException unsupported(String operation, Location location) {
    return new FileErrorException(operation, location.display(), Errno.ENOTSUP);
  }

  private static int errno(IOException cause) {
    return switch (cause) {
      case NoSuchFileException _ -> Errno.ENOENT;
      case FileAlreadyExistsException _ -> Errno.EEXIST;
      case AccessDeniedException _ -> Errno.EACCES;
      case DirectoryNotEmptyException _ -> Errno.ENOTEMPTY;
      case NotDirectoryException _ -> Errno.ENOTDIR;
      case NotLinkException _ -> Errno.EINVAL;
      case AtomicMoveNotSupportedException _ -> Errno.EXDEV;
      case FileSystemException e -> ofReason(e.getReason() == null ? "" : e.getReason());
      default -> ofReason(cause.getMessage() == null ? "" : cause.getMessage());
    };
  }

  /** The JDK adds words to some of the system's texts. */
  private static int ofReason(String reason) {
    int end = reason.indexOf(" or unable to access attributes of symbolic link");
    return Errno.ofText(end < 0 ? reason : reason.substring(0, end));
  }
}
