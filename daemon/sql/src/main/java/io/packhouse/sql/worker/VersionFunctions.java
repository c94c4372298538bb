package io.packhouse.sql.worker;

import io.packhouse.sql.version.VersionRange;
import io.packhouse.sql.version.Versions;
import java.sql.SQLException;
import java.util.function.ToIntFunction;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBReadableVector;
import org.duckdb.DuckDBScalarFunction;
import org.duckdb.DuckDBScalarFunctionBuilder;
import org.duckdb.DuckDBWritableVector;
import org.jspecify.annotations.Nullable;

/**
 * {@code version_compare(ecosystem, a, b)} and {@code version_in(ecosystem, version, range)}.
 * DuckDB calls them with some 2,000 rows at a time, from several threads.
 */
final class VersionFunctions {
  private static final VersionRanges RANGES = new VersionRanges();

  private VersionFunctions() {}

  /**
   * Makes the functions known to the database of a connection, for all its connections, until it is
   * closed. For a database that has them already this changes nothing.
   */
  static void register(DuckDBConnection connection) throws SQLException {
    register(connection, "version_compare", int.class, VersionFunctions::compare);
    register(connection, "version_in", boolean.class, VersionFunctions::in);
  }

  private static void register(
      DuckDBConnection connection, String name, Class<?> result, DuckDBScalarFunction function)
      throws SQLException {
    // Not volatile, the default: of constants it is computed once.
    try (DuckDBScalarFunctionBuilder builder =
        DuckDBFunctions.scalarFunction()
            .withName(name)
            .withParameters(String.class, String.class, String.class)
            .withReturnType(result)
            .withNullInNullOut()
            .withVectorizedFunction(function)) {
      builder.register(connection);
    }
  }

  private static void compare(DuckDBDataChunkReader rows, DuckDBWritableVector results) {
    DuckDBReadableVector ecosystems = rows.vector(0);
    DuckDBReadableVector as = rows.vector(1);
    DuckDBReadableVector bs = rows.vector(2);
    Side last = null;
    ToIntFunction<String> side = null;
    for (long row = 0; row < rows.rowCount(); row++) {
      String ecosystem = ecosystems.getString(row);
      String a = as.getString(row);
      String b = bs.getString(row);
      if (ecosystem == null || a == null || b == null) {
        results.setNull(row);
        continue;
      }
      if (side == null || last == null || !last.is(ecosystem, b)) {
        last = new Side(ecosystem, b);
        side = Versions.order(ecosystem).against(b);
      }
      results.setInt(row, side.applyAsInt(a));
    }
  }

  private static void in(DuckDBDataChunkReader rows, DuckDBWritableVector results) throws Refused {
    DuckDBReadableVector ecosystems = rows.vector(0);
    DuckDBReadableVector versions = rows.vector(1);
    DuckDBReadableVector texts = rows.vector(2);
    Side last = null;
    VersionRange<?> range = null;
    for (long row = 0; row < rows.rowCount(); row++) {
      String ecosystem = ecosystems.getString(row);
      String version = versions.getString(row);
      String text = texts.getString(row);
      if (ecosystem == null || version == null || text == null) {
        results.setNull(row);
        continue;
      }
      if (range == null || last == null || !last.is(ecosystem, text)) {
        last = new Side(ecosystem, text);
        range = range(last);
      }
      results.setBoolean(row, range.contains(version));
    }
  }

  /** What versions are compared with, mostly the same in all rows. */
  private record Side(String ecosystem, String text) {
    boolean is(String otherEcosystem, String otherText) {
      return text.equals(otherText) && ecosystem.equals(otherEcosystem);
    }
  }

  private static VersionRange<?> range(Side side) throws Refused {
    try {
      return RANGES.range(side.ecosystem, side.text);
    } catch (IllegalArgumentException e) {
      throw new Refused(e.getMessage());
    }
  }

  /** DuckDB tells users what the stack trace of an exception is: of this one, the message alone. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(@Nullable String message) {
      super(message, null, false, false);
    }

    /** Its stack trace begins with this, and has nothing else. */
    @Override
    @SuppressWarnings("OverrideThrowableToString")
    public String toString() {
      return String.valueOf(getMessage());
    }
  }
}
