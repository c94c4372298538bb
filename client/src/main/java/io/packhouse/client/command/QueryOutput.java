package io.packhouse.client.command;

import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.jspecify.annotations.Nullable;

/** Writes rows of a result in one of the formats. */
abstract class QueryOutput implements Closeable {
  private final VectorSchemaRoot rows;

  QueryOutput(VectorSchemaRoot rows) {
    this.rows = rows;
  }

  /** Writes a row of the batch that is loaded. */
  abstract void row(int row) throws IOException;

  /** All rows were written. */
  abstract void finish() throws IOException;

  final List<FieldVector> columns() {
    return rows.getFieldVectors();
  }

  /** A value as JSON has it: times as texts, bytes as such. */
  static @Nullable Object value(ValueVector vector, int row) {
    if (vector.isNull(row)) {
      return null;
    }
    return switch (vector) {
      case VarCharVector text -> String.valueOf(text.getObject(row));
      case DateDayVector date -> LocalDate.ofEpochDay(date.get(row)).toString();
      case TimeStampMicroVector time -> instant(time.get(row)).toString();
      case ListVector list -> {
        List<@Nullable Object> elements = new ArrayList<>();
        for (int i = list.getElementStartIndex(row); i < list.getElementEndIndex(row); i++) {
          elements.add(value(list.getDataVector(), i));
        }
        yield elements;
      }
      default -> vector.getObject(row);
    };
  }

  private static Instant instant(long micros) {
    long second = TimeUnit.SECONDS.toMicros(1);
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, second), Math.floorMod(micros, second) * 1_000);
  }

  /** A value as text; null for a null. */
  static @Nullable String text(ValueVector vector, int row) {
    Object value = value(vector, row);
    return value == null ? null : text(value);
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case byte[] bytes -> HexFormat.of().formatHex(bytes);
      case List<?> list ->
          list.stream().map(QueryOutput::text).collect(Collectors.joining(", ", "[", "]"));
      default -> value.toString();
    };
  }
}
