package io.packhouse.engine.index;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Columns of an Arrow table, with the metadata of its schema. Immutable. */
public final class TableSchema {
  /** What a reader accepts; see the limits in {@code FORMAT.md}. */
  private static final int MAX_FIELDS = 16_384;

  private static final int MAX_DEPTH = 32;

  private final List<Field> fields;
  private final Map<String, String> metadata;

  /**
   * @throws IllegalArgumentException if readers would refuse so many fields, or so deep ones
   */
  TableSchema(List<Field> fields, Map<String, String> metadata) {
    this.fields = List.copyOf(fields);
    this.metadata = new TreeMap<>(metadata);
    int count = 0;
    for (Field field : fields) {
      count += field.count();
      if (field.depth() > MAX_DEPTH) {
        throw new IllegalArgumentException(
            "column " + field.name() + " nests deeper than the limit " + MAX_DEPTH);
      }
    }
    if (count > MAX_FIELDS) {
      throw new IllegalArgumentException(
          "an index has at most " + MAX_FIELDS + " fields, fields=" + count);
    }
  }

  List<Field> fields() {
    return fields;
  }

  /** In the order of the keys. */
  Map<String, String> metadata() {
    return metadata;
  }
}
