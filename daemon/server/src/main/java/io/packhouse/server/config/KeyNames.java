package io.packhouse.server.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The names of all keys, and the one that somebody may have meant. */
final class KeyNames {
  private KeyNames() {}

  /**
   * All keys that have a value, dotted. Elements of tables of tables are written with NAME in place
   * of theirs: {@code catalog.NAME.path}.
   */
  static List<String> all() {
    List<String> names = new ArrayList<>();
    collect(Configuration.class, "", names);
    return names;
  }

  private static void collect(Class<?> settings, String prefix, List<String> into) {
    for (Key key : Key.of(settings)) {
      String name = prefix + key.name();
      switch (key.kind()) {
        case TABLE -> collect(key.type(), name + ".", into);
        case TABLES -> collect(key.elementType(), name + ".NAME.", into);
        default -> into.add(name);
      }
    }
  }

  /** The variable of the environment that stands over a key. */
  static String variable(String key) {
    return ConfigurationFile.VARIABLE_PREFIX
        + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /**
   * The name that takes the fewest changed letters; a name in a table is also known without its
   * table.
   *
   * @param names at least one
   */
  static String nearest(String wanted, List<String> names) {
    return names.stream()
        .min(
            Comparator.comparingInt(
                name ->
                    Math.min(
                        distance(wanted, name),
                        distance(wanted, name.substring(name.lastIndexOf('.') + 1)))))
        .orElseThrow();
  }

  /** Letters to insert, delete or change. */
  private static int distance(String left, String right) {
    int[] row = new int[right.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int changed = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[right.length()];
  }
}
