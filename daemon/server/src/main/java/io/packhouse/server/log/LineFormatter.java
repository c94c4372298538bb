package io.packhouse.server.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/** Formats records, for a terminal or file, or for the journal, whose lines begin with a level. */
abstract class LineFormatter extends Formatter {
  private final boolean journal;

  LineFormatter(boolean journal) {
    this.journal = journal;
  }

  /** Whether the journal notes time and level of its lines by itself. */
  final boolean isJournal() {
    return journal;
  }

  /** What comes before each line: the level as {@code sd-daemon(3)} has it. */
  final String prefix(LogRecord logged) {
    return journal ? "<" + priority(logged.getLevel()) + ">" : "";
  }

  /** The level of syslog: 3 for errors, 4 for warnings, 6 for information, 7 for the rest. */
  static int priority(Level level) {
    int value = level.intValue();
    if (value >= Level.SEVERE.intValue()) {
      return 3;
    } else if (value >= Level.WARNING.intValue()) {
      return 4;
    }
    return value >= Level.INFO.intValue() ? 6 : 7;
  }

  /** What the record is about; null where nothing tells. */
  static @Nullable LogFields fields(LogRecord logged) {
    Object[] parameters = logged.getParameters();
    return parameters != null
            && parameters.length > 0
            && parameters[parameters.length - 1] instanceof LogFields given
        ? given
        : LogFields.current();
  }

  static String trace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString().stripTrailing();
  }
}
