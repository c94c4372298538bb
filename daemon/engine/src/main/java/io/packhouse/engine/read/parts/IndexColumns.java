package io.packhouse.engine.read.parts;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.read.arrow.Column;
import io.packhouse.engine.read.arrow.ColumnSet;
import io.packhouse.engine.read.memory.Place;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The columns of the index by what they mean, checked against the types of the format. */
public final class IndexColumns {
  private static final String TIMESTAMP = "timestamp(ns)";

  /** Columns that every entry is read with, in the order of {@link RowReader}. */
  public enum Core {
    PATH("utf8"),
    PATH_RAW("binary"),
    TYPE("utf8"),
    STATUS("utf8"),
    ERROR("utf8"),
    SIZE("int64"),
    MODE("int32"),
    MTIME(TIMESTAMP),
    UID("int64"),
    GID("int64"),
    USER("utf8"),
    GROUP("utf8"),
    LINK_TARGET("utf8"),
    LINK_TARGET_RAW("binary"),
    DEVICE_MAJOR("int64"),
    DEVICE_MINOR("int64"),
    XATTRS("list<struct<name: utf8, value: binary>>"),
    BLAKE3("fixed_size_binary(32)"),
    EXTENTS("list<struct<blob: int64, offset: int64, length: int64>>"),
    REPOSITORY("utf8"),
    PURL("utf8"),
    PACKAGE_TYPE("utf8"),
    NAMESPACE("utf8"),
    NAME("utf8"),
    VERSION("utf8"),
    LICENSE("utf8");

    private final String column = name().toLowerCase(Locale.ROOT);
    private final String type;

    Core(String type) {
      this.type = type;
    }

    /** The column's name in the schema. */
    public String column() {
      return column;
    }
  }

  /** Further columns that the format names, with their types. */
  public static final Map<String, String> FURTHER =
      Map.ofEntries(
          Map.entry("licenses_declared", "list<utf8>"),
          Map.entry("authors", "list<utf8>"),
          Map.entry("description", "utf8"),
          Map.entry("homepage", "utf8"),
          Map.entry("vcs_url", "utf8"),
          Map.entry("published", TIMESTAMP),
          Map.entry(
              "dependencies",
              "list<struct<purl: utf8, name: utf8, requirement: utf8, scope: utf8, optional:"
                  + " bool>>"),
          Map.entry("parent_path", "utf8"),
          Map.entry("parent_purl", "utf8"),
          Map.entry("extract_status", "utf8"),
          Map.entry("extract_error", "utf8"));

  private final ColumnSet set;
  private final EnumMap<Core, Column> core;
  private final EnumMap<DigestAlgorithm, Column> digests;
  private final @Nullable Column extractSiblings;
  private final List<Column> further;

  private IndexColumns(
      ColumnSet set,
      EnumMap<Core, Column> core,
      EnumMap<DigestAlgorithm, Column> digests,
      @Nullable Column extractSiblings,
      List<Column> further) {
    this.set = set;
    this.core = core;
    this.digests = digests;
    this.extractSiblings = extractSiblings;
    this.further = List.copyOf(further);
  }

  /** Finds the columns; one that is absent or of another type is damage. */
  public static IndexColumns of(ColumnSet set, Place place) throws IOException {
    EnumMap<Core, Column> core = new EnumMap<>(Core.class);
    for (Core column : Core.values()) {
      core.put(column, set.require(column.column, column.type, place));
    }
    Map<String, Column> rest = new LinkedHashMap<>();
    set.columns().forEach(column -> rest.put(column.name(), column));
    core.values().forEach(column -> rest.remove(column.name()));
    EnumMap<DigestAlgorithm, Column> digests = new EnumMap<>(DigestAlgorithm.class);
    for (DigestAlgorithm algorithm : DigestAlgorithm.COLUMNS) {
      Column column = rest.get(algorithm.label());
      // Version 1.0 leaves the names to anyone: a column of another type is one that is unknown.
      if (column != null && column.type().equals("fixed_size_binary(" + algorithm.length() + ")")) {
        digests.put(algorithm, column);
        rest.remove(algorithm.label());
      }
    }
    Column siblings = rest.get(ArchiveFormat.EXTRACT_SIBLINGS);
    if (siblings != null && siblings.type().equals("binary")) {
      rest.remove(ArchiveFormat.EXTRACT_SIBLINGS);
    } else {
      siblings = null;
    }
    return new IndexColumns(set, core, digests, siblings, List.copyOf(rest.values()));
  }

  /** All columns. */
  public ColumnSet set() {
    return set;
  }

  /** A core column. */
  public Column of(Core column) {
    Column found = core.get(column);
    if (found == null) {
      throw new AssertionError(column);
    }
    return found;
  }

  /** The column of a digest besides BLAKE3; null where the index has none. */
  @Nullable Column of(DigestAlgorithm algorithm) {
    return digests.get(algorithm);
  }

  /** The digests besides BLAKE3 that the index has columns of, in their order. */
  public Set<DigestAlgorithm> digests() {
    return Collections.unmodifiableSet(digests.keySet());
  }

  /** What extractors asked for, which is for packers only; null where the index has none. */
  public @Nullable Column extractSiblings() {
    return extractSiblings;
  }

  /** Columns that are none of these, in the order of the schema. */
  List<Column> further() {
    return further;
  }
}
