package io.packhouse.engine.format;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether an entry's contents are in the archive, and why not: the index column {@code status}. */
public enum EntryStatus {
  OK,
  /** Vanished between the walk and the read. */
  MISSING,
  /** Could not be opened or read. */
  UNREADABLE,
  /** Changed while it was read. */
  CHANGED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The text in the index. */
  public String label() {
    return label;
  }

  /** The status with this label, or null where this reader knows none. */
  public static @Nullable EntryStatus ofLabel(String label) {
    for (EntryStatus status : values()) {
      if (status.label.equals(label)) {
        return status;
      }
    }
    return null;
  }
}
