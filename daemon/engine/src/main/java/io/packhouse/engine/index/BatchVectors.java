package io.packhouse.engine.index;

import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.PathText;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.PackageMetadata;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
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
 */
final class BatchVectors implements AutoCloseable {
  private final VectorSchemaRoot root;

  BatchVectors(Schema schema, BufferAllocator allocator) {
    root = VectorSchemaRoot.create(schema, allocator);
  }

  /** Fills the vectors with these rows, in their order. */
  VectorSchemaRoot fill(List<EntryRow> rows) {
    root.allocateNew();
    for (int ordinal = 0; ordinal < rows.size(); ordinal++) {
      fill(ordinal, rows.get(ordinal));
    }
    root.setRowCount(rows.size());
    return root;
  }

  private void fill(int ordinal, EntryRow row) {
    text("path", "path_raw", ordinal, row.path());
    set("type", ordinal, row.type().label());
    set("status", ordinal, row.status().label());
    set("error", ordinal, row.error());
    set("size", ordinal, row.size());
    EntryRow.Attributes attributes = row.attributes();
    if (attributes != null) {
      set("mode", ordinal, attributes.mode());
      set("mtime", ordinal, attributes.mtimeNanos());
      if (attributes.uid() >= 0) {
        set("uid", ordinal, attributes.uid());
        set("gid", ordinal, attributes.gid());
        set("user", ordinal, attributes.user());
        set("group", ordinal, attributes.group());
      }
      if (row.type() == EntryType.CHAR_DEVICE || row.type() == EntryType.BLOCK_DEVICE) {
        set("device_major", ordinal, attributes.deviceMajor());
        set("device_minor", ordinal, attributes.deviceMinor());
      }
    }
    byte[] target = row.linkTarget();
    if (target != null) {
      text("link_target", "link_target_raw", ordinal, target);
    }
    xattrs(ordinal, row.xattrs());
    set("blake3", ordinal, row.blake3());
    extents(ordinal, row.extents());
    set("repository", ordinal, row.repository());
    set("package_type", ordinal, row.packageType());
    EntryRow.ExtractStatus extractStatus = row.extractStatus();
    if (extractStatus != null) {
      set("extract_status", ordinal, extractStatus.name().toLowerCase(Locale.ROOT));
      set("extract_error", ordinal, row.extractError());
    }
    byte[] parent = row.parentPath();
    if (parent != null) {
      set("parent_path", ordinal, utf8(parent));
      set("parent_purl", ordinal, row.parentPurl());
    }
    String packageType = row.packageType();
    PackageMetadata metadata = row.metadata();
    if (metadata != null && packageType != null) {
      metadata(ordinal, metadata);
      set(packageType, ordinal, metadata.columns());
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

  private void xattrs(int ordinal, @Nullable Map<String, byte[]> xattrs) {
    if (xattrs == null) {
      return;
    }
    ListVector list = (ListVector) vector("xattrs");
    StructVector items = (StructVector) list.getDataVector();
    VarCharVector names = (VarCharVector) items.getChild("name");
    VarBinaryVector values = (VarBinaryVector) items.getChild("value");
    int at = list.startNewValue(ordinal);
    for (Map.Entry<String, byte[]> xattr : xattrs.entrySet()) {
      items.setIndexDefined(at);
      names.setSafe(at, xattr.getKey().getBytes(StandardCharsets.UTF_8));
      values.setSafe(at, xattr.getValue());
      at++;
    }
    list.endValue(ordinal, xattrs.size());
  }

  private void extents(int ordinal, long @Nullable [] extents) {
    if (extents == null) {
      return;
    }
    ListVector list = (ListVector) vector("extents");
    StructVector items = (StructVector) list.getDataVector();
    BigIntVector blobs = (BigIntVector) items.getChild("blob");
    BigIntVector offsets = (BigIntVector) items.getChild("offset");
    BigIntVector lengths = (BigIntVector) items.getChild("length");
    int at = list.startNewValue(ordinal);
    for (int i = 0; i < extents.length; i += 3) {
      items.setIndexDefined(at);
      blobs.setSafe(at, extents[i]);
      offsets.setSafe(at, extents[i + 1]);
      lengths.setSafe(at, extents[i + 2]);
      at++;
    }
    list.endValue(ordinal, extents.length / 3);
  }

  /** Sets a text column, and the raw one beside it where the bytes are not UTF-8. */
  private void text(String column, String rawColumn, int ordinal, byte[] bytes) {
    if (PathText.isUtf8(bytes)) {
      set(column, ordinal, bytes);
    } else {
      set(column, ordinal, utf8(bytes));
      set(rawColumn, ordinal, bytes);
    }
  }

  /** Valid UTF-8 whatever the bytes: malformed runs become U+FFFD. */
  private static byte[] utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
  }

  private void set(String column, int ordinal, @Nullable Object value) {
    ColumnVectors.set(vector(column), ordinal, value);
  }

  private FieldVector vector(String column) {
    return root.getVector(column);
  }

  @Override
  public void close() {
    root.close();
  }
}
