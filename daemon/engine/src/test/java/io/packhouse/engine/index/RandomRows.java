package io.packhouse.engine.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.index.EntryRow.ExtractStatus;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import io.packhouse.spi.ColumnType.StructOf;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.PackageMetadata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Rows of one group with all that rows may have, and the cells that they are to become. */
final class RandomRows {
  /** Own columns of every type, and lists and structs in each other. */
  static final SortedMap<String, List<ColumnSpec>> COLUMNS = columns();

  private static final String[] TEXTS = {
    "", "a", "plain text", "grüße", "日本語", "𝒳 is outside the plane", "x".repeat(3_000), "\0\n\t"
  };

  private final SplittableRandom random;

  /** How many of a hundred optional values are there. */
  private final int density;

  private final boolean nested;
  private final @Nullable String packageType;

  RandomRows(SplittableRandom random) {
    this.random = random;
    density = List.of(0, 3, 50, 97, 100).get(random.nextInt(5));
    nested = random.nextInt(5) == 0;
    packageType = nested ? "every" : new String[] {null, "every", "text"}[random.nextInt(3)];
  }

  private static SortedMap<String, List<ColumnSpec>> columns() {
    SortedMap<String, List<ColumnSpec>> columns = new TreeMap<>();
    List<ColumnSpec> inner =
        List.of(spec("note", Scalar.STRING), spec("on", Scalar.BOOL), spec("at", Scalar.TIMESTAMP));
    columns.put(
        "every",
        List.of(
            spec("label", Scalar.STRING),
            spec("amount", Scalar.INT64),
            spec("flag", Scalar.BOOL),
            spec("time", Scalar.TIMESTAMP),
            spec("numbers", new ListOf(Scalar.INT64)),
            spec("flags", new ListOf(Scalar.BOOL)),
            spec("tables", new ListOf(new ListOf(Scalar.STRING))),
            spec("part", new StructOf(inner)),
            spec("parts", new ListOf(new StructOf(inner)))));
    columns.put("text", List.of(spec("label", Scalar.STRING)));
    columns.put("unused", List.of(spec("label", Scalar.STRING)));
    return columns;
  }

  private static ColumnSpec spec(String name, ColumnType type) {
    return new ColumnSpec(name, type, "for tests");
  }

  /** Rows in ascending order of paths. */
  List<EntryRow> rows(int count) {
    List<EntryRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(row(i));
    }
    return rows;
  }

  private EntryRow row(int number) {
    EntryType[] types = EntryType.values();
    EntryType type = nested ? EntryType.NESTED : types[random.nextInt(types.length)];
    if (!nested && type == EntryType.NESTED) {
      type = EntryType.FILE;
    }
    boolean contents = type == EntryType.FILE && !isRare();
    boolean described = packageType != null && chance();
    return new EntryRow(
        path(number),
        type,
        contents ? EntryStatus.OK : EntryStatus.values()[random.nextInt(4)],
        orNull(text()),
        random.nextLong(),
        chance() ? attributes() : null,
        chance() ? path(random.nextInt(50)) : null,
        chance() ? xattrs() : null,
        contents ? bytes(32) : null,
        contents ? bytes(20 + 32 + 64) : null,
        contents ? extents() : null,
        "repository",
        packageType,
        described ? metadata() : null,
        packageType != null && chance() ? ExtractStatus.values()[random.nextInt(3)] : null,
        orNull(text()),
        nested ? path(number) : null,
        nested ? orNull(text()) : null,
        chance() ? bytes(random.nextInt(40)) : null);
  }

  private byte[] path(int number) {
    byte[] path = "%09d/%s".formatted(number, text()).getBytes(UTF_8);
    if (isRare()) {
      path[path.length - 1] = (byte) 0xc3;
    }
    return path;
  }

  private EntryRow.Attributes attributes() {
    long owner = chance() ? random.nextLong(1L << 32) : -1;
    return new EntryRow.Attributes(
        random.nextInt(07777),
        random.nextLong(),
        owner,
        owner,
        orNull("user"),
        orNull("group"),
        random.nextLong(99),
        random.nextLong(99));
  }

  private Map<String, byte[]> xattrs() {
    Map<String, byte[]> xattrs = new TreeMap<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      xattrs.put("user." + i + text(), bytes(random.nextInt(100)));
    }
    return xattrs;
  }

  private long[] extents() {
    int count = random.nextInt(100) == 0 ? random.nextInt(5_000) : random.nextInt(3);
    return random.longs(3L * count).toArray();
  }

  private PackageMetadata metadata() {
    PackageMetadata.Builder builder =
        PackageMetadata.builder(COLUMNS.get(packageType))
            .purl(orNull("pkg:generic/" + text()))
            .namespace(orNull(text()))
            .name(orNull(text()))
            .version(orNull(text()))
            .license(orNull(text()))
            .description(orNull(text()))
            .homepage(orNull(text()))
            .vcsUrl(orNull(text()))
            .publishedNanos(orNull(random.nextLong()));
    for (int i = random.nextInt(3); i > 0; i--) {
      builder.addAuthor(text()).addLicenseDeclared(text());
      builder.addDependency(
          new Dependency(
              orNull("pkg:x/" + text()), "n" + text(), orNull(text()), orNull(text()), chance()));
    }
    for (ColumnSpec spec : COLUMNS.get(packageType)) {
      builder.column(spec.name(), orNull(value(spec.type())));
    }
    return builder.build();
  }

  private Object value(ColumnType type) {
    return switch (type) {
      case Scalar.STRING -> text();
      case Scalar.INT64, Scalar.TIMESTAMP -> random.nextLong();
      case Scalar.BOOL -> chance();
      case ListOf(ColumnType element) -> {
        List<Object> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          items.add(value(element));
        }
        yield items;
      }
      case StructOf(List<ColumnSpec> fields) -> {
        Map<String, Object> cells = new LinkedHashMap<>();
        for (ColumnSpec field : fields.reversed()) { // any order will do
          if (chance()) {
            cells.put(field.name(), value(field.type()));
          }
        }
        yield cells;
      }
    };
  }

  private boolean chance() {
    return random.nextInt(100) < density;
  }

  private boolean isRare() {
    return random.nextInt(30) == 0;
  }

  private String text() {
    return TEXTS[isRare() ? random.nextInt(TEXTS.length) : random.nextInt(TEXTS.length - 2)];
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private <T> @Nullable T orNull(T value) {
    return chance() ? value : null;
  }

  /** What the format says that a row becomes: cells by column, none where null. */
  static Map<String, Object> cells(EntryRow row) {
    Map<String, Object> cells = new LinkedHashMap<>();
    path(cells, "path", row.path());
    cells.put("type", row.type().label());
    cells.put("status", row.status().label());
    put(cells, "error", row.error());
    cells.put("size", row.size());
    EntryRow.Attributes attributes = row.attributes();
    if (attributes != null) {
      cells.put("mode", attributes.mode());
      cells.put("mtime", attributes.mtimeNanos());
      if (attributes.uid() >= 0) {
        cells.put("uid", attributes.uid());
        cells.put("gid", attributes.gid());
        put(cells, "user", attributes.user());
        put(cells, "group", attributes.group());
      }
      if (row.type() == EntryType.CHAR_DEVICE || row.type() == EntryType.BLOCK_DEVICE) {
        cells.put("device_major", attributes.deviceMajor());
        cells.put("device_minor", attributes.deviceMinor());
      }
    }
    if (row.linkTarget() != null) {
      path(cells, "link_target", row.linkTarget());
    }
    if (row.xattrs() != null) {
      List<Object> items = new ArrayList<>();
      row.xattrs().forEach((name, value) -> items.add(Map.of("name", name, "value", value)));
      cells.put("xattrs", items);
    }
    put(cells, "blake3", row.blake3());
    byte[] digests = row.digests();
    if (digests != null) {
      put(cells, "sha1", Arrays.copyOfRange(digests, 0, 20));
      put(cells, "sha256", Arrays.copyOfRange(digests, 20, 52));
      put(cells, "sha512", Arrays.copyOfRange(digests, 52, 116));
    }
    long[] extents = row.extents();
    if (extents != null) {
      List<Object> items = new ArrayList<>();
      for (int i = 0; i < extents.length; i += 3) {
        items.add(Map.of("blob", extents[i], "offset", extents[i + 1], "length", extents[i + 2]));
      }
      cells.put("extents", items);
    }
    if (row.extractSiblings() != null) {
      cells.put("extract_siblings", row.extractSiblings());
    }
    put(cells, "repository", row.repository());
    if (row.packageType() != null) {
      packageCells(cells, row, row.packageType());
    }
    return cells;
  }

  private static void packageCells(Map<String, Object> cells, EntryRow row, String type) {
    cells.put("package_type", type);
    if (row.extractStatus() != null) {
      cells.put("extract_status", row.extractStatus().name().toLowerCase(Locale.ROOT));
      put(cells, "extract_error", row.extractError());
    }
    if (row.parentPath() != null) {
      cells.put("parent_path", PathText.lenient(row.parentPath()));
      put(cells, "parent_purl", row.parentPurl());
    }
    PackageMetadata metadata = row.metadata();
    if (metadata == null) {
      return;
    }
    put(cells, "purl", metadata.purl());
    put(cells, "namespace", metadata.namespace());
    put(cells, "name", metadata.name());
    put(cells, "version", metadata.version());
    put(cells, "license", metadata.license());
    cells.put("licenses_declared", metadata.licensesDeclared());
    cells.put("authors", metadata.authors());
    put(cells, "description", metadata.description());
    put(cells, "homepage", metadata.homepage());
    put(cells, "vcs_url", metadata.vcsUrl());
    put(cells, "published", metadata.publishedNanos());
    List<Object> items = new ArrayList<>();
    for (Dependency dependency : metadata.dependencies()) {
      Map<String, Object> item = new LinkedHashMap<>();
      put(item, "purl", dependency.purl());
      item.put("name", dependency.name());
      put(item, "requirement", dependency.requirement());
      put(item, "scope", dependency.scope());
      item.put("optional", dependency.optional());
      items.add(item);
    }
    cells.put("dependencies", items);
    cells.put(type, metadata.columns());
  }

  private static void path(Map<String, Object> cells, String column, byte[] bytes) {
    cells.put(column, PathText.lenient(bytes));
    if (!PathText.isUtf8(bytes)) {
      cells.put(column + "_raw", bytes);
    }
  }

  private static void put(Map<String, Object> cells, String column, @Nullable Object value) {
    if (value != null) {
      cells.put(column, value);
    }
  }
}
