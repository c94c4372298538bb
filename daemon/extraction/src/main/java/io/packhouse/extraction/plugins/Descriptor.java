package io.packhouse.extraction.plugins;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What an extractor says of itself, taken over a link once.
 *
 * @param packageType as {@link PackageExtractor#packageType}
 */
record Descriptor(String packageType, String name, List<ColumnSpec> columns, Interest interest) {
  private static final int MAX_EXTRACTORS = 64;
  private static final int MAX_COLUMNS = 1_000;
  private static final int MAX_PATTERNS = 1_000;
  private static final int MAX_TYPE_DEPTH = 8;

  Descriptor {
    // They come from other people's code, which nothing keeps from returning null.
    Objects.requireNonNull(packageType, "package type");
    Objects.requireNonNull(name, "name");
    columns = List.copyOf(columns);
    Objects.requireNonNull(interest, "interest");
  }

  /** Asks an extractor. */
  static Descriptor of(PackageExtractor extractor) {
    return new Descriptor(
        extractor.packageType(), extractor.name(), extractor.columns(), extractor.interest());
  }

  static void putAll(Outgoing to, List<Descriptor> descriptors) {
    to.putInt(descriptors.size());
    for (Descriptor descriptor : descriptors) {
      to.putText(descriptor.packageType).putText(descriptor.name);
      putColumns(to, descriptor.columns);
      Interest interest = descriptor.interest;
      to.putInt(interest.nameSuffixes().size());
      interest.nameSuffixes().forEach(to::putText);
      to.putInt(interest.pathGlobs().size());
      interest.pathGlobs().forEach(to::putText);
      to.putInt(interest.magics().size());
      interest.magics().forEach(magic -> to.putInt(magic.offset()).putText(magic.hex()));
    }
  }

  /**
   * Takes all.
   *
   * @throws LinkException if they are none that a host could use
   */
  static List<Descriptor> takeAll(Incoming from) throws LinkException {
    try {
      List<Descriptor> descriptors = new ArrayList<>();
      for (int left = count(from, MAX_EXTRACTORS, "extractors"); left > 0; left--) {
        descriptors.add(
            new Descriptor(
                from.takeText(),
                from.takeText(),
                ColumnSpec.checkDistinct(takeColumns(from, 0)),
                new Interest(takeTexts(from), takeTexts(from), takeMagics(from))));
      }
      return descriptors;
    } catch (IllegalArgumentException e) {
      throw new LinkException("an extractor that is none: " + e.getMessage());
    }
  }

  private static int count(Incoming from, int max, String what) throws LinkException {
    int count = from.takeCount();
    if (count > max) {
      throw new LinkException("more than " + max + " " + what);
    }
    return count;
  }

  private static List<String> takeTexts(Incoming from) throws LinkException {
    List<String> texts = new ArrayList<>();
    for (int left = count(from, MAX_PATTERNS, "patterns"); left > 0; left--) {
      texts.add(from.takeText());
    }
    return texts;
  }

  private static List<Interest.Magic> takeMagics(Incoming from) throws LinkException {
    List<Interest.Magic> magics = new ArrayList<>();
    for (int left = count(from, MAX_PATTERNS, "magics"); left > 0; left--) {
      magics.add(new Interest.Magic(from.takeInt(), from.takeText()));
    }
    return magics;
  }

  private static void putColumns(Outgoing to, List<ColumnSpec> columns) {
    to.putInt(columns.size());
    for (ColumnSpec column : columns) {
      to.putText(column.name()).putText(column.meaning());
      putType(to, column.type());
    }
  }

  private static List<ColumnSpec> takeColumns(Incoming from, int depth) throws LinkException {
    List<ColumnSpec> columns = new ArrayList<>();
    for (int left = count(from, MAX_COLUMNS, "columns"); left > 0; left--) {
      String name = from.takeText();
      String meaning = from.takeText();
      columns.add(new ColumnSpec(name, takeType(from, depth), meaning));
    }
    return columns;
  }

  private static void putType(Outgoing to, ColumnType type) {
    switch (type) {
      case ColumnType.Scalar scalar -> to.putByte('v').putText(scalar.name());
      case ColumnType.ListOf(ColumnType element) -> putType(to.putByte('l'), element);
      case ColumnType.StructOf(List<ColumnSpec> fields) -> putColumns(to.putByte('s'), fields);
    }
  }

  private static ColumnType takeType(Incoming from, int depth) throws LinkException {
    if (depth > MAX_TYPE_DEPTH) {
      throw new LinkException("types of columns nest deeper than " + MAX_TYPE_DEPTH);
    }
    return switch (from.takeByte()) {
      case 'v' -> ColumnType.Scalar.valueOf(from.takeText());
      case 'l' -> new ColumnType.ListOf(takeType(from, depth + 1));
      case 's' -> new ColumnType.StructOf(takeColumns(from, depth + 1));
      default -> throw new LinkException("unknown type of a column");
    };
  }
}
