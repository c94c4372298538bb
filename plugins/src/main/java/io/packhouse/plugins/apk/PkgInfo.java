package io.packhouse.plugins.apk;

import io.packhouse.plugins.common.Limits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code .PKGINFO}: a line {@code key = value} for each value, {@code #} before comments.
 * Immutable.
 */
final class PkgInfo {

  private static final int MAX_LINES = 100_000;

  private final Map<String, List<String>> values;

  private PkgInfo(Map<String, List<String>> values) {
    this.values = values;
  }

  static PkgInfo parse(byte[] bytes) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    new String(bytes, StandardCharsets.UTF_8)
        .lines()
        .limit(MAX_LINES)
        .map(line -> line.startsWith("\uFEFF") ? line.substring(1) : line)
        .forEach(
            line -> {
              int equals = line.indexOf('=');
              if (equals <= 0 || line.startsWith("#")) {
                return;
              }
              String value = Limits.text(line.substring(equals + 1));
              if (value != null) {
                values
                    .computeIfAbsent(line.substring(0, equals).strip(), key -> new ArrayList<>())
                    .add(value);
              }
            });
    return new PkgInfo(values);
  }

  /** The last value of a key, as apk has it; null where there is none. */
  @Nullable String get(String key) {
    List<String> all = values.get(key);
    return all == null ? null : all.getLast();
  }

  /** The words of all values of a key, at most {@link Limits#ITEMS}. */
  List<String> words(String key) {
    return values.getOrDefault(key, List.of()).stream()
        .flatMap(value -> List.of(value.split("\\s+")).stream())
        .filter(word -> !word.isEmpty())
        .limit(Limits.ITEMS)
        .toList();
  }

  /** A number that is not negative; null where there is none. */
  @Nullable Long number(String key) {
    String value = get(key);
    return value != null && value.matches("[0-9]{1,18}") ? Long.valueOf(value) : null;
  }
}
