package io.packhouse.spi;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A member of an archive. Its contents can be read once where the archive is a stream, and any
 * number of times where it is a zip.
 */
public interface ArchiveMember {

  /** What a member is. */
  enum Kind {
    /** Has contents. */
    FILE,
    /** A directory. */
    DIRECTORY,
    /** A symbolic or hard link. */
    LINK,
    /** A device or the like. */
    OTHER
  }

  /**
   * The name as the archive has it, decoded as UTF-8, a leading {@code ./} and trailing {@code /}
   * taken off. Data of the archive: it may be absolute, have {@code ..} in it, or be empty.
   */
  String name();

  /** What it is. */
  Kind kind();

  /** Where a link leads, else null. */
  @Nullable String linkTarget();

  /** The length that the archive states for the contents; −1 where it states none. */
  long size();

  /** The CRC-32 that the archive states for the contents; −1 where it states none. */
  default long crc32() {
    return -1;
  }

  /** When it was changed last, ns since 1970-01-01T00:00Z; null where the archive does not say. */
  @Nullable Long modifiedNanos();

  /**
   * The contents, checked against what checksum the archive has.
   *
   * @param maxSize in bytes
   * @throws ExtractionException where they are larger than that or past a limit, damaged, encrypted
   *     or packed by an unknown method
   */
  byte[] bytes(int maxSize) throws ExtractionException, IOException;

  /**
   * The first bytes of the contents, fewer where there are fewer: for a look at many members.
   * Nothing is checked against the archive's checksum.
   *
   * @throws ExtractionException as {@link #bytes}
   */
  default byte[] head(int length) throws ExtractionException, IOException {
    try (InputStream stream = stream()) {
      return stream.readNBytes(length);
    } catch (ExtractionIOException e) {
      throw e.damage();
    }
  }

  /**
   * The contents as a stream, which the caller closes; for digests and for finding an end. The
   * archive's checksum is checked at the end of the stream.
   */
  InputStream stream() throws ExtractionException, IOException;

  /**
   * The contents as a file, to be opened as an archive or given to other code: without a copy where
   * they are stored as they are, else inflated into memory. One level deeper than the archive that
   * the member is in.
   *
   * @param path for the result's {@link PackageFile#path}
   * @throws ExtractionException as {@link #bytes}, or where that is deeper than the limit
   */
  PackageFile file(String path) throws ExtractionException, IOException;
}
