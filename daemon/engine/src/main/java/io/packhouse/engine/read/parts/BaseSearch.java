package io.packhouse.engine.read.parts;

import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.UnsupportedFormatException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for bases by their ids: among files that were named, in folders that were named, beside the
 * delta, and beside the files, since a base may have bases itself. In a folder every {@code *.pkh}
 * is looked at, whatever its name, of which only the seal is read. Thread-safe.
 */
public final class BaseSearch implements Bases.Finder {
  /** That a search looks at, folders and files together. */
  private static final int MAX_FILES = 10_000;

  private static final String SUFFIX = ".pkh";

  private final List<Path> files = new ArrayList<>();
  private final Set<Path> folders = new LinkedHashSet<>();

  /**
   * @param places files, and folders to look in
   * @param delta whose folder is looked in; null for what is in none
   */
  public BaseSearch(List<Path> places, @Nullable Path delta) {
    for (Path place : places) {
      if (Files.isDirectory(place)) {
        folders.add(place);
      } else {
        files.add(place);
      }
    }
    if (delta != null) {
      addFolderOf(delta);
    }
    files.forEach(this::addFolderOf);
  }

  private void addFolderOf(Path file) {
    Path parent = file.getParent();
    folders.add(parent == null ? Path.of("") : parent);
  }

  @Override
  public @Nullable ArchiveFile find(String id) throws IOException {
    for (Path file : files) {
      // A file that was named and cannot be read is a mistake to be told, not to be passed over.
      ArchiveFile opened = openIf(id, file);
      if (opened != null) {
        return opened;
      }
    }
    int left = MAX_FILES;
    for (Path folder : folders) {
      for (Path file : archives(folder, left)) {
        left--;
        ArchiveFile opened = openIfReadable(id, file);
        if (opened != null) {
          return opened;
        }
      }
    }
    return null;
  }

  private static @Nullable ArchiveFile openIfReadable(String id, Path path) throws IOException {
    try {
      return openIf(id, path);
    } catch (CorruptArchiveException | UnsupportedFormatException | FileSystemException e) {
      return null; // some other file of the folder, that nobody asked for
    }
  }

  private static @Nullable ArchiveFile openIf(String id, Path path) throws IOException {
    ArchiveFile file = ArchiveFile.open(path);
    try {
      if (file.claimedId().equals(id)) {
        return file;
      }
    } catch (Throwable t) {
      file.close();
      throw t;
    }
    file.close();
    return null;
  }

  private static List<Path> archives(Path folder, int limit) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path path : all) {
        if (found.size() == limit) {
          break;
        }
        if (Files.isRegularFile(path)) {
          found.add(path);
        }
      }
    }
    return found;
  }

  @Override
  public String looked(String id) throws IOException {
    List<String> looked = new ArrayList<>();
    for (Path file : files) {
      try (ArchiveFile opened = ArchiveFile.open(file)) {
        looked.add(file + " is " + opened.claimedId());
      }
    }
    int left = MAX_FILES;
    for (Path folder : folders) {
      int count = archives(folder, left).size();
      left -= count;
      String name = folder.toString().isEmpty() ? "." : folder.toString();
      looked.add(
          "not among the "
              + count
              + (count == 1 ? " archive of " : " archives of ")
              + name
              + (left == 0 ? ", of which no more were looked at" : ""));
    }
    return looked.isEmpty() ? "nothing says where to look" : String.join("; ", looked);
  }
}
