package io.packhouse.engine.read;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.format.BaseList;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.format.MissingBaseException;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.arrow.ArrowBatch;
import io.packhouse.engine.read.parts.ArchiveParts;
import io.packhouse.engine.read.parts.ArchiveSource;
import io.packhouse.engine.read.parts.BaseSearch;
import io.packhouse.engine.read.parts.Bases;
import io.packhouse.engine.read.parts.BatchDirectory;
import io.packhouse.engine.read.parts.BlobChain;
import io.packhouse.engine.read.parts.BlobReader;
import io.packhouse.engine.read.parts.BlobTable;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.engine.read.parts.IndexReader;
import io.packhouse.engine.read.parts.RowReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;
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
 * where the file cannot be read or the reader is closed. Those that read contents of a delta throw
 * {@link MissingBaseException} where a base is not found.
 */
public final class ArchiveReader implements Closeable {
  private final ArchiveParts parts;
  private volatile @Nullable CheckedFiles checked;

  private ArchiveReader(ArchiveParts parts) {
    this.parts = parts;
  }

  /** Opens an archive with {@link ReaderOptions#DEFAULT}. */
  public static ArchiveReader open(Path path) throws IOException {
    return open(path, ReaderOptions.DEFAULT);
  }

  /**
   * Opens an archive: reads its seal, footer and batch directory. The blob table is read when
   * contents are first asked for, and a delta's bases are opened when contents need them.
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
    BaseSearch bases = new BaseSearch(options.bases(), path);
    return new ArchiveReader(
        ArchiveParts.open(path, options.cacheBytes(), options.tableBytes(), bases));
  }

  /**
   * Opens an archive that is an open file already, with memory that it shares with other readers.
   *
   * @param channel read by position only; closed with the reader, or if this throws
   * @param name of the archive, for messages
   * @param memory stays open
   * @param bases finds the bases of a delta
   */
  public static ArchiveReader open(
      FileChannel channel, Path name, SharedReadMemory memory, Bases.Finder bases)
      throws IOException {
    return new ArchiveReader(
        ArchiveParts.open(
            channel, name, memory.memory(), memory.store(), memory.tableBytes(), bases));
  }

  /**
   * Opens an archive whose bytes come from elsewhere than a file. Bases are looked for where the
   * options say, and nowhere else.
   *
   * @param source closed with the reader, or if this throws
   * @param name of the archive, for messages
   */
  public static ArchiveReader open(ArchiveSource source, Path name, ReaderOptions options)
      throws IOException {
    return open(source, name, options, new BaseSearch(options.bases(), null));
  }

  /**
   * Likewise, but for where bases are looked for.
   *
   * @param bases finds the bases of a delta
   */
  public static ArchiveReader open(
      ArchiveSource source, Path name, ReaderOptions options, Bases.Finder bases)
      throws IOException {
    return new ArchiveReader(
        ArchiveParts.open(source, name, options.cacheBytes(), options.tableBytes(), bases));
  }

  /** The digest that names the archive: 64 hexadecimal digits. */
  public String id() {
    return parts.footer().id();
  }

  /** The file, as it was given to open. */
  public Path path() {
    return parts.file().path();
  }

  /** Length of the archive in bytes. */
  public long length() {
    return parts.file().length();
  }

  /** What the archive is and holds, by its own account. Reads the blob table. */
  public ArchiveSummary summary() throws IOException {
    return Summaries.of(parts);
  }

  /**
   * The entry with exactly these path bytes, or null. Hard links are given as such.
   *
   * @param path relative, without leading or trailing {@code /}; the root's is empty
   */
  public @Nullable Entry find(byte[] path) throws IOException {
    ensureOpen();
    IndexReader index = parts.index();
    for (BatchDirectory.Run run : index.directory().runs()) {
      DirectoryRow row = BatchDirectory.find(run, path);
      if (row == null) {
        continue;
      }
      ArrowBatch batch = index.acquire(row);
      try {
        int found = index.search(batch, path);
        if (found >= 0) {
          return new Entry(this, new RowReader(batch, index.columns(), row), found);
        }
      } finally {
        index.release(row, batch);
      }
    }
    return null;
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
          .corrupt("is a hard link to " + PathText.lenient(target) + ", which is not there");
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
    return new MergeCursor(this, filter, row -> true);
  }

  /** Likewise, of batches that {@code batches} admits by their ordinal; others are not read. */
  public EntryCursor entries(EntryFilter filter, IntPredicate batches) throws IOException {
    ensureOpen();
    return new MergeCursor(this, filter, row -> batches.test(row.ordinal()));
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
    Objects.checkFromIndexSize(offset, length, file.size());
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

  /**
   * A range of a file's contents, chunk by chunk, checked as above; for who takes the next chunk
   * when it is ready for it. A file that was found right once is not hashed again, only its blobs
   * are checked when they are read.
   *
   * @throws IndexOutOfBoundsException if the range is not inside the file
   */
  public ContentReader newContents(Entry file, long offset, long length) throws IOException {
    Objects.checkFromIndexSize(offset, length, file.size());
    return contents(file, offset, length, checkedFiles());
  }

  private CheckedFiles checkedFiles() {
    CheckedFiles present = checked;
    if (present == null) {
      // Two may be made at once: then what one of them knows is found out again.
      present = new CheckedFiles(parts.index().directory().rows());
      checked = present;
    }
    return present;
  }

  private ContentReader contents(Entry entry, long offset, long length) throws IOException {
    return contents(entry, offset, length, null);
  }

  private ContentReader contents(
      Entry file, long offset, long length, @Nullable CheckedFiles checkedFiles)
      throws IOException {
    requireOwn(file);
    Entry entry = located(file);
    if (entry.type() != EntryType.FILE) {
      throw new IllegalArgumentException("entry must be a file, entry=" + entry);
    }
    if (entry.status() != EntryStatus.OK) {
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
    return new ContentReader(
        parts.chain(), parts.memory().decoders(), entry, offset, length, checkedFiles);
  }

  /** How many blobs the archive has itself. */
  public long blobCount() {
    return parts.footer().blobTable().rows();
  }

  /**
   * The entry with extents that name blobs: of a delta's file that says no more than which file of
   * its base it has the contents of, a copy with that file's extents; any other as it is.
   *
   * @throws CorruptArchiveException if there is no such file, or it is another
   */
  public Entry located(Entry entry) throws IOException {
    boolean reference = entry.extentCount() == 1 && parts.bases().isReference(entry.extentBlob(0));
    return reference ? entry.withExtents(parts.bases()) : entry;
  }

  /** What it needs besides itself: none unless it is a delta. */
  public BaseList bases() {
    return parts.footer().bases();
  }

  /**
   * A row of the blob table, of the archive's own or a base's.
   *
   * @param number of the blob as extents have it: an ordinal, or −2 and less for those of bases
   * @throws IndexOutOfBoundsException if there is no such blob
   */
  public BlobInfo blob(long number) throws IOException {
    BlobReader reader = requireBlob(number);
    BlobTable table = reader.table();
    long ordinal = parts.chain().ordinal(number);
    return new BlobInfo(
        number,
        reader.file().path(),
        table.offset(ordinal),
        table.storedLength(ordinal),
        table.decodedLength(ordinal),
        table.codec(ordinal),
        table.codecLabel(ordinal),
        HexFormat.of().formatHex(table.digest(ordinal)));
  }

  /**
   * Checks a blob's stored bytes against their digest and decodes them.
   *
   * @param number as above
   * @param target off-heap, at least as long as the decoded blob; its contents are undefined when
   *     this throws
   * @return bytes written, the blob's decoded length
   * @throws IndexOutOfBoundsException if there is no such blob
   */
  public int readBlob(long number, MemorySegment target) throws IOException {
    BlobReader reader = requireBlob(number);
    long ordinal = parts.chain().ordinal(number);
    int length = reader.table().decodedLength(ordinal);
    if (!target.isNative() || target.byteSize() < length) {
      throw new IllegalArgumentException(
          "target must be off-heap and have " + length + " bytes, target=" + target);
    }
    reader.read(ordinal, target.asSlice(0, length));
    return length;
  }

  /**
   * Reads bytes of a raw blob without checking them. Only for a caller that checks the digest of a
   * whole file, which covers them.
   *
   * @param number as above
   * @param start of the bytes in the blob, which has as many as {@code target} from there
   * @param target off-heap
   * @throws IndexOutOfBoundsException if there is no such blob, or it ends before that
   * @throws IllegalArgumentException if it is not raw
   */
  public void readUnchecked(long number, long start, MemorySegment target) throws IOException {
    requireBlob(number).readUnchecked(parts.chain().ordinal(number), start, target);
  }

  /**
   * Reads and checks a blob, and keeps nothing.
   *
   * @param number as above
   * @throws CorruptArchiveException if it is damaged
   * @throws IndexOutOfBoundsException if there is no such blob
   */
  public void checkBlob(long number) throws IOException {
    requireBlob(number).check(parts.chain().ordinal(number));
  }

  private BlobReader requireBlob(long number) throws IOException {
    BlobChain chain = parts.chain();
    if (!chain.has(number)) {
      throw new IndexOutOfBoundsException("blob " + number + " of " + blobCount());
    }
    return chain.reader(number);
  }

  /** The parts that the entries are made of: for the checks behind a verification. */
  public ArchiveParts parts() {
    return parts;
  }

  /** The digests besides BLAKE3 that it records of each file, in the order of the columns. */
  public Set<DigestAlgorithm> digests() {
    return parts.index().columns().digests();
  }

  byte @Nullable [] digest(DirectoryRow row, int ordinal, DigestAlgorithm algorithm)
      throws IOException {
    ensureOpen();
    return parts.index().digest(row, ordinal, algorithm);
  }

  Map<String, Object> packageColumns(DirectoryRow row, int ordinal) throws IOException {
    ensureOpen();
    return parts.index().furtherValues(row, ordinal);
  }

  void ensureOpen() throws IOException {
    parts.ensureOpen();
  }

  private void requireOwn(Entry entry) {
    if (entry.reader() != this) {
      throw new IllegalArgumentException("entry of another reader, entry=" + entry);
    }
  }

  /** Closes the file and lets go of all memory, or leaves that to the reads that still use it. */
  @Override
  public void close() throws IOException {
    parts.close();
  }
}
