package io.packhouse.engine.fs.nio;

import io.packhouse.engine.fs.Errno;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileHandle;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.Location;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** A path with the identity that it had when it was opened. */
abstract class NioHandle implements FileHandle {

  final Path path;
  final FileStatus opened;
  final Location location;
  private final AtomicBoolean closed = new AtomicBoolean();

  NioHandle(Path path, FileStatus opened, Location location) {
    this.path = path;
    this.opened = opened;
    this.location = location;
  }

  final void checkOpen() {
    if (closed.get()) {
      throw new IllegalStateException("handle is closed: " + displayPath());
    }
  }

  /** Refuses a path that by now is something else; its status now. */
  final FileStatus checkIdentity(String operation) throws IOException {
    checkOpen();
    FileStatus now;
    try {
      now = NioStatus.read(path);
    } catch (IOException e) {
      throw NioErrors.of(operation, location, e);
    }
    if (now.kind() != opened.kind() || !now.isSameFile(opened)) {
      int errno = now.kind() == FileKind.SYMLINK ? Errno.ELOOP : Errno.ESTALE;
      throw new FileErrorException(operation, displayPath(), errno);
    }
    return now;
  }

  @Override
  public final void setMode(int mode) throws IOException {
    checkIdentity("set the mode of");
    NioStatus.setMode(path, opened.kind(), mode, location);
  }

  @Override
  public final void setTimes(long mtimeNanos) throws IOException {
    checkIdentity("set the times of");
    NioStatus.setTimes(path, mtimeNanos, location);
  }

  @Override
  public final void setOwner(long uid, long gid) throws IOException {
    checkIdentity("set the owner of");
    NioStatus.setOwner(path, uid, gid, location);
  }

  @Override
  public final Map<String, byte[]> extendedAttributes() throws IOException {
    checkIdentity("list the extended attributes of");
    return NioAttributes.read(path, opened.kind(), location);
  }

  @Override
  public final void setExtendedAttribute(String attribute, byte[] value) throws IOException {
    checkIdentity("set the extended attribute of");
    NioAttributes.set(path, opened.kind(), attribute, value, location);
  }

  @Override
  public final String displayPath() {
    return location.display();
  }

  @Override
  public final String toString() {
    return displayPath();
  }

  @Override
  public final void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      release();
    }
  }

  abstract void release() throws IOException;
}
