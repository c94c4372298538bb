package io.packhouse.engine.read.parts;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BlobCodec;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.arrow.ArrowBatch;
import io.packhouse.engine.read.arrow.Column;
import io.packhouse.engine.read.arrow.ColumnData;
import io.packhouse.engine.read.arrow.ColumnSet;
import io.packhouse.engine.read.memory.Place;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the blobs are and how they are stored: 49 bytes a blob on the heap. Immutable. */
public final class BlobTable {
  private static final int BYTES_PER_BLOB = 49;
  private static final int MAX_LABELS = 64;
  private static final int MAX_LABEL_LENGTH = 256;

  /** Rows of one batch of the table. */
  @SuppressWarnings("ArrayRecordComponent") // internal, never written after loading
  private record Chunk(
      long first, long[] offsets, int[] stored, int[] decoded, byte[] codecs, byte[] digests) {}

  private final List<Chunk> chunks;
  private final long[] firsts;
  private final List<String> labels;
  private final int count;

  private BlobTable(List<Chunk> chunks, List<String> labels, int count) {
    this.chunks = List.copyOf(chunks);
    this.labels = List.copyOf(labels);
    this.count = count;
    this.firsts = chunks.stream().mapToLong(Chunk::first).toArray();
  }

  static BlobTable read(ArchiveFooter footer, TableReader reader) throws IOException {
    TablePlace table = footer.blobTable();
    reader.checkLimit((long) table.rows() * BYTES_PER_BLOB, table.what());
    Loader loader = new Loader(footer.headLength(), table.offset());
    reader.read(table, loader);
    return new BlobTable(loader.chunks, loader.labels, table.rows());
  }

  /** How many blobs there are. */
  public int count() {
    return count;
  }

  /** Whether there is such a blob. The other methods take only ordinals of which it is true. */
  public boolean has(long ordinal) {
    return ordinal >= 0 && ordinal < count;
  }

  private Chunk chunk(long ordinal) {
    int found = Arrays.binarySearch(firsts, ordinal);
    return chunks.get(found >= 0 ? found : -found - 2);
  }

  /** Offset of a blob in the archive. */
  public long offset(long ordinal) {
    Chunk chunk = chunk(ordinal);
    return chunk.offsets[(int) (ordinal - chunk.first)];
  }

  /** Bytes of a blob as stored. */
  public int storedLength(long ordinal) {
    Chunk chunk = chunk(ordinal);
    return chunk.stored[(int) (ordinal - chunk.first)];
  }

  /** Bytes of a blob once decoded. */
  public int decodedLength(long ordinal) {
    Chunk chunk = chunk(ordinal);
    return chunk.decoded[(int) (ordinal - chunk.first)];
  }

  /** The codec, or null where this reader does not know it. */
  public @Nullable BlobCodec codec(long ordinal) {
    return BlobCodec.ofLabel(codecLabel(ordinal));
  }

  /** A blob's codec as the archive has it. */
  public String codecLabel(long ordinal) {
    Chunk chunk = chunk(ordinal);
    return labels.get(chunk.codecs[(int) (ordinal - chunk.first)]);
  }

  /** Digest of a blob's stored bytes. A copy. */
  public byte[] digest(long ordinal) {
    Chunk chunk = chunk(ordinal);
    int at = (int) (ordinal - chunk.first) * ArchiveFormat.DIGEST_LENGTH;
    return Arrays.copyOfRange(chunk.digests, at, at + ArchiveFormat.DIGEST_LENGTH);
  }

  private static final class Loader implements TableReader.Rows {
    private final long limit;
    private final List<Chunk> chunks = new ArrayList<>();
    private final List<String> labels = new ArrayList<>();
    private long end;
    private long count;

    /** Blobs must lie in [start, limit). */
    Loader(long start, long limit) {
      this.end = start;
      this.limit = limit;
    }

    @Override
    public void columns(ColumnSet columns, Place place) throws IOException {
      columns.require("offset", "int64", place);
      columns.require("stored_length", "int64", place);
      columns.require("decoded_length", "int64", place);
      columns.require("codec", "utf8", place);
      columns.require("codec_parameters", "binary", place);
      columns.require("blake3", "fixed_size_binary(32)", place);
    }

    @Override
    public void batch(ArrowBatch batch, Place place) throws IOException {
      int rows = batch.rows();
      if (rows == 0) {
        return;
      }
      ColumnData offsets = notNull(batch, "offset", place);
      ColumnData stored = notNull(batch, "stored_length", place);
      ColumnData decoded = notNull(batch, "decoded_length", place);
      ColumnData codecs = notNull(batch, "codec", place);
      ColumnData parameters = column(batch, "codec_parameters", place);
      ColumnData digests = notNull(batch, "blake3", place);
      Chunk chunk =
          new Chunk(
              count,
              new long[rows],
              new int[rows],
              new int[rows],
              new byte[rows],
              new byte[rows * ArchiveFormat.DIGEST_LENGTH]);
      int label = 0;
      byte[] previous = null;
      MemorySegment target = MemorySegment.ofArray(chunk.digests);
      for (int row = 0; row < rows; row++) {
        long ordinal = count + row;
        long offset = offsets.integer(row);
        chunk.stored[row] =
            length(stored.integer(row), ArchiveFormat.MAX_STORED_BLOB_LENGTH, ordinal, place);
        chunk.decoded[row] =
            length(decoded.integer(row), ArchiveFormat.MAX_DECODED_BLOB_LENGTH, ordinal, place);
        if (offset < end || offset > limit - chunk.stored[row]) {
          throw place.corrupt(
              "blob "
                  + ordinal
                  + " is ["
                  + offset
                  + ", +"
                  + chunk.stored[row]
                  + "), must be inside ["
                  + end
                  + ", "
                  + limit
                  + ")");
        }
        end = offset + chunk.stored[row];
        chunk.offsets[row] = offset;
        boolean hasParameters = !parameters.isNull(row);
        if (previous == null || hasParameters || codecs.compare(row, previous) != 0) {
          previous = hasParameters ? null : codecs.bytes(row);
          label = label(codecs.bytes(row), hasParameters);
        }
        chunk.codecs[row] = (byte) label;
        digests.copyTo(row, target, (long) row * ArchiveFormat.DIGEST_LENGTH);
      }
      chunks.add(chunk);
      count += rows;
    }

    private static int length(long length, int limit, long ordinal, Place place)
        throws IOException {
      if (length < 1 || length > limit) {
        throw place.corrupt(
            "blob " + ordinal + " has a length of " + length + ", must be in [1, " + limit + "]");
      }
      return (int) length;
    }

    /** Number of a codec. No codec has parameters yet, so one that has is another, unknown one. */
    private int label(byte[] codec, boolean hasParameters) {
      String text =
          PathText.lenient(Arrays.copyOf(codec, Math.min(codec.length, MAX_LABEL_LENGTH)));
      if (hasParameters) {
        text += " with parameters";
      }
      if (!labels.contains(text) && labels.size() >= MAX_LABELS) {
        text = "(one of many unknown codecs)";
      }
      if (!labels.contains(text)) {
        labels.add(text);
      }
      return labels.indexOf(text);
    }

    private static ColumnData column(ArrowBatch batch, String name, Place place)
        throws IOException {
      Column column = batch.columns().find(name);
      if (column == null) {
        throw place.corrupt("has no column " + name);
      }
      return batch.column(column);
    }

    private static ColumnData notNull(ArrowBatch batch, String name, Place place)
        throws IOException {
      ColumnData data = column(batch, name, place);
      data.requireNoNulls(name, place);
      return data;
    }
  }
}
