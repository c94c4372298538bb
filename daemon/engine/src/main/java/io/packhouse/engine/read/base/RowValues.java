package io.packhouse.engine.read.base;

import io.packhouse.engine.read.arrow.ArrowBatch;
import io.packhouse.engine.read.arrow.Column;
import io.packhouse.engine.read.arrow.ColumnData;
import io.packhouse.engine.read.arrow.ColumnSet;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes package metadata of the rows of one file, which together take no more memory than an
 * extractor could have filled: it is counted before it is taken. One thread.
 */
final class RowValues {
  /** Of all text of a file's rows, and some for each value; what is allowed to extractors. */
  private static final long MAX_BYTES = 16L << 20;

  private static final long VALUE_BYTES = 8;

  /** The columns of packages. */
  static final class Columns {
    private final Map<String, Column> all = new HashMap<>();
    final @Nullable Column path;
    final @Nullable Column parentPath;
    final @Nullable Column extractStatus;
    private final @Nullable Column purl;
    private final @Nullable Column namespace;
    private final @Nullable Column name;
    private final @Nullable Column version;
    private final @Nullable Column license;
    private final @Nullable Column licensesDeclared;
    private final @Nullable Column description;
    private final @Nullable Column homepage;
    private final @Nullable Column vcsUrl;
    private final @Nullable Column authors;
    private final @Nullable Column published;
    private final @Nullable Column dependencies;

    Columns(ColumnSet set) {
      set.columns().forEach(column -> all.put(column.name(), column));
      path = all.get("path");
      parentPath = all.get("parent_path");
      extractStatus = all.get("extract_status");
      purl = all.get("purl");
      namespace = all.get("namespace");
      name = all.get("name");
      version = all.get("version");
      license = all.get("license");
      licensesDeclared = all.get("licenses_declared");
      description = all.get("description");
      homepage = all.get("homepage");
      vcsUrl = all.get("vcs_url");
      authors = all.get("authors");
      published = all.get("published");
      dependencies = all.get("dependencies");
    }
  }

  private final Columns columns;
  private long left = MAX_BYTES;

  /**
   * @param columns those of the index
   */
  RowValues(Columns columns) {
    this.columns = columns;
  }

  /**
   * The metadata in a row, with no packages nested in it.
   *
   * @param own columns of its package type
   * @throws IllegalArgumentException if no extractor could have said so
   */
  PackageMetadata metadata(ArrowBatch batch, int row, String packageType, List<ColumnSpec> own)
      throws IOException {
    return new PackageMetadata(
        text(batch, columns.purl, row),
        text(batch, columns.namespace, row),
        text(batch, columns.name, row),
        text(batch, columns.version, row),
        text(batch, columns.license, row),
        texts(batch, columns.licensesDeclared, row),
        text(batch, columns.description, row),
        text(batch, columns.homepage, row),
        text(batch, columns.vcsUrl, row),
        texts(batch, columns.authors, row),
        (Long) of(Long.class, value(batch, columns.published, row)),
        dependencies(batch, row),
        ColumnSpec.checkValues(own, own(batch, packageType, row)),
        List.of());
  }

  /** A text, or null. */
  @Nullable String text(ArrowBatch batch, @Nullable Column column, int row) throws IOException {
    return (String) of(String.class, value(batch, column, row));
  }

  private List<String> texts(ArrowBatch batch, @Nullable Column column, int row)
      throws IOException {
    List<String> texts = new ArrayList<>();
    for (Object item : list(batch, column, row)) {
      texts.add((String) present(of(String.class, item)));
    }
    return texts;
  }

  private List<?> list(ArrowBatch batch, @Nullable Column column, int row) throws IOException {
    return (List<?>) present(of(List.class, value(batch, column, row)));
  }

  private List<Dependency> dependencies(ArrowBatch batch, int row) throws IOException {
    List<Dependency> dependencies = new ArrayList<>();
    for (Object item : list(batch, columns.dependencies, row)) {
      Map<?, ?> fields = (Map<?, ?>) present(of(Map.class, item));
      dependencies.add(
          new Dependency(
              (String) of(String.class, fields.get("purl")),
              (String) present(of(String.class, fields.get("name"))),
              (String) of(String.class, fields.get("requirement")),
              (String) of(String.class, fields.get("scope")),
              (Boolean) present(of(Boolean.class, fields.get("optional")))));
    }
    return dependencies;
  }

  @SuppressWarnings("unchecked") // of a struct
  private Map<String, Object> own(ArrowBatch batch, String packageType, int row)
      throws IOException {
    return (Map<String, Object>)
        present(of(Map.class, value(batch, columns.all.get(packageType), row)));
  }

  private static @Nullable Object of(Class<?> type, @Nullable Object value) {
    if (value != null && !type.isInstance(value)) {
      throw new IllegalArgumentException("no " + type.getSimpleName() + ": " + value.getClass());
    }
    return value;
  }

  private static Object present(@Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException("null where extractors say something");
    }
    return value;
  }

  private @Nullable Object value(ArrowBatch batch, @Nullable Column column, int row)
      throws IOException {
    if (column == null) {
      throw new IllegalArgumentException("a column is not there");
    }
    return value(column, batch.column(column), row);
  }

  /** A value without nulls in it: fields that are null are not there. */
  private @Nullable Object value(Column column, ColumnData data, int row) throws IOException {
    if (data.isNull(row)) {
      return null;
    }
    take(VALUE_BYTES);
    return switch (column.kind()) {
      case BOOL -> data.bool(row);
      case INTEGER -> data.integer(row);
      case UTF8 -> {
        take(data.end(row) - data.start(row));
        yield data.text(row);
      }
      case LIST -> list(column, data, row);
      case STRUCT -> {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < column.children().size(); i++) {
          Column child = column.children().get(i);
          Object value = value(child, data.child(i), row);
          if (value != null) {
            fields.put(child.name(), value);
          }
        }
        yield fields;
      }
      case NULL, FLOAT, FIXED_BINARY, BINARY, OTHER ->
          throw new IllegalArgumentException("no column of extractors: " + column.type());
    };
  }

  private List<Object> list(Column column, ColumnData data, int row) throws IOException {
    int start = data.start(row);
    int count = data.end(row) - start;
    take(VALUE_BYTES * count);
    List<Object> values = new ArrayList<>(count);
    for (int i = start; i < start + count; i++) {
      values.add(present(value(column.children().getFirst(), data.child(0), i)));
    }
    return values;
  }

  private void take(long bytes) {
    left -= bytes;
    if (left < 0) {
      throw new IllegalArgumentException("more than " + MAX_BYTES + " bytes of metadata");
    }
  }
}
