package io.packhouse.engine.pack;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.index.BatchEncoder;
import io.packhouse.engine.index.IndexSchema;
import io.packhouse.spi.ColumnSpec;
import java.util.List;
import java.util.SortedMap;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The Arrow side of a pack: its schema, and encoders that share an allocator. Made when it is first
 * asked for, since loading Arrow takes as long as reading a thousand files. Thread-safe.
 */
final class IndexEncoding implements AutoCloseable {
  private final SortedMap<String, List<ColumnSpec>> packageColumns;

  @GuardedBy("this")
  private @Nullable Schema schema;

  @GuardedBy("this")
  private @Nullable BufferAllocator allocator;

  /**
   * @param packageColumns own columns by package type
   */
  IndexEncoding(SortedMap<String, List<ColumnSpec>> packageColumns) {
    this.packageColumns = packageColumns;
  }

  /** The schema of the index. */
  synchronized Schema schema() {
    Schema made = schema;
    if (made == null) {
      made = IndexSchema.index(packageColumns);
      schema = made;
    }
    return made;
  }

  /** An encoder, which the caller closes before this. */
  synchronized BatchEncoder newEncoder() {
    BufferAllocator made = allocator;
    if (made == null) {
      made = new RootAllocator();
      allocator = made;
    }
    return new BatchEncoder(schema(), made);
  }

  /**
   * Frees the allocator. Idempotent.
   *
   * @throws IllegalStateException if memory of it is still in use
   */
  @Override
  public synchronized void close() {
    if (allocator != null) {
      BufferAllocator made = allocator;
      allocator = null;
      made.close();
    }
  }
}
