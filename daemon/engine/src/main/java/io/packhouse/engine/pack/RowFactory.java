package io.packhouse.engine.pack;

import io.packhouse.engine.extract.Extraction;
import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.index.EntryRow;
import io.packhouse.engine.index.EntryRow.ExtractStatus;
import io.packhouse.spi.NestedPackage;
import io.packhouse.spi.PackageMetadata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes index rows of packed entries, as the options want them. One thread at a time. */
final class RowFactory {
  private final PackOptions options;
  private final FileAccess files;
  private final List<@Nullable String> repositories;

  /**
   * @param repositories what the column {@code repository} says of each input's entries
   */
  RowFactory(PackOptions options, FileAccess files, List<@Nullable String> repositories) {
    this.options = options;
    this.files = files;
    this.repositories = repositories;
  }

  /**
   * The row of an entry.
   *
   * @param extents null unless the entry is a file whose contents are in the archive
   */
  EntryRow row(PackEntry entry, long @Nullable [] extents) {
    Extraction extraction = entry.isOk() ? entry.extraction : null;
    FileStatus walked = entry.walked;
    return new EntryRow(
        entry.path,
        entry.type,
        entry.status,
        entry.error,
        extents == null ? 0 : entry.size(),
        walked == null ? null : attributes(entry, walked),
        entry.linkTarget,
        entry.xattrs,
        extents == null ? null : entry.digest,
        extents == null ? null : entry.digests,
        extents,
        repositories.get(entry.input),
        extraction == null ? null : extraction.packageType(),
        extraction == null ? null : extraction.metadata(),
        extraction == null
            ? null
            : extraction.error() == null ? ExtractStatus.OK : ExtractStatus.ERROR,
        extraction == null ? null : extraction.error(),
        null,
        null,
        entry.isOk() ? entry.extractSiblings : null);
  }

  /** The rows of the packages inside an entry, at any depth, in the order of their paths. */
  List<EntryRow> nestedRows(PackEntry entry) {
    Extraction extraction = entry.isOk() ? entry.extraction : null;
    PackageMetadata metadata = extraction == null ? null : extraction.metadata();
    if (extraction == null || metadata == null || metadata.nested().isEmpty()) {
      return List.of();
    }
    List<EntryRow> rows = new ArrayList<>();
    addNested(entry, extraction.packageType(), entry.path, metadata, rows);
    // A batch has them in this order, and which batch has them must not depend on another one.
    rows.sort((one, other) -> Arrays.compareUnsigned(one.path(), other.path()));
    return rows;
  }

  private void addNested(
      PackEntry entry, String type, byte[] outer, PackageMetadata around, List<EntryRow> rows) {
    byte[] prefix = Arrays.copyOf(outer, outer.length + 1);
    prefix[outer.length] = '!';
    for (NestedPackage nested : around.nested()) {
      byte[] path = PathText.join(prefix, PathText.bytes(nested.innerPath()));
      PackageMetadata metadata = nested.metadata();
      rows.add(
          new EntryRow(
              path,
              EntryType.NESTED,
              EntryStatus.OK,
              null,
              0,
              null,
              null,
              null,
              null,
              null,
              null,
              repositories.get(entry.input),
              type,
              metadata,
              ExtractStatus.OK,
              null,
              outer,
              around.purl(),
              null));
      addNested(entry, type, path, metadata, rows);
    }
  }

  private EntryRow.Attributes attributes(PackEntry entry, FileStatus status) {
    long mtime = status.mtimeNanosSinceEpoch();
    Long clamp = options.clampMtimeNanos();
    if (clamp != null && mtime > clamp) {
      mtime = clamp;
    }
    boolean owners = !options.reproducible();
    return new EntryRow.Attributes(
        status.mode(),
        mtime,
        owners ? status.uid() : -1,
        owners ? status.gid() : -1,
        owners ? (entry.named ? entry.user : files.userName(status.uid())) : null,
        owners ? (entry.named ? entry.group : files.groupName(status.gid())) : null,
        status.deviceMajor(),
        status.deviceMinor());
  }
}
