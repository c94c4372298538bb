package io.packhouse.engine.pack;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.index.BatchEncoder;
import io.packhouse.engine.index.EncodedBatch;
import io.packhouse.engine.index.EntryRow;
import io.packhouse.engine.index.IndexSchema;
import io.packhouse.engine.index.IpcBuffers;
import io.packhouse.engine.index.IpcMessages;
import io.packhouse.engine.index.TableSchema;
import io.packhouse.spi.ColumnSpec;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The Arrow side of a pack: its schema, and as many encoders as ever encode at once. Another pack
 * of the same columns can use it after that. Thread-safe.
 */
public final class IndexEncoding implements AutoCloseable {
  /** Encoders of longer batches are not kept for the next pack: their arrays are as long. */
  private static final int KEPT_ROWS = 4 << 10;

  /** What an encoder holds beside its buffers, about. */
  private static final long ENCODER_BYTES = 4L << 20;

  private final TableSchema schema;
  private final byte[] schemaMessage;
  private final IpcBuffers buffers = new IpcBuffers();

  @GuardedBy("this")
  private final Deque<BatchEncoder> idle = new ArrayDeque<>();

  @GuardedBy("this")
  private int mostRows;

  /**
   * @param packageColumns own columns by package type
   * @param digests of files besides BLAKE3
   * @param minorVersion of the format
   */
  public IndexEncoding(
      SortedMap<String, List<ColumnSpec>> packageColumns,
      Set<DigestAlgorithm> digests,
      int minorVersion) {
    schema = IndexSchema.index(packageColumns, digests, minorVersion);
    schemaMessage = IpcMessages.schema(schema);
  }

  /** The schema of the index. */
  TableSchema schema() {
    return schema;
  }

  /** The same as an encapsulated message. */
  public byte[] schemaMessage() {
    return schemaMessage.clone();
  }

  /** What is done with an encoder that is kept for the next who needs one. */
  public interface Encoding<T> {
    T apply(BatchEncoder encoder) throws IOException;
  }

  /**
   * Encodes rows of one group, with an encoder that is kept for the next ones. The caller closes
   * the batch, before this.
   */
  EncodedBatch encode(List<EntryRow> rows) throws IOException {
    return with(encoder -> encoder.encode(rows), rows.size());
  }

  /** Encodes anything else. */
  public <T> T with(Encoding<T> encoding) throws IOException {
    return with(encoding, 0);
  }

  private <T> T with(Encoding<T> encoding, int rows) throws IOException {
    BatchEncoder encoder = poll(rows);
    if (encoder == null) {
      encoder = new BatchEncoder(schema, buffers);
    }
    try {
      T result = encoding.apply(encoder);
      keep(encoder);
      return result;
    } catch (Throwable e) {
      encoder.close(); // it may hold half a batch
      throw e;
    }
  }

  private synchronized @Nullable BatchEncoder poll(int rows) {
    mostRows = Math.max(mostRows, rows);
    return idle.pollLast();
  }

  private synchronized void keep(BatchEncoder encoder) {
    idle.addLast(encoder);
  }

  /** Bytes that are kept. */
  synchronized long bytes() {
    return idle.size() * ENCODER_BYTES + buffers.keptBytes();
  }

  /** Keeps no more for the next pack than a small one needs. */
  synchronized void trim() {
    if (mostRows > KEPT_ROWS) {
      freeIdle();
      buffers.free();
      mostRows = 0;
    }
  }

  @GuardedBy("this")
  private void freeIdle() {
    while (!idle.isEmpty()) {
      idle.removeLast().close();
    }
  }

  /**
   * Frees encoders and buffers. Idempotent.
   *
   * @throws IllegalStateException if memory of it is still in use
   */
  @Override
  public synchronized void close() {
    freeIdle();
    buffers.close();
  }
}
