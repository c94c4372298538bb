package io.packhouse.engine.read.chain;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BaseId;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.MissingBaseException;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.engine.read.EntryFilter;
import io.packhouse.engine.read.parts.Bases;
import io.packhouse.engine.read.parts.BlobChain;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a delta uses of each of its bases, in one pass over its rows. One thread, once.
 */
public final class ChainSurvey {
  private final ArchiveReader reader;
  private final Bases bases;
  private final BlobChain chain;
  private final @Nullable String[] problems;
  private final @Nullable Path[] files;
  private final BitSet[] used;
  private final long[] bytes;
  private long ownBytes;

  /** Whether all files' places are known. */
  private boolean complete = true;

  private ChainSurvey(ArchiveReader reader) throws IOException {
    this.reader = reader;
    this.bases = reader.parts().bases();
    this.chain = reader.parts().chain();
    int count = bases.list().size();
    problems = new String[count];
    files = new Path[count];
    used = new BitSet[count];
    bytes = new long[count];
  }

  /**
   * Does it, where the archive is a delta: of another it reads no row.
   *
   * @param reader stays the caller's
   * @throws IOException if the archive's own index is damaged or cannot be read
   */
  public static ChainReport run(ArchiveReader reader) throws IOException {
    if (reader.bases().isEmpty()) {
      return new ChainReport(List.of(), 0);
    }
    return new ChainSurvey(reader).run();
  }

  private ChainReport run() throws IOException {
    for (int i = 0; i < problems.length; i++) {
      used[i] = new BitSet();
      try {
        files[i] = bases.open(i).file().path();
      } catch (MissingBaseException | CorruptArchiveException | UnsupportedFormatException e) {
        problems[i] = e.getMessage();
      }
    }
    EntryCursor cursor = reader.entries(EntryFilter.ALL.withoutNested());
    for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
      add(entry);
    }
    List<ChainReport.Link> links = new ArrayList<>();
    for (int i = 0; i < problems.length; i++) {
      BaseId base = bases.list().get(i);
      boolean known = complete && problems[i] == null;
      links.add(
          new ChainReport.Link(
              base.id(),
              base.blobs(),
              files[i],
              problems[i],
              known ? used[i].cardinality() : ChainReport.UNKNOWN,
              bytes[i]));
    }
    return new ChainReport(links, ownBytes);
  }

  private void add(Entry entry) throws IOException {
    if (entry.extentCount() == 1 && bases.isReference(entry.extentBlob(0))) {
      try {
        addExtents(reader.located(entry));
      } catch (MissingBaseException | CorruptArchiveException | UnsupportedFormatException e) {
        // Which of the bases has it is not to be known; verify tells what is wrong.
        complete = false;
        bytes[0] += entry.size();
      }
      return;
    }
    addExtents(entry);
  }

  private void addExtents(Entry entry) {
    for (int i = 0; i < entry.extentCount(); i++) {
      long blob = entry.extentBlob(i);
      if (blob >= 0) {
        ownBytes += entry.extentLength(i);
      } else if (blob != ArchiveFormat.ZEROS && chain.has(blob)) {
        int position = chain.position(blob);
        bytes[position] += entry.extentLength(i);
        // The number of blobs of one that is not open is only what the delta says.
        if (chain.isOpen(blob)) {
          used[position].set((int) chain.ordinal(blob));
        }
      }
    }
  }
}
