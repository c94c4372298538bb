package io.packhouse.engine.read;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BlobCodec;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gathers an {@link ArchiveSummary}. */
final class Summaries {
  private Summaries() {}

  static ArchiveSummary of(ArchiveReader reader) throws IOException {
    FooterMetadata metadata = reader.footer().metadata();
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
        reader.index().directory().rows().stream().map(DirectoryRow::info).toList();
    BlobTable table = reader.blobs().table();
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
        reader.id(),
        reader.length(),
        metadata.require(ArchiveFormat.KEY_FORMAT_VERSION),
        metadata.values().getOrDefault(ArchiveFormat.KEY_PRODUCER, ""),
        options,
        total(metadata, "rows"),
        total(metadata, "files"),
        total(metadata, "directories"),
        total(metadata, "symlinks"),
        total(metadata, "hardlinks"),
        total(metadata, "specials"),
        total(metadata, "nested"),
        total(metadata, "failed"),
        total(metadata, "bytes"),
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

  static long total(FooterMetadata metadata, String name) throws IOException {
    return metadata.number(ArchiveFormat.KEY_TOTAL + name, Long.MAX_VALUE);
  }
}
