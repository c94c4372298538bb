package io.packhouse.engine.fs.nio;

import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.FileBatchReader;
import io.packhouse.engine.fs.Location;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.RawPaths;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Files by {@code java.nio.file}, for systems without an implementation of their own. Directories
 * are paths with the identity that they had when they were opened, which is checked before each
 * use: a directory that was moved or replaced is refused, but one that is replaced between check
 * and use is not noticed.
 */
public final class NioFileAccess implements FileAccess {
  private static final long PAGE = 4096;

  /** What is safe to assume where the limit cannot be asked for. */
  private static final int OPEN_FILE_GUESS = 1024;

  private volatile @Nullable Accounts users;
  private volatile @Nullable Accounts groups;

  @Override
  public String name() {
    return "nio";
  }

  @Override
  public OpenDirectory openDirectory(Path path) throws IOException {
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      throw new IllegalArgumentException("not of the default file system: " + path);
    }
    byte[] given = RawPaths.bytes(path);
    Location location = new Location(null, given.length == 0 ? new byte[] {'.'} : given);
    try {
      return NioDirectory.open(path.toRealPath(), location);
    } catch (IOException e) {
      throw NioErrors.of("open the directory", location, e);
    }
  }

  @Override
  public FileBatchReader newFileBatchReader() {
    return new NioBatchReader();
  }

  @Override
  public String describe() {
    return name();
  }

  @Override
  public MemorySegment allocatePages(long length, Arena arena) {
    return arena.allocate(length, PAGE);
  }

  @Override
  public @Nullable String userName(long uid) {
    return users().names.get(uid);
  }

  @Override
  public @Nullable String groupName(long gid) {
    return groups().names.get(gid);
  }

  @Override
  public long findUser(String name) {
    return users().numbers.getOrDefault(name, -1L);
  }

  @Override
  public long findGroup(String name) {
    return groups().numbers.getOrDefault(name, -1L);
  }

  @Override
  public int openFileLimit() {
    return OPEN_FILE_GUESS;
  }

  private Accounts users() {
    Accounts read = users;
    if (read == null) {
      read = new Accounts(Path.of("/etc/passwd"));
      users = read;
    }
    return read;
  }

  private Accounts groups() {
    Accounts read = groups;
    if (read == null) {
      read = new Accounts(Path.of("/etc/group"));
      groups = read;
    }
    return read;
  }

  /** The lines {@code name:password:number:…}; none where there is no such file. */
  private static final class Accounts {
    final Map<Long, String> names = new HashMap<>();
    final Map<String, Long> numbers = new HashMap<>();

    Accounts(Path file) {
      for (String line : lines(file)) {
        String[] fields = line.split(":", 4);
        if (fields.length >= 3 && fields[2].matches("[0-9]{1,10}")) {
          Long number = Long.valueOf(fields[2]);
          names.putIfAbsent(number, fields[0]);
          numbers.putIfAbsent(fields[0], number);
        }
      }
    }

    private static List<String> lines(Path file) {
      try {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
      } catch (IOException e) {
        return List.of();
      }
    }
  }
}
