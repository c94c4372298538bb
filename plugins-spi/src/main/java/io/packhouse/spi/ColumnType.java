package io.packhouse.spi;

import java.util.List;
import java.util.Map;

/**
 * The type of an own column: a closed set, so that a host can map each to its index.
 *
 * <table>
 *   <caption>Java values</caption>
 *   <tr><td>{@link Scalar#STRING}</td><td>{@link String}</td></tr>
 *   <tr><td>{@link Scalar#INT64}</td><td>{@link Long}</td></tr>
 *   <tr><td>{@link Scalar#BOOL}</td><td>{@link Boolean}</td></tr>
 *   <tr><td>{@link Scalar#TIMESTAMP}</td><td>{@link Long}, ns since 1970-01-01T00:00Z</td></tr>
 *   <tr><td>{@link ListOf}</td><td>{@link List} of the element's values, none null</td></tr>
 *   <tr><td>{@link StructOf}</td><td>{@link Map} from field name to value, absent for null</td></tr>
 * </table>
 */
public sealed interface ColumnType {

  /** Types without parts. */
  enum Scalar implements ColumnType {
    /** Unicode text. */
    STRING,
    /** A signed integer of 64 bits. */
    INT64,
    /** True or false. */
    BOOL,
    /** Nanoseconds since 1970-01-01T00:00Z, a signed integer of 64 bits. */
    TIMESTAMP;

    @Override
    public Object check(Object value) {
      return ColumnValues.check(this, value);
    }
  }

  /**
   * A list, possibly empty.
   *
   * @param element the type of every element
   */
  record ListOf(ColumnType element) implements ColumnType {
    @Override
    public Object check(Object value) {
      return ColumnValues.check(this, value);
    }
  }

  /**
   * A struct of nullable fields.
   *
   * @param fields at least one, with unique names
   */
  record StructOf(List<ColumnSpec> fields) implements ColumnType {
    /** Copies and checks. */
    public StructOf {
      fields = ColumnSpec.checkDistinct(fields);
      if (fields.isEmpty()) {
        throw new IllegalArgumentException("a struct needs at least one field");
      }
    }

    @Override
    public Object check(Object value) {
      return ColumnValues.check(this, value);
    }
  }

  /**
   * Checks that {@code value} is a value of this type.
   *
   * @return an unmodifiable deep copy, its text well-formed as {@link PackageMetadata} says
   * @throws IllegalArgumentException where it is not
   */
  Object check(Object value);
}
