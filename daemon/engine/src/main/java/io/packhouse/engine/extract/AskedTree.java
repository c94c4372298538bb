package io.packhouse.engine.extract;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.fs.PathText;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The files of a tree that is elsewhere, asked for where they are. Thread-safe. */
final class AskedTree implements TreeAccess {
  private final SiblingSource source;
  private final SiblingDigests digests;

  /**
   * @param digests remembers those that were told
   */
  AskedTree(SiblingSource source, SiblingDigests digests) {
    this.source = source;
    this.digests = digests;
  }

  @Override
  public @Nullable Opened open(String path, int wanted) throws IOException {
    return isPath(path) ? opened(path, null, source.read(path, 0, wanted, wanted)) : null;
  }

  @Override
  public @Nullable Opened openForDigest(String path, DigestAlgorithm algorithm, long largest)
      throws IOException {
    if (!isPath(path)) {
      return null;
    }
    // Of a file of which more is noted than this digest: its contents, as where it is on disk.
    int whole = (int) Math.min(largest, SiblingDigests.DEFAULT_FILE_BYTES);
    Opened small = opened(path, algorithm, source.read(path, 0, whole, whole));
    if (small == null || small.size() <= whole || small.size() > largest) {
      return small;
    }
    Opened large = opened(path, algorithm, source.digest(path, algorithm, largest));
    if (large == null || large.size() != small.size()) {
      throw changed(path);
    }
    return large;
  }

  private static IOException changed(String path) {
    return new IOException(path + ": changed while it was read");
  }

  /** Whether a file system could have it. */
  private static boolean isPath(String path) {
    byte[] bytes;
    try {
      bytes = PathText.bytes(path);
    } catch (IllegalArgumentException e) {
      return false;
    }
    return bytes.length <= ArchiveFormat.MAX_PATH_LENGTH && path.indexOf('\0') < 0;
  }

  private @Nullable Opened opened(
      String path, @Nullable DigestAlgorithm algorithm, SiblingSource.Answer answer)
      throws IOException {
    return switch (answer) {
      case SiblingSource.Found(long size, ByteBuffer bytes) ->
          new Asked(path, algorithm, size, bytes);
      case SiblingSource.Unreadable(String problem) -> throw new IOException(path + ": " + problem);
      case SiblingSource.Nothing nothing ->
          switch (nothing) {
            case ABSENT -> null;
            case WITHHELD -> throw new UnseenException();
          };
    };
  }

  /** What was told of a file; there is nothing to close. */
  private final class Asked implements Opened {
    private final String path;
    private final long size;
    private final ByteBuffer told;
    private final @Nullable DigestAlgorithm algorithm;

    Asked(String path, @Nullable DigestAlgorithm algorithm, long size, ByteBuffer told) {
      this.path = path;
      this.algorithm = algorithm;
      this.size = size;
      this.told = told;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public ByteBuffer contents() {
      return told;
    }

    @Override
    public PackageFile view() {
      return new View(path, size);
    }

    @Override
    public SiblingDigests.Known digest() throws IOException {
      DigestAlgorithm of = algorithm;
      if (of == null) {
        throw new IllegalStateException("not opened for a digest, path=" + path);
      }
      if (size <= SiblingDigests.DEFAULT_FILE_BYTES) {
        return digests.compute(path, told, digests.blake3(told), of);
      }
      byte[] digest = new byte[of.length()];
      told.get(0, digest);
      digests.remember(path, of, size, digest, null);
      return new SiblingDigests.Known(size, digest, null);
    }

    @Override
    public void close() {}
  }

  /**
   * A file that is asked for piece by piece. Whoever looks into an archive reads a little here and
   * there, so what is beside it comes with it.
   */
  private final class View implements PackageFile {
    private static final int PAGE_BYTES = 64 << 10;
    private static final int MOST_BYTES = 1 << 20;

    private final String path;
    private final long size;

    /** The last page and where it is; kept together. */
    private record Page(long offset, ByteBuffer bytes) {}

    private volatile Page page = new Page(0, ByteBuffer.allocate(0));

    View(String path, long size) {
      this.path = path;
      this.size = size;
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
      if (position < 0) {
        throw new IllegalArgumentException("negative position, position=" + position);
      }
      if (position >= size) {
        return -1;
      }
      int length = (int) Math.min(target.remaining(), size - position);
      for (int done = 0; done < length; ) {
        ByteBuffer some = some(position + done, length - done);
        done += some.remaining();
        target.put(some);
      }
      return length;
    }

    @Override
    public ByteBuffer slice(long position, int length) throws IOException {
      Objects.checkFromIndexSize(position, length, size);
      ByteBuffer copy = ByteBuffer.allocate(length);
      if (length > 0) {
        read(position, copy);
      }
      return copy.flip().asReadOnlyBuffer();
    }

    /** At least one byte from here on, and at most so many. */
    private ByteBuffer some(long position, int length) throws IOException {
      if (length >= PAGE_BYTES) {
        return ask(position, Math.min(length, MOST_BYTES));
      }
      Page known = page;
      long into = position - known.offset;
      if (into < 0 || into >= known.bytes.capacity()) {
        long start = position - position % PAGE_BYTES;
        known = new Page(start, ask(start, (int) Math.min(PAGE_BYTES, size - start)));
        page = known;
        into = position - start;
      }
      int from = (int) into;
      return known.bytes.slice(from, Math.min(length, known.bytes.capacity() - from));
    }

    private ByteBuffer ask(long position, int length) throws IOException {
      Opened now = opened(path, null, source.read(path, position, length, Long.MAX_VALUE));
      if (now == null || now.size() != size || now.contents().capacity() != length) {
        throw changed(path);
      }
      return now.contents().duplicate().clear();
    }
  }
}
