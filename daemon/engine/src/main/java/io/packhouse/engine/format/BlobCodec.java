package io.packhouse.engine.format;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a blob is stored: the blob table's column {@code codec}. */
public enum BlobCodec {
  RAW,
  ZSTD;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The text in the blob table. */
  public String label() {
    return label;
  }

  /** The codec with this label, or null where this reader knows none. */
  public static @Nullable BlobCodec ofLabel(String label) {
    for (BlobCodec codec : values()) {
      if (codec.label.equals(label)) {
        return codec;
      }
    }
    return null;
  }
}
