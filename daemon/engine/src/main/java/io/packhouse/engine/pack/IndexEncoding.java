package io.packhouse.engine.pack;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.index.BatchEncoder;
import io.packhouse.engine.index.EncodedBatch;
import io.packhouse.engine.index.EntryRow;
import io.packhouse.engine.index.IndexSchema;
import io.packhouse.engine.index.IpcBuffers;
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
 * The Arrow side of a pack: its schema, and as many encoders as ever encode at once. Thread-safe.
 */
final class IndexEncoding implements AutoCloseable {
  private final TableSchema schema;
  private final IpcBuffers buffers = new IpcBuffers();

  @GuardedBy("this")
  private final Deque<BatchEncoder> idle = new ArrayDeque<>();

  /**
   * @param packageColumns own columns by package type
   * @param digests of files besides BLAKE3
   */
  IndexEncoding(SortedMap<String, List<ColumnSpec>> packageColumns, Set<DigestAlgorithm> digests) {
    schema = IndexSchema.index(packageColumns, digests);
  }

  /** The schema of the index. */
  TableSchema schema() {
    return schema;
  }

  /** An encoder, which the caller closes before this. */
  BatchEncoder newEncoder() {
    return new BatchEncoder(schema, buffers);
  }

  /**
   * Encodes rows of one group, with an encoder that is kept for the next ones. The caller closes
   * the batch, before this.
   */
  EncodedBatch encode(List<EntryRow> rows) throws IOException {
    BatchEncoder encoder = poll();
    if (encoder == null) {
      encoder = newEncoder();
    }
    try {
      EncodedBatch batch = encoder.encode(rows);
      keep(encoder);
      return batch;
    } catch (Throwable e) {
      encoder.close(); // it may hold half a batch
      throw e;
    }
  }

  private synchronized @Nullable BatchEncoder poll() {
    return idle.pollLast();
  }

  private synchronized void keep(BatchEncoder encoder) {
    idle.addLast(encoder);
  }

  /**
   * Frees encoders and buffers. Idempotent.
   *
   * @throws IllegalStateException if memory of it is still in use
   */
  @Override
  public synchronized void close() {
    while (!idle.isEmpty()) {
      idle.removeLast().close();
    }
    buffers.close();
  }
}
