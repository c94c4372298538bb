package io.packhouse.extraction.plugins;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory a process holds, where the system tells. */
final class ResidentMemory {
  /** Linux tells in pages; the JDK does not say how long they are, but the kernel can in kB. */
  private static final String FIELD = "VmRSS:";

  private ResidentMemory() {}

  /** Bytes that a process holds; 0 where that cannot be told. */
  static long bytes(long pid) {
    try {
      String status =
          Files.readString(Path.of("/proc/" + pid + "/status"), StandardCharsets.ISO_8859_1);
      int at = status.indexOf(FIELD);
      int end = status.indexOf("kB", at);
      if (at < 0 || end < 0) {
        return 0;
      }
      return Long.parseLong(status.substring(at + FIELD.length(), end).strip()) << 10;
    } catch (IOException | NumberFormatException e) {
      return 0; // it is gone, or this is another system
    }
  }
}
