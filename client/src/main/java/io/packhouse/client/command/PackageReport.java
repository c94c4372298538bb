package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Style;
import io.packhouse.engine.extract.Extraction;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.NestedPackage;
import io.packhouse.spi.PackageMetadata;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes what extractors made of files: JSON, an object a line, or text. */
final class PackageReport implements Closeable {
  private static final long NANOS = 1_000_000_000L;

  private final @Nullable Json json;
  private final @Nullable Writer out;
  private final Style style;

  PackageReport(Json json) {
    this.json = json;
    this.out = null;
    this.style = Style.PLAIN;
  }

  PackageReport(Writer out, Style style) {
    this.json = null;
    this.out = out;
    this.style = style;
  }

  /** Writes about one file; null where nobody took it. */
  void write(String path, @Nullable Extraction extraction) throws IOException {
    if (json != null) {
      write(json, path, extraction);
    } else if (out != null) {
      write(out, path, extraction);
    }
  }

  private static void write(Json json, String path, @Nullable Extraction extraction)
      throws IOException {
    json.begin().text("path", path);
    if (extraction == null) {
      json.text("status", "none").end();
      return;
    }
    json.text("type", extraction.packageType())
        .text("status", extraction.error() == null ? "ok" : "error")
        .text("error", extraction.error());
    PackageMetadata metadata = extraction.metadata();
    if (metadata != null) {
      json.begin("metadata");
      writeFields(json, metadata);
      json.end();
    }
    json.end();
  }

  private static void writeFields(Json json, PackageMetadata metadata) throws IOException {
    json.text("purl", metadata.purl())
        .text("namespace", metadata.namespace())
        .text("name", metadata.name())
        .text("version", metadata.version())
        .text("license", metadata.license())
        .value("licenses_declared", metadata.licensesDeclared())
        .text("description", metadata.description())
        .text("homepage", metadata.homepage())
        .text("vcs_url", metadata.vcsUrl())
        .value("authors", metadata.authors());
    Long published = metadata.publishedNanos();
    if (published != null) {
      json.number("published", published);
    }
    json.beginArray("dependencies");
    for (Dependency dependency : metadata.dependencies()) {
      json.begin()
          .text("purl", dependency.purl())
          .text("name", dependency.name())
          .text("requirement", dependency.requirement())
          .text("scope", dependency.scope())
          .flag("optional", dependency.optional())
          .end();
    }
    json.endArray().value("columns", metadata.columns()).beginArray("nested");
    for (NestedPackage nested : metadata.nested()) {
      json.begin().text("inner_path", nested.innerPath());
      writeFields(json, nested.metadata());
      json.end();
    }
    json.endArray();
  }

  private void write(Writer text, String path, @Nullable Extraction extraction) throws IOException {
    text.write(style.bold(Failures.oneLine(path)));
    if (extraction == null) {
      text.write(": no package that an extractor knows\n");
      return;
    }
    text.write(": " + Failures.oneLine(extraction.packageType()) + "\n");
    if (extraction.error() != null) {
      line(text, "  ", "error", style.red(Failures.oneLine(extraction.error())));
    }
    PackageMetadata metadata = extraction.metadata();
    if (metadata != null) {
      writeFields(text, "  ", extraction.packageType(), metadata);
    }
  }

  private void writeFields(Writer text, String indent, String type, PackageMetadata metadata)
      throws IOException {
    field(text, indent, "purl", metadata.purl());
    field(text, indent, "namespace", metadata.namespace());
    field(text, indent, "name", metadata.name());
    field(text, indent, "version", metadata.version());
    field(text, indent, "license", metadata.license());
    for (String license : metadata.licensesDeclared()) {
      field(text, indent, "declared", license);
    }
    field(text, indent, "description", metadata.description());
    field(text, indent, "homepage", metadata.homepage());
    field(text, indent, "vcs_url", metadata.vcsUrl());
    for (String author : metadata.authors()) {
      field(text, indent, "author", author);
    }
    Long published = metadata.publishedNanos();
    if (published != null) {
      Instant moment =
          Instant.ofEpochSecond(Math.floorDiv(published, NANOS), Math.floorMod(published, NANOS));
      field(text, indent, "published", moment.toString());
    }
    for (Dependency dependency : metadata.dependencies()) {
      field(text, indent, "needs", describe(dependency));
    }
    int width = 0;
    for (String column : metadata.columns().keySet()) {
      width = Math.max(width, column.length());
    }
    for (Map.Entry<String, Object> column : metadata.columns().entrySet()) {
      String name = type + "." + column.getKey() + " ".repeat(width - column.getKey().length() + 2);
      field(text, indent, name, valueText(column.getValue()));
    }
    for (NestedPackage nested : metadata.nested()) {
      field(text, indent, "holds", nested.innerPath());
      writeFields(text, indent + "  ", type, nested.metadata());
    }
  }

  private static String describe(Dependency dependency) {
    StringBuilder text = new StringBuilder(dependency.name());
    if (dependency.requirement() != null) {
      text.append(' ').append(dependency.requirement());
    }
    if (dependency.scope() != null) {
      text.append(" (").append(dependency.scope()).append(')');
    }
    return text.append(dependency.optional() ? ", optional" : "").toString();
  }

  private static String valueText(Object value) {
    return switch (value) {
      case List<?> list -> String.join(", ", list.stream().map(PackageReport::valueText).toList());
      case Map<?, ?> map ->
          "{"
              + String.join(
                  ", ",
                  map.entrySet().stream()
                      .map(field -> field.getKey() + "=" + valueText(field.getValue()))
                      .toList())
              + "}";
      default -> value.toString();
    };
  }

  private static void field(Writer text, String indent, String name, @Nullable String value)
      throws IOException {
    if (value != null) {
      line(text, indent, name, Failures.oneLine(value));
    }
  }

  private static void line(Writer text, String indent, String name, String value)
      throws IOException {
    text.write(indent + name + " ".repeat(Math.max(0, 13 - name.length())) + value + "\n");
  }

  @Override
  public void close() throws IOException {
    if (json != null) {
      json.close();
    }
    if (out != null) {
      out.close();
    }
  }
}
