package io.packhouse.engine.index;

import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.PathText;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.PackageMetadata;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeStampNanoVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Arrow vectors of one batch of index rows, filled row by row. One thread at a time; owns its
 * memory.
 *
 * <p>Vectors are looked up once a batch, not once a cell: with forty columns the look-ups would
 * cost more than the cells.
 */
final class BatchVectors implements AutoCloseable {
  private final VectorSchemaRoot root;
  private final Text path;
  private final VarCharVector type;
  private final VarCharVector status;
  private final VarCharVector error;
  private final BigIntVector size;
  private final IntVector mode;
  private final TimeStampNanoVector mtime;
  private final BigIntVector uid;
  private final BigIntVector gid;
  private final VarCharVector user;
  private final VarCharVector group;
  private final Text linkTarget;
  private final BigIntVector deviceMajor;
  private final BigIntVector deviceMinor;
  private final ListVector xattrs;
  private final FixedSizeBinaryVector blake3;
  private final Extents extents;
  private final VarCharVector repository;
  private final VarCharVector packageType;
  private final VarCharVector extractStatus;
  private final VarCharVector extractError;
  private final VarCharVector parentPath;
  private final VarCharVector parentPurl;
  private final byte[][] typeLabels;
  private final byte[][] statusLabels;

  /** A text column, and the raw one beside it for bytes that are not UTF-8. */
  private record Text(VarCharVector text, VarBinaryVector raw) {
    void set(int ordinal, byte[] bytes) {
      if (PathText.isUtf8(bytes)) {
        text.setSafe(ordinal, bytes);
      } else {
        text.setSafe(ordinal, utf8(bytes));
        raw.setSafe(ordinal, bytes);
      }
    }
  }

  private record Extents(
      ListVector list,
      StructVector items,
      BigIntVector blobs,
      BigIntVector offsets,
      BigIntVector lengths) {
    void set(int ordinal, long[] triples) {
      int at = list.startNewValue(ordinal);
      for (int i = 0; i < triples.length; i += 3) {
        items.setIndexDefined(at);
        blobs.setSafe(at, triples[i]);
        offsets.setSafe(at, triples[i + 1]);
        lengths.setSafe(at, triples[i + 2]);
        at++;
      }
      list.endValue(ordinal, triples.length / 3);
    }
  }

  BatchVectors(Schema schema, BufferAllocator allocator) {
    root = VectorSchemaRoot.create(schema, allocator);
    path = text("path", "path_raw");
    type = utf8("type");
    status = utf8("status");
    error = utf8("error");
    size = int64("size");
    mode = (IntVector) vector("mode");
    mtime = (TimeStampNanoVector) vector("mtime");
    uid = int64("uid");
    gid = int64("gid");
    user = utf8("user");
    group = utf8("group");
    linkTarget = text("link_target", "link_target_raw");
    deviceMajor = int64("device_major");
    deviceMinor = int64("device_minor");
    xattrs = (ListVector) vector("xattrs");
    blake3 = (FixedSizeBinaryVector) vector("blake3");
    ListVector list = (ListVector) vector("extents");
    StructVector items = (StructVector) list.getDataVector();
    extents =
        new Extents(
            list,
            items,
            (BigIntVector) items.getChild("blob"),
            (BigIntVector) items.getChild("offset"),
            (BigIntVector) items.getChild("length"));
    repository = utf8("repository");
    packageType = utf8("package_type");
    extractStatus = utf8("extract_status");
    extractError = utf8("extract_error");
    parentPath = utf8("parent_path");
    parentPurl = utf8("parent_purl");
    typeLabels = labels(EntryType.values(), EntryType::label);
    statusLabels = labels(EntryStatus.values(), EntryStatus::label);
  }

  /** Fills the vectors with these rows, in their order. */
  VectorSchemaRoot fill(List<EntryRow> rows) {
    for (FieldVector vector : root.getFieldVectors()) {
      vector.setInitialCapacity(rows.size());
      vector.allocateNew();
    }
    for (int ordinal = 0; ordinal < rows.size(); ordinal++) {
      fill(ordinal, rows.get(ordinal));
    }
    root.setRowCount(rows.size());
    return root;
  }

  private void fill(int ordinal, EntryRow row) {
    path.set(ordinal, row.path());
    type.setSafe(ordinal, typeLabels[row.type().ordinal()]);
    status.setSafe(ordinal, statusLabels[row.status().ordinal()]);
    set(error, ordinal, row.error());
    size.setSafe(ordinal, row.size());
    EntryRow.Attributes attributes = row.attributes();
    if (attributes != null) {
      attributes(ordinal, row.type(), attributes);
    }
    byte[] target = row.linkTarget();
    if (target != null) {
      linkTarget.set(ordinal, target);
    }
    if (row.xattrs() != null) {
      xattrs(ordinal, row.xattrs());
    }
    byte[] digest = row.blake3();
    if (digest != null) {
      blake3.setSafe(ordinal, digest);
    }
    long[] triples = row.extents();
    if (triples != null) {
      extents.set(ordinal, triples);
    }
    set(repository, ordinal, row.repository());
    String ofType = row.packageType();
    if (ofType != null) {
      packageColumns(ordinal, row, ofType);
    }
  }

  private void attributes(int ordinal, EntryType ofType, EntryRow.Attributes attributes) {
    mode.setSafe(ordinal, attributes.mode());
    mtime.setSafe(ordinal, attributes.mtimeNanos());
    if (attributes.uid() >= 0) {
      uid.setSafe(ordinal, attributes.uid());
      gid.setSafe(ordinal, attributes.gid());
      set(user, ordinal, attributes.user());
      set(group, ordinal, attributes.group());
    }
    if (ofType == EntryType.CHAR_DEVICE || ofType == EntryType.BLOCK_DEVICE) {
      deviceMajor.setSafe(ordinal, attributes.deviceMajor());
      deviceMinor.setSafe(ordinal, attributes.deviceMinor());
    }
  }

  private void packageColumns(int ordinal, EntryRow row, String ofType) {
    set(packageType, ordinal, ofType);
    EntryRow.ExtractStatus extracted = row.extractStatus();
    if (extracted != null) {
      set(extractStatus, ordinal, extracted.name().toLowerCase(Locale.ROOT));
      set(extractError, ordinal, row.extractError());
    }
    byte[] parent = row.parentPath();
    if (parent != null) {
      parentPath.setSafe(ordinal, utf8(parent));
      set(parentPurl, ordinal, row.parentPurl());
    }
    PackageMetadata metadata = row.metadata();
    if (metadata != null) {
      metadata(ordinal, metadata);
      ColumnVectors.set(vector(ofType), ordinal, metadata.columns());
    }
  }

  private void metadata(int ordinal, PackageMetadata metadata) {
    set("purl", ordinal, metadata.purl());
    set("namespace", ordinal, metadata.namespace());
    set("name", ordinal, metadata.name());
    set("version", ordinal, metadata.version());
    set("license", ordinal, metadata.license());
    set("licenses_declared", ordinal, metadata.licensesDeclared());
    set("authors", ordinal, metadata.authors());
    set("description", ordinal, metadata.description());
    set("homepage", ordinal, metadata.homepage());
    set("vcs_url", ordinal, metadata.vcsUrl());
    set("published", ordinal, metadata.publishedNanos());
    ListVector list = (ListVector) vector("dependencies");
    StructVector items = (StructVector) list.getDataVector();
    int at = list.startNewValue(ordinal);
    for (Dependency dependency : metadata.dependencies()) {
      items.setIndexDefined(at);
      ColumnVectors.set(items.getChild("purl"), at, dependency.purl());
      ColumnVectors.set(items.getChild("name"), at, dependency.name());
      ColumnVectors.set(items.getChild("requirement"), at, dependency.requirement());
      ColumnVectors.set(items.getChild("scope"), at, dependency.scope());
      ((BitVector) items.getChild("optional")).setSafe(at, dependency.optional() ? 1 : 0);
      at++;
    }
    list.endValue(ordinal, metadata.dependencies().size());
  }

  private void xattrs(int ordinal, Map<String, byte[]> attributes) {
    StructVector items = (StructVector) xattrs.getDataVector();
    VarCharVector names = (VarCharVector) items.getChild("name");
    VarBinaryVector values = (VarBinaryVector) items.getChild("value");
    int at = xattrs.startNewValue(ordinal);
    for (Map.Entry<String, byte[]> xattr : attributes.entrySet()) {
      items.setIndexDefined(at);
      names.setSafe(at, xattr.getKey().getBytes(StandardCharsets.UTF_8));
      values.setSafe(at, xattr.getValue());
      at++;
    }
    xattrs.endValue(ordinal, attributes.size());
  }

  /** Valid UTF-8 whatever the bytes: malformed runs become U+FFFD. */
  private static byte[] utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
  }

  private static <T> byte[][] labels(T[] values, Function<T, String> label) {
    byte[][] labels = new byte[values.length][];
    for (int i = 0; i < values.length; i++) {
      labels[i] = label.apply(values[i]).getBytes(StandardCharsets.UTF_8);
    }
    return labels;
  }

  private static void set(VarCharVector vector, int ordinal, @Nullable String value) {
    if (value != null) {
      vector.setSafe(ordinal, value.getBytes(StandardCharsets.UTF_8));
    }
  }

  private void set(String column, int ordinal, @Nullable Object value) {
    ColumnVectors.set(vector(column), ordinal, value);
  }

  private Text text(String column, String rawColumn) {
    return new Text(utf8(column), (VarBinaryVector) vector(rawColumn));
  }

  private VarCharVector utf8(String column) {
    return (VarCharVector) vector(column);
  }

  private BigIntVector int64(String column) {
    return (BigIntVector) vector(column);
  }

  private FieldVector vector(String column) {
    return root.getVector(column);
  }

  @Override
  public void close() {
    root.close();
  }
}
