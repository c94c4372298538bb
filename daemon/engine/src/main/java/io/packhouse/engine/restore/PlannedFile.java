package io.packhouse.engine.restore;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BaseList;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import org.jspecify.annotations.Nullable;

/**
 * A file to be written.
 *
 * @param entry whose contents and attributes it gets
 * @param path where it goes: the entry's, or that of a hard link that stands in for it
 * @param name last component of the path
 * @param folder its directory, which is made
 * @param firstBlob the first blob that it needs, as its extents have it; −1 where it needs none
 * @param order where the last of the blobs that it needs comes among all: those of bases come
 *     first, then the archive's own, of which the last is the file's own where it shares parts of
 *     files before it; −1 where it needs none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared nor printed
record PlannedFile(
    Entry entry, byte[] path, byte[] name, Folder folder, long firstBlob, long order) {

  static PlannedFile of(Entry entry, byte[] path, byte[] name, Folder folder, long baseBlobs) {
    long first = ArchiveFormat.ZEROS;
    long last = ArchiveFormat.ZEROS;
    for (int i = 0; i < entry.extentCount(); i++) {
      long blob = entry.extentBlob(i);
      if (blob != ArchiveFormat.ZEROS) {
        first = first == ArchiveFormat.ZEROS ? blob : first;
        last = Math.max(last, blob >= 0 ? baseBlobs + blob : BaseList.number(blob));
      }
    }
    return new PlannedFile(entry, path, name, folder, first, last);
  }

  /** Whether its contents are one range of one blob. */
  boolean isInOneBlob() {
    return entry.extentCount() == 1 && firstBlob != ArchiveFormat.ZEROS;
  }

  /** Whether it has runs of zeros that are to become holes. */
  boolean hasHoles() {
    for (int i = 0; i < entry.extentCount(); i++) {
      if (entry.extentBlob(i) == ArchiveFormat.ZEROS) {
        return true;
      }
    }
    return false;
  }

  /**
   * What is wrong with an entry's contents; null where nothing is. That extents end inside their
   * blobs is left to whoever reads them.
   *
   * @param baseBlobs of all bases together
   * @throws UnsupportedFormatException if it needs a newer reader
   */
  static @Nullable String problem(Entry entry, ArchiveReader reader, long baseBlobs)
      throws UnsupportedFormatException {
    long blobCount = reader.blobCount();
    if (!entry.hasContents() || entry.blake3() == null) {
      return "has no " + (entry.hasContents() ? "BLAKE3" : "extents");
    }
    if (entry.size() < 0) {
      return "has a size of " + entry.size();
    }
    long left = entry.size();
    for (int i = 0; i < entry.extentCount(); i++) {
      long blob = entry.extentBlob(i);
      long length = entry.extentLength(i);
      boolean reserved = blob <= ArchiveFormat.FIRST_BASE_BLOB && blob != Long.MIN_VALUE;
      if (reserved && reader.bases().isEmpty()) {
        throw new UnsupportedFormatException(
            reader.path(),
            "entry " + entry.path() + " needs a newer packhouse: extent of reserved blob " + blob);
      }
      boolean there = blob < 0 ? BaseList.number(blob) < baseBlobs : blob < blobCount;
      boolean inside = there && entry.extentOffset(i) >= 0;
      if (!inside || length < 0 || length > left) {
        return "extent "
            + i
            + " is ["
            + entry.extentOffset(i)
            + ", +"
            + length
            + ") of blob "
            + blob
            + " of "
            + blobCount
            + (baseBlobs == 0 ? "" : " and " + baseBlobs + " of bases")
            + ", with "
            + left
            + " bytes of the file left";
      }
      left -= length;
    }
    return left == 0 ? null : "its extents lack " + left + " of its " + entry.size() + " bytes";
  }
}
