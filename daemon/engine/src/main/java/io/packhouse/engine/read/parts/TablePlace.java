package io.packhouse.engine.read.parts;

import io.packhouse.engine.format.ArchiveFormat;
import java.io.IOException;

/**
 * Where a table is, by the footer's account.
 *
 * @param what the table is, for messages
 * @param blake3 digest of the table's bytes
 */
@SuppressWarnings("ArrayRecordComponent") // internal, never written after construction
public record TablePlace(String what, long offset, int length, int rows, byte[] blake3) {

  /** Where the table ends: the offset of the byte after it. */
  public long end() {
    return offset + length;
  }

  static TablePlace of(FooterMetadata metadata, String what, String prefix) throws IOException {
    return new TablePlace(
        what,
        metadata.number(prefix + "offset", Long.MAX_VALUE),
        (int) metadata.number(prefix + "length", ArchiveFormat.MAX_TABLE_LENGTH),
        (int) metadata.number(prefix + "rows", Integer.MAX_VALUE),
        metadata.digest(prefix + "blake3"));
  }
}
