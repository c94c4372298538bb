package io.packhouse.engine.index;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.index.EntryRow.ExtractStatus;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The columns of the index, filled row by row. One thread at a time.
 *
 * <p>Columns are looked up when this is made, fields of structs by position, so a cell costs no
 * look-up, and a null no more than the test for it.
 */
final class EntryColumns {
  private static final byte[][] TYPES = labels(EntryType.values(), EntryType::label);
  private static final byte[][] STATUSES = labels(EntryStatus.values(), EntryStatus::label);
  private static final byte[][] EXTRACT_STATUSES =
      labels(ExtractStatus.values(), status -> status.name().toLowerCase(Locale.ROOT));

  private final Column[] columns;
  private final Map<String, Column> byName = new HashMap<>();
  private final TextColumn path;
  private final TextColumn pathRaw;
  private final TextColumn type;
  private final TextColumn status;
  private final TextColumn error;
  private final LongColumn size;
  private final IntColumn mode;
  private final LongColumn mtime;
  private final LongColumn uid;
  private final LongColumn gid;
  private final TextColumn user;
  private final TextColumn group;
  private final TextColumn linkTarget;
  private final TextColumn linkTargetRaw;
  private final LongColumn deviceMajor;
  private final LongColumn deviceMinor;
  private final ListColumn xattrs;
  private final DigestColumn blake3;

  /** The columns of further digests that the index has, in their order. */
  private final DigestColumn[] digests;

  private final Extents extents;
  private final TextColumn repository;
  private final TextColumn packageType;
  private final TextColumn extractStatus;
  private final TextColumn extractError;

  /** Null where the index has no such column. */
  private final @Nullable TextColumn extractSiblings;

  private final TextColumn parentPath;
  private final TextColumn parentPurl;
  private final Metadata metadata;

  EntryColumns(TableSchema schema) {
    columns = Column.of(schema);
    for (Column column : columns) {
      byName.put(column.name(), column);
    }
    path = text("path");
    pathRaw = text("path_raw");
    type = text("type");
    status = text("status");
    error = text("error");
    size = int64("size");
    mode = (IntColumn) column("mode");
    mtime = int64("mtime");
    uid = int64("uid");
    gid = int64("gid");
    user = text("user");
    group = text("group");
    linkTarget = text("link_target");
    linkTargetRaw = text("link_target_raw");
    deviceMajor = int64("device_major");
    deviceMinor = int64("device_minor");
    xattrs = list("xattrs");
    blake3 = (DigestColumn) column("blake3");
    digests =
        DigestAlgorithm.COLUMNS.stream()
            .map(algorithm -> byName.get(algorithm.label()))
            .filter(Objects::nonNull)
            .map(DigestColumn.class::cast)
            .toArray(DigestColumn[]::new);
    extents = new Extents(list("extents"));
    repository = text("repository");
    packageType = text("package_type");
    extractStatus = text("extract_status");
    extractError = text("extract_error");
    extractSiblings = (TextColumn) byName.get(ArchiveFormat.EXTRACT_SIBLINGS);
    parentPath = text("parent_path");
    parentPurl = text("parent_purl");
    metadata = new Metadata();
  }

  /** The columns in the order of the schema. */
  Column[] columns() {
    return columns;
  }

  /**
   * Fills the columns, which must be empty, with these rows in their order.
   *
   * @throws IOException if readers would refuse so much in one batch
   */
  void fill(List<EntryRow> rows) throws IOException {
    for (int ordinal = 0; ordinal < rows.size(); ordinal++) {
      fill(ordinal, rows.get(ordinal));
    }
  }

  private void fill(int ordinal, EntryRow row) throws IOException {
    set(path, pathRaw, ordinal, row.path());
    type.set(ordinal, TYPES[row.type().ordinal()]);
    status.set(ordinal, STATUSES[row.status().ordinal()]);
    error.set(ordinal, row.error());
    size.set(ordinal, row.size());
    EntryRow.Attributes attributes = row.attributes();
    if (attributes != null) {
      attributes(ordinal, row.type(), attributes);
    }
    byte[] target = row.linkTarget();
    if (target != null) {
      set(linkTarget, linkTargetRaw, ordinal, target);
    }
    Map<String, byte[]> recorded = row.xattrs();
    if (recorded != null) {
      xattrs(ordinal, recorded);
    }
    byte[] digest = row.blake3();
    if (digest != null) {
      blake3.set(ordinal, digest, 0);
    }
    byte[] further = row.digests();
    if (further != null) {
      int at = 0;
      for (DigestColumn column : digests) {
        column.set(ordinal, further, at);
        at += column.width();
      }
    }
    long[] triples = row.extents();
    if (triples != null) {
      extents.set(ordinal, triples);
    }
    byte[] siblings = row.extractSiblings();
    if (extractSiblings != null && siblings != null) {
      extractSiblings.set(ordinal, siblings);
    }
    repository.set(ordinal, row.repository());
    String ofType = row.packageType();
    if (ofType != null) {
      packageColumns(ordinal, row, ofType);
    }
  }

  private void attributes(int ordinal, EntryType ofType, EntryRow.Attributes attributes)
      throws IOException {
    mode.set(ordinal, attributes.mode());
    mtime.set(ordinal, attributes.mtimeNanos());
    if (attributes.uid() >= 0) {
      uid.set(ordinal, attributes.uid());
      gid.set(ordinal, attributes.gid());
      user.set(ordinal, attributes.user());
      group.set(ordinal, attributes.group());
    }
    if (ofType == EntryType.CHAR_DEVICE || ofType == EntryType.BLOCK_DEVICE) {
      deviceMajor.set(ordinal, attributes.deviceMajor());
      deviceMinor.set(ordinal, attributes.deviceMinor());
    }
  }

  private void packageColumns(int ordinal, EntryRow row, String ofType) throws IOException {
    packageType.set(ordinal, ofType);
    ExtractStatus extracted = row.extractStatus();
    if (extracted != null) {
      extractStatus.set(ordinal, EXTRACT_STATUSES[extracted.ordinal()]);
      extractError.set(ordinal, row.extractError());
    }
    byte[] parent = row.parentPath();
    if (parent != null) {
      parentPath.set(ordinal, utf8(parent));
      parentPurl.set(ordinal, row.parentPurl());
    }
    PackageMetadata extractedMetadata = row.metadata();
    if (extractedMetadata != null) {
      metadata.set(ordinal, extractedMetadata);
      column(ofType).put(ordinal, extractedMetadata.columns());
    }
  }

  private void xattrs(int ordinal, Map<String, byte[]> attributes) throws IOException {
    StructColumn items = (StructColumn) xattrs.element();
    TextColumn names = (TextColumn) items.field(0);
    TextColumn values = (TextColumn) items.field(1);
    int at = xattrs.append(ordinal, attributes.size(), ListColumn.MAX_ELEMENTS);
    for (Map.Entry<String, byte[]> xattr : attributes.entrySet()) {
      items.mark(at);
      names.set(at, xattr.getKey());
      values.set(at, xattr.getValue());
      at++;
    }
  }

  /** Sets a text, and the bytes beside it where they are not UTF-8. */
  private static void set(TextColumn text, TextColumn raw, int ordinal, byte[] bytes)
      throws IOException {
    if (PathText.isUtf8(bytes)) {
      text.set(ordinal, bytes);
    } else {
      text.set(ordinal, utf8(bytes));
      raw.set(ordinal, bytes);
    }
  }

  /** Valid UTF-8 whatever the bytes: malformed runs become U+FFFD. */
  private static byte[] utf8(byte[] bytes) {
    return PathText.lenient(bytes).getBytes(StandardCharsets.UTF_8);
  }

  private Column column(String name) {
    Column column = byName.get(name);
    if (column == null) {
      throw new IllegalArgumentException("no such column, name=" + name);
    }
    return column;
  }

  private TextColumn text(String name) {
    return (TextColumn) column(name);
  }

  private LongColumn int64(String name) {
    return (LongColumn) column(name);
  }

  private ListColumn list(String name) {
    return (ListColumn) column(name);
  }

  /** What the index says for each constant, by its ordinal. */
  private static <E extends Enum<E>> byte[][] labels(E[] constants, Function<E, String> label) {
    byte[][] labels = new byte[constants.length][];
    for (E constant : constants) {
      labels[constant.ordinal()] = label.apply(constant).getBytes(StandardCharsets.UTF_8);
    }
    return labels;
  }

  /** The column of that name. */
  static final class Extents {
    private final ListColumn list;
    private final StructColumn items;
    private final LongColumn blobs;
    private final LongColumn offsets;
    private final LongColumn lengths;

    Extents(ListColumn list) {
      this.list = list;
      items = (StructColumn) list.element();
      blobs = (LongColumn) items.field(0);
      offsets = (LongColumn) items.field(1);
      lengths = (LongColumn) items.field(2);
    }

    void set(int ordinal, long[] triples) throws IOException {
      int at = list.append(ordinal, triples.length / 3, ListColumn.MAX_ELEMENTS);
      for (int i = 0; i < triples.length; i += 3) {
        items.mark(at);
        blobs.set(at, triples[i]);
        offsets.set(at, triples[i + 1]);
        lengths.set(at, triples[i + 2]);
        at++;
      }
    }
  }

  /** The columns that packages of all types have. */
  private final class Metadata {
    private final TextColumn purl = text("purl");
    private final TextColumn namespace = text("namespace");
    private final TextColumn name = text("name");
    private final TextColumn version = text("version");
    private final TextColumn license = text("license");
    private final ListColumn licensesDeclared = list("licenses_declared");
    private final ListColumn authors = list("authors");
    private final TextColumn description = text("description");
    private final TextColumn homepage = text("homepage");
    private final TextColumn vcsUrl = text("vcs_url");
    private final LongColumn published = int64("published");
    private final ListColumn dependencies = list("dependencies");
    private final StructColumn items = (StructColumn) dependencies.element();
    private final TextColumn itemPurl = (TextColumn) items.field(0);
    private final TextColumn itemName = (TextColumn) items.field(1);
    private final TextColumn itemRequirement = (TextColumn) items.field(2);
    private final TextColumn itemScope = (TextColumn) items.field(3);
    private final BitColumn itemOptional = (BitColumn) items.field(4);

    void set(int ordinal, PackageMetadata of) throws IOException {
      purl.set(ordinal, of.purl());
      namespace.set(ordinal, of.namespace());
      name.set(ordinal, of.name());
      version.set(ordinal, of.version());
      license.set(ordinal, of.license());
      licensesDeclared.put(ordinal, of.licensesDeclared());
      authors.put(ordinal, of.authors());
      description.set(ordinal, of.description());
      homepage.set(ordinal, of.homepage());
      vcsUrl.set(ordinal, of.vcsUrl());
      Long nanos = of.publishedNanos();
      if (nanos != null) {
        published.set(ordinal, nanos);
      }
      List<Dependency> declared = of.dependencies();
      int at = dependencies.append(ordinal, declared.size(), ListColumn.MAX_LIST_LENGTH);
      for (Dependency dependency : declared) {
        items.mark(at);
        itemPurl.set(at, dependency.purl());
        itemName.set(at, dependency.name());
        itemRequirement.set(at, dependency.requirement());
        itemScope.set(at, dependency.scope());
        itemOptional.set(at, dependency.optional());
        at++;
      }
    }
  }
}
