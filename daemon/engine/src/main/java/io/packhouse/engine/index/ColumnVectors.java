package io.packhouse.engine.index;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeStampNanoVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/** Sets cells of Arrow vectors from Java values; a null leaves the cell null. */
final class ColumnVectors {
  private ColumnVectors() {}

  /**
   * Sets cell {@code ordinal}.
   *
   * @param value {@code String}, {@code byte[]}, {@code Long}, {@code Integer} or {@code Boolean},
   *     a {@code List} for list vectors, a {@code Map} for struct vectors
   */
  static void set(FieldVector vector, int ordinal, @Nullable Object value) {
    if (value == null) {
      return;
    }
    switch (vector) {
      case VarCharVector text ->
          text.setSafe(
              ordinal,
              value instanceof byte[] bytes
                  ? bytes
                  : ((String) value).getBytes(StandardCharsets.UTF_8));
      case VarBinaryVector binary -> binary.setSafe(ordinal, (byte[]) value);
      case FixedSizeBinaryVector digest -> digest.setSafe(ordinal, (byte[]) value);
      case BigIntVector number -> number.setSafe(ordinal, (long) value);
      case IntVector number -> number.setSafe(ordinal, (int) value);
      case TimeStampNanoVector time -> time.setSafe(ordinal, (long) value);
      case BitVector bit -> bit.setSafe(ordinal, (boolean) value ? 1 : 0);
      case ListVector list -> {
        List<?> items = (List<?>) value;
        int start = list.startNewValue(ordinal);
        for (int i = 0; i < items.size(); i++) {
          set(list.getDataVector(), start + i, items.get(i));
        }
        list.endValue(ordinal, items.size());
      }
      case StructVector struct -> {
        struct.setIndexDefined(ordinal);
        ((Map<?, ?>) value)
            .forEach((name, field) -> set(struct.getChild((String) name), ordinal, field));
      }
      default ->
          throw new IllegalArgumentException("no such column type, type=" + vector.getField());
    }
  }
}
