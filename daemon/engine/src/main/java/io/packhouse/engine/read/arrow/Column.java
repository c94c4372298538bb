package io.packhouse.engine.read.arrow;

import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A field of an Arrow schema, and where its parts are in a record batch.
 *
 * @param name of the field
 * @param kind what is read of it
 * @param type its Arrow type as text, with those of its children
 * @param width bytes of a fixed-size value; 0 where values have no fixed size or are bits
 * @param signed whether an integer is
 * @param nullable whether values may be null
 * @param node number of the field's node in a batch
 * @param buffer number of its first buffer, if no view column before it has variadic buffers
 * @param views how many view columns are before it
 */
public record Column(
    String name,
    Kind kind,
    String type,
    int width,
    boolean signed,
    boolean nullable,
    List<Column> children,
    int node,
    int buffer,
    int views) {

  /** How values are laid out. */
  public enum Kind {
    NULL,
    BOOL,
    /** Integers, dates, times: {@code width} bytes of a number. */
    INTEGER,
    FLOAT,
    FIXED_BINARY,
    UTF8,
    BINARY,
    LIST,
    STRUCT,
    /** A type that is stepped over: this reader gives no values of it. */
    OTHER
  }

  public Column {
    children = List.copyOf(children);
  }

  /** The child of this name, or null where there is none. */
  public @Nullable Column child(String childName) {
    for (Column child : children) {
      if (child.name.equals(childName)) {
        return child;
      }
    }
    return null;
  }

  /** Written out, since a record's own links a bootstrap method during start-up. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Column that
        && name.equals(that.name)
        && kind == that.kind
        && type.equals(that.type)
        && width == that.width
        && signed == that.signed
        && nullable == that.nullable
        && children.equals(that.children)
        && node == that.node
        && buffer == that.buffer
        && views == that.views;
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + type.hashCode();
  }

  static String structType(List<Column> children) {
    StringJoiner text = new StringJoiner(", ", "struct<", ">");
    for (Column child : children) {
      text.add(child.name + ": " + child.type);
    }
    return text.toString();
  }
}
