package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Style;
import io.packhouse.engine.extract.InstalledExtractor;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What an extractor says of itself, for people and for programs. */
final class ExtractorListing {
  private ExtractorListing() {}

  static void write(Json json, InstalledExtractor installed) throws IOException {
    PackageExtractor extractor = installed.extractor();
    Interest interest = extractor.interest();
    json.begin()
        .text("type", extractor.packageType())
        .text("name", extractor.name())
        .text("origin", installed.origin())
        .value("suffixes", interest.nameSuffixes())
        .value("globs", interest.pathGlobs())
        .beginArray("magics");
    for (Interest.Magic magic : interest.magics()) {
      json.begin().number("offset", magic.offset()).text("hex", magic.hex()).end();
    }
    json.endArray();
    writeColumns(json, "columns", extractor.columns());
    json.end();
  }

  private static void writeColumns(Json json, String field, List<ColumnSpec> columns)
      throws IOException {
    json.beginArray(field);
    for (ColumnSpec column : columns) {
      json.begin()
          .text("name", column.name())
          .text("type", typeText(column.type()))
          .text("meaning", column.meaning());
      List<ColumnSpec> fields = fields(column.type());
      if (!fields.isEmpty()) {
        writeColumns(json, "fields", fields);
      }
      json.end();
    }
    json.endArray();
  }

  static void write(Writer out, Style style, InstalledExtractor installed) throws IOException {
    PackageExtractor extractor = installed.extractor();
    String type = extractor.packageType();
    out.write(style.bold(Failures.oneLine(type)));
    if (!extractor.name().equals(type)) {
      out.write(" by " + Failures.oneLine(extractor.name()));
    }
    out.write(" (" + Failures.oneLine(installed.origin()) + ")\n");
    out.write("  reads " + Failures.oneLine(interestText(extractor.interest())) + "\n");
    List<String[]> rows = new ArrayList<>();
    addRows(rows, "  ", extractor.columns());
    int names = rows.stream().mapToInt(row -> row[0].length()).max().orElse(0);
    int types = rows.stream().mapToInt(row -> row[1].length()).max().orElse(0);
    for (String[] row : rows) {
      out.write(row[0] + " ".repeat(names - row[0].length() + 2));
      out.write(row[1] + " ".repeat(types - row[1].length() + 2));
      out.write(Failures.oneLine(row[2]) + "\n");
    }
  }

  private static void addRows(List<String[]> rows, String indent, List<ColumnSpec> columns) {
    for (ColumnSpec column : columns) {
      rows.add(new String[] {indent + column.name(), typeText(column.type()), column.meaning()});
      addRows(rows, indent + "  ", fields(column.type()));
    }
  }

  /** Which files are wanted, in words. */
  private static String interestText(Interest interest) {
    List<String> names = new ArrayList<>();
    interest.nameSuffixes().forEach(suffix -> names.add("*" + suffix));
    names.addAll(interest.pathGlobs());
    String text = names.isEmpty() ? "files of any name" : String.join(", ", names);
    if (interest.magics().isEmpty()) {
      return text;
    }
    return text
        + " that have "
        + interest.magics().stream()
            .map(magic -> magic.hex() + " at " + magic.offset())
            .collect(Collectors.joining(" or "));
  }

  private static List<ColumnSpec> fields(ColumnType type) {
    return switch (type) {
      case ColumnType.Scalar _ -> List.of();
      case ColumnType.ListOf(ColumnType element) -> fields(element);
      case ColumnType.StructOf(List<ColumnSpec> fields) -> fields;
    };
  }

  private static String typeText(ColumnType type) {
    return switch (type) {
      case ColumnType.Scalar scalar ->
          switch (scalar) {
            case STRING -> "string";
            case INT64 -> "int64";
            case BOOL -> "bool";
            case TIMESTAMP -> "timestamp";
          };
      case ColumnType.ListOf(ColumnType element) -> "list of " + typeText(element);
      case ColumnType.StructOf _ -> "struct";
    };
  }
}
