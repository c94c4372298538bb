package io.packhouse.server.flight;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A table with a row for each element of a list in the index: dependencies, and extents.
 *
 * @param list column of the index that is taken apart; its elements are structs
 * @param copied columns of the index that each row repeats, by their names in this table
 * @param fields of the elements, by their names in this table
 */
record DerivedTable(String list, Map<String, String> copied, List<Element> fields) {

  private static final ArrowType TEXT = ArrowType.Utf8.INSTANCE;
  private static final ArrowType LONG = new ArrowType.Int(64, true);
  private static final ArrowType BOOLEAN = ArrowType.Bool.INSTANCE;
  private static final String ORDINAL = "ordinal";

  /** A field of the list's elements. */
  record Element(String name, String field, ArrowType type) {}

  static final DerivedTable DEPENDENCIES =
      new DerivedTable(
          "dependencies",
          new TreeMap<>(
              Map.of("path", "path", "package_purl", "purl", "package_type", "package_type")),
          List.of(
              new Element("purl", "purl", TEXT),
              new Element("name", "name", TEXT),
              new Element("requirement", "requirement", TEXT),
              new Element("scope", "scope", TEXT),
              new Element("optional", "optional", BOOLEAN)));

  static final DerivedTable EXTENTS =
      new DerivedTable(
          "extents",
          Map.of("path", "path"),
          List.of(
              new Element("blob", "blob", LONG),
              new Element("offset", "offset", LONG),
              new Element("length", "length", LONG)));

  /** Columns of the index that it is made of. */
  boolean needs(String column) {
    return column.equals(list) || copied.containsValue(column);
  }

  Schema schema() {
    List<Field> all = new ArrayList<>();
    copied.keySet().forEach(name -> all.add(field(name, TEXT)));
    all.add(field(ORDINAL, new ArrowType.Int(32, true)));
    fields.forEach(element -> all.add(field(element.name(), element.type())));
    return new Schema(all);
  }

  private static Field field(String name, ArrowType type) {
    return new Field(name, FieldType.nullable(type), null);
  }

  /**
   * Appends the rows that come of a row of the index.
   *
   * @return the number of rows in {@code target} after it
   */
  int append(VectorSchemaRoot index, int row, VectorSchemaRoot target, int count)
      throws IOException {
    ListVector elements = (ListVector) index.getVector(list);
    if (elements == null || elements.isNull(row)) {
      return count;
    }
    if (!(elements.getDataVector() instanceof StructVector struct)) {
      throw new IOException("the column " + list + " has no structs in it");
    }
    int at = count;
    int start = elements.getElementStartIndex(row);
    int end = elements.getElementEndIndex(row);
    for (int i = start; i < end; i++) {
      for (Map.Entry<String, String> copy : copied.entrySet()) {
        set(target.getVector(copy.getKey()), at, index.getVector(copy.getValue()), row);
      }
      ((IntVector) target.getVector(ORDINAL)).setSafe(at, i - start);
      for (Element element : fields) {
        set(target.getVector(element.name()), at, struct.getChild(element.field()), i);
      }
      at++;
    }
    return at;
  }

  private static void set(FieldVector target, int at, @Nullable FieldVector source, int from)
      throws IOException {
    if (source == null || source.isNull(from)) {
      target.setNull(at);
      return;
    }
    switch (target) {
      case VarCharVector text when source instanceof VarCharVector other ->
          text.setSafe(at, other.get(from));
      case BigIntVector number when source instanceof BigIntVector other ->
          number.setSafe(at, other.get(from));
      case BitVector bit when source instanceof BitVector other -> bit.setSafe(at, other.get(from));
      default ->
          throw new IOException(
              "the column " + source.getName() + " is of an unexpected type: " + source.getField());
    }
  }
}
