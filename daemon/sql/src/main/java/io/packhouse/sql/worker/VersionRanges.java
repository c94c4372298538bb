package io.packhouse.sql.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.sql.version.VersionRange;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Ranges that were used last, so that one that is the same in all rows is read once, not for each
 * call with some 2,000 of them. Thread-safe.
 */
final class VersionRanges {
  /** Characters of all texts: read, they take up to a hundred times as many bytes. */
  private static final int MAX_CHARACTERS = 64 << 10;

  @GuardedBy("this")
  private final Map<String, VersionRange<?>> ranges = new LinkedHashMap<>(16, 0.75f, true);

  @GuardedBy("this")
  private int characters;

  /**
   * Gives a range.
   *
   * @throws IllegalArgumentException if the text is none
   */
  synchronized VersionRange<?> range(String ecosystem, String text) {
    String key = ecosystem + '\0' + text;
    VersionRange<?> range = ranges.get(key);
    if (range == null) {
      range = VersionRange.parse(ecosystem, text);
      ranges.put(key, range);
      characters += key.length();
      Iterator<String> eldest = ranges.keySet().iterator();
      while (characters > MAX_CHARACTERS) {
        characters -= eldest.next().length();
        eldest.remove();
      }
    }
    return range;
  }
}
