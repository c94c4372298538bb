package io.packhouse.engine.read;

import io.packhouse.engine.read.parts.DirectoryRow;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which entries to list. What it asks for is checked against the batch directory first, so batches
 * that hold no such entry are not read.
 */
public final class EntryFilter {
  /** Every entry, nested packages too. */
  public static final EntryFilter ALL = new EntryFilter(new byte[0], null, null, true);

  private final byte[] prefix;
  private final @Nullable String packageType;
  private final @Nullable String repository;
  private final boolean nested;

  private EntryFilter(
      byte[] prefix, @Nullable String packageType, @Nullable String repository, boolean nested) {
    this.prefix = prefix;
    this.packageType = packageType;
    this.repository = repository;
    this.nested = nested;
  }

  /** Only entries whose path bytes start with these. */
  public EntryFilter withPrefix(byte[] bytes) {
    return new EntryFilter(bytes.clone(), packageType, repository, nested);
  }

  /** Only entries whose path starts with this text. */
  public EntryFilter withPrefix(String text) {
    return withPrefix(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Only packages of this type. */
  public EntryFilter withPackageType(String type) {
    return new EntryFilter(prefix, type, repository, nested);
  }

  /** Only entries of this repository. */
  public EntryFilter withRepository(String name) {
    return new EntryFilter(prefix, packageType, name, nested);
  }

  /** Only what was in the tree: no packages nested in files. */
  public EntryFilter withoutNested() {
    return new EntryFilter(prefix, packageType, repository, false);
  }

  /** The prefix that paths must start with; the caller must not change it. */
  byte[] prefix() {
    return prefix;
  }

  boolean admits(DirectoryRow row) {
    return (nested || !row.nested())
        && (packageType == null || packageType.equals(row.packageType()))
        && (repository == null || repository.equals(row.repository()))
        && comparePrefix(row.lastPath()) >= 0
        && comparePrefix(row.firstPath()) <= 0;
  }

  /** Negative where the path comes before all paths with the prefix, 0 where it has it. */
  int comparePrefix(byte[] path) {
    int length = Math.min(path.length, prefix.length);
    return Arrays.compareUnsigned(path, 0, length, prefix, 0, prefix.length);
  }
}
