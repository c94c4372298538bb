package io.packhouse.plugins.purl;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes canonical package URLs.
 *
 * <p>Not with {@code packageurl-java}: its release 1.5.0 writes bytes past ASCII as eight hex
 * digits and encodes colons, against the specification; and it costs 28 ms at the first call and
 * some 50 µs at each of the next thousands. To be looked at again when it has a newer release.
 *
 * <p>The rules of the types are here too: which parts are in lower case, and what else is changed.
 * They are those of the types' definitions as ECMA-427 registers them; a type that has no rule, or
 * is not known, is written as it is given. {@link #namespace}, {@link #name} and {@link #version}
 * give the parts alone as the purl has them.
 *
 * <p>{@code plugins/real/purl} runs the specification's test cases on this.
 */
public final class Purl {

  private static final String HEX = "0123456789ABCDEF";

  /** By ASCII character, whether it stands for itself: letters, digits and {@code . - _ ~ :}. */
  private static final boolean[] PLAIN = plain();

  /** Types whose name, and namespace if any, are not case-sensitive. Not npm: old names are. */
  private static final Set<String> LOWER_CASE =
      Set.of("apk", "composer", "deb", "golang", "hex", "oci", "pypi");

  private Purl() {}

  /** The namespace as purls of the type have it. */
  public static String namespace(String type, String namespace) {
    boolean lower = LOWER_CASE.contains(type) || type.equals("rpm");
    return lower ? namespace.toLowerCase(Locale.ROOT) : namespace;
  }

  /** The name as purls of the type have it. */
  public static String name(String type, String name) {
    String lower = LOWER_CASE.contains(type) ? name.toLowerCase(Locale.ROOT) : name;
    return type.equals("pypi") ? lower.replace('_', '-') : lower;
  }

  /** The version as purls of the type have it. */
  public static String version(String type, String version) {
    boolean lower = type.equals("pypi") || type.equals("oci");
    return lower ? version.toLowerCase(Locale.ROOT) : version;
  }

  /**
   * The canonical purl, by the rules of its type.
   *
   * @param type lower case
   * @param namespace segments separated by {@code /}; null or empty for none
   * @param name not empty
   * @param version null or empty for none
   * @param qualifiers by lower-case key; empty values are left out
   * @throws IllegalArgumentException where the type, the name or a key cannot be one
   */
  public static String of(
      String type,
      @Nullable String namespace,
      String name,
      @Nullable String version,
      SortedMap<String, String> qualifiers) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a purl needs a name, type=" + type);
    }
    checkWord(type);
    StringBuilder purl = new StringBuilder(64).append("pkg:").append(type);
    if (namespace != null) {
      namespace = namespace(type, namespace);
      for (int from = 0; from <= namespace.length(); ) {
        int slash = namespace.indexOf('/', from);
        int to = slash < 0 ? namespace.length() : slash;
        if (to > from) {
          encode(namespace, from, to, purl.append('/'));
        }
        from = to + 1;
      }
    }
    encode(name(type, name), purl.append('/'));
    if (version != null && !version.isEmpty()) {
      encode(version(type, version), purl.append('@'));
    }
    char separator = '?';
    for (Map.Entry<String, String> qualifier : qualifiers.entrySet()) {
      if (!qualifier.getValue().isEmpty()) {
        checkWord(qualifier.getKey());
        purl.append(separator).append(qualifier.getKey()).append('=');
        encode(qualifier.getValue(), purl);
        separator = '&';
      }
    }
    return purl.toString();
  }

  /** Appends a part of {@code text}, percent-encoding all UTF-8 bytes but the plain ones. */
  private static void encode(String text, int from, int to, StringBuilder purl) {
    int plain = from;
    while (plain < to && isPlain(text.charAt(plain))) {
      plain++;
    }
    purl.append(text, from, plain);
    if (plain == to) {
      return;
    }
    for (byte b : text.substring(plain, to).getBytes(StandardCharsets.UTF_8)) {
      if (isPlain((char) (b & 0xFF))) {
        purl.append((char) b);
      } else {
        purl.append('%').append(HEX.charAt(b >> 4 & 0xF)).append(HEX.charAt(b & 0xF));
      }
    }
  }

  private static void encode(String text, StringBuilder purl) {
    encode(text, 0, text.length(), purl);
  }

  /** A letter, then letters, digits and {@code . - _}; all in lower case. */
  private static void checkWord(String word) {
    boolean sound = !word.isEmpty() && word.charAt(0) >= 'a' && word.charAt(0) <= 'z';
    for (int i = 1; i < word.length(); i++) {
      char c = word.charAt(i);
      sound &= isPlain(c) && (c < 'A' || c > 'Z') && c != '~' && c != ':';
    }
    if (!sound) {
      throw new IllegalArgumentException("no type or qualifier's key of a purl: " + word);
    }
  }

  private static boolean isPlain(char c) {
    return c < PLAIN.length && PLAIN[c];
  }

  private static boolean[] plain() {
    boolean[] plain = new boolean[0x80];
    String all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_~:";
    for (int i = 0; i < all.length(); i++) {
      plain[all.charAt(i)] = true;
    }
    return plain;
  }
}
