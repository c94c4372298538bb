package io.packhouse.spi;

import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import io.packhouse.spi.ColumnType.StructOf;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@link ColumnType#check} does. Not a default method of the interface: a class initializes
 * the interfaces of its own that have such, so the constants of {@link ColumnType} would be null
 * where {@link Scalar} is touched first.
 */
final class ColumnValues {
  private ColumnValues() {}

  static Object check(ColumnType type, Object value) {
    return switch (type) {
      case Scalar scalar -> {
        Class<?> expected =
            switch (scalar) {
              case STRING -> String.class;
              case INT64, TIMESTAMP -> Long.class;
              case BOOL -> Boolean.class;
            };
        if (!expected.isInstance(value)) {
          throw mismatch(type, value);
        }
        yield value instanceof String text ? Text.wellFormed(text) : value;
      }
      case ListOf(ColumnType element) -> {
        if (!(value instanceof List<?> list)) {
          throw mismatch(type, value);
        }
        List<Object> copy = new ArrayList<>(list.size());
        for (Object item : list) {
          copy.add(element.check(item));
        }
        yield Collections.unmodifiableList(copy);
      }
      case StructOf(List<ColumnSpec> fields) -> {
        if (!(value instanceof Map<?, ?> map)) {
          throw mismatch(type, value);
        }
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, item) -> copy.put(String.valueOf(key), item));
        yield ColumnSpec.checkValues(fields, copy);
      }
    };
  }

  private static IllegalArgumentException mismatch(ColumnType type, Object value) {
    return new IllegalArgumentException(
        "expected a value of type " + type + ", found " + Text.describe(value));
  }
}
