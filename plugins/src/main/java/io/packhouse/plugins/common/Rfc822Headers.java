package io.packhouse.plugins.common;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a paragraph in the manner of RFC 822: Python's METADATA and PKG-INFO, Debian's
 * control files. Names compare without regard to case; a line that begins with a blank goes on with
 * the field above it; lines that are no field are skipped, since old tools wrote some. Immutable.
 */
public final class Rfc822Headers {

  private static final int MAX_FIELDS = 100_000;

  private record Field(String name, String value) {}

  private final List<Field> fields;
  private final String body;

  private Rfc822Headers(List<Field> fields, String body) {
    this.fields = fields;
    this.body = body;
  }

  /** Parses the first paragraph, up to an empty line; bytes that are no UTF-8 become U+FFFD. */
  public static Rfc822Headers parse(byte[] bytes) {
    return parse(new String(bytes, StandardCharsets.UTF_8));
  }

  /** Parses the first paragraph, up to an empty line. */
  public static Rfc822Headers parse(String text) {
    List<Field> fields = new ArrayList<>();
    String name = "";
    StringBuilder value = new StringBuilder();
    int at = !text.isEmpty() && text.charAt(0) == '\uFEFF' ? 1 : 0;
    boolean begun = false;
    while (at < text.length() && fields.size() < MAX_FIELDS) {
      int end = text.indexOf('\n', at);
      int next = end < 0 ? text.length() : end + 1;
      int to = end < 0 ? text.length() : end;
      if (to > at && text.charAt(to - 1) == '\r') {
        to--;
      }
      String line = text.substring(at, to);
      at = next;
      if (line.isEmpty()) {
        if (begun) {
          break;
        }
        continue;
      }
      begun = true;
      char first = line.charAt(0);
      if (first == ' ' || first == '\t') {
        if (!name.isEmpty() && value.length() < Limits.METADATA_BYTES) {
          value.append('\n').append(line, 1, line.length());
        }
        continue;
      }
      int colon = line.indexOf(':');
      if (colon <= 0 || line.substring(0, colon).isBlank()) {
        continue;
      }
      add(fields, name, value);
      name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      value.setLength(0);
      value.append(line.substring(colon + 1).strip());
    }
    add(fields, name, value);
    return new Rfc822Headers(List.copyOf(fields), text.substring(Math.min(at, text.length())));
  }

  private static void add(List<Field> fields, String name, StringBuilder value) {
    if (!name.isEmpty()) {
      fields.add(new Field(name, value.toString()));
    }
  }

  /** Whether there is no field at all. */
  public boolean isEmpty() {
    return fields.isEmpty();
  }

  /**
   * The first value of a field, its lines separated by {@code \n} and without their first blank,
   * clipped; null where there is none, or it is blank.
   */
  public @Nullable String first(String name) {
    for (Field field : fields) {
      if (field.name.equalsIgnoreCase(name)) {
        String value = Limits.text(field.value);
        if (value != null) {
          return value;
        }
      }
    }
    return null;
  }

  /** All values of a field that are not blank, each as {@link #first}. */
  public List<String> all(String name) {
    List<String> values = new ArrayList<>();
    for (Field field : fields) {
      if (field.name.equalsIgnoreCase(name) && values.size() < Limits.ITEMS) {
        String value = Limits.text(field.value);
        if (value != null) {
          values.add(value);
        }
      }
    }
    return values;
  }

  /** What follows the empty line after the paragraph. */
  public String body() {
    return body;
  }
}
