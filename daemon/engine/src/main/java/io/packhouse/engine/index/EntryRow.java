package io.packhouse.engine.index;

import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.spi.PackageMetadata;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of the index, as the packer hands it to its {@link IndexSink}s.
 *
 * <p>Arrays are not copied, since a row is made for every file: neither the packer nor a sink
 * changes them.
 *
 * @param path path bytes, relative, {@code /} between components, empty for the root
 * @param type what the entry is
 * @param status why contents are missing, or OK
 * @param error what went wrong; null when OK
 * @param size of a file's contents in bytes, 0 for others
 * @param attributes mode, times and owners; null for nested packages
 * @param linkTarget bytes of a symbolic link's text or of a hard link's path; null for others
 * @param xattrs in order of their names; null when not recorded
 * @param blake3 32 bytes, of files that are OK
 * @param digests of the contents besides BLAKE3, those that the index has columns of, one after
 *     another in the order of the columns; null where {@code blake3} is, or there are none
 * @param extents triples of blob ordinal, offset and length; null where {@code blake3} is
 * @param repository null when it has no name
 * @param packageType null where no extractor took the entry
 * @param metadata null where no extractor took the entry, or the one that did failed
 * @param extractStatus null where no extractor took the entry
 * @param parentPath path bytes of the file that a nested package is in; null for others
 * @param parentPurl of the package that a nested package is in
 * @param extractSiblings what extractors asked for besides the file, as the column of that name has
 *     it; null where that is not known or not recorded
 */
@SuppressWarnings("ArrayRecordComponent") // documented above
public record EntryRow(
    byte[] path,
    EntryType type,
    EntryStatus status,
    @Nullable String error,
    long size,
    @Nullable Attributes attributes,
    byte @Nullable [] linkTarget,
    @Nullable Map<String, byte[]> xattrs,
    byte @Nullable [] blake3,
    byte @Nullable [] digests,
    long @Nullable [] extents,
    @Nullable String repository,
    @Nullable String packageType,
    @Nullable PackageMetadata metadata,
    @Nullable ExtractStatus extractStatus,
    @Nullable String extractError,
    byte @Nullable [] parentPath,
    @Nullable String parentPurl,
    byte @Nullable [] extractSiblings) {

  /** How an extractor fared: the column {@code extract_status}. */
  public enum ExtractStatus {
    OK,
    ERROR,
    LIMIT
  }

  /**
   * What the file system says of an entry besides its contents.
   *
   * @param mode permission bits, 07777
   * @param mtimeNanos since 1970, UTC
   * @param uid −1 when not recorded, as {@code gid}
   * @param deviceMajor −1 when the entry is no device, as {@code deviceMinor}
   */
  public record Attributes(
      int mode,
      long mtimeNanos,
      long uid,
      long gid,
      @Nullable String user,
      @Nullable String group,
      long deviceMajor,
      long deviceMinor) {}

  /** Whether this is a package found inside a file, with no contents of its own. */
  public boolean isNested() {
    return type == EntryType.NESTED;
  }

  /** Rows of one group share batches. */
  public Group group() {
    return new Group(packageType, repository, isNested());
  }

  /** Which rows may share a batch. */
  public record Group(@Nullable String packageType, @Nullable String repository, boolean nested) {}
}
