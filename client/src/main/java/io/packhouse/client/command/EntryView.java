package io.packhouse.client.command;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.format.EntryType;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A row of an index, here or at a daemon. Numbers that are not recorded are negative. */
interface EntryView {
  /** The path's bytes; the root's are empty. */
  byte[] pathBytes();

  /** The type as the archive has it. */
  String typeLabel();

  default boolean is(EntryType type) {
    return typeLabel().equals(type.label());
  }

  /** Whether the contents are in the archive. */
  boolean isOk();

  String statusLabel();

  @Nullable String error();

  long size();

  int mode();

  boolean hasMtime();

  long mtimeNanos();

  long uid();

  long gid();

  @Nullable String user();

  @Nullable String group();

  /** Of links, where they lead; else null. */
  byte @Nullable [] linkTarget();

  long deviceMajor();

  long deviceMinor();

  @Nullable Map<String, byte[]> xattrs();

  byte @Nullable [] blake3();

  /** A digest besides BLAKE3, where the archive records it. */
  byte @Nullable [] digest(DigestAlgorithm algorithm) throws IOException;

  @Nullable String repository();

  @Nullable String purl();

  @Nullable String packageType();

  @Nullable String namespace();

  @Nullable String name();

  @Nullable String version();

  @Nullable String license();

  /** Columns that have no method here, by name. */
  Map<String, Object> packageColumns() throws IOException;

  /** Entries in the order of an archive, read as they are asked for. */
  interface Cursor {
    /** The next one, or null after the last. */
    @Nullable EntryView next() throws IOException;
  }
}
