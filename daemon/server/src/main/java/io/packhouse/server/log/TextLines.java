package io.packhouse.server.log;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.LogRecord;

/** Lines for people: time, level, text. */
final class TextLines extends LineFormatter {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSZ").withZone(ZoneId.systemDefault());

  TextLines(boolean journal) {
    super(journal);
  }

  @Override
  public String format(LogRecord logged) {
    String text = logged.getLevel().getLocalizedName() + " " + formatMessage(logged);
    if (logged.getThrown() != null) {
      text += "\n" + trace(logged.getThrown());
    }
    if (!isJournal()) {
      return TIME.format(logged.getInstant()) + " " + text + "\n";
    }
    // Each line is an entry of the journal.
    String prefix = prefix(logged);
    return prefix + text.replace("\n", "\n" + prefix) + "\n";
  }
}
