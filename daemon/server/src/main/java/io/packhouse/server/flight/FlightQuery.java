package io.packhouse.server.flight;

import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.engine.select.TextGlob;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.grpc.Failures;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a flight is to have.
 *
 * @param archive {@code folder/path.pkh}
 * @param table label of a {@link FlightTable}
 * @param columns in their own order, whatever is asked for; empty for all
 * @param pathPrefix entries whose paths start with this; empty for all
 * @param purl glob of package URLs; empty for all
 * @param packageType such as {@code maven}; empty for all
 * @param digest of entries' contents, BLAKE3 in hexadecimal digits; empty for all
 * @param paths of files, for their contents
 */
record FlightQuery(
    String archive,
    String table,
    List<String> columns,
    String pathPrefix,
    String purl,
    String packageType,
    String digest,
    List<String> paths) {
  private static final int MAX_PATHS = 10_000;
  private static final int DIGEST_DIGITS = 64;

  FlightQuery {
    columns = List.copyOf(columns);
    paths = List.copyOf(paths);
  }

  /** A whole table. */
  static FlightQuery of(String archive, String table) {
    return new FlightQuery(archive, table, List.of(), "", "", "", "", List.of());
  }

  /**
   * This, if it makes sense.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT if not, with the field that is wrong
   */
  FlightQuery checked() {
    FlightTable known = FlightTable.ofLabel(table);
    if (known == null) {
      throw Failures.badField(
          "table", "is \"" + table + "\", not one of " + Arrays.toString(labels()));
    }
    try {
      ArchiveName.parse(archive);
    } catch (IllegalArgumentException e) {
      throw Failures.badField("archive", String.valueOf(e.getMessage()));
    }
    if (paths.size() > MAX_PATHS) {
      throw Failures.badField("paths", "are " + paths.size() + ", more than " + MAX_PATHS);
    }
    if (known == FlightTable.CONTENTS && paths.isEmpty()) {
      throw Failures.badField("paths", "must name the files whose contents are wanted");
    }
    if (!paths.isEmpty() && known != FlightTable.CONTENTS) {
      throw Failures.badField("paths", "are for the table contents; there is path_prefix");
    }
    boolean filtered = !(pathPrefix + purl + packageType + digest).isEmpty();
    if (filtered && !known.isOfBatches()) {
      throw Failures.badField("table", table + " cannot be filtered by entries");
    }
    if (!columns.isEmpty() && !known.isOfIndex()) {
      throw Failures.badField("columns", "can be chosen of entries and packages only");
    }
    boolean digestIsSound =
        digest.isEmpty()
            || (digest.length() == DIGEST_DIGITS && digest.chars().allMatch(HexFormat::isHexDigit));
    if (!digestIsSound) {
      throw Failures.badField("digest", "is no BLAKE3 digest of 64 hexadecimal digits");
    }
    return this;
  }

  private static String[] labels() {
    return Arrays.stream(FlightTable.values()).map(FlightTable::label).toArray(String[]::new);
  }

  /** The table; of a query that was checked. */
  FlightTable flightTable() {
    FlightTable known = FlightTable.ofLabel(table);
    if (known == null) {
      throw new IllegalStateException("unchecked query, table=" + table);
    }
    return known;
  }

  /** The archive; of a query that was checked. */
  ArchiveName archiveName() {
    return ArchiveName.parse(archive);
  }

  /** Whether single rows of batches are left out. */
  boolean filtersRows() {
    return !(pathPrefix + purl + digest).isEmpty();
  }

  /** Whether a batch may have rows of it. */
  boolean admits(DirectoryRow batch) {
    FlightTable known = flightTable();
    boolean ofPackages = known == FlightTable.PACKAGES || known == FlightTable.DEPENDENCIES;
    String type = batch.packageType();
    String ofPurl = typeOf(purl);
    return (type != null || !ofPackages)
        && (packageType.isEmpty() || packageType.equals(type))
        && (ofPurl == null || ofPurl.equals(type))
        && mayHavePrefix(batch, pathPrefix.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean mayHavePrefix(DirectoryRow batch, byte[] prefix) {
    byte[] first = batch.firstPath();
    int shared = Math.min(first.length, prefix.length);
    return Arrays.compareUnsigned(batch.lastPath(), prefix) >= 0
        && Arrays.compareUnsigned(first, 0, shared, prefix, 0, shared) <= 0;
  }

  /** The package type that a glob asks for; null where it may be any. */
  private static @Nullable String typeOf(String purl) {
    if (purl.isEmpty()) {
      return null;
    }
    String prefix = TextGlob.of(purl).prefix();
    int end = prefix.indexOf('/');
    return prefix.startsWith("pkg:") && end > 0 ? prefix.substring("pkg:".length(), end) : null;
  }
}
