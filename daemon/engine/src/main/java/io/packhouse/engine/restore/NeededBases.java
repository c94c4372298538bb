package io.packhouse.engine.restore;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.format.MissingBaseException;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.engine.read.EntryFilter;
import io.packhouse.engine.read.parts.Bases;
import io.packhouse.engine.read.parts.BlobChain;
import io.packhouse.engine.restore.RestoreException.Reason;
import java.io.IOException;

/**
 * Opens the bases of a delta that what is selected needs, so that one that is missing is told
 * before anything is made.
 */
final class NeededBases {
  private NeededBases() {}

  /**
   * Does it, in one pass over the rows that ends when all bases are open. What is damaged is left
   * to the restore, which names it.
   *
   * @throws RestoreException if one is not found
   */
  static void open(ArchiveReader reader, Selection selection) throws IOException {
    if (reader.bases().isEmpty()) {
      return;
    }
    EntryFilter filter = EntryFilter.ALL.withoutNested().withPrefix(selection.commonPrefix());
    try {
      EntryCursor cursor = reader.entries(filter);
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        if (isContents(entry) && selection.selectsLeaf(entry.pathBytes())) {
          open(reader, entry.is(EntryType.HARDLINK) ? reader.resolve(entry) : entry);
          if (allOpen(reader.parts().bases())) {
            return;
          }
        }
      }
    } catch (MissingBaseException e) {
      throw new RestoreException(Reason.ENTRY, e.getMessage() + "; nothing was restored", e, null);
    } catch (CorruptArchiveException e) {
      // The restore comes upon it, too, and does what it was told to do then.
    }
  }

  private static boolean isContents(Entry entry) throws IOException {
    return entry.isOk() && (entry.is(EntryType.FILE) || entry.is(EntryType.HARDLINK));
  }

  private static void open(ArchiveReader reader, Entry entry) throws IOException {
    BlobChain chain = reader.parts().chain();
    Entry located = reader.located(entry);
    for (int i = 0; i < located.extentCount(); i++) {
      long blob = located.extentBlob(i);
      if (blob <= ArchiveFormat.FIRST_BASE_BLOB && chain.has(blob)) {
        chain.bases().open(chain.position(blob));
      }
    }
  }

  private static boolean allOpen(Bases bases) {
    for (int i = 0; i < bases.list().size(); i++) {
      if (bases.ifOpen(i) == null) {
        return false;
      }
    }
    return true;
  }
}
