package io.packhouse.engine.index;

import static io.packhouse.engine.index.Field.Kind.BINARY;
import static io.packhouse.engine.index.Field.Kind.BOOL;
import static io.packhouse.engine.index.Field.Kind.DIGEST;
import static io.packhouse.engine.index.Field.Kind.DIGEST_20;
import static io.packhouse.engine.index.Field.Kind.DIGEST_64;
import static io.packhouse.engine.index.Field.Kind.INT32;
import static io.packhouse.engine.index.Field.Kind.INT64;
import static io.packhouse.engine.index.Field.Kind.STRUCT;
import static io.packhouse.engine.index.Field.Kind.TIMESTAMP;
import static io.packhouse.engine.index.Field.Kind.UTF8;
import static io.packhouse.engine.index.Field.list;
import static io.packhouse.engine.index.Field.nullable;
import static io.packhouse.engine.index.Field.required;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * The Arrow schemas of an archive: the index with one struct column a package type, the blob table,
 * and the batch directory.
 *
 * <p>Source: {@code FORMAT.md}.
 */
public final class IndexSchema {
  private IndexSchema() {}

  /**
   * The index's schema.
   *
   * @param packageColumns own columns by package type; the struct columns come in the types' order
   * @param digests of files besides BLAKE3, among {@link DigestAlgorithm#COLUMNS}
   * @throws IllegalArgumentException if a package type's name is one of the common columns
   */
  public static TableSchema index(
      SortedMap<String, List<ColumnSpec>> packageColumns, Set<DigestAlgorithm> digests) {
    return index(packageColumns, digests, minorVersion(digests));
  }

  /**
   * Likewise, of an archive that says to be of this minor version, because of something else than
   * these columns. From {@link ArchiveFormat#SIBLINGS_MINOR_VERSION} on it has the column {@link
   * ArchiveFormat#EXTRACT_SIBLINGS}.
   */
  public static TableSchema index(
      SortedMap<String, List<ColumnSpec>> packageColumns,
      Set<DigestAlgorithm> digests,
      int minorVersion) {
    List<Field> fields =
        commonFields(digests, minorVersion >= ArchiveFormat.SIBLINGS_MINOR_VERSION);
    Set<String> common = commonColumns();
    packageColumns.forEach(
        (type, columns) -> {
          if (common.contains(type)) {
            throw new IllegalArgumentException("package type is a column's name, type=" + type);
          }
          fields.add(ofColumn(type, new ColumnType.StructOf(columns)));
        });
    return new TableSchema(
        fields, Map.of(ArchiveFormat.KEY_FORMAT_VERSION, ArchiveFormat.version(minorVersion)));
  }

  /** The lowest minor version of the format that has these columns. */
  public static int minorVersion(Set<DigestAlgorithm> digests) {
    return digests.isEmpty()
        ? ArchiveFormat.FIRST_MINOR_VERSION
        : ArchiveFormat.DIGESTS_MINOR_VERSION;
  }

  /** The names of the columns that an index may have, which no package type may have. */
  public static Set<String> commonColumns() {
    Set<String> names = new HashSet<>();
    commonFields(DigestAlgorithm.COLUMNS, true).forEach(field -> names.add(field.name()));
    return names;
  }

  private static List<Field> commonFields(Set<DigestAlgorithm> digests, boolean siblings) {
    List<Field> fields = new ArrayList<>();
    fields.add(required("path", UTF8));
    fields.add(nullable("path_raw", BINARY));
    fields.add(required("type", UTF8));
    fields.add(required("status", UTF8));
    fields.add(nullable("error", UTF8));
    fields.add(required("size", INT64));
    fields.add(nullable("mode", INT32));
    fields.add(nullable("mtime", TIMESTAMP));
    fields.add(nullable("uid", INT64));
    fields.add(nullable("gid", INT64));
    fields.add(nullable("user", UTF8));
    fields.add(nullable("group", UTF8));
    fields.add(nullable("link_target", UTF8));
    fields.add(nullable("link_target_raw", BINARY));
    fields.add(nullable("device_major", INT64));
    fields.add(nullable("device_minor", INT64));
    fields.add(list("xattrs", struct("item", required("name", UTF8), required("value", BINARY))));
    fields.add(nullable("blake3", DIGEST));
    for (DigestAlgorithm algorithm : DigestAlgorithm.COLUMNS) {
      if (digests.contains(algorithm)) {
        fields.add(nullable(algorithm.label(), kind(algorithm)));
      }
    }
    fields.add(
        list(
            "extents",
            struct(
                "item",
                required("blob", INT64),
                required("offset", INT64),
                required("length", INT64))));
    fields.add(nullable("repository", UTF8));
    fields.add(nullable("purl", UTF8));
    fields.add(nullable("package_type", UTF8));
    fields.add(nullable("namespace", UTF8));
    fields.add(nullable("name", UTF8));
    fields.add(nullable("version", UTF8));
    fields.add(nullable("license", UTF8));
    fields.add(list("licenses_declared", nullable("item", UTF8)));
    fields.add(list("authors", nullable("item", UTF8)));
    fields.add(nullable("description", UTF8));
    fields.add(nullable("homepage", UTF8));
    fields.add(nullable("vcs_url", UTF8));
    fields.add(nullable("published", TIMESTAMP));
    fields.add(
        list(
            "dependencies",
            struct(
                "item",
                nullable("purl", UTF8),
                nullable("name", UTF8),
                nullable("requirement", UTF8),
                nullable("scope", UTF8),
                nullable("optional", BOOL))));
    fields.add(nullable("parent_path", UTF8));
    fields.add(nullable("parent_purl", UTF8));
    fields.add(nullable("extract_status", UTF8));
    fields.add(nullable("extract_error", UTF8));
    if (siblings) {
      fields.add(nullable(ArchiveFormat.EXTRACT_SIBLINGS, BINARY));
    }
    return fields;
  }

  private static Field.Kind kind(DigestAlgorithm algorithm) {
    return switch (algorithm) {
      case SHA1 -> DIGEST_20;
      case SHA256 -> DIGEST;
      case SHA512 -> DIGEST_64;
      case MD5, SHA384 -> throw new IllegalArgumentException("no column, digest=" + algorithm);
    };
  }

  /** The blob table's schema. */
  public static TableSchema blobTable() {
    return new TableSchema(
        List.of(
            required("offset", INT64),
            required("stored_length", INT64),
            required("decoded_length", INT64),
            required("codec", UTF8),
            nullable("codec_parameters", BINARY),
            required("blake3", DIGEST)),
        Map.of());
  }

  /** The batch directory's schema. */
  public static TableSchema batchDirectory() {
    return new TableSchema(
        List.of(
            required("offset", INT64),
            required("length", INT64),
            required("rows", INT64),
            nullable("package_type", UTF8),
            nullable("repository", UTF8),
            required("nested", BOOL),
            required("first_path", BINARY),
            required("last_path", BINARY),
            required("blake3", DIGEST)),
        Map.of());
  }

  private static Field ofColumn(String name, ColumnType type) {
    return switch (type) {
      case ColumnType.Scalar scalar ->
          nullable(
              name,
              switch (scalar) {
                case STRING -> UTF8;
                case INT64 -> INT64;
                case BOOL -> BOOL;
                case TIMESTAMP -> TIMESTAMP;
              });
      case ColumnType.ListOf(ColumnType element) -> list(name, ofColumn("item", element));
      case ColumnType.StructOf(List<ColumnSpec> columns) -> {
        List<Field> fields = new ArrayList<>();
        for (ColumnSpec column : columns) {
          fields.add(ofColumn(column.name(), column.type()));
        }
        yield new Field(name, STRUCT, true, List.copyOf(fields));
      }
    };
  }

  private static Field struct(String name, Field... fields) {
    return new Field(name, STRUCT, false, List.of(fields));
  }
}
