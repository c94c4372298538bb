package io.packhouse.server.catalog;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * What is known of a file that is called like an archive.
 *
 * @param name of the archive
 * @param stamp of the file when it was looked at
 * @param id 64 hexadecimal digits; empty where it cannot be read
 * @param rows of its index
 * @param formatVersion such as {@code 1.0}; empty where it cannot be read
 * @param problem why it cannot be read; empty where it can
 */
public record CatalogEntry(
    ArchiveName name, FileStamp stamp, String id, long rows, String formatVersion, String problem) {

  /** Whether it is an archive that can be read. */
  public boolean isReadable() {
    return problem.isEmpty();
  }

  /** Length of the file in bytes. */
  public long size() {
    return stamp.size();
  }

  /** When the file was modified last. */
  public Instant modified() {
    long nanos = stamp.mtimeNanos();
    long second = TimeUnit.SECONDS.toNanos(1);
    return Instant.ofEpochSecond(Math.floorDiv(nanos, second), Math.floorMod(nanos, second));
  }
}
