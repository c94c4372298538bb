package io.packhouse.engine.read.base;

import io.packhouse.engine.base.DigestTable;
import io.packhouse.engine.base.EarlierExtraction;
import io.packhouse.engine.base.PackBase;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BaseId;
import io.packhouse.engine.format.BaseList;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.ReaderOptions;
import io.packhouse.engine.read.arrow.ArrowBatch;
import io.packhouse.engine.read.arrow.ColumnData;
import io.packhouse.engine.read.parts.ArchiveParts;
import io.packhouse.engine.read.parts.BatchDirectory;
import io.packhouse.engine.read.parts.BlobChain;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.engine.read.parts.IndexColumns.Core;
import io.packhouse.engine.read.parts.IndexReader;
import io.packhouse.engine.read.parts.RowReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open archive as the base of a delta. Of each of its files it keeps 11 to 22 bytes in memory,
 * and the last batches of its index.
 */
public final class BaseArchive implements PackBase {
  /** Twenty-five million files; those beyond are stored again. */
  private static final long MOST_TABLE_BYTES = 256L << 20;

  private static final long CACHE_BYTES = 48L << 20;
  private static final int LENGTH_BITS = 1 << 20;

  private final ArchiveReader reader;
  private final IndexReader index;
  private final List<BaseId> ids;

  /** The first row of each batch, and how many there are in all. */
  private final long[] firstRows;

  private final DigestTable digests;
  private final Neighbours neighbours;
  private final StoredExtractions extractions;
  private final BitSet lengths = new BitSet(LENGTH_BITS);

  private BaseArchive(ArchiveReader reader, List<BaseId> ids) {
    this.reader = reader;
    this.index = reader.parts().index();
    this.ids = ids;
    List<DirectoryRow> batches = index.directory().rows();
    firstRows = new long[batches.size() + 1];
    for (int i = 0; i < batches.size(); i++) {
      firstRows[i + 1] = firstRows[i] + batches.get(i).rows();
    }
    digests = new DigestTable(firstRows[batches.size()], MOST_TABLE_BYTES);
    neighbours = new Neighbours(index, firstRows);
    extractions = new StoredExtractions(index);
  }

  /**
   * Opens an archive and reads its index.
   *
   * @throws io.packhouse.engine.format.CorruptArchiveException if it is damaged
   * @throws io.packhouse.engine.format.UnsupportedFormatException if it is of a newer version
   * @throws IOException if it cannot be read, or has as many bases as there may be already
   */
  public static BaseArchive open(Path path) throws IOException {
    ArchiveReader reader =
        ArchiveReader.open(path, ReaderOptions.DEFAULT.withCacheBytes(CACHE_BYTES));
    BaseArchive base = null;
    try {
      base = new BaseArchive(reader, ids(reader));
      base.readDigests();
      return base;
    } catch (Throwable t) {
      if (base != null) {
        base.digests.close();
      }
      reader.close();
      throw t;
    }
  }

  private static List<BaseId> ids(ArchiveReader reader) throws IOException {
    List<BaseId> ids = new ArrayList<>();
    ids.add(new BaseId(reader.id(), reader.blobCount()));
    ids.addAll(reader.parts().footer().bases().bases());
    if (ids.size() > ArchiveFormat.MAX_BASES) {
      throw new IOException(
          reader.path()
              + " has "
              + (ids.size() - 1)
              + " bases, and a delta may have "
              + ArchiveFormat.MAX_BASES
              + " in all; make one archive of them with packhouse merge, and use that as the base");
    }
    return List.copyOf(ids);
  }

  private void readDigests() throws IOException {
    List<DirectoryRow> batches = index.directory().rows();
    for (int i = 0; i < batches.size(); i++) {
      if (batches.get(i).nested()) {
        continue; // what is inside packages has no contents of its own
      }
      ArrowBatch batch = index.acquire(batches.get(i));
      try {
        ColumnData values = batch.column(index.columns().of(Core.BLAKE3));
        ColumnData sizes = batch.column(index.columns().of(Core.SIZE));
        for (int row = 0; row < batch.rows(); row++) {
          if (!values.isNull(row) && sizes.integer(row) > 0) {
            digests.add(values.bytes(row), firstRows[i] + row);
            lengths.set(lengthBit(sizes.integer(row)));
          }
        }
      } finally {
        index.release(batches.get(i), batch);
      }
    }
  }

  private static int lengthBit(long length) {
    return (int) ((length * 0x9E3779B97F4A7C15L) >>> 44); // Knuth, volume 3, 6.4
  }

  @Override
  public List<BaseId> ids() {
    return ids;
  }

  @Override
  public Path path() {
    return reader.path();
  }

  @Override
  public boolean mayHaveLength(long length) {
    return lengths.get(lengthBit(length));
  }

  @Override
  public boolean mayHave(byte[] digest) {
    return digests.mayHave(digest);
  }

  @Override
  public long @Nullable [] find(byte[] digest, long length) throws IOException {
    long row = digests.find(digest, candidate -> hasDigest(candidate, digest));
    if (row == DigestTable.NONE) {
      return null;
    }
    int ordinal = batch(row);
    DirectoryRow of = index.directory().rows().get(ordinal);
    ArrowBatch batch = index.acquire(of);
    try {
      return extents(batch, (int) (row - firstRows[ordinal]), row, length);
    } finally {
      index.release(of, batch);
    }
  }

  @Override
  public @Nullable String extractors() {
    return index.columns().extractSiblings() == null
        ? null
        : reader.parts().footer().metadata().values().get(ArchiveFormat.KEY_EXTRACTORS);
  }

  @Override
  public @Nullable EarlierExtraction extraction(
      byte[] path, byte[] digest, EarlierExtraction.Check check) throws IOException {
    // Mostly it is the first that has these contents.
    long row = digests.find(digest, candidate -> hasDigest(candidate, digest));
    if (row == DigestTable.NONE) {
      return null;
    }
    if (!hasPath(row, path)) {
      row = rowOf(path);
      if (row == DigestTable.NONE || !hasDigest(row, digest)) {
        return null;
      }
    }
    int ordinal = batch(row);
    DirectoryRow of = index.directory().rows().get(ordinal);
    return extractions.of(of, (int) (row - firstRows[ordinal]), path, check);
  }

  private long rowOf(byte[] path) throws IOException {
    for (BatchDirectory.Run run : index.directory().runs()) {
      DirectoryRow of = BatchDirectory.find(run, path);
      if (of == null || of.nested()) {
        continue;
      }
      ArrowBatch batch = index.acquire(of);
      try {
        int found = index.search(batch, path);
        if (found >= 0) {
          return firstRows[of.ordinal()] + found;
        }
      } finally {
        index.release(of, batch);
      }
    }
    return DigestTable.NONE;
  }

  /** Whether the row has this path, which is valid UTF-8. */
  private boolean hasPath(long row, byte[] path) throws IOException {
    int ordinal = batch(row);
    DirectoryRow of = index.directory().rows().get(ordinal);
    ArrowBatch batch = index.acquire(of);
    try {
      int inBatch = (int) (row - firstRows[ordinal]);
      return batch.column(index.columns().of(Core.PATH)).compare(inBatch, path) == 0
          && batch.column(index.columns().of(Core.PATH_RAW)).isNull(inBatch);
    } finally {
      index.release(of, batch);
    }
  }

  @Override
  public long[] near(byte[] path, long length) throws IOException {
    return neighbours.near(path, length);
  }

  @Override
  public @Nullable EarlierFile open(long row) throws IOException {
    int ordinal = batch(row);
    DirectoryRow of = index.directory().rows().get(ordinal);
    int rowInBatch = (int) (row - firstRows[ordinal]);
    BlobChain blobs = reader.parts().chain();
    ArchiveParts parts = reader.parts();
    long[] stored;
    ArrowBatch batch = index.acquire(of);
    try {
      stored = RowReader.extents(batch.column(index.columns().of(Core.EXTENTS)), rowInBatch);
      if (stored != null && stored.length == 3 && parts.bases().isReference(stored[0])) {
        long size = batch.column(index.columns().of(Core.SIZE)).integer(rowInBatch);
        byte[] digest = batch.column(index.columns().of(Core.BLAKE3)).bytesOrNull(rowInBatch);
        stored = parts.bases().extents(stored[0], size, digest, batch.place());
      }
    } finally {
      index.release(of, batch);
    }
    if (stored == null) {
      return null;
    }
    long[] extents = stored.clone();
    for (int i = 0; i < stored.length; i += 3) {
      long blob = stored[i];
      if (blob == ArchiveFormat.ZEROS && stored[i + 2] >= 0) {
        continue;
      }
      long end =
          blobs.has(blob) ? blobs.reader(blob).table().decodedLength(blobs.ordinal(blob)) : -1;
      if (stored[i + 1] < 0 || stored[i + 2] < 0 || stored[i + 1] > end - stored[i + 2]) {
        throw of.place(reader.path())
            .corrupt("an extent of row " + rowInBatch + " is outside its blob");
      }
      extents[i] = ofDelta(blob);
    }
    return new StoredFile(blobs, stored, extents);
  }

  /** The delta's number of a blob of the base's. */
  private long ofDelta(long blob) {
    return blob >= 0 ? BaseList.extentBlob(blob) : blob - ids.getFirst().blobs();
  }

  private boolean hasDigest(long row, byte[] digest) throws IOException {
    int ordinal = batch(row);
    DirectoryRow of = index.directory().rows().get(ordinal);
    ArrowBatch batch = index.acquire(of);
    try {
      ColumnData values = batch.column(index.columns().of(Core.BLAKE3));
      return Arrays.equals(values.bytesOrNull((int) (row - firstRows[ordinal])), digest);
    } finally {
      index.release(of, batch);
    }
  }

  private int batch(long row) {
    int found = Arrays.binarySearch(firstRows, row);
    // Batches have at least one row, so no two begin with the same.
    return found >= 0 ? found : -found - 2;
  }

  /** One extent as it is, by the delta's numbers; more as a reference to the row. */
  private long[] extents(ArrowBatch batch, int rowInBatch, long row, long length)
      throws IOException {
    ColumnData list = batch.column(index.columns().of(Core.EXTENTS));
    long size = batch.column(index.columns().of(Core.SIZE)).integer(rowInBatch);
    if (size != length || list.isNull(rowInBatch)) {
      throw batch
          .place()
          .corrupt("row " + rowInBatch + " has a file's digest, but not its " + length + " bytes");
    }
    int start = list.start(rowInBatch);
    if (list.end(rowInBatch) - start == 1) {
      ColumnData fields = list.child(0);
      long blob = fields.child(0).integer(start, Long.MIN_VALUE);
      long offset = fields.child(1).integer(start, Long.MIN_VALUE);
      if (fields.child(2).integer(start, Long.MIN_VALUE) != length || offset < 0) {
        throw batch.place().corrupt("row " + rowInBatch + " has an extent of another length");
      }
      long own = ids.getFirst().blobs();
      long ofBases = BaseId.blobs(ids) - own;
      if (blob == ArchiveFormat.ZEROS) {
        return new long[] {blob, offset, length};
      }
      boolean isBlob = blob >= 0 ? blob < own : BaseList.number(blob) < ofBases;
      if (isBlob) {
        return new long[] {ofDelta(blob), offset, length};
      }
    }
    return new long[] {BaseList.extentBlob(BaseId.blobs(ids) + row), 0, length};
  }

  @Override
  public void checkUnchanged() throws IOException {
    String now;
    try (ArchiveReader again =
        ArchiveReader.open(reader.path(), ReaderOptions.DEFAULT.withCacheBytes(0))) {
      now = again.id();
    }
    if (!now.equals(reader.id())) {
      throw new IOException(
          reader.path()
              + " was replaced during the pack: it was archive "
              + reader.id()
              + ", is "
              + now
              + " now; nothing was written");
    }
  }

  @Override
  public void close() throws IOException {
    digests.close();
    reader.close();
  }
}
