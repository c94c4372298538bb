package io.packhouse.engine.read.parts;

import io.packhouse.engine.read.memory.CacheStore;
import io.packhouse.engine.read.memory.Place;
import io.packhouse.engine.read.memory.ReadMemory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an open archive. Safe for concurrent use; what is read after {@link #close} fails
 * with an {@link IOException} that says so.
 */
public final class ArchiveParts implements Closeable {
  private final ArchiveFile file;
  private final ArchiveFooter footer;
  private final ReadMemory memory;
  private final IndexReader index;
  private final CacheStore blobStore;
  private final long tableBytes;
  private final boolean ownsMemory;
  private final Bases bases;
  private final ReentrantLock blobsLock = new ReentrantLock();
  private volatile @Nullable BlobChain blobs;

  private ArchiveParts(
      ArchiveFile file,
      ArchiveFooter footer,
      ReadMemory memory,
      IndexReader index,
      CacheStore blobStore,
      long tableBytes,
      boolean ownsMemory,
      Bases bases) {
    this.file = file;
    this.footer = footer;
    this.memory = memory;
    this.index = index;
    this.blobStore = blobStore;
    this.tableBytes = tableBytes;
    this.ownsMemory = ownsMemory;
    this.bases = bases;
  }

  /**
   * Reads seal, footer and batch directory. The blob table is read when it is first asked for.
   *
   * @param cacheBytes kept between calls: half for batches, a quarter for blobs, a quarter for free
   *     buffers
   * @param tableBytes that each table may take once decoded
   * @param finder of a delta's bases
   * @throws io.packhouse.engine.format.CorruptArchiveException if it is no archive, or damaged
   * @throws io.packhouse.engine.format.UnsupportedFormatException if it is of a newer version, or
   *     has a larger table
   */
  public static ArchiveParts open(Path path, long cacheBytes, long tableBytes, Bases.Finder finder)
      throws IOException {
    return open(ArchiveFile.open(path), cacheBytes, tableBytes, finder);
  }

  /**
   * Likewise, of bytes that come from elsewhere.
   *
   * @param source closed with the result, or if this throws
   * @param name of the archive, for messages
   */
  public static ArchiveParts open(
      ArchiveSource source, Path name, long cacheBytes, long tableBytes, Bases.Finder finder)
      throws IOException {
    return open(ArchiveFile.of(source, name), cacheBytes, tableBytes, finder);
  }

  private static ArchiveParts open(
      ArchiveFile file, long cacheBytes, long tableBytes, Bases.Finder finder) throws IOException {
    ReadMemory memory = ReadMemory.keeping(cacheBytes / 4);
    CacheStore batches = new CacheStore(cacheBytes / 2);
    try {
      return open(file, memory, batches, new CacheStore(cacheBytes / 4), tableBytes, true, finder);
    } catch (Throwable t) {
      memory.close();
      throw t;
    }
  }

  /**
   * Likewise, of an open file, with memory that it shares with other archives.
   *
   * @param channel closed with the result, or if this throws
   * @param name of the archive, for messages
   * @param memory stays open
   * @param store keeps batches and blobs
   */
  public static ArchiveParts open(
      FileChannel channel,
      Path name,
      ReadMemory memory,
      CacheStore store,
      long tableBytes,
      Bases.Finder finder)
      throws IOException {
    ArchiveFile file = ArchiveFile.of(ArchiveSource.of(channel), name);
    return open(file, memory, store, store, tableBytes, false, finder);
  }

  private static ArchiveParts open(
      ArchiveFile file,
      ReadMemory memory,
      CacheStore batchStore,
      CacheStore blobStore,
      long tableBytes,
      boolean ownsMemory,
      Bases.Finder finder)
      throws IOException {
    try {
      ArchiveFooter footer = ArchiveFooter.read(file, memory);
      Place place = new Place(file.path(), footer.seal().offset(), "index");
      IndexColumns columns = IndexColumns.of(footer.columns(), place);
      BatchDirectory directory =
          BatchDirectory.read(footer, new TableReader(file, memory, tableBytes));
      IndexReader index = new IndexReader(file, columns, directory, memory, batchStore);
      Bases bases = new Bases(file, footer, finder, memory, batchStore, tableBytes);
      return new ArchiveParts(
          file, footer, memory, index, blobStore, tableBytes, ownsMemory, bases);
    } catch (Throwable t) {
      file.close();
      throw t;
    }
  }

  /** The bytes themselves. */
  public ArchiveFile file() {
    return file;
  }

  /** Seal and footer. */
  public ArchiveFooter footer() {
    return footer;
  }

  /** The index and its batch directory. */
  public IndexReader index() {
    return index;
  }

  /** Buffers and decoders that all parts share. */
  public ReadMemory memory() {
    return memory;
  }

  /** The archive's own blobs, with their table, which the first call reads. */
  public BlobReader blobs() throws IOException {
    return chain().own();
  }

  /** What a delta needs besides itself, opened as it is needed; none of another archive. */
  public Bases bases() {
    return bases;
  }

  /** The blobs that extents may name, with the archive's own table, which the first call reads. */
  public BlobChain chain() throws IOException {
    ensureOpen();
    BlobChain present = blobs;
    if (present != null) {
      return present;
    }
    blobsLock.lock();
    try {
      present = blobs;
      if (present == null) {
        BlobTable table = BlobTable.read(footer, new TableReader(file, memory, tableBytes));
        BlobReader own = new BlobReader(file, table, memory, blobStore);
        present = new BlobChain(own, bases, memory, blobStore);
        blobs = present;
      }
      ensureOpen();
      return present;
    } finally {
      blobsLock.unlock();
    }
  }

  /** Fails where the archive is closed. */
  public void ensureOpen() throws IOException {
    file.ensureOpen();
  }

  /** Closes the file and lets go of all memory, or leaves that to the reads that still use it. */
  @Override
  public void close() throws IOException {
    try (bases;
        file) {
      // Both are closed before what is kept of them is let go, so that nothing is kept anew.
    } finally {
      blobsLock.lock();
      try {
        BlobChain chain = blobs;
        if (chain != null) {
          chain.close();
        }
      } finally {
        blobsLock.unlock();
      }
      index.close();
      if (ownsMemory) {
        memory.close();
      }
    }
  }
}
