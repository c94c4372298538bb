package io.packhouse.sql.worker;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/**
 * Types of results: those that every client reads stay, and the others become one of them. What
 * they are in Arrow is what DuckDB makes of them, told before anything is run.
 */
final class ResultTypes {
  private static final Pattern PLAIN =
      Pattern.compile(
          "BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|FLOAT|DOUBLE|VARCHAR|BLOB|DATE|TIMESTAMP"
              + "|DECIMAL\\(\\d+,\\s*\\d+\\)|(VARCHAR|BIGINT|INTEGER|BOOLEAN|DOUBLE)\\[\\]");

  private static final Pattern DECIMAL = Pattern.compile("DECIMAL\\((\\d+),\\s*(\\d+)\\)");

  private ResultTypes() {}

  /** What a column of a type is in results. */
  static String of(String type) {
    if (PLAIN.matcher(type).matches()) {
      return type;
    }
    return switch (type) {
      case "UTINYINT", "USMALLINT" -> "INTEGER";
      case "UINTEGER" -> "BIGINT";
      case "UBIGINT" -> "DECIMAL(20,0)";
      case "HUGEINT" -> "DECIMAL(38,0)";
      case "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE" -> "TIMESTAMP";
      default -> "VARCHAR";
    };
  }

  /** A nullable column of a type that {@link #of} gave. */
  static Field field(String name, String type) {
    if (type.endsWith("[]")) {
      Field element = field("l", type.substring(0, type.length() - 2));
      return new Field(name, FieldType.nullable(ArrowType.List.INSTANCE), List.of(element));
    }
    return Field.nullable(name, arrow(type));
  }

  private static ArrowType arrow(String type) {
    return switch (type) {
      case "BOOLEAN" -> ArrowType.Bool.INSTANCE;
      case "TINYINT" -> new ArrowType.Int(8, true);
      case "SMALLINT" -> new ArrowType.Int(16, true);
      case "INTEGER" -> new ArrowType.Int(32, true);
      case "BIGINT" -> new ArrowType.Int(64, true);
      case "FLOAT" -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
      case "DOUBLE" -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
      case "BLOB" -> ArrowType.Binary.INSTANCE;
      case "DATE" -> new ArrowType.Date(DateUnit.DAY);
      case "TIMESTAMP" -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, null);
      default -> {
        Matcher decimal = DECIMAL.matcher(type);
        yield decimal.matches()
            ? new ArrowType.Decimal(
                Integer.parseInt(decimal.group(1)), Integer.parseInt(decimal.group(2)), 128)
            : ArrowType.Utf8.INSTANCE;
      }
    };
  }
}
