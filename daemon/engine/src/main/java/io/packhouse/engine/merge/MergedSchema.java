package io.packhouse.engine.merge;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.index.IndexSchema;
import io.packhouse.engine.pack.IndexEncoding;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.arrow.ArrowMessage;
import io.packhouse.engine.read.arrow.Column;
import io.packhouse.engine.read.arrow.ColumnSet;
import io.packhouse.engine.read.memory.Place;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The writer's schema with the columns of an archive that is read. */
final class MergedSchema {
  private MergedSchema() {}

  /**
   * The encoding of an index with the same columns.
   *
   * @throws UnsupportedFormatException if the archive has columns that this writer makes none of
   */
  static IndexEncoding of(ArchiveReader reader) throws IOException {
    ColumnSet columns = reader.parts().footer().columns();
    Set<String> common = IndexSchema.commonColumns();
    SortedMap<String, List<ColumnSpec>> packages = new TreeMap<>();
    for (Column column : columns.columns()) {
      if (!common.contains(column.name())) {
        ColumnType type = type(column);
        if (!(type instanceof ColumnType.StructOf(List<ColumnSpec> fields))) {
          throw unknown(reader, column.name());
        }
        packages.put(column.name(), fields);
      }
    }
    int minorVersion = minorVersion(reader);
    IndexEncoding encoding = new IndexEncoding(packages, reader.digests(), minorVersion);
    try {
      byte[] message = encoding.schemaMessage();
      Place place = new Place(reader.path(), 0, "schema");
      ColumnSet made = ArrowMessage.parse(MemorySegment.ofArray(message), 0, place).schema(place);
      if (!shapes(made).equals(shapes(columns))) {
        throw unknown(reader, "in another order, or of another type");
      }
      return encoding;
    } catch (Throwable t) {
      encoding.close();
      throw t;
    }
  }

  /** The lowest that has the columns of the archive. */
  static int minorVersion(ArchiveReader reader) {
    return reader.parts().index().columns().extractSiblings() == null
        ? IndexSchema.minorVersion(reader.digests())
        : ArchiveFormat.SIBLINGS_MINOR_VERSION;
  }

  /** What the layout of a batch follows from, which whether a column is nullable is not. */
  private static List<String> shapes(ColumnSet columns) {
    return columns.columns().stream().map(column -> column.name() + ": " + column.type()).toList();
  }

  private static UnsupportedFormatException unknown(ArchiveReader reader, String column) {
    return new UnsupportedFormatException(
        reader.path(), "its index has a column that this packhouse does not write: " + column);
  }

  /** Null for what packages have no columns of. */
  private static @Nullable ColumnType type(Column column) {
    return switch (column.type()) {
      case "utf8" -> ColumnType.Scalar.STRING;
      case "int64" -> ColumnType.Scalar.INT64;
      case "bool" -> ColumnType.Scalar.BOOL;
      case "timestamp(ns)" -> ColumnType.Scalar.TIMESTAMP;
      default ->
          switch (column.kind()) {
            case LIST -> {
              ColumnType element = type(column.children().getFirst());
              yield element == null ? null : new ColumnType.ListOf(element);
            }
            case STRUCT -> struct(column);
            case NULL, BOOL, INTEGER, FLOAT, FIXED_BINARY, UTF8, BINARY, OTHER -> null;
          };
    };
  }

  private static @Nullable ColumnType struct(Column column) {
    List<ColumnSpec> fields = new ArrayList<>();
    for (Column child : column.children()) {
      ColumnType type = type(child);
      if (type == null) {
        return null;
      }
      try {
        fields.add(new ColumnSpec(child.name(), type, "as in the archive"));
      } catch (IllegalArgumentException e) {
        return null; // a name that no column of ours has
      }
    }
    return fields.isEmpty() ? null : new ColumnType.StructOf(fields);
  }
}
