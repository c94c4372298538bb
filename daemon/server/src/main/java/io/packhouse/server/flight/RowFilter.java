package io.packhouse.server.flight;

import io.packhouse.engine.select.TextGlob;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** Tells which rows of the index a query wants. Immutable. */
final class RowFilter {
  private final byte[] prefix;
  private final @Nullable TextGlob purl;
  private final byte @Nullable [] digest;

  RowFilter(FlightQuery query) {
    prefix = query.pathPrefix().getBytes(StandardCharsets.UTF_8);
    purl = query.purl().isEmpty() ? null : TextGlob.of(query.purl());
    digest = query.digest().isEmpty() ? null : HexFormat.of().parseHex(query.digest());
  }

  /** Columns that it looks at. */
  static boolean needs(String column) {
    return column.equals("path")
        || column.equals("path_raw")
        || column.equals("purl")
        || column.equals("blake3");
  }

  boolean admits(VectorSchemaRoot index, int row) {
    return hasPrefix(index, row) && hasPurl(index, row) && hasDigest(index, row);
  }

  private boolean hasPrefix(VectorSchemaRoot index, int row) {
    if (prefix.length == 0) {
      return true;
    }
    byte[] path = path(index, row);
    return path.length >= prefix.length
        && Arrays.equals(path, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static byte[] path(VectorSchemaRoot index, int row) {
    if (index.getVector("path_raw") instanceof VarBinaryVector raw && !raw.isNull(row)) {
      return raw.get(row);
    }
    return ((VarCharVector) index.getVector("path")).get(row);
  }

  private boolean hasPurl(VectorSchemaRoot index, int row) {
    if (purl == null) {
      return true;
    }
    String text = DerivedTable.text(index.getVector("purl"), row);
    return text != null && purl.matches(text);
  }

  private boolean hasDigest(VectorSchemaRoot index, int row) {
    if (digest == null) {
      return true;
    }
    FieldVector vector = index.getVector("blake3");
    return vector instanceof FixedSizeBinaryVector fixed
        && !fixed.isNull(row)
        && Arrays.equals(fixed.get(row), digest);
  }
}
