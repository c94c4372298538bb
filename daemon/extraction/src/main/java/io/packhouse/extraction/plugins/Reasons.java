package io.packhouse.extraction.plugins;

/** What an exception of other people's code says, as one line of a bounded length. */
final class Reasons {
  private static final int MAX_LENGTH = 500;

  private Reasons() {}

  /** Class and message, and those of what led to it. */
  static String of(Throwable e) {
    StringBuilder text = new StringBuilder();
    // Messages and causes may be made by code that fails itself.
    try {
      text.append(e.getClass().getName());
      String message = e.getMessage();
      if (message != null) {
        text.append(": ").append(message);
      }
      Throwable cause = e.getCause();
      if (cause != null && (message == null || !message.contains(String.valueOf(cause)))) {
        text.append(", caused by ").append(cause);
      }
    } catch (Throwable again) {
      text.append(", which cannot tell more");
    }
    return oneLine(text.toString());
  }

  /** A text with its lines joined and its end cut off. */
  static String oneLine(String text) {
    String clipped = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
    return clipped.strip().replaceAll("\\s*\\R\\s*", " / ");
  }
}
