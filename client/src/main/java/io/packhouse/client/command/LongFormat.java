package io.packhouse.client.command;

import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.PathText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import org.jspecify.annotations.Nullable;

/** Lines like those of {@code ls -l}, with columns of fixed widths, since listings stream. */
final class LongFormat {
  private static final int OWNER_WIDTH = 8;
  private static final int SIZE_WIDTH = 11;

  private final ZoneRules zone;
  private final StringBuilder line = new StringBuilder(160);

  LongFormat(ZoneId zone) {
    this.zone = zone.getRules();
  }

  /** What comes before the path; valid until the next call. */
  CharSequence prefix(EntryView entry) {
    line.setLength(0);
    mode(entry);
    line.append(' ');
    left(owner(entry.user(), entry.uid()), OWNER_WIDTH);
    line.append(' ');
    left(owner(entry.group(), entry.gid()), OWNER_WIDTH);
    line.append(' ');
    right(size(entry), SIZE_WIDTH);
    line.append(' ');
    time(entry);
    line.append(' ');
    return line;
  }

  /** What comes after the path: where a link leads, why contents are not there. */
  static String suffix(EntryView entry) {
    byte[] target = entry.linkTarget();
    String suffix = "";
    if (target != null) {
      suffix = (entry.is(EntryType.SYMLINK) ? " -> " : " link to ") + PathText.display(target);
    }
    if (!entry.isOk()) {
      suffix += " (" + entry.statusLabel() + ")";
    }
    return suffix;
  }

  private void mode(EntryView entry) {
    int mode = entry.mode();
    line.append(
        switch (entry.typeLabel()) {
          case "directory" -> 'd';
          case "symlink" -> 'l';
          case "fifo" -> 'p';
          case "char_device" -> 'c';
          case "block_device" -> 'b';
          case "hardlink" -> 'h';
          case "nested" -> 'n';
          default -> '-';
        });
    if (mode < 0) {
      line.append("?????????");
      return;
    }
    for (int bit = 8; bit >= 0; bit--) {
      line.append((mode >> bit & 1) == 1 ? "xwr".charAt(bit % 3) : '-');
    }
    special(mode, 04000, 3, 's');
    special(mode, 02000, 6, 's');
    special(mode, 01000, 9, 't');
  }

  private void special(int mode, int bit, int at, char letter) {
    if ((mode & bit) != 0) {
      line.setCharAt(at, line.charAt(at) == 'x' ? letter : Character.toUpperCase(letter));
    }
  }

  private static String owner(@Nullable String name, long number) {
    return name != null
        ? PathText.display(name.getBytes(StandardCharsets.UTF_8))
        : number >= 0 ? Long.toString(number) : "-";
  }

  private static String size(EntryView entry) {
    return entry.deviceMajor() >= 0
        ? entry.deviceMajor() + ", " + entry.deviceMinor()
        : Long.toString(entry.size());
  }

  private void time(EntryView entry) {
    if (!entry.hasMtime()) {
      right("-", 16);
      return;
    }
    long seconds = Math.floorDiv(entry.mtimeNanos(), 1_000_000_000L);
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(seconds, 0, zone.getOffset(Instant.ofEpochSecond(seconds)));
    line.append(time.getYear());
    two('-', time.getMonthValue());
    two('-', time.getDayOfMonth());
    two(' ', time.getHour());
    two(':', time.getMinute());
  }

  private void two(char before, int number) {
    line.append(before).append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }

  private void left(String text, int width) {
    line.append(text);
    for (int i = text.length(); i < width; i++) {
      line.append(' ');
    }
  }

  private void right(String text, int width) {
    for (int i = text.length(); i < width; i++) {
      line.append(' ');
    }
    line.append(text);
  }
}
