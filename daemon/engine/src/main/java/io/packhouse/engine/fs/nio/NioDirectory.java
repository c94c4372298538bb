package io.packhouse.engine.fs.nio;

import io.packhouse.engine.fs.DirectoryListing;
import io.packhouse.engine.fs.Errno;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.Location;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.fs.RawPaths;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A directory as {@link NioFileAccess} describes it. It holds nothing open. */
final class NioDirectory extends NioHandle implements OpenDirectory {

  private NioDirectory(Path path, FileStatus opened, Location location) {
    super(path, opened, location);
  }

  /** Opens a path that must not be a link. */
  static NioDirectory open(Path path, Location location) throws IOException {
    String operation = "open the directory";
    FileStatus status;
    try {
      status = NioStatus.read(path);
    } catch (IOException e) {
      throw NioErrors.of(operation, location, e);
    }
    if (status.kind() != FileKind.DIRECTORY) {
      throw new FileErrorException(operation, location.display(), Errno.ENOTDIR);
    }
    return new NioDirectory(path, status, location);
  }

  @Override
  public OpenDirectory share() {
    checkOpen();
    return new NioDirectory(path, opened, location);
  }

  @Override
  public FileStatus status() throws IOException {
    return checkIdentity("read the status of");
  }

  @Override
  public DirectoryListing list() throws IOException {
    checkIdentity("list");
    DirectoryListing.Builder listing = new DirectoryListing.Builder();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
      for (Path child : children) {
        listing.add(RawPaths.name(child), FileKind.UNKNOWN);
      }
    } catch (IOException e) {
      throw NioErrors.of("list", location, e);
    } catch (DirectoryIteratorException e) {
      throw NioErrors.of("list", location, Objects.requireNonNull(e.getCause()));
    }
    checkIdentity("list");
    return listing.build();
  }

  @Override
  public FileStatus status(byte[] name) throws IOException {
    return onName("read the status of", name, NioStatus::read);
  }

  @Override
  public OpenDirectory openDirectory(byte[] name) throws IOException {
    return onName("open the directory", name, child -> open(child, location.child(name)));
  }

  @Override
  public OpenFile openFile(byte[] name) throws IOException {
    return onName(
        "open",
        name,
        child -> {
          FileStatus before = NioStatus.read(child);
          if (before.kind() == FileKind.SYMLINK) {
            throw new FileErrorException("open", displayPath(name), Errno.ELOOP);
          }
          if (before.kind() != FileKind.FILE) {
            return new NioFile(child, before, location.child(name), null);
          }
          Set<OpenOption> options = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
          return opened(child, name, FileChannel.open(child, options));
        });
  }

  @Override
  public byte[] readLink(byte[] name) throws IOException {
    return onName(
        "read the link",
        name,
        child -> {
          Path target = Files.readSymbolicLink(child);
          if (!target.isAbsolute() && !isAscii(target.toString())) {
            // Other bytes of relative paths can be had component by component only.
            byte[] bytes = new byte[0];
            for (Path part : target) {
              bytes = PathText.join(bytes, RawPaths.name(part));
            }
            return bytes;
          }
          return RawPaths.bytes(target);
        });
  }

  @Override
  public Map<String, byte[]> extendedAttributes(byte[] name) throws IOException {
    return onName(
        "list the extended attributes of",
        name,
        child -> NioAttributes.read(child, NioStatus.read(child).kind(), location.child(name)));
  }

  @Override
  public void setExtendedAttribute(byte[] name, String attribute, byte[] value) throws IOException {
    onName(
        "set the extended attribute of",
        name,
        child -> {
          FileKind kind = NioStatus.read(child).kind();
          NioAttributes.set(child, kind, attribute, value, location.child(name));
          return kind;
        });
  }

  @Override
  public OpenFile createFile(byte[] name, int mode) throws IOException {
    FileStatus.checkedMode(mode);
    return onName(
        "create",
        name,
        child -> {
          Set<OpenOption> options =
              Set.of(
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  LinkOption.NOFOLLOW_LINKS);
          return opened(child, name, FileChannel.open(child, options, attributes(mode)));
        });
  }

  @Override
  public void createDirectory(byte[] name, int mode) throws IOException {
    FileStatus.checkedMode(mode);
    onName("create the directory", name, child -> Files.createDirectory(child, attributes(mode)));
  }

  @Override
  public void createSymlink(byte[] target, byte[] name) throws IOException {
    onName(
        "create the link",
        name,
        child -> {
          // Keeps every byte of a target but doubled and trailing slashes, which paths cannot have.
          Path path = Path.of(target.length > 0 && target[0] == '/' ? "/" : "");
          int from = 0;
          for (int end = 0; end <= target.length; end++) {
            if (end == target.length || target[end] == '/') {
              if (end > from) {
                path = path.resolve(RawPaths.ofName(Arrays.copyOfRange(target, from, end)));
              }
              from = end + 1;
            }
          }
          return Files.createSymbolicLink(child, path);
        });
  }

  @Override
  public void createHardLink(OpenDirectory fromDirectory, byte[] fromName, byte[] name)
      throws IOException {
    NioDirectory from = own(fromDirectory);
    Path existing = from.child("link to", fromName);
    onName("create the hard link", name, child -> Files.createLink(child, existing));
  }

  @Override
  public void createSpecial(byte[] name, FileKind kind, int mode, int deviceMajor, int deviceMinor)
      throws IOException {
    FileStatus.checkedMode(mode);
    kind.requireSpecial();
    PathText.requireName(name);
    checkOpen();
    throw NioErrors.unsupported("create the " + kind.words(), location.child(name));
  }

  @Override
  public void delete(byte[] name, boolean directory) throws IOException {
    onName(
        "delete",
        name,
        child -> {
          boolean isDirectory = NioStatus.read(child).kind() == FileKind.DIRECTORY;
          if (isDirectory != directory) {
            int errno = isDirectory ? Errno.EISDIR : Errno.ENOTDIR;
            throw new FileErrorException("delete", displayPath(name), errno);
          }
          Files.delete(child);
          return child;
        });
  }

  @Override
  public void rename(byte[] name, OpenDirectory toDirectory, byte[] toName) throws IOException {
    Path from = child("rename", name);
    own(toDirectory)
        .onName("rename to", toName, to -> Files.move(from, to, StandardCopyOption.ATOMIC_MOVE));
  }

  @Override
  public void setMode(byte[] name, int mode) throws IOException {
    Path child = child("set the mode of", name);
    FileKind kind = status(name).kind();
    NioStatus.setMode(child, kind, mode, location.child(name));
  }

  @Override
  public void setTimes(byte[] name, long mtimeNanos) throws IOException {
    NioStatus.setTimes(child("set the times of", name), mtimeNanos, location.child(name));
  }

  @Override
  public void setOwner(byte[] name, long uid, long gid) throws IOException {
    NioStatus.setOwner(child("set the owner of", name), uid, gid, location.child(name));
  }

  /** Directories are written to the device where the system lets them be opened as files. */
  @Override
  public void force() throws IOException {
    checkIdentity("write to the device");
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      if (NioStatus.posix()) {
        throw NioErrors.of("write to the device", location, e);
      }
    }
  }

  @Override
  public String displayPath(byte[] name) {
    return location.child(name).display();
  }

  @Override
  void release() {}

  /** Takes over the channel of a file that was just opened, if its name still stands for it. */
  private NioFile opened(Path child, byte[] name, FileChannel channel) throws IOException {
    try {
      return new NioFile(child, NioStatus.read(child), location.child(name), channel);
    } catch (Throwable failure) {
      channel.close();
      throw failure;
    }
  }

  private static FileAttribute<?>[] attributes(int mode) {
    if (!NioStatus.posix()) {
      return new FileAttribute<?>[0];
    }
    Set<PosixFilePermission> permissions = NioStatus.permissions(mode);
    return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
  }

  private Path child(String operation, byte[] name) throws IOException {
    PathText.requireName(name);
    checkIdentity(operation);
    try {
      return path.resolve(RawPaths.ofName(name));
    } catch (InvalidPathException e) {
      throw new FileErrorException(operation, displayPath(name), Errno.EILSEQ, e);
    }
  }

  private <T> T onName(String operation, byte[] name, Action<T> action) throws IOException {
    Path child = child(operation, name);
    try {
      return action.run(child);
    } catch (InvalidPathException e) {
      throw new FileErrorException(operation, displayPath(name), Errno.EILSEQ, e);
    } catch (UnsupportedOperationException e) {
      throw new FileErrorException(operation, displayPath(name), Errno.ENOTSUP, e);
    } catch (IOException e) {
      throw NioErrors.of(operation, location.child(name), e);
    }
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  private static NioDirectory own(OpenDirectory directory) {
    if (directory instanceof NioDirectory nio) {
      return nio;
    }
    throw new IllegalArgumentException("directory of another implementation: " + directory);
  }

  private interface Action<T> {
    T run(Path child) throws IOException;
  }
}
