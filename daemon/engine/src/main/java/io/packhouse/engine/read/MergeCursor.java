package io.packhouse.engine.read;

import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.arrow.ArrowBatch;
import io.packhouse.engine.read.parts.BatchDirectory;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.engine.read.parts.IndexReader;
import io.packhouse.engine.read.parts.RowReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Merges the groups of an index by path. Keeps a few hundred entries of each group and holds no
 * batch between calls, so that its memory does not depend on the archive's length.
 */
final class MergeCursor implements EntryCursor {
  private static final int ENTRIES_AT_ONCE = 512;

  private final ArchiveReader reader;
  private final IndexReader index;
  private final EntryFilter filter;
  private final PriorityQueue<Source> sources =
      new PriorityQueue<>((a, b) -> Arrays.compareUnsigned(a.key, b.key));

  /** Looks only at batches that {@code usable} admits. */
  MergeCursor(ArchiveReader reader, EntryFilter filter, Predicate<DirectoryRow> usable) {
    this.reader = reader;
    this.index = reader.parts().index();
    this.filter = filter;
    for (BatchDirectory.Run run : index.directory().runs()) {
      List<DirectoryRow> rows = run.rows().stream().filter(filter::admits).filter(usable).toList();
      if (!rows.isEmpty()) {
        sources.add(new Source(rows));
      }
    }
  }

  @Override
  public @Nullable Entry next() throws IOException {
    reader.ensureOpen();
    while (true) {
      Source source = sources.poll();
      if (source == null) {
        return null;
      }
      Entry entry = source.entries.poll();
      if (entry == null) {
        // Its key was the batch's first path by the directory; now come the rows themselves.
        fill(source);
      }
      requeue(source);
      if (entry != null) {
        return entry;
      }
    }
  }

  private void fill(Source source) throws IOException {
    try {
      source.fill();
    } catch (CorruptArchiveException e) {
      DirectoryRow lost = source.skipBatch();
      requeue(source);
      CorruptArchiveException damage =
          new CorruptArchiveException(
              reader.path(),
              e.offset(),
              e.problem()
                  + "; entries from \""
                  + PathText.display(lost.firstPath())
                  + "\" to \""
                  + PathText.display(lost.lastPath())
                  + "\" are lost");
      damage.initCause(e);
      throw damage;
    }
  }

  private void requeue(Source source) {
    if (source.advance()) {
      sources.add(source);
    }
  }

  /** The rest of one run of batches. */
  private final class Source {
    private final List<DirectoryRow> rows;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private int batchOrdinal;
    // Next row of that batch; −1 where the batch was not looked at yet.
    private int nextRow = -1;
    private byte[] key;

    Source(List<DirectoryRow> rows) {
      this.rows = rows;
      this.key = rows.getFirst().firstPath();
    }

    /** Sets the key to the next path, or a lower bound of it; false at the end. */
    boolean advance() {
      Entry entry = entries.peek();
      if (entry != null) {
        key = entry.rawPath();
        return true;
      }
      if (batchOrdinal == rows.size()) {
        return false;
      }
      if (nextRow < 0) {
        key = rows.get(batchOrdinal).firstPath();
      }
      return true;
    }

    /** Goes on behind the current batch, which it returns. Entries read from it already stay. */
    DirectoryRow skipBatch() {
      nextRow = -1;
      return rows.get(batchOrdinal++);
    }

    void fill() throws IOException {
      DirectoryRow row = rows.get(batchOrdinal);
      ArrowBatch batch = index.acquire(row);
      try {
        RowReader columns = new RowReader(batch, index.columns(), row);
        int at = nextRow;
        if (at < 0) {
          int found = filter.prefix().length == 0 ? 0 : index.search(batch, filter.prefix());
          at = found >= 0 ? found : -1 - found;
        }
        int end = Math.min(batch.rows(), at + ENTRIES_AT_ONCE);
        boolean past = false;
        for (; at < end && !past; at++) {
          Entry entry = new Entry(reader, columns, at);
          past = filter.comparePrefix(entry.rawPath()) != 0;
          if (!past) {
            entries.add(entry);
          }
        }
        nextRow = at;
        if (past || at == batch.rows()) {
          batchOrdinal++;
          nextRow = -1;
        }
      } finally {
        index.release(row, batch);
      }
    }
  }
}
