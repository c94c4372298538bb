package io.packhouse.engine.index;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Structs: each cell is one of every field's column, at the same ordinal. */
final class StructColumn extends Column {
  private final String[] names;
  private final Column[] fields;

  StructColumn(String name, List<Field> children) {
    super(name);
    names = new String[children.size()];
    fields = new Column[children.size()];
    for (int i = 0; i < fields.length; i++) {
      names[i] = children.get(i).name();
      fields[i] = of(children.get(i), name + ".");
    }
  }

  /** The column of a field, by its position in the schema. */
  Column field(int position) {
    return fields[position];
  }

  /**
   * @param value a map of field names to values
   */
  @Override
  void put(int ordinal, Object value) throws IOException {
    mark(ordinal);
    int position = 0;
    for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
      // Checked values come in the order of the fields: mostly it is this one or one soon after.
      position = find((String) entry.getKey(), position);
      fields[position++].put(ordinal, entry.getValue());
    }
  }

  private int find(String field, int from) {
    for (int i = from; i < names.length; i++) {
      if (names[i].equals(field)) {
        return i;
      }
    }
    for (int i = 0; i < from; i++) {
      if (names[i].equals(field)) {
        return i;
      }
    }
    throw new IllegalArgumentException("no such field, column=" + name() + ", field=" + field);
  }

  @Override
  void writeData(int rows, RecordBatchWriter out) throws IOException {
    for (Column field : fields) {
      field.write(rows, out);
    }
  }

  @Override
  void reset() {
    super.reset();
    for (Column field : fields) {
      field.reset();
    }
  }
}
