package io.packhouse.server.grpc;

import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.ContentDigest;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.engine.read.EntryFilter;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.engine.select.PathGlob;
import io.packhouse.engine.select.TextGlob;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which entries are asked for.
 *
 * @param filter by what the batch directory knows
 * @param afterPath only what comes after these bytes; null for all
 * @param glob that paths match; null for all
 * @param purl that package URLs match; null for all
 * @param digest that files have; null for all
 */
@SuppressWarnings("ArrayRecordComponent") // internal, never written after construction
record EntrySearch(
    EntryFilter filter,
    byte @Nullable [] afterPath,
    @Nullable PathGlob glob,
    @Nullable TextGlob purl,
    @Nullable ContentDigest digest) {

  /** Why nothing can be found in an archive; null where something may be. */
  @Nullable String problem(ArchiveReader reader) {
    return digest == null ? null : digest.problem(reader);
  }

  /** The entries of an archive of which some may be asked for; batches without any are not read. */
  EntryCursor cursor(ArchiveReader reader) throws IOException {
    byte[] after = afterPath;
    List<DirectoryRow> batches = reader.parts().index().directory().rows();
    return reader.entries(
        filter,
        ordinal -> {
          DirectoryRow batch = batches.get(ordinal);
          return (after == null || PathText.compare(batch.lastPath(), after) > 0)
              && (purl == null || batch.packageType() != null);
        });
  }

  boolean admits(Entry entry) throws IOException {
    if (afterPath != null && PathText.compare(entry.pathBytes(), afterPath) <= 0) {
      return false;
    }
    if (digest != null && !digest.matches(entry)) {
      return false;
    }
    if (purl != null) {
      String found = entry.purl();
      if (found == null || !purl.matches(found)) {
        return false;
      }
    }
    return glob == null || glob.matches(entry.pathBytes(), entry.typeLabel().equals("directory"));
  }
}
