package io.packhouse.server.grpc;

import com.google.protobuf.Timestamp;
import io.packhouse.server.catalog.CatalogEntry;
import io.packhouse.v1.Archive;

/** Archives as messages. */
final class ArchiveMessages {
  private ArchiveMessages() {}

  static Archive of(CatalogEntry entry) {
    return Archive.newBuilder()
        .setName(entry.name().toString())
        .setId(entry.id())
        .setSizeBytes(entry.size())
        .setUpdateTime(
            Timestamp.newBuilder()
                .setSeconds(entry.modified().getEpochSecond())
                .setNanos(entry.modified().getNano()))
        .setRows(entry.rows())
        .setFormatVersion(entry.formatVersion())
        .setProblem(entry.problem())
        .build();
  }
}
