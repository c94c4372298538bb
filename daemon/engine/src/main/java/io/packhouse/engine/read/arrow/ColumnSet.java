package io.packhouse.engine.read.arrow;

import io.packhouse.engine.read.memory.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.flatbuf.Date;
import org.apache.arrow.flatbuf.DateUnit;
import org.apache.arrow.flatbuf.Decimal;
import org.apache.arrow.flatbuf.Duration;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FixedSizeBinary;
import org.apache.arrow.flatbuf.FixedSizeList;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Interval;
import org.apache.arrow.flatbuf.IntervalUnit;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Time;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Timestamp;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Union;
import org.apache.arrow.flatbuf.UnionMode;
import org.jspecify.annotations.Nullable;

/** The columns of an Arrow schema. */
public final class ColumnSet {
  // A schema may hold columns of package types that this reader has never heard of, so these are
  // generous; they stop a flatbuffer whose tables point at each other.
  private static final int MAX_DEPTH = 32;
  private static final int MAX_FIELDS = 16_384;

  private final List<Column> columns;
  private final Map<String, Column> byName = new HashMap<>();
  private final int nodes;
  private final int buffers;
  private final int views;

  private ColumnSet(List<Column> columns, Parser parser) {
    this.columns = List.copyOf(columns);
    this.nodes = parser.nodes;
    this.buffers = parser.buffers;
    this.views = parser.views;
    for (Column column : columns) {
      byName.put(column.name(), column);
    }
  }

  /** Columns in the schema's order. */
  public List<Column> columns() {
    return columns;
  }

  /** The column of this name, or null where there is none. */
  public @Nullable Column find(String name) {
    return byName.get(name);
  }

  /** Field nodes of a batch. */
  int nodes() {
    return nodes;
  }

  /** Buffers of a batch, variadic ones apart. */
  public int buffers() {
    return buffers;
  }

  /** View columns, each of which has a variadic buffer count in a batch. */
  int views() {
    return views;
  }

  /** The column, which must be there and have this type. */
  public Column require(String name, String type, Place place) throws IOException {
    Column column = byName.get(name);
    if (column == null) {
      throw place.corrupt("has no column " + name);
    }
    if (!column.type().equals(type)) {
      throw place.corrupt("type of column " + name, type, column.type());
    }
    return column;
  }

  /** Reads a schema; call it {@linkplain Place#guarded guarded}. */
  public static ColumnSet parse(@Nullable Schema schema, Place place) throws IOException {
    if (schema == null) {
      throw place.corrupt("has no Arrow schema");
    }
    if (schema.endianness() != Endianness.Little) {
      throw place.corrupt("is not little-endian");
    }
    Parser parser = new Parser(place);
    int count = parser.checkCount(schema.fieldsLength());
    List<Column> columns = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < count; i++) {
      Column column = parser.field(schema.fields(i), 0);
      if (!names.add(column.name())) {
        throw place.corrupt("has two columns " + column.name());
      }
      columns.add(column);
    }
    return new ColumnSet(columns, parser);
  }

  private static final class Parser {
    private final Place place;
    private int nodes;
    private int buffers;
    private int views;

    Parser(Place place) {
      this.place = place;
    }

    int checkCount(int count) throws IOException {
      if (count < 0 || count > MAX_FIELDS - nodes) {
        throw place.corrupt("has more than " + MAX_FIELDS + " Arrow fields");
      }
      return count;
    }

    Column field(Field field, int depth) throws IOException {
      if (depth > MAX_DEPTH) {
        throw place.corrupt("nests Arrow fields deeper than " + MAX_DEPTH);
      }
      if (field.dictionary() != null) {
        throw place.corrupt("has a dictionary-encoded column");
      }
      ByteBuffer name = field.nameAsByteBuffer();
      String text = name == null ? "" : field.name();
      checkCount(1);
      int node = nodes++;
      int buffer = buffers;
      int viewsBefore = views;
      Shape shape = shape(field);
      buffers += shape.buffers;
      views += shape.view ? 1 : 0;
      int count = checkCount(field.childrenLength());
      List<Column> children = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        children.add(field(field.children(i), depth + 1));
      }
      String type =
          switch (shape.kind) {
            case STRUCT -> Column.structType(children);
            case LIST -> {
              if (count != 1) {
                throw place.corrupt("has a list column with " + count + " children");
              }
              yield "list<" + children.getFirst().type() + ">";
            }
            default -> shape.type;
          };
      return new Column(
          text,
          shape.kind,
          type,
          shape.width,
          shape.signed,
          field.nullable(),
          children,
          node,
          buffer,
          viewsBefore);
    }

    private record Shape(
        Column.Kind kind, String type, int width, boolean signed, int buffers, boolean view) {
      static Shape fixed(Column.Kind kind, String type, int width) {
        return new Shape(kind, type, width, true, 2, false);
      }

      static Shape other(String type, int buffers) {
        return new Shape(Column.Kind.OTHER, type, 0, false, buffers, false);
      }
    }

    /** The layouts of Arrow's columnar format: how many buffers each type has. */
    private Shape shape(Field field) throws IOException {
      return switch (field.typeType()) {
        case Type.Null -> new Shape(Column.Kind.NULL, "null", 0, false, 0, false);
        case Type.Bool -> new Shape(Column.Kind.BOOL, "bool", 0, false, 2, false);
        case Type.Int -> integer((Int) typed(field, new Int()));
        case Type.FloatingPoint -> floating((FloatingPoint) typed(field, new FloatingPoint()));
        case Type.Utf8 -> new Shape(Column.Kind.UTF8, "utf8", 0, false, 3, false);
        case Type.Binary -> new Shape(Column.Kind.BINARY, "binary", 0, false, 3, false);
        case Type.FixedSizeBinary -> {
          int width = ((FixedSizeBinary) typed(field, new FixedSizeBinary())).byteWidth();
          if (width < 0 || width > 1 << 20) {
            throw place.corrupt("has a fixed-size column of " + width + " bytes");
          }
          yield Shape.fixed(Column.Kind.FIXED_BINARY, "fixed_size_binary(" + width + ")", width);
        }
        case Type.Timestamp -> {
          Timestamp type = (Timestamp) typed(field, new Timestamp());
          String zone = type.timezone();
          String unit = TimeUnit.name(type.unit()).toLowerCase(Locale.ROOT);
          String text = "timestamp(" + shortUnit(unit) + (zone == null ? "" : ", " + zone) + ")";
          yield Shape.fixed(Column.Kind.INTEGER, text, 8);
        }
        case Type.Date -> {
          boolean days = ((Date) typed(field, new Date())).unit() == DateUnit.DAY;
          yield Shape.fixed(Column.Kind.INTEGER, days ? "date32" : "date64", days ? 4 : 8);
        }
        case Type.Time -> {
          int width = ((Time) typed(field, new Time())).bitWidth() == 32 ? 4 : 8;
          yield Shape.fixed(Column.Kind.INTEGER, "time" + width * 8, width);
        }
        case Type.Duration -> {
          typed(field, new Duration());
          yield Shape.fixed(Column.Kind.INTEGER, "duration", 8);
        }
        case Type.Decimal -> {
          int bits = ((Decimal) typed(field, new Decimal())).bitWidth();
          yield Shape.other("decimal" + bits, 2);
        }
        case Type.Interval -> {
          short unit = ((Interval) typed(field, new Interval())).unit();
          yield Shape.other("interval(" + IntervalUnit.name(unit) + ")", 2);
        }
        case Type.List -> new Shape(Column.Kind.LIST, "", 0, false, 2, false);
        case Type.Struct_ -> new Shape(Column.Kind.STRUCT, "", 0, false, 1, false);
        case Type.Map -> new Shape(Column.Kind.OTHER, "map", 0, false, 2, false);
        case Type.FixedSizeList -> {
          int size = ((FixedSizeList) typed(field, new FixedSizeList())).listSize();
          yield Shape.other("fixed_size_list(" + size + ")", 1);
        }
        case Type.Union -> {
          boolean dense = ((Union) typed(field, new Union())).mode() == UnionMode.Dense;
          yield Shape.other("union", dense ? 2 : 1);
        }
        case Type.LargeBinary -> Shape.other("large_binary", 3);
        case Type.LargeUtf8 -> Shape.other("large_utf8", 3);
        case Type.LargeList -> Shape.other("large_list", 2);
        case Type.RunEndEncoded -> Shape.other("run_end_encoded", 0);
        case Type.BinaryView -> new Shape(Column.Kind.OTHER, "binary_view", 0, false, 2, true);
        case Type.Utf8View -> new Shape(Column.Kind.OTHER, "utf8_view", 0, false, 2, true);
        case Type.ListView -> Shape.other("list_view", 3);
        case Type.LargeListView -> Shape.other("large_list_view", 3);
        default -> throw place.corrupt("has a column of unknown Arrow type " + field.typeType());
      };
    }

    private Shape integer(Int type) throws IOException {
      int bits = type.bitWidth();
      if (bits != 8 && bits != 16 && bits != 32 && bits != 64) {
        throw place.corrupt("has an integer column of " + bits + " bits");
      }
      String text = (type.isSigned() ? "int" : "uint") + bits;
      return new Shape(Column.Kind.INTEGER, text, bits / 8, type.isSigned(), 2, false);
    }

    private static Shape floating(FloatingPoint type) {
      return switch (type.precision()) {
        case Precision.SINGLE -> Shape.fixed(Column.Kind.FLOAT, "float32", 4);
        case Precision.DOUBLE -> Shape.fixed(Column.Kind.FLOAT, "float64", 8);
        default -> Shape.other("float16", 2);
      };
    }

    private static String shortUnit(String unit) {
      return switch (unit) {
        case "second" -> "s";
        case "millisecond" -> "ms";
        case "microsecond" -> "us";
        default -> "ns";
      };
    }

    private com.google.flatbuffers.Table typed(Field field, com.google.flatbuffers.Table type)
        throws IOException {
      com.google.flatbuffers.Table table = field.type(type);
      if (table == null) {
        throw place.corrupt("has a column without its Arrow type");
      }
      return table;
    }
  }
}
