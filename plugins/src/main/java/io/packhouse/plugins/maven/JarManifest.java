package io.packhouse.plugins.maven;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The main attributes of a jar's manifest (JAR File Specification, "JAR Manifest"). More tolerant
 * than the JDK's reader, which refuses the file for one bad line: lines that are neither an
 * attribute nor the continuation of one are passed over, and of a name that occurs twice the last
 * counts.
 */
final class JarManifest {

  static final JarManifest EMPTY = new JarManifest(Map.of());

  private static final int MAX_ATTRIBUTES = 1_000;
  private static final int MAX_PARTS = 2_000;

  private final Map<String, String> attributes;

  private JarManifest(Map<String, String> attributes) {
    this.attributes = attributes;
  }

  /** Reads the main section, up to the first empty line. */
  static JarManifest parse(byte[] manifest) {
    Map<String, String> attributes = new TreeMap<>();
    int at = hasMark(manifest) ? 3 : 0;
    String name = null;
    StringBuilder value = new StringBuilder();
    boolean begun = false;
    while (at < manifest.length && attributes.size() < MAX_ATTRIBUTES) {
      int from = at;
      int end = at;
      while (end < manifest.length && manifest[end] != '\r' && manifest[end] != '\n') {
        end++;
      }
      at = end + 1;
      if (at < manifest.length && manifest[end] == '\r' && manifest[at] == '\n') {
        at++;
      }
      if (end == from) {
        if (begun) {
          break;
        }
        continue;
      }
      // By lines, since signed jars have megabytes of them after the main section.
      String line = new String(manifest, from, end - from, StandardCharsets.UTF_8);
      if (line.charAt(0) == ' ') {
        if (name != null) {
          value.append(line, 1, line.length());
        }
        continue;
      }
      put(attributes, name, value);
      name = null;
      int colon = line.indexOf(':');
      if (colon > 0 && isName(line, colon)) {
        begun = true;
        name = line.substring(0, colon).toLowerCase(Locale.ROOT);
        value.setLength(0);
        value.append(line, colon + 1, line.length());
      }
    }
    put(attributes, name, value);
    return new JarManifest(attributes);
  }

  private static boolean hasMark(byte[] text) {
    return text.length >= 3
        && text[0] == (byte) 0xEF
        && text[1] == (byte) 0xBB
        && text[2] == (byte) 0xBF;
  }

  /** The value of an attribute, in whatever case it is written; null where it has none. */
  @Nullable String value(String attribute) {
    return attributes.get(attribute.toLowerCase(Locale.ROOT));
  }

  /** {@link #value} without parameters and directives, such as {@code a.b;singleton:=true}. */
  @Nullable String plainValue(String attribute) {
    String value = value(attribute);
    int semicolon = value == null ? -1 : value.indexOf(';');
    if (value == null || semicolon < 0) {
      return value;
    }
    String plain = value.substring(0, semicolon).strip();
    return plain.isEmpty() ? null : plain;
  }

  /**
   * The names of an OSGi header (OSGi Core 8, 1.3.2, "Common Header Syntax"): of {@code
   * a;b;version="[1,2)",c} these are a, b and c.
   */
  List<String> names(String attribute) {
    String value = value(attribute);
    List<String> names = new ArrayList<>();
    if (value == null) {
      return names;
    }
    char[] signs = value.toCharArray();
    boolean quoted = false;
    int from = 0;
    for (int at = 0; at <= signs.length && names.size() < MAX_PARTS; at++) {
      char c = at == signs.length ? ',' : signs[at];
      if (c == '"') {
        quoted = !quoted;
      } else if ((c == ',' || c == ';') && (!quoted || at == signs.length)) {
        String part = value.substring(from, at).strip();
        if (!part.isEmpty() && part.indexOf('=') < 0) {
          names.add(part);
        }
        from = at + 1;
      }
    }
    return names;
  }

  private static void put(
      Map<String, String> attributes, @Nullable String name, StringBuilder value) {
    String text = value.toString().strip();
    if (name != null && !text.isEmpty()) {
      attributes.put(name, text);
    }
  }

  private static boolean isName(String line, int end) {
    for (int i = 0; i < end; i++) {
      char c = line.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && (c < '0' || c > '9') && c != '-' && c != '_') {
        return false;
      }
    }
    return true;
  }
}
