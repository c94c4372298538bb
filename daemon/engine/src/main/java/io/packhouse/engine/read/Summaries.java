package io.packhouse.engine.read;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BlobCodec;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.parts.ArchiveParts;
import io.packhouse.engine.read.parts.BlobTable;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.engine.read.parts.FooterMetadata;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gathers an {@link ArchiveSummary}. */
final class Summaries {
  private Summaries() {}

  static ArchiveSummary of(ArchiveParts parts) throws IOException {
    FooterMetadata metadata = parts.footer().metadata();
    Map<String, String> options = new LinkedHashMap<>();
    metadata
        .values()
        .forEach(
            (key, value) -> {
              if (key.startsWith(ArchiveFormat.KEY_OPTION)) {
                options.put(key.substring(ArchiveFormat.KEY_OPTION.length()), value);
              }
            });
    List<BatchInfo> batches =
        parts.index().directory().rows().stream().map(Summaries::batch).toList();
    BlobTable table = parts.blobs().table();
    long raws = 0;
    long rawBytes = 0;
    long frames = 0;
    long frameBytes = 0;
    long stored = 0;
    long decoded = 0;
    for (int i = 0; i < table.count(); i++) {
      BlobCodec codec = table.codec(i);
      if (codec == BlobCodec.RAW) {
        raws++;
        rawBytes += table.storedLength(i);
      } else if (codec == BlobCodec.ZSTD) {
        frames++;
        frameBytes += table.storedLength(i);
      }
      stored += table.storedLength(i);
      decoded += table.decodedLength(i);
    }
    return new ArchiveSummary(
        parts.footer().id(),
        parts.file().length(),
        metadata.require(ArchiveFormat.KEY_FORMAT_VERSION),
        metadata.values().getOrDefault(ArchiveFormat.KEY_PRODUCER, ""),
        options,
        metadata.total("rows"),
        metadata.total("files"),
        metadata.total("directories"),
        metadata.total("symlinks"),
        metadata.total("hardlinks"),
        metadata.total("specials"),
        metadata.total("nested"),
        metadata.total("failed"),
        metadata.total("bytes"),
        batches,
        table.count(),
        raws,
        frames,
        stored,
        rawBytes,
        frameBytes,
        decoded,
        batches.stream().mapToLong(BatchInfo::length).sum());
  }

  private static BatchInfo batch(DirectoryRow row) {
    return new BatchInfo(
        row.ordinal(),
        row.offset(),
        row.length(),
        row.rows(),
        row.packageType(),
        row.repository(),
        row.nested(),
        PathText.lenient(row.firstPath()),
        PathText.lenient(row.lastPath()));
  }
}
