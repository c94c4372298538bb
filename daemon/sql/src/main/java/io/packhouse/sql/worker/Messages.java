package io.packhouse.sql.worker;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;

/**
 * What DuckDB says, for users: without hints at settings that they cannot change, and our paths.
 */
final class Messages {
  private Messages() {}

  static String plain(Throwable e, Path folder) {
    String message = String.valueOf(e.getMessage()).replace(folder.toString(), "");
    int hints = message.indexOf("\n\nPossible solutions");
    return (hints < 0 ? message : message.substring(0, hints)).strip();
  }

  static boolean isMemory(String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    return lower.contains("out of memory")
        || lower.contains("bad allocation")
        || lower.contains("bad_alloc")
        || lower.contains("max_temp_directory_size")
        || lower.contains("unable to allocate");
  }

  /** As the system calls it, which DuckDB and Java pass on. */
  static boolean isNoRoom(String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    return lower.contains("no space left on device") || lower.contains("disk quota exceeded");
  }

  /**
   * Whether it may be that tables cannot be read: files are read for nothing else. DuckDB's bugs
   * call themselves internal, and may come of a file that is damaged.
   */
  static boolean isOfTables(Throwable e) {
    String message = String.valueOf(e.getMessage());
    return message.startsWith("IO Error")
        || message.startsWith("Data Corruption Error")
        || message.startsWith("Serialization Error")
        || message.contains("INTERNAL Error")
        || message.contains("FATAL Error");
  }

  /** Whether it is for the statement; the rest is for us. */
  static boolean isStatement(Throwable e) {
    String message = String.valueOf(e.getMessage());
    return (e instanceof SQLException || e instanceof java.io.IOException)
        && !message.contains("INTERNAL Error")
        && !message.contains("FATAL Error");
  }
}
