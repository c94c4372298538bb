package io.packhouse.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Text that can be written as UTF-8 whatever it was read from. */
final class Text {

  private static final char REPLACEMENT = '\uFFFD';

  private Text() {}

  /**
   * Puts U+FFFD in place of every surrogate without its pair: such text has no UTF-8 form, and
   * parsers of hostile JSON or XML produce it.
   */
  static String wellFormed(String text) {
    int bad = firstUnpaired(text, 0);
    if (bad < 0) {
      return text;
    }
    StringBuilder fixed = new StringBuilder(text);
    while (bad >= 0) {
      fixed.setCharAt(bad, REPLACEMENT);
      bad = firstUnpaired(text, bad + 1);
    }
    return fixed.toString();
  }

  static @Nullable String wellFormedOrNull(@Nullable String text) {
    return text == null ? null : wellFormed(text);
  }

  /** An unmodifiable copy. */
  static List<String> wellFormed(List<String> texts) {
    List<String> copy = List.copyOf(texts);
    for (String text : copy) {
      if (firstUnpaired(text, 0) >= 0) {
        return copy.stream().map(Text::wellFormed).toList();
      }
    }
    return copy;
  }

  /** Names a value's class and a short form of it, for messages. */
  static String describe(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    String text = String.valueOf(value);
    return value.getClass().getSimpleName()
        + " "
        + (text.length() > 60 ? text.substring(0, 60) + "…" : text);
  }

  private static int firstUnpaired(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else {
        return i;
      }
    }
    return -1;
  }
}
