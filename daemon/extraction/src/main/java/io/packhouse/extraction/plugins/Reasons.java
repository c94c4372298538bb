package io.packhouse.extraction.plugins;

/** What an exception of other people's code says, as one line of a bounded length. */
final class Reasons {
  private static final int MAX_LENGTH = 500;

  private Reasons() {}

  /** Class and message; messages may be made by code that fails itself. */
  static String of(Throwable e) {
    String text;
    try {
      text = e.getClass().getName() + ": " + e.getMessage();
    } catch (Throwable again) {
      text = e.getClass().getName();
    }
    return oneLine(text);
  }

  /** A text with its lines joined and its end cut off. */
  static String oneLine(String text) {
    String clipped = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
    return clipped.strip().replaceAll("\\s*\\R\\s*", " / ");
  }
}
