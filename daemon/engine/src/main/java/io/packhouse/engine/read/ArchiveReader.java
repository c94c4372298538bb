package io.packhouse.engine.read;

import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.format.UnsupportedFormatException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An open archive. Safe for concurrent use.
 *
 * <p>What it gives out is checked against the digest above it in the archive's chain of trust
 * first: a batch before it is parsed, a blob before it is decoded, a file before its last bytes.
 *
 * <p>{@link #close} may be called while other threads read: what they do next fails with an {@link
 * IOException} that says so. Do not interrupt a thread that reads: the JDK closes the file then,
 * for all threads.
 *
 * <p>Every method that reads throws {@link CorruptArchiveException} where the archive is damaged,
 * {@link UnsupportedFormatException} where it needs a newer reader, and another {@link IOException}
 * where the file cannot be read or the reader is closed.
 */
public final class ArchiveReader implements Closeable {
  private final ArchiveFile file;
  private final ArchiveFooter footer;
  private final ReaderOptions options;
  private final BufferPool buffers;
  private final DecoderPool decoders;
  private final IndexReader index;
  private final ReentrantLock blobsLock = new ReentrantLock();
  private volatile @Nullable BlobReader blobs;

  private ArchiveReader(
      ArchiveFile file,
      ArchiveFooter footer,
      ReaderOptions options,
      ArrowBatch.Memory memory,
      IndexReader index) {
    this.file = file;
    this.footer = footer;
    this.options = options;
    this.buffers = memory.buffers();
    this.decoders = memory.decoders();
    this.index = index;
  }

  /** Opens an archive with {@link ReaderOptions#DEFAULT}. */
  public static ArchiveReader open(Path path) throws IOException {
    return open(path, ReaderOptions.DEFAULT);
  }

  /**
   * Opens an archive: reads its seal, footer and batch directory. The blob table is read when
   * contents are first asked for.
   *
   * @throws NoSuchFileException if there is no such file
   * @throws CorruptArchiveException if it is no archive, or a damaged one
   * @throws UnsupportedFormatException if it is of a newer version, or larger than the options
   *     allow
   */
  public static ArchiveReader open(Path path, ReaderOptions options) throws IOException {
    if (!Files.isRegularFile(path)) {
      if (Files.notExists(path)) {
        throw new NoSuchFileException(path.toString(), null, "no such file");
      }
      if (Files.exists(path)) {
        String kind = Files.isDirectory(path) ? "a directory" : "no regular file";
        throw new FileSystemException(
            path.toString(), null, "is " + kind + ", not a Packhouse archive");
      }
    }
    ArchiveFile file = ArchiveFile.open(path);
    BufferPool buffers = new BufferPool(options.cacheBytes() / 4);
    DecoderPool decoders = new DecoderPool();
    try {
      ArchiveFooter footer = ArchiveFooter.read(file, buffers, decoders);
      Place place = new Place(path, footer.seal().offset(), "index");
      IndexColumns columns = IndexColumns.of(footer.columns(), place);
      ArrowBatch.Memory memory = new ArrowBatch.Memory(buffers, decoders);
      BatchDirectory directory =
          BatchDirectory.read(footer, new TableReader(file, memory, options.tableBytes()));
      IndexReader index =
          new IndexReader(file, columns, directory, memory, options.cacheBytes() / 2);
      return new ArchiveReader(file, footer, options, memory, index);
    } catch (Throwable t) {
      file.close();
      buffers.close();
      decoders.close();
      throw t;
    }
  }

  /** The digest that names the archive: 64 hexadecimal digits. */
  public String id() {
    return footer.id();
  }

  /** The file, as it was given to open. */
  public Path path() {
    return file.path();
  }

  /** Length of the archive in bytes. */
  public long length() {
    return file.length();
  }

  /** What the archive is and holds, by its own account. Reads the blob table. */
  public ArchiveSummary summary() throws IOException {
    return Summaries.of(this);
  }

  /**
   * The entry with exactly these path bytes, or null. Hard links are given as such.
   *
   * @param path relative, without leading or trailing {@code /}; the root's is empty
   */
  public @Nullable Entry find(byte[] path) throws IOException {
    ensureOpen();
    return index.find(this, path);
  }

  /** The entry with this path, or null. Names that are not UTF-8 are found by their bytes only. */
  public @Nullable Entry find(String path) throws IOException {
    return find(path.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Follows a hard link to the entry that it is another name of. Gives any other entry back.
   *
   * @throws CorruptArchiveException if there is no such entry, or it is a hard link itself
   */
  public Entry resolve(Entry entry) throws IOException {
    requireOwn(entry);
    if (!entry.is(EntryType.HARDLINK)) {
      return entry;
    }
    byte[] target = entry.rawLinkTarget();
    if (target == null) {
      throw entry.place().corrupt("is a hard link without a target");
    }
    Entry found = find(target);
    if (found == null) {
      throw entry
          .place()
          .corrupt("is a hard link to " + PathBytes.text(target) + ", which is not there");
    }
    if (found.is(EntryType.HARDLINK)) {
      throw entry
          .place()
          .corrupt("is a hard link to " + found.path() + ", which is a hard link itself");
    }
    return found;
  }

  /** All entries, in ascending order of path bytes. */
  public EntryCursor entries() throws IOException {
    return entries(EntryFilter.ALL);
  }

  /** Entries that the filter admits, in ascending order of path bytes. */
  public EntryCursor entries(EntryFilter filter) throws IOException {
    ensureOpen();
    return new MergeCursor(this, index, filter);
  }

  /**
   * Reads a whole file.
   *
   * <p>{@code out} gets the contents in order, in chunks of at most one blob (64 MiB), each from
   * blobs whose digests were checked. The file's own digest is checked before the last chunk is
   * given out: a file of one extent is given out whole or not at all; of a longer one some chunks
   * may have been given out when this throws, and then what was given out must be thrown away.
   *
   * @param file of this reader, of type file and status ok
   * @throws IOException also where {@code out} does
   */
  public void read(Entry file, ContentConsumer out) throws IOException {
    try (ContentReader contents = contents(file, 0, file.size())) {
      deliver(contents, out);
    }
  }

  /**
   * Reads bytes [offset, offset + length) of a file, in chunks as above. The digests of the blobs
   * are checked; that of the file only where the range is the whole file.
   *
   * @throws IndexOutOfBoundsException if the range is not inside the file
   */
  public void read(Entry file, long offset, long length, ContentConsumer out) throws IOException {
    java.util.Objects.checkFromIndexSize(offset, length, file.size());
    try (ContentReader contents = contents(file, offset, length)) {
      deliver(contents, out);
    }
  }

  private static void deliver(ContentReader contents, ContentConsumer out) throws IOException {
    for (MemorySegment chunk = contents.next(); chunk != null; chunk = contents.next()) {
      out.accept(chunk);
    }
  }

  /**
   * Reads a whole file into an array; its digest is checked.
   *
   * @param limit in bytes
   * @throws IOException if the file is larger than {@code limit}
   */
  public byte[] readAllBytes(Entry file, int limit) throws IOException {
    if (file.size() > limit) {
      throw new IOException(
          path() + ": " + file.path() + " has " + file.size() + " bytes, limit " + limit);
    }
    try (ContentReader contents = contents(file, 0, file.size())) {
      byte[] bytes = new byte[(int) file.size()];
      int at = 0;
      for (MemorySegment chunk = contents.next(); chunk != null; chunk = contents.next()) {
        int length = (int) chunk.byteSize();
        MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, 0, bytes, at, length);
        at += length;
      }
      return bytes;
    }
  }

  /**
   * A whole file as a stream, checked as in {@link #read(Entry, ContentConsumer)}: the file is
   * whole once the stream has ended without an exception.
   */
  public InputStream newInputStream(Entry file) throws IOException {
    return new EntryInputStream(contents(file, 0, file.size()));
  }

  private ContentReader contents(Entry entry, long offset, long length) throws IOException {
    requireOwn(entry);
    if (entry.type() != EntryType.FILE) {
      throw new IllegalArgumentException("entry must be a file, entry=" + entry);
    }
    if (entry.status() != io.packhouse.engine.format.EntryStatus.OK) {
      throw new IOException(
          path()
              + ": the contents of "
              + entry.path()
              + " are not in the archive: "
              + entry.statusLabel()
              + (entry.error() == null ? "" : " (" + entry.error() + ")"));
    }
    if (!entry.hasContents()) {
      throw entry.place().corrupt("has no extents");
    }
    return new ContentReader(blobs(), decoders, entry, offset, length);
  }

  /** How many blobs the archive has. */
  public long blobCount() {
    return footer.blobTable().rows();
  }

  /**
   * A row of the blob table.
   *
   * @throws IndexOutOfBoundsException if there is no such blob
   */
  public BlobInfo blob(long ordinal) throws IOException {
    return requireBlob(ordinal).table().info(ordinal);
  }

  /**
   * Checks a blob's stored bytes against their digest and decodes them.
   *
   * @param target off-heap, at least as long as the decoded blob; its contents are undefined when
   *     this throws
   * @return bytes written, the blob's decoded length
   * @throws IndexOutOfBoundsException if there is no such blob
   */
  public int readBlob(long ordinal, MemorySegment target) throws IOException {
    BlobReader reader = requireBlob(ordinal);
    int length = reader.table().decodedLength(ordinal);
    if (!target.isNative() || target.byteSize() < length) {
      throw new IllegalArgumentException(
          "target must be off-heap and have " + length + " bytes, target=" + target);
    }
    reader.read(ordinal, target.asSlice(0, length));
    return length;
  }

  private BlobReader requireBlob(long ordinal) throws IOException {
    BlobReader reader = blobs();
    if (!reader.table().has(ordinal)) {
      throw new IndexOutOfBoundsException("blob " + ordinal + " of " + blobCount());
    }
    return reader;
  }

  /** Blobs, with their table read. */
  BlobReader blobs() throws IOException {
    ensureOpen();
    BlobReader present = blobs;
    if (present != null) {
      return present;
    }
    blobsLock.lock();
    try {
      present = blobs;
      if (present == null) {
        ArrowBatch.Memory memory = new ArrowBatch.Memory(buffers, decoders);
        BlobTable table =
            BlobTable.read(footer, new TableReader(file, memory, options.tableBytes()));
        present = new BlobReader(file, table, memory, options.cacheBytes() / 4);
        blobs = present;
      }
      ensureOpen();
      return present;
    } finally {
      blobsLock.unlock();
    }
  }

  ArchiveFile file() {
    return file;
  }

  ArchiveFooter footer() {
    return footer;
  }

  IndexReader index() {
    return index;
  }

  BufferPool buffers() {
    return buffers;
  }

  DecoderPool decoders() {
    return decoders;
  }

  Map<String, Object> packageColumns(DirectoryRow row, int ordinal) throws IOException {
    ensureOpen();
    return index.furtherValues(row, ordinal);
  }

  void ensureOpen() throws IOException {
    file.ensureOpen();
  }

  private void requireOwn(Entry entry) {
    if (entry.reader() != this) {
      throw new IllegalArgumentException("entry of another reader, entry=" + entry);
    }
  }

  /** Closes the file and lets go of all memory, or leaves that to the reads that still use it. */
  @Override
  public void close() throws IOException {
    try {
      file.close();
    } finally {
      blobsLock.lock();
      try {
        BlobReader reader = blobs;
        if (reader != null) {
          reader.close();
        }
      } finally {
        blobsLock.unlock();
      }
      index.close();
      buffers.close();
      decoders.close();
    }
  }
}
