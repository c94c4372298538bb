package io.packhouse.engine.read.parts;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.read.memory.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.KeyValue;
import org.jspecify.annotations.Nullable;

/** The key-value metadata of the footer. */
public final class FooterMetadata {
  private final Map<String, String> values;
  private final Place place;

  private FooterMetadata(Map<String, String> values, Place place) {
    this.values = values;
    this.place = place;
  }

  /** Reads the metadata; call it {@linkplain Place#guarded guarded}. */
  static FooterMetadata parse(Footer footer, Place place) throws IOException {
    int count = footer.customMetadataLength();
    if (count < 0 || count > ArchiveFormat.MAX_METADATA_ENTRIES) {
      throw place.corrupt(count + " metadata entries, limit " + ArchiveFormat.MAX_METADATA_ENTRIES);
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      KeyValue entry = footer.customMetadata(i);
      String key =
          text(entry.keyAsByteBuffer(), ArchiveFormat.MAX_METADATA_KEY_LENGTH, "key", place);
      String value =
          text(entry.valueAsByteBuffer(), ArchiveFormat.MAX_METADATA_VALUE_LENGTH, key, place);
      if (values.put(key, value) != null) {
        throw place.corrupt("has metadata key " + key + " twice");
      }
    }
    return new FooterMetadata(values, place);
  }

  private static String text(@Nullable ByteBuffer bytes, int limit, String what, Place place)
      throws IOException {
    if (bytes == null) {
      return "";
    }
    if (bytes.remaining() > limit) {
      throw place.corrupt(
          "metadata " + what + " of " + bytes.remaining() + " bytes, limit " + limit);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw place.corrupt("metadata " + what + " is not UTF-8");
    }
  }

  /** All values by key, in the footer's order. */
  public Map<String, String> values() {
    return values;
  }

  /** A value that must be there. */
  public String require(String key) throws IOException {
    String value = values.get(key);
    if (value == null) {
      throw place.corrupt("has no " + key);
    }
    return value;
  }

  /** A decimal number in [0, limit]. */
  public long number(String key, long limit) throws IOException {
    String text = require(key);
    boolean decimal = !text.isEmpty() && text.length() <= 19;
    for (int i = 0; i < text.length() && decimal; i++) {
      decimal = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    try {
      if (decimal) {
        long value = Long.parseLong(text);
        if (value <= limit) {
          return value;
        }
      }
    } catch (NumberFormatException e) {
      // Above 2^63 - 1: out of range like the rest.
    }
    throw place.corrupt(key, "a number up to " + limit, abbreviated(text));
  }

  /** A total of the index by its name, such as {@code rows}: at least 0. */
  public long total(String name) throws IOException {
    return number(ArchiveFormat.KEY_TOTAL + name, Long.MAX_VALUE);
  }

  /** The 32 bytes of a digest. */
  public byte[] digest(String key) throws IOException {
    String text = require(key);
    try {
      if (text.length() == 2 * ArchiveFormat.DIGEST_LENGTH
          && text.equals(text.toLowerCase(Locale.ROOT))) {
        return HexFormat.of().parseHex(text);
      }
    } catch (IllegalArgumentException e) {
      // No hexadecimal: refused like other lengths.
    }
    throw place.corrupt(key, "64 hexadecimal digits", abbreviated(text));
  }

  private static String abbreviated(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
