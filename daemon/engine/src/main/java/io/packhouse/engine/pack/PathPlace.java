package io.packhouse.engine.pack;

import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.RawPaths;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.pack.PackException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a user wants a file: links in the path are the user's own, and are followed. */
final class PathPlace implements OutputPlace {
  private final Path path;
  private final Path parent;
  private final OpenDirectory directory;
  private final byte[] name;

  private PathPlace(Path path, Path parent, OpenDirectory directory, byte[] name) {
    this.path = path;
    this.parent = parent;
    this.directory = directory;
    this.name = name;
  }

  /**
   * Opens the directory of a path.
   *
   * @throws PackException if there is none, or the path names no file
   */
  static PathPlace of(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new PackException(Reason.OUTPUT, path + " is a directory; name a file", null);
    }
    Path absolute = path.toAbsolutePath();
    Path parent = absolute.getParent();
    Path last = absolute.getFileName();
    if (parent == null || last == null || last.toString().equals("..")) {
      throw new PackException(Reason.OUTPUT, path + ": not a file name", null);
    }
    try {
      OpenDirectory directory = SystemFileAccess.instance().openDirectory(parent);
      return new PathPlace(path, parent, directory, RawPaths.name(absolute));
    } catch (FileErrorException e) {
      throw new PackException(
          Reason.OUTPUT,
          e.isNotFound()
              ? path + ": there is no directory " + parent + "; create it first"
              : path + ": cannot write there: " + e.reason(),
          e);
    }
  }

  @Override
  public String display() {
    return path.toString();
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public OpenDirectory directory() {
    return directory;
  }

  @Override
  public byte[] name() {
    return name;
  }

  /** A link is replaced, and not what it leads to; but one to a device is meant to be written. */
  @Override
  public @Nullable FileKind existing() throws IOException {
    try {
      FileKind kind = directory.status(name).kind();
      if (kind != FileKind.SYMLINK) {
        return kind;
      }
      if (Files.isDirectory(path)) {
        return FileKind.DIRECTORY;
      }
      return Files.exists(path) && !Files.isRegularFile(path) ? FileKind.UNKNOWN : FileKind.FILE;
    } catch (FileErrorException e) {
      if (e.isNotFound()) {
        return null;
      }
      throw e;
    }
  }

  @Override
  public OpenDirectory reopen() throws IOException {
    return SystemFileAccess.instance().openDirectory(parent);
  }

  @Override
  public void close() throws IOException {
    directory.close();
  }
}
