package io.packhouse.server.catalog;

import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.pack.OutputPlace;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where an archive of a folder is written: reached component by component, through no link below
 * the folder itself.
 */
final class FolderPlace implements OutputPlace {
  /** Less the umask of the process. */
  private static final int NEW_DIRECTORY_MODE = 0777;

  private final CatalogFolder folder;
  private final ArchiveName archive;
  private final OpenDirectory directory;
  private final byte[] name;

  private FolderPlace(CatalogFolder folder, ArchiveName archive, OpenDirectory directory) {
    this.folder = folder;
    this.archive = archive;
    this.directory = directory;
    this.name = PathText.bytes(archive.path().substring(archive.path().lastIndexOf('/') + 1));
  }

  /**
   * Opens the directory of an archive.
   *
   * @param make whether directories of its path are made where they are missing
   * @throws NoSuchFileException if the folder is missing, or a directory that is not to be made
   * @throws AccessDeniedException if the folder is read-only, or a link is on the way
   */
  static FolderPlace open(CatalogFolder folder, ArchiveName archive, boolean make)
      throws IOException {
    if (!folder.writable()) {
      throw new AccessDeniedException(
          archive.toString(), null, "catalog folder " + folder.name() + " is read-only");
    }
    FolderPlace place = new FolderPlace(folder, archive, directory(folder, archive, make));
    try {
      var _ = place.existing(); // it says at once what may not be replaced
      return place;
    } catch (Throwable e) {
      place.close();
      throw e;
    }
  }

  private static OpenDirectory directory(CatalogFolder folder, ArchiveName archive, boolean make)
      throws IOException {
    String[] parts = archive.path().split("/", -1);
    String part = "";
    OpenDirectory at;
    try {
      at = SystemFileAccess.instance().openDirectory(folder.path());
    } catch (FileErrorException e) {
      throw missing(archive, e);
    }
    try {
      for (int i = 0; i < parts.length - 1; i++) {
        part = parts[i];
        OpenDirectory next = enter(at, PathText.bytes(part), make);
        at.close();
        at = next;
      }
      return at;
    } catch (FileErrorException e) {
      at.close();
      throw e.isLoop()
          ? notInside(archive, part)
          : e.isNotFound()
              ? missing(archive, e)
              : new FileSystemException(archive.toString(), null, e.reason());
    } catch (Throwable e) {
      at.close();
      throw e;
    }
  }

  private static OpenDirectory enter(OpenDirectory parent, byte[] name, boolean make)
      throws IOException {
    try {
      return parent.openDirectory(name);
    } catch (FileErrorException e) {
      if (!e.isNotFound() || !make) {
        throw e;
      }
    }
    try {
      parent.createDirectory(name, NEW_DIRECTORY_MODE);
    } catch (FileErrorException e) {
      if (!e.isExists()) {
        throw e;
      }
    }
    return parent.openDirectory(name);
  }

  private static NoSuchFileException missing(ArchiveName archive, IOException cause) {
    NoSuchFileException missing = new NoSuchFileException(archive.toString());
    missing.initCause(cause);
    return missing;
  }

  private static AccessDeniedException notInside(ArchiveName archive, String part) {
    return new AccessDeniedException(
        archive.toString(), null, "\"" + part + "\" of its path is a link or no directory");
  }

  @Override
  public String display() {
    return archive.toString();
  }

  @Override
  public Path path() {
    return folder.path().resolve(archive.path());
  }

  @Override
  public OpenDirectory directory() {
    return directory;
  }

  @Override
  public byte[] name() {
    return name;
  }

  /** What is no regular file is refused, links too: nobody reads archives through them either. */
  @Override
  public @Nullable FileKind existing() throws IOException {
    FileKind kind;
    try {
      kind = directory.status(name).kind();
    } catch (FileErrorException e) {
      if (e.isNotFound()) {
        return null;
      }
      throw e;
    }
    if (kind != FileKind.FILE) {
      throw new AccessDeniedException(
          archive.toString(), null, "\"" + PathText.display(name) + "\" is no regular file");
    }
    return kind;
  }

  @Override
  public OpenDirectory reopen() throws IOException {
    return directory(folder, archive, false);
  }

  @Override
  public void close() throws IOException {
    directory.close();
  }
}
