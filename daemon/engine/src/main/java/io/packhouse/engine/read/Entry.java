package io.packhouse.engine.read;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.format.PathRules;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.memory.Place;
import io.packhouse.engine.read.parts.Bases;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.engine.read.parts.IndexColumns.Core;
import io.packhouse.engine.read.parts.RowReader;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row of the index. Immutable; holds no off-heap memory, so it outlives its reader, except that
 * {@link #packageColumns} and {@link #digest} read on demand.
 *
 * <p>An entry is as the archive has it: its path and numbers were read within bounds, but whether
 * the path is safe to use, say, is for who uses it to check ({@link PathRules#problem}).
 */
public final class Entry {
  /** The number of an owner or device where none is recorded. */
  public static final long NOT_RECORDED = -1;

  private final ArchiveReader reader;
  private final DirectoryRow directory;
  private final int row;

  private final byte[] path;
  private final String typeLabel;
  private final @Nullable EntryType type;
  private final String statusLabel;
  private final @Nullable EntryStatus status;
  private final @Nullable String error;
  private final long size;
  private final int mode;
  private final boolean hasMtime;
  private final long mtimeNanos;
  private final long uid;
  private final long gid;
  private final @Nullable String user;
  private final @Nullable String group;
  private final byte @Nullable [] linkTarget;
  private final long deviceMajor;
  private final long deviceMinor;
  private final @Nullable Map<String, byte[]> xattrs;
  private final byte @Nullable [] blake3;
  private final long @Nullable [] extents;
  private final @Nullable String repository;
  private final @Nullable String purl;
  private final @Nullable String packageType;
  private final @Nullable String namespace;
  private final @Nullable String name;
  private final @Nullable String version;
  private final @Nullable String license;

  /**
   * The entry in a row of a batch of this reader's.
   *
   * @throws io.packhouse.engine.format.CorruptArchiveException if its path is too long or absent,
   *     or an attribute of it is null
   */
  public Entry(ArchiveReader reader, RowReader columns, int row) throws IOException {
    this.reader = reader;
    this.directory = columns.directory();
    this.row = row;
    path = columns.path(row);
    typeLabel = columns.requiredText(Core.TYPE, row);
    type = EntryType.ofLabel(typeLabel);
    statusLabel = columns.requiredText(Core.STATUS, row);
    status = EntryStatus.ofLabel(statusLabel);
    error = columns.text(Core.ERROR, row);
    size = columns.of(Core.SIZE).integer(row);
    mode = (int) columns.of(Core.MODE).integer(row, NOT_RECORDED);
    hasMtime = !columns.of(Core.MTIME).isNull(row);
    mtimeNanos = columns.of(Core.MTIME).integer(row, 0);
    uid = columns.of(Core.UID).integer(row, NOT_RECORDED);
    gid = columns.of(Core.GID).integer(row, NOT_RECORDED);
    user = columns.text(Core.USER, row);
    group = columns.text(Core.GROUP, row);
    linkTarget = columns.rawOrText(Core.LINK_TARGET_RAW, Core.LINK_TARGET, row);
    deviceMajor = columns.of(Core.DEVICE_MAJOR).integer(row, NOT_RECORDED);
    deviceMinor = columns.of(Core.DEVICE_MINOR).integer(row, NOT_RECORDED);
    xattrs = columns.xattrs(row);
    blake3 = columns.of(Core.BLAKE3).bytesOrNull(row);
    extents = columns.extents(row);
    repository = columns.text(Core.REPOSITORY, row);
    purl = columns.text(Core.PURL, row);
    packageType = columns.text(Core.PACKAGE_TYPE, row);
    namespace = columns.text(Core.NAMESPACE, row);
    name = columns.text(Core.NAME, row);
    version = columns.text(Core.VERSION, row);
    license = columns.text(Core.LICENSE, row);
  }

  /** The same entry with other extents. */
  private Entry(Entry of, long[] extents) {
    reader = of.reader;
    directory = of.directory;
    row = of.row;
    path = of.path;
    typeLabel = of.typeLabel;
    type = of.type;
    statusLabel = of.statusLabel;
    status = of.status;
    error = of.error;
    size = of.size;
    mode = of.mode;
    hasMtime = of.hasMtime;
    mtimeNanos = of.mtimeNanos;
    uid = of.uid;
    gid = of.gid;
    user = of.user;
    group = of.group;
    linkTarget = of.linkTarget;
    deviceMajor = of.deviceMajor;
    deviceMinor = of.deviceMinor;
    xattrs = of.xattrs;
    blake3 = of.blake3;
    this.extents = extents;
    repository = of.repository;
    purl = of.purl;
    packageType = of.packageType;
    namespace = of.namespace;
    name = of.name;
    version = of.version;
    license = of.license;
  }

  /** The same with the extents that its only one, a reference, stands for. */
  Entry withExtents(Bases bases) throws IOException {
    if (extentOffset(0) != 0 || extentLength(0) != size) {
      throw place().corrupt("its reference to a file of the base is of a part of that");
    }
    return new Entry(this, bases.extents(extentBlob(0), size, blake3, place()));
  }

  /** The path's bytes; the root's are empty. A copy. */
  public byte[] pathBytes() {
    return path.clone();
  }

  /** The path's bytes themselves; not to be changed. */
  byte[] rawPath() {
    return path;
  }

  /** The path as text for people; not unique where names are not UTF-8. */
  public String path() {
    return PathText.lenient(path);
  }

  /**
   * What the entry is.
   *
   * @throws UnsupportedFormatException if this reader does not know its type
   */
  public EntryType type() throws UnsupportedFormatException {
    if (type == null) {
      throw new UnsupportedFormatException(
          reader.path(), "entry " + path() + " is of unknown type " + typeLabel);
    }
    return type;
  }

  /** The type as the archive has it. */
  public String typeLabel() {
    return typeLabel;
  }

  /** Whether the entry is of this type. */
  public boolean is(EntryType other) {
    return type == other;
  }

  /**
   * Whether the contents are in the archive.
   *
   * @throws UnsupportedFormatException if this reader does not know its status
   */
  public EntryStatus status() throws UnsupportedFormatException {
    if (status == null) {
      throw new UnsupportedFormatException(
          reader.path(), "entry " + path() + " is of unknown status " + statusLabel);
    }
    return status;
  }

  /** The status as the archive has it. */
  public String statusLabel() {
    return statusLabel;
  }

  /** Whether the status is {@link EntryStatus#OK}. */
  public boolean isOk() {
    return status == EntryStatus.OK;
  }

  /** What went wrong when it was packed; null where nothing did. */
  public @Nullable String error() {
    return error;
  }

  /** Bytes of a file's contents; 0 for other types. */
  public long size() {
    return size;
  }

  /** Permission bits, 07777; −1 where not recorded. */
  public int mode() {
    return mode;
  }

  /** Whether a modification time is recorded. */
  public boolean hasMtime() {
    return hasMtime;
  }

  /** Modification time in nanoseconds since 1970, UTC; 0 where not recorded. */
  public long mtimeNanos() {
    return mtimeNanos;
  }

  /** Number of the owner, or {@link #NOT_RECORDED}. */
  public long uid() {
    return uid;
  }

  /** Number of the owning group, or {@link #NOT_RECORDED}. */
  public long gid() {
    return gid;
  }

  /** Name of the owner where known. */
  public @Nullable String user() {
    return user;
  }

  /** Name of the owning group where known. */
  public @Nullable String group() {
    return group;
  }

  /**
   * Of a symbolic link, its text; of a hard link, the path bytes of the entry that it is another
   * name of; else null. A copy.
   */
  public byte @Nullable [] linkTarget() {
    return linkTarget == null ? null : linkTarget.clone();
  }

  /** Major number of a device, or {@link #NOT_RECORDED}. */
  public long deviceMajor() {
    return deviceMajor;
  }

  /** Minor number of a device, or {@link #NOT_RECORDED}. */
  public long deviceMinor() {
    return deviceMinor;
  }

  /** Extended attributes by name, unmodifiable, values not to be changed; null if not recorded. */
  public @Nullable Map<String, byte[]> xattrs() {
    return xattrs;
  }

  /** Digest of a file's contents, 32 bytes, a copy; null where the contents are not there. */
  public byte @Nullable [] blake3() {
    return blake3 == null ? null : blake3.clone();
  }

  /**
   * Another digest of a file's contents; null where the contents are not there, or the archive does
   * not record it.
   *
   * @throws IOException if it cannot be read, or the reader is closed
   */
  public byte @Nullable [] digest(DigestAlgorithm algorithm) throws IOException {
    return blake3 == null ? null : reader.digest(directory, row, algorithm);
  }

  /** Whether the archive says where the contents are: so for every file that is ok. */
  public boolean hasContents() {
    return extents != null;
  }

  /** How many extents the contents have. */
  public int extentCount() {
    return extents == null ? 0 : extents.length / 3;
  }

  /**
   * Ordinal of an extent's blob; −1 for zeros; of a delta −2 or less, see {@link
   * io.packhouse.engine.format.BaseList}. Not checked: may be any number.
   */
  public long extentBlob(int extent) {
    return extent(extent, 0);
  }

  /** Offset of an extent in its decoded blob. Not checked. */
  public long extentOffset(int extent) {
    return extent(extent, 1);
  }

  /** Length of an extent in bytes. Not checked. */
  public long extentLength(int extent) {
    return extent(extent, 2);
  }

  private long extent(int extent, int field) {
    if (extents == null || extent < 0 || extent >= extents.length / 3) {
      throw new IndexOutOfBoundsException("extent " + extent + " of " + extentCount());
    }
    return extents[3 * extent + field];
  }

  /** Name of the repository that the entry belongs to. */
  public @Nullable String repository() {
    return repository;
  }

  /** Package URL of the package that the entry is. */
  public @Nullable String purl() {
    return purl;
  }

  /** Type of the package that the entry is, such as {@code maven}. */
  public @Nullable String packageType() {
    return packageType;
  }

  /** Namespace of the package. */
  public @Nullable String namespace() {
    return namespace;
  }

  /** Name of the package. */
  public @Nullable String name() {
    return name;
  }

  /** Version of the package. */
  public @Nullable String version() {
    return version;
  }

  /** License of the package, an SPDX expression. */
  public @Nullable String license() {
    return license;
  }

  /** Ordinal of the batch that has this row. */
  public int batch() {
    return directory.ordinal();
  }

  /** Number of the row in its batch, from 0. */
  public int row() {
    return row;
  }

  /**
   * Values of all columns that have no method here, by column name in the schema's order, nulls
   * left out: {@link Boolean}, {@link Long}, {@link Double}, {@link String}, {@code byte[]}, {@link
   * java.util.List} or {@link Map} of such (with nulls inside). Times are numbers in their column's
   * unit.
   *
   * @throws IOException if they cannot be read, or the reader is closed
   */
  public Map<String, Object> packageColumns() throws IOException {
    return reader.packageColumns(directory, row);
  }

  ArchiveReader reader() {
    return reader;
  }

  DirectoryRow directory() {
    return directory;
  }

  /** The digest itself; not to be changed. */
  byte @Nullable [] rawBlake3() {
    return blake3;
  }

  byte @Nullable [] rawLinkTarget() {
    return linkTarget;
  }

  /** This entry, for messages. */
  public Place place() {
    return new Place(reader.path(), directory.offset(), "entry " + path());
  }

  /** The type, the path, and the size: for people. */
  @Override
  public String toString() {
    return typeLabel + " " + path() + " (" + size + " bytes)";
  }
}
