package io.packhouse.server.flight.sql;

import io.packhouse.server.flight.wire.FlightMessages;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.DenseUnionVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Few rows, of objects, as the messages of a flight. */
final class Rows {
  /** Types of a union, in the order of {@code GET_SQL_INFO_SCHEMA}. */
  private static final List<Class<?>> UNION =
      List.of(String.class, Boolean.class, Long.class, Integer.class, List.class, Map.class);

  private Rows() {}

  /** A row. */
  static List<@Nullable Object> row(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  /**
   * The messages of a result.
   *
   * @param rows the values of each, in the order of the schema; null where there is none
   */
  static List<FlightData> messages(
      Schema schema, List<List<@Nullable Object>> rows, BufferAllocator from) {
    try (BufferAllocator allocator = from.newChildAllocator("rows", 0, Long.MAX_VALUE);
        VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
      root.allocateNew();
      for (int row = 0; row < rows.size(); row++) {
        List<@Nullable Object> values = rows.get(row);
        for (int column = 0; column < values.size(); column++) {
          Object value = values.get(column);
          if (value != null) {
            set(root.getVector(column), row, value);
          }
        }
      }
      root.setRowCount(rows.size());
      return List.of(FlightMessages.schema(schema), FlightMessages.rows(root));
    }
  }

  private static void set(FieldVector vector, int row, Object value) {
    switch (vector) {
      case VarCharVector text ->
          text.setSafe(row, ((String) value).getBytes(StandardCharsets.UTF_8));
      case VarBinaryVector bytes -> bytes.setSafe(row, (byte[]) value);
      case IntVector numbers -> numbers.setSafe(row, (Integer) value);
      case UInt4Vector numbers -> numbers.setSafe(row, (Integer) value);
      case BigIntVector numbers -> numbers.setSafe(row, (Long) value);
      case BitVector flags -> flags.setSafe(row, (Boolean) value ? 1 : 0);
      case MapVector map -> set(map, row, (Map<?, ?>) value);
      case ListVector list -> set(list, row, (List<?>) value);
      case DenseUnionVector union -> set(union, row, value);
      default -> throw new IllegalArgumentException("no rows have " + vector.getField());
    }
  }

  private static void set(ListVector list, int row, List<?> values) {
    int at = list.startNewValue(row);
    for (Object value : values) {
      set(list.getDataVector(), at++, value);
    }
    list.endValue(row, values.size());
  }

  private static void set(MapVector map, int row, Map<?, ?> values) {
    int at = map.startNewValue(row);
    StructVector entries = (StructVector) map.getDataVector();
    for (Map.Entry<?, ?> entry : values.entrySet()) {
      entries.setIndexDefined(at);
      set((FieldVector) entries.getChildByOrdinal(0), at, entry.getKey());
      set((FieldVector) entries.getChildByOrdinal(1), at, entry.getValue());
      at++;
    }
    map.endValue(row, values.size());
  }

  private static void set(DenseUnionVector union, int row, Object value) {
    byte type = 0;
    while (!UNION.get(type).isInstance(value)) {
      type++;
    }
    union.setTypeId(row, type);
    FieldVector values = (FieldVector) union.getVectorByType(type);
    int at = values.getValueCount();
    union.getOffsetBuffer().setInt((long) row * Integer.BYTES, at);
    set(values, at, value);
    values.setValueCount(at + 1);
  }
}
