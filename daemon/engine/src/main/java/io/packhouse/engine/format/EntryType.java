package io.packhouse.engine.format;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an entry is: the index column {@code type}. */
public enum EntryType {
  FILE,
  DIRECTORY,
  SYMLINK,
  HARDLINK,
  FIFO,
  CHAR_DEVICE,
  BLOCK_DEVICE,
  NESTED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The text in the index. */
  public String label() {
    return label;
  }

  /** The type with this label, or null where this reader knows none. */
  public static @Nullable EntryType ofLabel(String label) {
    for (EntryType type : values()) {
      if (type.label.equals(label)) {
        return type;
      }
    }
    return null;
  }
}
