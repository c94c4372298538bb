package io.packhouse.engine.merge;

import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.blake3.Hasher;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BlobCodec;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.index.BatchEncoder;
import io.packhouse.engine.index.EncodedBatch;
import io.packhouse.engine.index.EntryRow;
import io.packhouse.engine.pack.ArchiveOutput;
import io.packhouse.engine.pack.ArchiveWriter;
import io.packhouse.engine.pack.IndexEncoding;
import io.packhouse.engine.pack.PackException;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.ContentReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.arrow.ArrowBatch;
import io.packhouse.engine.read.arrow.ArrowMessage;
import io.packhouse.engine.read.memory.BufferPool;
import io.packhouse.engine.read.memory.Place;
import io.packhouse.engine.read.parts.ArchiveParts;
import io.packhouse.engine.read.parts.BlobReader;
import io.packhouse.engine.read.parts.BlobTable;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.engine.read.parts.RowReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flatbuf.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * Merges a delta and its bases into an archive that needs no other and has the delta's entries.
 *
 * <p>Blobs that some file needs are copied as they are stored, each checked against its digest on
 * the way; nothing is decoded or compressed again. The columns of the index are taken over as they
 * are stored, too, but for the extents. So the same archives give the same bytes.
 *
 * <p>A merger merges once. {@link #cancel} may be called from any thread.
 */
public final class Merger {

  /** Is told how far a merge is. */
  @FunctionalInterface
  public interface Listener {
    /** So many of the blobs' stored bytes are copied. */
    void copied(long blobs, long bytes, long allBytes);
  }

  private final ArchiveReader reader;
  private final ArchiveParts parts;
  private final String producer;
  private final Listener listener;
  private long files;
  private long bytes;
  private volatile boolean cancelled;

  /**
   * @param reader of the delta, stays the caller's; of an archive without bases a copy is made
   *     without the blobs that no file needs
   * @param producer who writes, for the footer
   */
  public Merger(ArchiveReader reader, String producer, Listener listener) {
    this.reader = reader;
    this.parts = reader.parts();
    this.producer = producer;
    this.listener = listener;
  }

  /** Makes the merge fail soon. From any thread, at any time. */
  public void cancel() {
    cancelled = true;
  }

  /**
   * Merges.
   *
   * @param output stays the caller's to close; committed when all is written
   * @throws io.packhouse.engine.format.MissingBaseException if a base is not found
   * @throws io.packhouse.engine.format.CorruptArchiveException if an archive is damaged
   * @throws UnsupportedFormatException if a blob or column is of a kind that this writer does not
   *     make
   * @throws PackException if it cannot be written, or was cancelled
   * @throws IOException if something cannot be read
   */
  public MergeReport merge(ArchiveOutput output) throws IOException {
    long start = System.nanoTime();
    BlobNumbers numbers = new BlobNumbers(parts.chain());
    List<DirectoryRow> batches = parts.index().directory().rows();
    for (DirectoryRow row : batches) {
      forEachFile(row, (entry, ordinal) -> use(entry, numbers));
    }
    numbers.number();
    try (IndexEncoding encoding = MergedSchema.of(reader);
        Hasher hasher = Blake3.system().newHasher()) {
      int minorVersion = MergedSchema.minorVersion(reader);
      ArchiveWriter writer = new ArchiveWriter(output, encoding, minorVersion, hasher);
      long before = writer.position();
      long left = 0;
      long all = 0;
      for (int i = 0; i < numbers.archives(); i++) {
        left += numbers.reader(i).table().count() - numbers.used(i).cardinality();
        all += storedBytes(numbers.reader(i).table(), numbers.used(i));
      }
      for (int i = 0; i < numbers.archives(); i++) {
        copy(numbers.reader(i), numbers.used(i), writer, before, all);
      }
      long blobBytes = writer.position() - before;
      long rows = 0;
      for (DirectoryRow row : batches) {
        ensureWanted();
        writeBatch(row, numbers, encoding, writer);
        rows += row.rows();
      }
      String id = writer.finish(metadata());
      ensureWanted();
      output.commit();
      return new MergeReport(
          id,
          numbers.archives(),
          rows,
          files,
          bytes,
          writer.blobCount(),
          blobBytes,
          left,
          writer.position(),
          System.nanoTime() - start);
    }
  }

  private void ensureWanted() throws PackException {
    if (cancelled) {
      throw new PackException(
          PackException.Reason.CANCELLED, "cancelled; nothing was written", null);
    }
  }

  private interface FileConsumer {
    void accept(Entry entry, int row) throws IOException;
  }

  /** Gives the entries of a batch that have contents, with extents that name blobs. */
  private void forEachFile(DirectoryRow row, FileConsumer consumer) throws IOException {
    ensureWanted();
    ArrowBatch batch = parts.index().acquire(row);
    try {
      RowReader columns = new RowReader(batch, parts.index().columns(), row);
      for (int i = 0; i < batch.rows(); i++) {
        Entry entry = new Entry(reader, columns, i);
        if (entry.hasContents()) {
          consumer.accept(reader.located(entry), i);
        }
      }
    } finally {
      parts.index().release(row, batch);
    }
  }

  private void use(Entry entry, BlobNumbers numbers) throws IOException {
    ContentReader.checkExtents(entry, parts.chain(), true);
    files++;
    bytes += entry.size();
    for (int i = 0; i < entry.extentCount(); i++) {
      numbers.use(entry.extentBlob(i));
    }
  }

  private static long storedBytes(BlobTable table, BitSet used) {
    long sum = 0;
    for (int i = used.nextSetBit(0); i >= 0; i = used.nextSetBit(i + 1)) {
      sum += table.storedLength(i);
    }
    return sum;
  }

  private void copy(BlobReader from, BitSet used, ArchiveWriter writer, long before, long all)
      throws IOException {
    BlobTable table = from.table();
    for (int i = used.nextSetBit(0); i >= 0; i = used.nextSetBit(i + 1)) {
      ensureWanted();
      BlobCodec codec = table.codec(i);
      if (codec == null) {
        throw new UnsupportedFormatException(
            from.file().path(),
            "blob " + i + " is of codec " + table.codecLabel(i) + "; use a newer packhouse");
      }
      int stored = table.storedLength(i);
      try (BufferPool.Buffer buffer = parts.memory().buffers().take(stored)) {
        MemorySegment bytesOfBlob = buffer.segment().asSlice(0, stored);
        from.readStored(i, bytesOfBlob);
        writer.write(bytesOfBlob.asByteBuffer());
      }
      writer.endBlob(stored, table.decodedLength(i), codec, table.digest(i));
      listener.copied(writer.blobCount(), writer.position() - before, all);
    }
  }

  private void writeBatch(
      DirectoryRow row, BlobNumbers numbers, IndexEncoding encoding, ArchiveWriter writer)
      throws IOException {
    List<long @Nullable []> extents = new ArrayList<>();
    for (int i = 0; i < row.rows(); i++) {
      extents.add(null);
    }
    forEachFile(row, (entry, i) -> extents.set(i, renumbered(entry, numbers)));
    Place place = row.place(reader.path());
    try (BufferPool.Buffer buffer = parts.memory().buffers().take(row.length())) {
      MemorySegment message = buffer.segment().asSlice(0, row.length());
      parts.file().read(row.offset(), message);
      // The index checked what the batch says of its buffers; these are the same bytes.
      parts.memory().decoders().check(message, row.blake3(), place);
      ArrowMessage parsed = ArrowMessage.parse(message, 0, place);
      RecordBatch header = parsed.recordBatch(place);
      if (header.compression() == null) {
        throw new UnsupportedFormatException(
            reader.path(), "batch " + row.ordinal() + " is not compressed, as others write it");
      }
      BatchEncoder.StoredBatch stored =
          new BatchEncoder.StoredBatch(
              header,
              parsed.body().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN),
              new EntryRow.Group(row.packageType(), row.repository(), row.nested()),
              row.firstPath(),
              row.lastPath());
      try (EncodedBatch encoded = encoding.with(of -> of.withExtents(stored, extents))) {
        writer.writeBatch(encoded);
      }
    }
  }

  private static long[] renumbered(Entry entry, BlobNumbers numbers) {
    long[] triples = new long[3 * entry.extentCount()];
    for (int i = 0; i < entry.extentCount(); i++) {
      triples[3 * i] = numbers.renumbered(entry.extentBlob(i));
      triples[3 * i + 1] = entry.extentOffset(i);
      triples[3 * i + 2] = entry.extentLength(i);
    }
    return triples;
  }

  /** What the delta says of its entries and of how it was packed holds for the whole as well. */
  private Map<String, String> metadata() {
    Map<String, String> metadata = new HashMap<>();
    parts
        .footer()
        .metadata()
        .values()
        .forEach(
            (key, value) -> {
              if (key.startsWith(ArchiveFormat.KEY_TOTAL)
                  || key.startsWith(ArchiveFormat.KEY_OPTION)
                  || key.equals(ArchiveFormat.KEY_EXTRACTORS)) {
                metadata.put(key, value);
              }
            });
    metadata.put(ArchiveFormat.KEY_PRODUCER, producer);
    return metadata;
  }
}
