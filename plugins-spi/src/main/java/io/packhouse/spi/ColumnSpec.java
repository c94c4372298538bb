package io.packhouse.spi;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Declares one of a package type's own columns, or one field of a struct.
 *
 * @param name lower-case ASCII letters, digits and {@code _}, beginning with a letter, at most 64
 * @param type the type of its values; every column is nullable
 * @param meaning one sentence for people: what the value says and where it comes from
 */
public record ColumnSpec(String name, ColumnType type, String meaning) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");

  /** Checks. */
  public ColumnSpec {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("column name must match " + NAME + ", name=" + name);
    }
    if (meaning.isBlank()) {
      throw new IllegalArgumentException("column needs a meaning, name=" + name);
    }
  }

  /**
   * Checks that no two columns share a name.
   *
   * @return an unmodifiable copy
   * @throws IllegalArgumentException naming the column that occurs twice
   */
  public static List<ColumnSpec> checkDistinct(List<ColumnSpec> specs) {
    Set<String> names = new HashSet<>();
    for (ColumnSpec spec : specs) {
      if (!names.add(spec.name())) {
        throw new IllegalArgumentException("column declared twice, name=" + spec.name());
      }
    }
    return List.copyOf(specs);
  }

  /**
   * Checks values by column name against their declarations.
   *
   * @return an unmodifiable deep copy in the order of {@code specs}
   * @throws IllegalArgumentException naming a column that is not declared, or whose value is not of
   *     the declared type
   */
  public static Map<String, Object> checkValues(
      List<ColumnSpec> specs, Map<String, Object> values) {
    if (values instanceof CheckedValues already && already.isFor(specs)) {
      return already;
    }
    Map<String, Object> checked = new LinkedHashMap<>();
    for (ColumnSpec spec : specs) {
      Object value = values.get(spec.name());
      if (value != null) {
        try {
          checked.put(spec.name(), spec.type().check(value));
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException("column " + spec.name() + ": " + e.getMessage(), e);
        }
      }
    }
    if (checked.size() != values.size()) {
      for (String name : values.keySet()) {
        if (!checked.containsKey(name)) {
          throw new IllegalArgumentException("no such column, or null value, name=" + name);
        }
      }
    }
    return new CheckedValues(specs, checked);
  }
}
