package io.packhouse.engine.extract;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.spi.PackageFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serial;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** How one comes by the regular files of a tree. Thread-safe. */
interface TreeAccess {

  /** Nobody tells what else is in the tree. */
  TreeAccess NONE =
      new TreeAccess() {
        @Override
        public Opened open(String path, int wanted) throws UnseenException {
          throw new UnseenException();
        }

        @Override
        public Opened openForDigest(String path, DigestAlgorithm algorithm, long largest)
            throws UnseenException {
          throw new UnseenException();
        }
      };

  /**
   * There may be a file, which this host does not get to see. Nothing went wrong, so it has no
   * trace.
   */
  final class UnseenException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    UnseenException() {
      super("not to be seen from here");
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }

  /** A regular file. For one thread, but for its view. */
  interface Opened extends Closeable {
    /** Its length in bytes. */
    long size();

    /** All of it; for files that were wanted whole. */
    ByteBuffer contents() throws IOException;

    /** A view, good until this is closed. */
    PackageFile view();

    /** Its digests; for files that were opened for it, and are as large as was allowed at most. */
    SiblingDigests.Known digest() throws IOException;
  }

  /**
   * Opens a file.
   *
   * @param path below the archive's root, the tree's mount before it
   * @param wanted files of at most so many bytes are wanted whole
   * @return null where there is no regular file
   * @throws UnseenException where there may be one
   */
  @Nullable Opened open(String path, int wanted) throws IOException;

  /**
   * Opens a file for its digest.
   *
   * @param largest of a larger file it is not wanted
   * @return null where there is no regular file
   * @throws UnseenException where there may be one
   */
  @Nullable Opened openForDigest(String path, DigestAlgorithm algorithm, long largest)
      throws IOException;
}
