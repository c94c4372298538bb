package io.packhouse.sql.version;

import java.util.Comparator;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The order of an ecosystem's versions: a total one. Versions that are not valid in the ecosystem
 * come before all that are, and among themselves in the order of their characters. Equal are those
 * that the ecosystem takes for equal, such as 1.0 and 1.0.0 in Maven. Thread-safe.
 *
 * @param <K> what a version is compared by
 */
public final class VersionOrder<K extends Comparable<K>> implements Comparator<String> {
  /** Characters of a valid version. */
  static final int MAX_LENGTH = 256;

  /** Makes keys of versions. */
  @FunctionalInterface
  interface Keys<K> {
    /** Gives the key of a version of at most {@link #MAX_LENGTH} characters; null if not valid. */
    @Nullable K key(String version);
  }

  private final String ecosystem;
  private final Keys<K> keys;

  VersionOrder(String ecosystem, Keys<K> keys) {
    this.ecosystem = ecosystem;
    this.keys = keys;
  }

  /** Gives the type of package URLs that this is the order of. */
  public String ecosystem() {
    return ecosystem;
  }

  /** Gives whether the ecosystem knows such versions. */
  public boolean isValid(String version) {
    return key(version) != null;
  }

  @Nullable K key(String version) {
    return version.length() > MAX_LENGTH ? null : keys.key(version);
  }

  /** Gives -1, 0 or 1. */
  @Override
  public int compare(String a, String b) {
    return version(a).compareTo(version(b));
  }

  /** Gives what compares versions with this one, as {@link #compare} does, and reads it once. */
  public ToIntFunction<String> against(String b) {
    Version<K> right = version(b);
    return a -> version(a).compareTo(right);
  }

  /** A version that is compared several times, and read once. */
  public Version<K> version(String text) {
    return new Version<>(text, key(text));
  }

  /**
   * A version in its order, which is not consistent with equals.
   *
   * @param key null where it is not valid
   */
  public record Version<K extends Comparable<K>>(String text, @Nullable K key)
      implements Comparable<Version<K>> {
    /** Gives -1, 0 or 1. */
    @Override
    public int compareTo(Version<K> other) {
      if (key == null || other.key == null) {
        return key != null
            ? 1
            : other.key != null ? -1 : Integer.signum(text.compareTo(other.text));
      }
      return Integer.signum(key.compareTo(other.key));
    }
  }
}
