package io.packhouse.engine.read.base;

import io.packhouse.engine.base.EarlierExtraction;
import io.packhouse.engine.read.arrow.ArrowBatch;
import io.packhouse.engine.read.arrow.Column;
import io.packhouse.engine.read.arrow.ColumnData;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.engine.read.parts.IndexReader;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.NestedPackage;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What extractors said about files, out of an index. What none could have said counts as not being
 * there. Thread-safe.
 */
final class StoredExtractions {
  /** As many as an extractor may find in a file. */
  private static final int MAX_NESTED = 65_536;

  private static final int MAX_DEPTH = 32;
  private static final String OK = "ok";

  /** Longer records are none; a base might have one of any length. */
  private static final int MAX_SIBLINGS_LENGTH = 64 << 10;

  /** A package in a file, and what is found in it. */
  private record Found(String innerPath, PackageMetadata metadata, int depth, List<Found> nested) {
    PackageMetadata whole() {
      return with(metadata, nested);
    }
  }

  private final IndexReader index;
  private final RowValues.Columns columns;

  StoredExtractions(IndexReader index) {
    this.index = index;
    columns = new RowValues.Columns(index.columns().set());
  }

  /**
   * What was said about the file in a row.
   *
   * @param path of the file, valid UTF-8
   * @return null where that is not known, or does not hold
   */
  @Nullable EarlierExtraction of(
      DirectoryRow row, int rowInBatch, byte[] path, EarlierExtraction.Check check)
      throws IOException {
    Column recorded = index.columns().extractSiblings();
    if (recorded == null) {
      return null;
    }
    RowValues values = new RowValues(columns);
    byte[] siblings;
    String type;
    List<ColumnSpec> own;
    PackageMetadata metadata;
    ArrowBatch batch = index.acquire(row);
    try {
      ColumnData records = batch.column(recorded);
      if (records.isNull(rowInBatch)
          || records.end(rowInBatch) - records.start(rowInBatch) > MAX_SIBLINGS_LENGTH) {
        return null;
      }
      siblings = records.bytes(rowInBatch);
      if (!check.holds(siblings)) {
        return null;
      }
      String status = values.text(batch, columns.extractStatus, rowInBatch);
      type = row.packageType();
      if (status == null || type == null) {
        return status == null && type == null ? new EarlierExtraction(siblings, null, null) : null;
      }
      if (!status.equals(OK)) {
        return null;
      }
      own = check.columns(type);
      if (own == null) {
        return null;
      }
      metadata = values.metadata(batch, rowInBatch, type, own);
    } catch (IllegalArgumentException e) {
      return null;
    } finally {
      index.release(row, batch);
    }
    try {
      return new EarlierExtraction(siblings, type, with(metadata, nested(type, own, path, values)));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static PackageMetadata with(PackageMetadata of, List<Found> found) {
    if (found.isEmpty()) {
      return of;
    }
    return new PackageMetadata(
        of.purl(),
        of.namespace(),
        of.name(),
        of.version(),
        of.license(),
        of.licensesDeclared(),
        of.description(),
        of.homepage(),
        of.vcsUrl(),
        of.authors(),
        of.publishedNanos(),
        of.dependencies(),
        of.columns(),
        found.stream().map(each -> new NestedPackage(each.innerPath, each.whole())).toList());
  }

  /** The packages directly in a file, which have those in them. */
  private List<Found> nested(String type, List<ColumnSpec> own, byte[] path, RowValues values)
      throws IOException {
    byte[] prefix = Arrays.copyOf(path, path.length + 2);
    prefix[path.length] = '!';
    prefix[path.length + 1] = '/';
    List<Found> top = new ArrayList<>();
    Map<String, Found> byPath = new HashMap<>();
    for (DirectoryRow row : index.directory().rows()) {
      if (row.nested() && type.equals(row.packageType()) && mayHave(row, prefix)) {
        nested(
            row, type, own, new String(path, StandardCharsets.UTF_8), prefix, values, byPath, top);
      }
    }
    return top;
  }

  private static boolean mayHave(DirectoryRow row, byte[] prefix) {
    return Arrays.compareUnsigned(row.lastPath(), prefix) >= 0
        && (Arrays.compareUnsigned(row.firstPath(), prefix) < 0
            || startsWith(row.firstPath(), prefix));
  }

  private static boolean startsWith(byte[] path, byte[] prefix) {
    return path.length >= prefix.length
        && Arrays.equals(path, 0, prefix.length, prefix, 0, prefix.length);
  }

  private void nested(
      DirectoryRow row,
      String type,
      List<ColumnSpec> own,
      String file,
      byte[] prefix,
      RowValues values,
      Map<String, Found> byPath,
      List<Found> top)
      throws IOException {
    ArrowBatch batch = index.acquire(row);
    try {
      int first = index.search(batch, prefix);
      for (int i = first < 0 ? -1 - first : first; i < batch.rows(); i++) {
        String path = values.text(batch, columns.path, i);
        if (path == null || !startsWith(path.getBytes(StandardCharsets.UTF_8), prefix)) {
          return;
        }
        String parent = values.text(batch, columns.parentPath, i);
        Found around = parent == null ? null : byPath.get(parent);
        if (parent == null || (around == null && !parent.equals(file))) {
          continue; // of a file that has this one's name in its own
        }
        if (byPath.size() == MAX_NESTED || (around != null && around.depth == MAX_DEPTH)) {
          throw new IllegalArgumentException("too many packages, or too deep");
        }
        if (!path.startsWith(parent + "!/")) {
          throw new IllegalArgumentException("a package that is not in its parent");
        }
        Found found =
            new Found(
                path.substring(parent.length() + 2),
                values.metadata(batch, i, type, own),
                around == null ? 1 : around.depth + 1,
                new ArrayList<>());
        byPath.put(path, found);
        (around == null ? top : around.nested).add(found);
      }
    } finally {
      index.release(row, batch);
    }
  }
}
