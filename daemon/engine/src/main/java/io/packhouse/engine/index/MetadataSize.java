package io.packhouse.engine.index;

import io.packhouse.spi.Dependency;
import io.packhouse.spi.PackageMetadata;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** About how much room package metadata takes in a batch. */
public final class MetadataSize {
  /** Of a value besides its characters: offsets, validity, numbers. */
  private static final long VALUE_BYTES = 8;

  private MetadataSize() {}

  /** Characters of all text, and some for each value; nested packages, rows of their own, not. */
  public static long of(PackageMetadata metadata) {
    long size = 16 * VALUE_BYTES;
    size += length(metadata.purl());
    size += length(metadata.namespace());
    size += length(metadata.name());
    size += length(metadata.version());
    size += length(metadata.license());
    size += ofValue(metadata.licensesDeclared());
    size += length(metadata.description());
    size += length(metadata.homepage());
    size += length(metadata.vcsUrl());
    size += ofValue(metadata.authors());
    for (Dependency dependency : metadata.dependencies()) {
      size += 4 * VALUE_BYTES;
      size += length(dependency.purl());
      size += length(dependency.name());
      size += length(dependency.requirement());
      size += length(dependency.scope());
    }
    return size + ofValue(metadata.columns());
  }

  private static long ofValue(Object value) {
    long size = VALUE_BYTES;
    if (value instanceof String text) {
      size += length(text);
    } else if (value instanceof List<?> list) {
      for (Object item : list) {
        size += ofValue(item);
      }
    } else if (value instanceof Map<?, ?> map) {
      for (Object item : map.values()) {
        size += ofValue(item);
      }
    }
    return size;
  }

  private static long length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }
}
