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
 * @param columns of the index that are read for it
 * @param filter of rows
 * @param derived what takes lists apart; null where rows are rows of the index
 * @param isStored whether batches are sent as they are stored
 */
record FlightPlan(
    Schema schema,
    StoredColumns columns,
    RowFilter filter,
    @Nullable DerivedTable derived,
    boolean isStored) {

  /**
   * The plan of a query of entries, packages, dependencies or extents.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT if there is no such column
   */
  static FlightPlan of(FlightQuery query, StoredIndex index) throws IOException {
    Schema stored = FlightMessages.parseSchema(index.schema());
    RowFilter filter = new RowFilter(query);
    DerivedTable derived =
        switch (query.flightTable()) {
          case DEPENDENCIES -> DerivedTable.DEPENDENCIES;
          case EXTENTS -> DerivedTable.EXTENTS;
          default -> null;
        };
    if (derived != null) {
      StoredColumns columns = StoredColumns.of(stored, derived::needs);
      return new FlightPlan(derived.schema(), columns, filter, derived, false);
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
    if (!query.filtersRows()) {
      return new FlightPlan(wanted.schema(), wanted, filter, null, true);
    }
    Set<String> sent = new HashSet<>();
    wanted.schema().getFields().forEach(field -> sent.add(field.getName()));
    StoredColumns read =
        StoredColumns.of(stored, name -> sent.contains(name) || RowFilter.needs(name));
    return new FlightPlan(wanted.schema(), read, filter, null, false);
  }
}
