package io.packhouse.client.command;

import io.packhouse.engine.codec.digest.DigesterPool;
import io.packhouse.engine.extract.Extraction;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.extract.OpenFileView;
import io.packhouse.engine.extract.SiblingCache;
import io.packhouse.engine.extract.SiblingDigests;
import io.packhouse.engine.extract.TreeFiles;
import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.spi.PackageFile;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Offers files that are in no pack to extractors, as a pack would. */
final class FileTrials implements Closeable {
  private final FileAccess files = SystemFileAccess.instance();
  private final ExtractorHost host;
  private final DigesterPool digesters = new DigesterPool();
  private final @Nullable Path root;
  private @Nullable Path openPath;
  private @Nullable OpenDirectory openRoot;
  private @Nullable TreeFiles tree;

  /**
   * @param root the tree that the files are in; null for the directory of each
   */
  FileTrials(ExtractorHost host, @Nullable Path root) throws IOException {
    this.host = host;
    this.root = root == null ? null : root.toRealPath();
  }

  /**
   * Offers a file.
   *
   * @return null if nobody took it
   */
  @Nullable Extraction extract(String name) throws IOException {
    Path file = path(name).toRealPath();
    Path directory = file.getParent();
    Path last = file.getFileName();
    if (directory == null || last == null) {
      throw new Failure(ExitCode.INPUT, name + ": is a directory; name a file");
    }
    Path base = root == null ? directory : root;
    if (!file.startsWith(base)) {
      throw Failure.usage(name + " is not below the root, " + base);
    }
    TreeFiles siblings = tree(base);
    String path = base.relativize(file).toString();
    try (OpenDirectory parent = files.openDirectory(directory)) {
      byte[] child = PathText.bytes(last.toString());
      if (parent.status(child).kind() != FileKind.FILE) {
        throw new Failure(ExitCode.INPUT, name + ": is no regular file");
      }
      try (OpenFile open = parent.openFile(child);
          Arena arena = Arena.ofShared()) {
        return host.extract(view(path, open, arena), siblings);
      }
    }
  }

  private static Path path(String name) throws Failure {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** What a pack gives: a file of one slice in memory, a larger one read as it is asked for. */
  private static PackageFile view(String path, OpenFile file, Arena arena) throws IOException {
    FileStatus status = file.status();
    if (status.size() > PackOptions.DEFAULT_BLOB_BYTES) {
      return new OpenFileView(path, file, status.size());
    }
    int size = (int) status.size();
    MemorySegment memory = arena.allocate(Math.max(size, 1));
    if (file.read(memory, 0, size, 0) < size) {
      throw new Failure(ExitCode.INPUT, path + ": ends before its size, " + size + " bytes");
    }
    return PackageFile.of(path, memory.asSlice(0, size).asByteBuffer());
  }

  private TreeFiles tree(Path base) throws IOException {
    TreeFiles files = tree;
    if (files == null || !base.equals(openPath)) {
      closeTree();
      OpenDirectory directory = this.files.openDirectory(base);
      files =
          new TreeFiles(
              directory,
              null,
              new SiblingCache(SiblingCache.DEFAULT_BYTES),
              new SiblingDigests(digesters, false));
      openRoot = directory;
      openPath = base;
      tree = files;
    }
    return files;
  }

  @Override
  public void close() throws IOException {
    closeTree();
    digesters.close();
  }

  private void closeTree() throws IOException {
    if (openRoot != null) {
      openRoot.close();
      openRoot = null;
      tree = null;
    }
  }
}
