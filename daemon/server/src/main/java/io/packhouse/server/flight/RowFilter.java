package io.packhouse.server.flight;

import io.packhouse.engine.read.parts.DirectoryRow;
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

  /** What all package URLs that it wants begin with. */
  private final byte[] purlPrefix;

  private final byte @Nullable [] digest;

  RowFilter(FlightQuery query) {
    prefix = query.pathPrefix().getBytes(StandardCharsets.UTF_8);
    purl = query.purl().isEmpty() ? null : TextGlob.of(query.purl());
    purlPrefix = (purl == null ? "" : purl.prefix()).getBytes(StandardCharsets.UTF_8);
    digest = query.digest().isEmpty() ? null : HexFormat.of().parseHex(query.digest());
  }

  /** Columns that it looks at. */
  boolean needs(String column) {
    return switch (column) {
      case "path", "path_raw" -> prefix.length > 0;
      case "purl" -> purl != null;
      case "blake3" -> digest != null;
      default -> false;
    };
  }

  /** Whether it admits all rows of a batch, by what the directory says of it. */
  boolean admitsAll(DirectoryRow batch) {
    return purl == null
        && digest == null
        && startsWith(batch.firstPath(), prefix)
        && startsWith(batch.lastPath(), prefix);
  }

  private static boolean startsWith(byte[] text, byte[] prefix) {
    return text.length >= prefix.length
        && Arrays.equals(text, 0, prefix.length, prefix, 0, prefix.length);
  }

  boolean admits(VectorSchemaRoot index, int row) {
    return hasPrefix(index, row) && hasPurl(index, row) && hasDigest(index, row);
  }

  private boolean hasPrefix(VectorSchemaRoot index, int row) {
    if (prefix.length == 0) {
      return true;
    }
    return startsWith(path(index, row), prefix);
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
    if (!(index.getVector("purl") instanceof VarCharVector vector) || vector.isNull(row)) {
      return false;
    }
    byte[] text = vector.get(row);
    return startsWith(text, purlPrefix) && purl.matches(new String(text, StandardCharsets.UTF_8));
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
