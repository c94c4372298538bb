package io.packhouse.engine.extract;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.fs.Errno;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.fs.PathText;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The files of a tree on disk, whether they are packed or not. Every name is opened in the
 * directory before it and no link is followed, so that nothing outside of the tree is reached.
 * Thread-safe.
 */
final class DiskTree implements TreeAccess {
  private final OpenDirectory root;
  private final String prefix;
  private final SiblingDigests digests;

  /**
   * @param root stays the caller's
   * @param prefix what paths begin with before those below the root
   * @param digests computes them
   */
  DiskTree(OpenDirectory root, String prefix, SiblingDigests digests) {
    this.root = root;
    this.prefix = prefix;
    this.digests = digests;
  }

  @Override
  public @Nullable Opened open(String path, int wanted) throws IOException {
    return opened(path, null);
  }

  @Override
  public @Nullable Opened openForDigest(String path, DigestAlgorithm algorithm, long largest)
      throws IOException {
    return opened(path, algorithm);
  }

  private @Nullable Opened opened(String path, @Nullable DigestAlgorithm algorithm)
      throws IOException {
    OpenFile file = openOrNull(path);
    if (file == null) {
      return null;
    }
    boolean kept = false;
    try {
      FileStatus status = file.status();
      if (status.kind() != FileKind.FILE) {
        return null;
      }
      kept = true;
      return new OnDisk(path, file, status.size(), algorithm);
    } finally {
      if (!kept) {
        file.close();
      }
    }
  }

  private final class OnDisk implements Opened {
    private final String path;
    private final OpenFile file;
    private final long size;
    private final @Nullable DigestAlgorithm algorithm;

    OnDisk(String path, OpenFile file, long size, @Nullable DigestAlgorithm algorithm) {
      this.path = path;
      this.file = file;
      this.size = size;
      this.algorithm = algorithm;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public ByteBuffer contents() throws IOException {
      return read(file, path, Math.toIntExact(size)).asReadOnlyBuffer();
    }

    @Override
    public PackageFile view() {
      return new OpenFileView(path, file, size);
    }

    @Override
    public SiblingDigests.Known digest() throws IOException {
      DigestAlgorithm of = algorithm;
      if (of == null) {
        throw new IllegalStateException("not opened for a digest, path=" + path);
      }
      return digests.compute(path, file, size, of);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /** Reads all of a file. */
  static ByteBuffer read(OpenFile file, String path, int size) throws IOException {
    byte[] bytes = new byte[size];
    int read = file.read(MemorySegment.ofArray(bytes), 0, size, 0);
    if (read < size) {
      throw new IOException(path + ": ends early, at " + read);
    }
    return ByteBuffer.wrap(bytes);
  }

  private @Nullable OpenFile openOrNull(String path) throws IOException {
    Deque<byte[]> names = new ArrayDeque<>();
    for (String name : path.substring(prefix.length()).split("/", -1)) {
      byte[] bytes = nameOrNull(name);
      if (bytes == null) {
        return null;
      }
      names.add(bytes);
    }
    byte[] last = names.removeLast();
    OpenDirectory directory = root.share();
    try {
      for (byte[] name : names) {
        OpenDirectory next = directory.openDirectory(name);
        directory.close();
        directory = next;
      }
      // Opening a FIFO or a device would touch it.
      return directory.status(last).kind() == FileKind.FILE ? directory.openFile(last) : null;
    } catch (FileErrorException e) {
      if (e.isNotFound() || e.isLoop() || e.errno() == Errno.ENAMETOOLONG) {
        return null;
      }
      throw e;
    } finally {
      directory.close();
    }
  }

  private static byte @Nullable [] nameOrNull(String name) {
    try {
      byte[] bytes = PathText.bytes(name);
      return PathText.isName(bytes) ? bytes : null;
    } catch (IllegalArgumentException e) {
      return null; // no text that a file system could hold
    }
  }
}
