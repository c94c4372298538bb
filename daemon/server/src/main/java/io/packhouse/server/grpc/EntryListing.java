package io.packhouse.server.grpc;

import io.grpc.stub.StreamObserver;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.server.catalog.ArchiveLease;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.Catalog;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends the entries of archives that are asked for, in messages of some size. */
abstract class EntryListing<T> extends Pump<T> {
  /** Bytes of a message, about. */
  private static final int MESSAGE_BYTES = 64 << 10;

  /** Rows that are looked at in a step. */
  private static final int STEP_ROWS = 4_096;

  private static final System.Logger LOG = System.getLogger(EntryListing.class.getName());

  private final Catalog catalog;
  private final Iterator<ArchiveName> archives;
  private final boolean tolerant;
  private final EntrySearch search;
  private final boolean allColumns;
  private final long limit;

  private @Nullable ArchiveLease lease;
  private @Nullable EntryCursor cursor;
  private List<io.packhouse.v1.Entry> batch = new ArrayList<>();
  private int batchBytes;
  private long found;

  /**
   * @param tolerant whether archives that are gone or cannot be read are left out
   * @param limit of entries in all
   */
  EntryListing(
      Catalog catalog,
      List<ArchiveName> archives,
      boolean tolerant,
      EntrySearch search,
      boolean allColumns,
      long limit,
      StreamObserver<T> observer) {
    super(observer);
    this.catalog = catalog;
    this.archives = archives.iterator();
    this.tolerant = tolerant;
    this.search = search;
    this.allColumns = allColumns;
    this.limit = limit;
  }

  /**
   * The message for entries.
   *
   * @param truncated whether there are more, which are not sent
   */
  abstract T message(ArchiveName archive, List<io.packhouse.v1.Entry> entries, boolean truncated);

  @Override
  protected final boolean step() throws IOException {
    ArchiveLease open = lease;
    EntryCursor entries = cursor;
    if (open == null || entries == null) {
      return archives.hasNext() && next(archives.next());
    }
    for (int i = 0; i < STEP_ROWS; i++) {
      Entry entry = entries.next();
      if (entry == null) {
        flush(open, false);
        closeArchive();
        return archives.hasNext();
      }
      if (search.admits(entry)) {
        if (found == limit) {
          flush(open, true);
          return false;
        }
        found++;
        io.packhouse.v1.Entry message = EntryMessages.of(entry, allColumns);
        batch.add(message);
        batchBytes += message.getSerializedSize();
        if (batchBytes >= MESSAGE_BYTES) {
          flush(open, false);
          return true;
        }
      }
    }
    return true;
  }

  private boolean next(ArchiveName name) throws IOException {
    try {
      ArchiveLease opened = catalog.open(name);
      lease = opened;
      String problem = search.problem(opened.reader());
      if (problem != null && tolerant) {
        closeArchive();
        return true;
      }
      if (problem != null) {
        throw Failures.precondition("DIGEST_NOT_RECORDED", name.toString(), name + ": " + problem);
      }
      cursor = search.cursor(opened.reader());
    } catch (NoSuchFileException e) {
      return skip(name, e);
    } catch (IOException e) {
      return skip(name, e);
    }
    return true;
  }

  private boolean skip(ArchiveName name, IOException e) throws IOException {
    closeArchive();
    if (!tolerant) {
      throw e;
    }
    LOG.log(System.Logger.Level.DEBUG, "left out of a search: " + name, e);
    return true;
  }

  private void flush(ArchiveLease open, boolean truncated) {
    if (!batch.isEmpty() || truncated) {
      send(message(open.name(), batch, truncated));
      batch = new ArrayList<>();
      batchBytes = 0;
    }
  }

  private void closeArchive() {
    cursor = null;
    ArchiveLease held = lease;
    lease = null;
    if (held != null) {
      held.close();
    }
  }

  @Override
  protected final void close() {
    closeArchive();
  }
}
