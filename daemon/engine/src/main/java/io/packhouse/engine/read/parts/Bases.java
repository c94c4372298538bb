package io.packhouse.engine.read.parts;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BaseId;
import io.packhouse.engine.format.BaseList;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.MissingBaseException;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.read.memory.CacheStore;
import io.packhouse.engine.read.memory.Place;
import io.packhouse.engine.read.memory.ReadMemory;
import java.io.Closeable;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bases of an open delta. Each is looked for and opened when contents that need it are first
 * read, checked against what the delta says of it, and closed with the delta. Safe for concurrent
 * use.
 */
public final class Bases implements Closeable {

  /** Finds archives by their ids. Safe for concurrent use. */
  public interface Finder {
    /**
     * Opens the archive with this id, which is all that need be known of it; null where there is
     * none.
     *
     * @return the caller's to close
     */
    @Nullable ArchiveFile find(String id) throws IOException;

    /** Where it looks for it and what is there, in a few words: for who did not find it. */
    String looked(String id) throws IOException;

    /** Finds none. */
    static Finder none(String why) {
      return new Finder() {
        @Override
        public @Nullable ArchiveFile find(String id) {
          return null;
        }

        @Override
        public String looked(String id) {
          return why;
        }
      };
    }
  }

  /**
   * An open base.
   *
   * @param footer what it says of itself
   * @param table of its own blobs
   * @param index of its entries, closed with the base
   */
  public record Base(ArchiveFile file, ArchiveFooter footer, BlobTable table, IndexReader index) {}

  /** How long one that was not found is not looked for again. */
  private static final long RETRY_NANOS = 1_000_000_000;

  private final ArchiveFile delta;
  private final ArchiveFooter footer;
  private final BaseList list;
  private final long[] firsts;
  private final Finder finder;
  private final ReadMemory memory;
  private final CacheStore store;
  private final long tableBytes;
  private final AtomicReferenceArray<@Nullable Base> open;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final @Nullable IOException[] failures;

  @GuardedBy("lock")
  private final long[] failedAt;

  @GuardedBy("lock")
  private boolean closed;

  /**
   * @param store keeps batches of the bases' indices
   */
  Bases(
      ArchiveFile delta,
      ArchiveFooter footer,
      Finder finder,
      ReadMemory memory,
      CacheStore store,
      long tableBytes) {
    this.delta = delta;
    this.footer = footer;
    this.list = footer.bases();
    this.finder = finder;
    this.memory = memory;
    this.store = store;
    this.tableBytes = tableBytes;
    this.firsts = new long[list.size() + 1];
    for (int i = 0; i <= list.size(); i++) {
      firsts[i] = list.first(i);
    }
    this.open = new AtomicReferenceArray<>(list.size());
    this.failures = new IOException[list.size()];
    this.failedAt = new long[list.size()];
  }

  /** What the delta says of them. */
  public BaseList list() {
    return list;
  }

  /** Whether an extent's {@code blob} ≤ −2 is one of theirs, by what the delta says of them. */
  boolean has(long extentBlob) {
    return BaseList.number(extentBlob) < firsts[list.size()];
  }

  /** Whether an extent's {@code blob} is no blob, but stands for a file of the nearest base. */
  public boolean isReference(long blob) {
    return blob <= ArchiveFormat.FIRST_BASE_BLOB
        && blob != Long.MIN_VALUE
        && !list.isEmpty()
        && !has(blob);
  }

  /**
   * The extents of a file that a reference stands for, in the numbering of the delta: blob, offset
   * and length of each, one after another. Opens the bases that have to be looked at for that.
   *
   * @param blob that {@link #isReference}
   * @param size of the delta's entry
   * @param digest of the delta's entry
   * @param entry for messages
   * @throws CorruptArchiveException if there is no such file, or it is another
   */
  public long[] extents(long blob, long size, byte @Nullable [] digest, Place entry)
      throws IOException {
    long row = BaseList.number(blob) - firsts[list.size()];
    for (int position = 0; position < list.size(); position++) {
      Base base = open(position);
      long[] found = base.index().extents(row, size, digest);
      if (found == null) {
        throw entry.corrupt(
            "its contents are those of row "
                + row
                + " of "
                + base.file().path()
                + ", which is no"
                + " file of its size and digest");
      }
      long further = firsts[list.size()] - firsts[position + 1];
      if (found.length != 3 || BaseList.number(found[0]) < further) {
        return renumbered(found, position, further, entry);
      }
      row = BaseList.number(found[0]) - further;
    }
    throw entry.corrupt("its contents are those of a file of a base that has no further base");
  }

  /** From the numbering of a base, which has {@code further} blobs of its own bases. */
  private long[] renumbered(long[] extents, int position, long further, Place entry)
      throws IOException {
    for (int i = 0; i < extents.length; i += 3) {
      long blob = extents[i];
      if (blob >= 0 && blob < list.get(position).blobs()) {
        extents[i] = BaseList.extentBlob(firsts[position] + blob);
      } else if (blob != ArchiveFormat.ZEROS) {
        long number = BaseList.number(blob);
        if (number < 0 || number >= further) {
          throw entry.corrupt("the base that has it has no blob " + blob);
        }
        extents[i] = BaseList.extentBlob(firsts[position + 1] + number);
      }
    }
    return extents;
  }

  /** Position of the base that has a blob of theirs. */
  int position(long extentBlob) {
    long number = BaseList.number(extentBlob);
    int position = 0;
    while (number >= firsts[position + 1]) {
      position++;
    }
    return position;
  }

  /** Ordinal in its own archive of a blob of theirs. */
  long ordinal(long extentBlob) {
    return BaseList.number(extentBlob) - firsts[position(extentBlob)];
  }

  /** A base if it is open. */
  public @Nullable Base ifOpen(int position) {
    return open.get(position);
  }

  /**
   * Opens a base, unless it is open.
   *
   * @param position in the list
   * @throws MissingBaseException if it is not found
   * @throws CorruptArchiveException if it is damaged, or the delta says of it what is not so
   */
  public Base open(int position) throws IOException {
    Base present = open.get(position);
    if (present != null) {
      return present;
    }
    lock.lock();
    try {
      present = open.get(position);
      if (present != null) {
        return present;
      }
      IOException failure = failures[position];
      if (failure != null && System.nanoTime() - failedAt[position] < RETRY_NANOS) {
        // Thousands of files may need it: each says so, but the search is done once.
        throw failure;
      }
      return openNow(position);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private Base openNow(int position) throws IOException {
    delta.ensureOpen();
    try {
      Base opened = load(position);
      if (closed) {
        opened.file().close();
        delta.ensureOpen();
      }
      open.set(position, opened);
      failures[position] = null;
      return opened;
    } catch (MissingBaseException | CorruptArchiveException | UnsupportedFormatException e) {
      failures[position] = e;
      failedAt[position] = System.nanoTime();
      throw e;
    }
  }

  private Base load(int position) throws IOException {
    BaseId base = list.get(position);
    ArchiveFile file = finder.find(base.id());
    if (file == null) {
      throw new MissingBaseException(delta.path(), base.id(), finder.looked(base.id()));
    }
    try {
      ArchiveFooter found = ArchiveFooter.read(file, memory);
      check(base, found, list.after(position));
      TableReader tables = new TableReader(file, memory, tableBytes);
      BlobTable table = BlobTable.read(found, tables);
      IndexColumns columns = IndexColumns.of(found.columns(), new Place(file.path(), 0, "index"));
      BatchDirectory directory = BatchDirectory.read(found, tables);
      return new Base(file, found, table, new IndexReader(file, columns, directory, memory, store));
    } catch (Throwable t) {
      file.close();
      throw t;
    }
  }

  private void check(BaseId base, ArchiveFooter found, BaseList after) throws IOException {
    Place place = new Place(delta.path(), footer.seal().offset(), "base " + base.id());
    if (!found.id().equals(base.id()) || found.id().equals(footer.id())) {
      throw place.corrupt("id", base.id(), found.id());
    }
    if (found.blobTable().rows() != base.blobs()) {
      throw place.corrupt("its blobs", found.blobTable().rows(), base.blobs());
    }
    if (!Objects.equals(found.bases(), after)) {
      throw place.corrupt(
          "its own bases are "
              + ids(found.bases())
              + ", but what follows it in the list of this archive is "
              + ids(after));
    }
  }

  private static String ids(BaseList bases) {
    return bases.isEmpty() ? "none" : BaseId.text(bases.bases()).replace("\n", ", ");
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      IOException first = null;
      for (int i = 0; i < open.length(); i++) {
        Base base = open.get(i);
        if (base != null) {
          try {
            base.file().close();
          } catch (IOException e) {
            first = first == null ? e : first;
          }
          base.index().close();
        }
      }
      if (first != null) {
        throw first;
      }
    } finally {
      lock.unlock();
    }
  }
}
