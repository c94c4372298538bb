package io.packhouse.plugins.maven;

import io.packhouse.spi.Dependency;
import io.packhouse.spi.PackageMetadata;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much may still be said of one file: a host drops all metadata of a file where there is too
 * much, so that nested packages are rather left out.
 */
final class MetadataRoom {

  /** Characters, some for each value too: what hosts take is 8 Mi. */
  static final int MAX_SIZE = 6 << 20;

  private long left = MAX_SIZE;

  boolean isFull() {
    return left <= 0;
  }

  /**
   * Counts what metadata holds, without nested packages.
   *
   * @return whether there was room for it
   */
  boolean take(PackageMetadata metadata) {
    long size = 512;
    size += length(metadata.description()) + length(metadata.homepage());
    size += length(metadata.vcsUrl());
    size += length(metadata.purl()) * 3L;
    size += of(metadata.licensesDeclared()) + of(metadata.authors());
    for (Dependency dependency : metadata.dependencies()) {
      size += 64L + length(dependency.purl()) + dependency.name().length();
      size += length(dependency.requirement()) + length(dependency.scope());
    }
    for (Object value : metadata.columns().values()) {
      size += of(value);
    }
    left -= size;
    return left > 0;
  }

  private static long of(Object value) {
    long size = 16;
    if (value instanceof String text) {
      size += text.length();
    } else if (value instanceof List<?> list) {
      for (Object item : list) {
        size += of(item);
      }
    }
    return size;
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }
}
