package io.packhouse.engine.read.parts;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a file that is no archive looks like, for the message that refuses it. */
final class ForeignFormat {
  /** As many leading bytes as it takes to tell. */
  static final int HEAD_LENGTH = 512;

  private static final int TAR_MAGIC_OFFSET = 257;

  private ForeignFormat() {}

  /** Names the kind of file that starts so, or null where it is none of the usual ones. */
  static @Nullable String of(byte[] head) {
    if (starts(head, "ustar", TAR_MAGIC_OFFSET)) {
      return "a tar archive";
    }
    if (starts(head, "PK\003\004", 0) || starts(head, "PK\005\006", 0)) {
      return "a zip or jar file";
    }
    if (starts(head, "\037\u008b", 0)) {
      return "a gzip file";
    }
    if (starts(head, "(\u00b5/\u00fd", 0)) {
      return "a zstd file";
    }
    if (starts(head, "\u00fd7zXZ", 0)) {
      return "an xz file";
    }
    if (starts(head, "BZh", 0)) {
      return "a bzip2 file";
    }
    if (starts(head, "7z\u00bc\u00af", 0)) {
      return "a 7z archive";
    }
    if (starts(head, "hsqs", 0)) {
      return "a squashfs image";
    }
    if (starts(head, "!<arch>\n", 0)) {
      return "an ar archive or Debian package";
    }
    if (starts(head, "PAR1", 0)) {
      return "a Parquet file";
    }
    if (starts(head, "\u00ff\u00ff\u00ff\u00ff", 0)) {
      return "an Arrow stream";
    }
    return null;
  }

  private static boolean starts(byte[] head, String magic, int offset) {
    byte[] bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < bytes.length; i++) {
      if (offset + i >= head.length || head[offset + i] != bytes[i]) {
        return false;
      }
    }
    return true;
  }
}
