package io.packhouse.plugins.common;

import org.jspecify.annotations.Nullable;

/** How much of what a package says is kept. */
public final class Limits {

  /** Bytes of a metadata file; larger ones are refused. */
  public static final int METADATA_BYTES = 16 << 20;

  /** Items of any list that becomes a value. */
  public static final int ITEMS = 10_000;

  /** Characters of any text that becomes a value. */
  public static final int TEXT = 64 << 10;

  /** Characters of a description. */
  public static final int DESCRIPTION = 1_000;

  private Limits() {}

  /**
   * At most {@link #TEXT} characters of a text, without blanks around it; null where it is none.
   */
  public static @Nullable String text(@Nullable String text) {
    return clip(text, TEXT);
  }

  /** As {@link #text}, at most {@link #DESCRIPTION} characters. */
  public static @Nullable String description(@Nullable String text) {
    return clip(text, DESCRIPTION);
  }

  private static @Nullable String clip(@Nullable String text, int max) {
    if (text == null) {
      return null;
    }
    String stripped = text.strip();
    if (stripped.isEmpty()) {
      return null;
    }
    if (stripped.length() <= max) {
      return stripped;
    }
    int end = Character.isHighSurrogate(stripped.charAt(max - 1)) ? max - 1 : max;
    return stripped.substring(0, end) + "…";
  }
}
