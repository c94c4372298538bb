package io.packhouse.server.flight;

import io.packhouse.engine.read.StoredIndex;
import io.packhouse.server.flight.wire.FlightMessages;
import io.packhouse.server.grpc.Failures;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How a table comes of the index.
 *
 * @param schema of the table
 * @param columns of the index that it is made of
 * @param filtered columns of the index that rows are filtered by
 * @param filter of rows
 * @param derived what takes lists apart; null where rows are rows of the index
 */
record FlightPlan(
    Schema schema,
    StoredColumns columns,
    StoredColumns filtered,
    RowFilter filter,
    @Nullable DerivedTable derived) {

  /**
   * The plan of a query of entries, packages, dependencies or extents.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT if there is no such column
   */
  static FlightPlan of(FlightQuery query, StoredIndex index) throws IOException {
    Schema stored = FlightMessages.parseSchema(index.schema());
    RowFilter filter = new RowFilter(query);
    StoredColumns filtered = StoredColumns.of(stored, filter::needs);
    DerivedTable derived =
        switch (query.flightTable()) {
          case DEPENDENCIES -> DerivedTable.DEPENDENCIES;
          case EXTENTS -> DerivedTable.EXTENTS;
          default -> null;
        };
    if (derived != null) {
      StoredColumns columns = StoredColumns.of(stored, derived::needs);
      return new FlightPlan(derived.schema(), columns, filtered, filter, derived);
    }
    Set<String> asked = new HashSet<>(query.columns());
    List<String> names = stored.getFields().stream().map(Field::getName).toList();
    for (String column : query.columns()) {
      if (!names.contains(column)) {
        throw Failures.badField(
            "columns", "has " + column + ", which the index has not; it has " + names);
      }
    }
    StoredColumns wanted =
        StoredColumns.of(
            stored, name -> asked.isEmpty() ? query.flightTable().has(name) : asked.contains(name));
    return new FlightPlan(wanted.schema(), wanted, filtered, filter, null);
  }
}
