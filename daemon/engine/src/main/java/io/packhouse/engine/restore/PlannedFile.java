package io.packhouse.engine.restore;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.read.Entry;
import org.jspecify.annotations.Nullable;

/**
 * A file to be written.
 *
 * @param entry whose contents and attributes it gets
 * @param path where it goes: the entry's, or that of a hard link that stands in for it
 * @param name last component of the path
 * @param folder its directory, which is made
 * @param firstBlob ordinal of the first blob that it needs; −1 where it needs none
 * @param lastBlob the highest of those that it needs, which is its own where it shares parts of
 *     files before it; −1 where it needs none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared nor printed
record PlannedFile(
    Entry entry, byte[] path, byte[] name, Folder folder, long firstBlob, long lastBlob) {

  static PlannedFile of(Entry entry, byte[] path, byte[] name, Folder folder) {
    long first = ArchiveFormat.ZEROS;
    long last = ArchiveFormat.ZEROS;
    for (int i = 0; i < entry.extentCount(); i++) {
      long blob = entry.extentBlob(i);
      first = first < 0 ? blob : first;
      last = Math.max(last, blob);
    }
    return new PlannedFile(entry, path, name, folder, first, last);
  }

  /** Whether its contents are one range of one blob. */
  boolean isInOneBlob() {
    return entry.extentCount() == 1 && firstBlob >= 0;
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
   */
  static @Nullable String problem(Entry entry, long blobCount) {
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
      // Reserved ordinals and nulls are told apart by the reader, when it reads.
      boolean inside = blob < blobCount && entry.extentOffset(i) >= 0;
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
            + ", with "
            + left
            + " bytes of the file left";
      }
      left -= length;
    }
    return left == 0 ? null : "its extents lack " + left + " of its " + entry.size() + " bytes";
  }
}
