package io.packhouse.extraction.archive;

/** Names of members, which are data of the archive. */
final class Names {

  private Names() {}

  /** Without a leading {@code ./} and trailing {@code /}. */
  static String normal(String name) {
    int from = name.startsWith("./") ? 2 : 0;
    int to = name.length();
    while (to > from && name.charAt(to - 1) == '/') {
      to--;
    }
    return name.substring(from, to);
  }

  /** For messages: without control characters, which could be anything, and not too long. */
  static String shown(String name) {
    return shown(name, 120);
  }

  /** As {@link #shown(String)}, at most {@code max} characters and an ellipsis. */
  static String shown(String text, int max) {
    String shown = text.length() > max ? text.substring(0, max) + "…" : text;
    return shown.replaceAll("\\p{Cntrl}", "?");
  }
}
