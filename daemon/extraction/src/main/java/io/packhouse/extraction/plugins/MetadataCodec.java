package io.packhouse.extraction.plugins;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.NestedPackage;
import io.packhouse.spi.PackageMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Metadata in messages, its own columns as their declarations say. */
final class MetadataCodec {
  /** Packages in packages; a host takes fewer. */
  private static final int MAX_DEPTH = 64;

  private static final int MAX_NESTED = 70_000;

  private final List<ColumnSpec> columns;
  private int nested;

  MetadataCodec(List<ColumnSpec> columns) {
    this.columns = columns;
  }

  /**
   * Puts metadata into a message.
   *
   * @throws IllegalArgumentException if its own columns are not as declared, or it is too large
   */
  static void put(Outgoing to, List<ColumnSpec> columns, PackageMetadata metadata) {
    new MetadataCodec(columns).put(to, metadata, 0);
  }

  /**
   * Takes metadata from a message.
   *
   * @throws LinkException if it is none
   */
  static PackageMetadata take(Incoming from, List<ColumnSpec> columns) throws LinkException {
    try {
      return new MetadataCodec(columns).take(from, 0);
    } catch (IllegalArgumentException e) {
      throw new LinkException("metadata that is none: " + e.getMessage());
    }
  }

  private void put(Outgoing to, PackageMetadata metadata, int depth) {
    checkDepth(depth);
    to.putText(metadata.purl())
        .putText(metadata.namespace())
        .putText(metadata.name())
        .putText(metadata.version())
        .putText(metadata.license());
    putTexts(to, metadata.licensesDeclared());
    to.putText(metadata.description()).putText(metadata.homepage()).putText(metadata.vcsUrl());
    putTexts(to, metadata.authors());
    Long published = metadata.publishedNanos();
    to.putFlag(published != null);
    if (published != null) {
      to.putLong(published);
    }
    to.putInt(metadata.dependencies().size());
    for (Dependency dependency : metadata.dependencies()) {
      to.putText(dependency.purl())
          .putText(dependency.name())
          .putText(dependency.requirement())
          .putText(dependency.scope())
          .putFlag(dependency.optional());
    }
    putStruct(to, columns, ColumnSpec.checkValues(columns, metadata.columns()));
    to.putInt(metadata.nested().size());
    for (NestedPackage inner : metadata.nested()) {
      to.putText(inner.innerPath());
      put(to, inner.metadata(), depth + 1);
    }
  }

  private PackageMetadata take(Incoming from, int depth) throws LinkException {
    checkDepth(depth);
    PackageMetadata.Builder builder =
        PackageMetadata.builder(columns)
            .purl(from.takeTextOrNull())
            .namespace(from.takeTextOrNull())
            .name(from.takeTextOrNull())
            .version(from.takeTextOrNull())
            .license(from.takeTextOrNull());
    for (int left = from.takeCount(); left > 0; left--) {
      builder.addLicenseDeclared(from.takeText());
    }
    builder
        .description(from.takeTextOrNull())
        .homepage(from.takeTextOrNull())
        .vcsUrl(from.takeTextOrNull());
    for (int left = from.takeCount(); left > 0; left--) {
      builder.addAuthor(from.takeText());
    }
    if (from.takeFlag()) {
      builder.publishedNanos(from.takeLong());
    }
    for (int left = from.takeCount(); left > 0; left--) {
      builder.addDependency(
          new Dependency(
              from.takeTextOrNull(),
              from.takeText(),
              from.takeTextOrNull(),
              from.takeTextOrNull(),
              from.takeFlag()));
    }
    takeStruct(from, columns).forEach(builder::column);
    for (int left = from.takeCount(); left > 0; left--) {
      if (++nested > MAX_NESTED) {
        throw new LinkException("more than " + MAX_NESTED + " nested packages");
      }
      builder.addNested(new NestedPackage(from.takeText(), take(from, depth + 1)));
    }
    return builder.build();
  }

  private static void checkDepth(int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("packages nest deeper than " + MAX_DEPTH);
    }
  }

  private static void putTexts(Outgoing to, List<String> texts) {
    to.putInt(texts.size());
    texts.forEach(to::putText);
  }

  private static void putStruct(Outgoing to, List<ColumnSpec> fields, Map<?, ?> values) {
    for (ColumnSpec field : fields) {
      Object value = values.get(field.name());
      to.putFlag(value != null);
      if (value != null) {
        putValue(to, field.type(), value);
      }
    }
  }

  /** Puts a value that was checked against its type. */
  private static void putValue(Outgoing to, ColumnType type, Object value) {
    switch (type) {
      case ColumnType.Scalar scalar -> {
        switch (scalar) {
          case STRING -> to.putText((String) value);
          case INT64, TIMESTAMP -> to.putLong((Long) value);
          case BOOL -> to.putFlag((Boolean) value);
        }
      }
      case ColumnType.ListOf(ColumnType element) -> {
        List<?> list = (List<?>) value;
        to.putInt(list.size());
        for (Object item : list) {
          putValue(to, element, item);
        }
      }
      case ColumnType.StructOf(List<ColumnSpec> fields) -> putStruct(to, fields, (Map<?, ?>) value);
    }
  }

  private static Map<String, Object> takeStruct(Incoming from, List<ColumnSpec> fields)
      throws LinkException {
    Map<String, Object> values = new LinkedHashMap<>();
    for (ColumnSpec field : fields) {
      if (from.takeFlag()) {
        values.put(field.name(), takeValue(from, field.type()));
      }
    }
    return values;
  }

  private static Object takeValue(Incoming from, ColumnType type) throws LinkException {
    return switch (type) {
      case ColumnType.Scalar scalar ->
          switch (scalar) {
            case STRING -> from.takeText();
            case INT64, TIMESTAMP -> from.takeLong();
            case BOOL -> from.takeFlag();
          };
      case ColumnType.ListOf(ColumnType element) -> {
        int count = from.takeCount();
        List<Object> list = new ArrayList<>(Math.min(count, 1_000));
        for (int i = 0; i < count; i++) {
          list.add(takeValue(from, element));
        }
        yield list;
      }
      case ColumnType.StructOf(List<ColumnSpec> fields) -> takeStruct(from, fields);
    };
  }
}
