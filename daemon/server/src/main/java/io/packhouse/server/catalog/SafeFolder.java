package io.packhouse.server.catalog;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;

/**
 * A folder of the catalog on disk. Names are resolved by handles, component by component, and no
 * link is followed below the folder itself: what is read, listed, written or deleted lies in it,
 * whoever changes the tree meanwhile. Thread-safe.
 */
final class SafeFolder {
  private static final System.Logger LOG = System.getLogger(SafeFolder.class.getName());
  private static final String SUFFIX = ".pkh";

  /** Takes what a walk finds. */
  interface Visitor {
    /** A regular file that is named as an archive. */
    void file(ArchiveName name, FileStamp stamp) throws IOException;

    /** A directory, before what is in it. */
    void directory(Path path);

    /** Something that could not be looked at. */
    void failed(String name, IOException e);
  }

  /**
   * An open file.
   *
   * @param stamp of the file that was opened
   */
  record Opened(FileChannel channel, FileStamp stamp) {}

  /** Works on the directory that holds a name. */
  private interface Action<T> {
    T run(SecureDirectoryStream<Path> directory, Path name) throws IOException;
  }

  private final CatalogFolder folder;

  SafeFolder(CatalogFolder folder) {
    this.folder = folder;
  }

  CatalogFolder folder() {
    return folder;
  }

  /** Where an archive is, by path: for messages and for a quick look whether it is still there. */
  Path path(ArchiveName name) {
    return folder.path().resolve(name.path());
  }

  /** The stamp of an archive's file, which must be a regular one. */
  FileStamp stamp(ArchiveName name) throws IOException {
    return in(name, (directory, last) -> requireFile(name, attributes(directory, last)));
  }

  /** Opens an archive's file for reading. */
  Opened open(ArchiveName name) throws IOException {
    return in(
        name,
        (directory, last) -> {
          // A look before, since opening a FIFO waits; one after, to know what was opened.
          FileStamp before = requireFile(name, attributes(directory, last));
          SeekableByteChannel channel =
              directory.newByteChannel(
                  last, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
          try {
            FileStamp after = requireFile(name, attributes(directory, last));
            if (!before.equals(after)) {
              throw new OtherArchiveException(name, "was being replaced; try again");
            }
            if (!(channel instanceof FileChannel file)) {
              throw new FileSystemException(name.toString(), null, "is on no usable file system");
            }
            return new Opened(file, after);
          } catch (Throwable t) {
            channel.close();
            throw t;
          }
        });
  }

  /**
   * Deletes an archive's file.
   *
   * @param expected of the file that is to go
   */
  void delete(ArchiveName name, FileStamp expected) throws IOException {
    if (!folder.writable()) {
      throw new AccessDeniedException(
          name.toString(), null, "catalog folder " + folder.name() + " is read-only");
    }
    in(
        name,
        (directory, last) -> {
          if (!requireFile(name, attributes(directory, last)).equals(expected)) {
            throw new OtherArchiveException(name, "was replaced meanwhile");
          }
          directory.deleteFile(last);
          return true;
        });
  }

  /**
   * Opens where an archive is to be written, as {@link FolderPlace#open} does.
   *
   * @param make whether directories of its path are made where they are missing
   */
  FolderPlace place(ArchiveName name, boolean make) throws IOException {
    return FolderPlace.open(folder, name, make);
  }

  /** Visits all files that are named as archives. Hidden names and links are left out. */
  void walk(Visitor visitor) throws IOException {
    try (SecureDirectoryStream<Path> root = root(folder.name())) {
      visitor.directory(folder.path());
      walk(root, folder.path(), "", visitor);
    }
  }

  private void walk(
      SecureDirectoryStream<Path> directory, Path path, String prefix, Visitor visitor) {
    try {
      for (Path child : directory) {
        String name = child.getFileName().toString();
        if (!name.startsWith(".")) {
          visit(directory, path, prefix, name, visitor);
        }
      }
    } catch (DirectoryIteratorException e) {
      visitor.failed(folder.name() + "/" + prefix, new IOException(e.getMessage(), e));
    }
  }

  private void visit(
      SecureDirectoryStream<Path> directory,
      Path path,
      String prefix,
      String name,
      Visitor visitor) {
    String full = folder.name() + "/" + prefix + name;
    Path last = path.getFileSystem().getPath(name);
    try {
      BasicFileAttributes attributes = attributes(directory, last);
      if (attributes.isDirectory()) {
        try (SecureDirectoryStream<Path> child =
            directory.newDirectoryStream(last, LinkOption.NOFOLLOW_LINKS)) {
          visitor.directory(path.resolve(name));
          walk(child, path.resolve(name), prefix + name + "/", visitor);
        }
      } else if (attributes.isRegularFile() && name.endsWith(SUFFIX)) {
        visitor.file(ArchiveName.parse(full), FileStamp.of(attributes));
      }
    } catch (NoSuchFileException e) {
      // Gone since it was listed.
    } catch (IllegalArgumentException e) {
      visitor.failed(full, new IOException(e.getMessage(), e));
    } catch (IOException e) {
      visitor.failed(full, e);
    }
  }

  /**
   * Deletes hidden files of a name, in all directories.
   *
   * @param names what is left over
   * @param isLeft told a name and when it was written to; whether nobody wants it any more
   */
  void sweep(Pattern names, BiPredicate<String, Instant> isLeft) throws IOException {
    if (folder.writable()) {
      try (SecureDirectoryStream<Path> root = root(folder.name())) {
        sweep(root, names, isLeft);
      }
    }
  }

  private static void sweep(
      SecureDirectoryStream<Path> directory, Pattern names, BiPredicate<String, Instant> isLeft)
      throws IOException {
    try {
      for (Path child : directory) {
        Path last = child.getFileName();
        String name = last.toString();
        try {
          BasicFileAttributes attributes = attributes(directory, last);
          if (attributes.isDirectory() && !name.startsWith(".")) {
            try (SecureDirectoryStream<Path> below =
                directory.newDirectoryStream(last, LinkOption.NOFOLLOW_LINKS)) {
              sweep(below, names, isLeft);
            }
          } else if (attributes.isRegularFile()
              && names.matcher(name).matches()
              && isLeft.test(name, attributes.lastModifiedTime().toInstant())) {
            directory.deleteFile(last);
          }
        } catch (NoSuchFileException e) {
          // Gone since it was listed.
        } catch (AccessDeniedException | NotDirectoryException e) {
          LOG.log(System.Logger.Level.DEBUG, "not swept: {0}", e.getMessage());
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private <T> T in(ArchiveName name, Action<T> action) throws IOException {
    String[] parts = name.path().split("/", -1);
    SecureDirectoryStream<Path> at = root(name.toString());
    try {
      for (int i = 0; i < parts.length - 1; i++) {
        SecureDirectoryStream<Path> next =
            at.newDirectoryStream(
                folder.path().getFileSystem().getPath(parts[i]), LinkOption.NOFOLLOW_LINKS);
        at.close();
        at = next;
      }
      return action.run(at, folder.path().getFileSystem().getPath(parts[parts.length - 1]));
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw missing(name.toString(), e);
    } finally {
      at.close();
    }
  }

  @SuppressWarnings({"resource", "StreamResourceLeak"}) // handed on
  private SecureDirectoryStream<Path> root(String name) throws IOException {
    DirectoryStream<Path> stream;
    try {
      stream = Files.newDirectoryStream(folder.path());
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw missing(name, e);
    }
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    stream.close();
    throw new FileSystemException(
        name, null, "this system cannot open directories so that no link is followed");
  }

  private static BasicFileAttributes attributes(SecureDirectoryStream<Path> directory, Path name)
      throws IOException {
    return directory
        .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes();
  }

  private static FileStamp requireFile(ArchiveName name, BasicFileAttributes attributes)
      throws NoSuchFileException {
    if (!attributes.isRegularFile()) {
      throw new NoSuchFileException(name.toString(), null, "no regular file");
    }
    return FileStamp.of(attributes);
  }

  private static NoSuchFileException missing(String name, IOException cause) {
    NoSuchFileException missing = new NoSuchFileException(name);
    missing.initCause(cause);
    return missing;
  }
}
