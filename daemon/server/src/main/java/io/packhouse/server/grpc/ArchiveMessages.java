package io.packhouse.server.grpc;

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
        .setUpdateTime(EntryMessages.timestamp(entry.stamp().mtimeNanos()))
        .setRows(entry.rows())
        .setFormatVersion(entry.formatVersion())
        .setProblem(entry.problem())
        .build();
  }
}
