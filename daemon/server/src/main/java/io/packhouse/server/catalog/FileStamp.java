package io.packhouse.server.catalog;

import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What tells one state of a file from another without reading it.
 *
 * @param size in bytes
 * @param mtimeNanos since 1970 UTC
 * @param fileKey device and inode; null where the file system has none
 */
public record FileStamp(long size, long mtimeNanos, @Nullable Object fileKey) {
  /** The stamp of a file with these attributes. */
  public static FileStamp of(BasicFileAttributes attributes) {
    return new FileStamp(
        attributes.size(),
        attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
        attributes.fileKey());
  }
}
