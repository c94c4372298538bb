package io.packhouse.engine.index;

import java.io.Closeable;
import java.io.IOException;

/**
 * Takes the rows of an archive while it is packed: the extension point for indices besides the
 * archive's own, such as a table format.
 *
 * <p>The packer calls {@link #row} for every entry in ascending order of path bytes (a nested
 * package after the file it is in), then {@link #finish} once the archive is in place, then {@link
 * #close}; when the pack fails, only {@code close}. Calls come from one thread at a time, and each
 * happens before the next. A sink that throws fails the pack.
 */
public interface IndexSink extends Closeable {

  /** Takes a row. A slow sink slows the pack: queue what takes long. */
  void row(EntryRow row) throws IOException;

  /**
   * The archive is complete and durable.
   *
   * @param archiveId 64 hexadecimal digits
   */
  void finish(String archiveId) throws IOException;

  /** Discards what was not finished. Idempotent. */
  @Override
  void close() throws IOException;
}
