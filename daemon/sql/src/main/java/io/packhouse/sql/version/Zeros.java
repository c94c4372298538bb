package io.packhouse.sql.version;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Orders in which texts are before numbers and a version goes on with zeros for ever. */
final class Zeros {
  private static final int TEXT = 1;
  private static final int NUMBER = 2;
  private static final int INFINITE = 3;
  private static final String ZERO = number("");

  private Zeros() {}

  /**
   * RubyGems, as the documentation of <a
   * href="https://docs.ruby-lang.org/en/master/Gem/Version.html">Gem::Version</a> has it: what has
   * a letter is a pre-release, {@code -} stands for {@code .pre.}, and zeros before the first
   * letter do not count.
   */
  static @Nullable String gem(String version) {
    String stripped = version.strip();
    if (!isGem(stripped)) {
      return null;
    }
    List<String> parts = parts(stripped.replace("-", ".pre."));
    int letter = 0;
    while (letter < parts.size() && parts.get(letter).charAt(0) != TEXT) {
      letter++;
    }
    if (letter < parts.size()) {
      while (letter > 0 && parts.get(letter - 1).equals(ZERO)) {
        parts.remove(--letter);
      }
    }
    return new KeyWriter().padded(parts, ZERO).key();
  }

  /** {@code [0-9]+(\.[0-9a-zA-Z]+)*(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?}, or nothing. */
  private static boolean isGem(String version) {
    Cursor cursor = new Cursor(version);
    if (version.isEmpty()) {
      return true;
    }
    if (cursor.digits().isEmpty()) {
      return false;
    }
    while (cursor.skip('.')) {
      if (cursor.word("").isEmpty()) {
        return false;
      }
    }
    if (cursor.skip('-')) {
      do {
        if (cursor.word("-").isEmpty()) {
          return false;
        }
      } while (cursor.skip('.'));
    }
    return cursor.atEnd();
  }

  /**
   * Conda, as the documentation of its <a
   * href="https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html#version-ordering">version
   * ordering</a> has it: components of numbers and texts, of which {@code dev} is the least and
   * {@code post} the greatest.
   */
  static @Nullable String conda(String version) {
    String lower = Cursor.lower(version.strip());
    if (!lower.contains("_")) {
      lower = lower.replace('-', '_');
    }
    int bang = lower.indexOf('!');
    String epoch = bang < 0 ? "0" : lower.substring(0, bang);
    int plus = lower.indexOf('+', bang + 1);
    String main = lower.substring(bang + 1, plus < 0 ? lower.length() : plus);
    if (epoch.isEmpty() || !Cursor.isNumber(epoch)) {
      return null;
    }
    KeyWriter key = new KeyWriter().number(NUMBER, epoch);
    if (!components(main, true, key)
        || !(plus < 0
            ? components("0", false, key)
            : components(lower.substring(plus + 1), false, key))) {
      return null;
    }
    return key.key();
  }

  private static boolean components(String text, boolean underscore, KeyWriter key) {
    // An underscore at the end is part of the last component, for versions like OpenSSL's.
    boolean last = underscore && text.length() > 1 && text.endsWith("_");
    String body = last ? text.substring(0, text.length() - 1) : text;
    List<String> components = new ArrayList<>();
    for (String component : body.replace('_', '.').split("\\.", -1)) {
      boolean valid =
          component
              .chars()
              .allMatch(c -> Cursor.isDigit((char) c) || (c >= 'a' && c <= 'z') || c == '*');
      if (component.isEmpty() || !valid) {
        return false;
      }
      components.add(component);
    }
    if (last) {
      components.set(components.size() - 1, components.getLast() + "_");
    }
    String zero = new KeyWriter().padded(List.of(), ZERO).key();
    key.padded(components.stream().map(Zeros::component).toList(), zero);
    return true;
  }

  private static String component(String component) {
    List<String> parts = parts(component);
    if (!Cursor.isDigit(component.charAt(0))) {
      parts.addFirst(ZERO);
    }
    parts.replaceAll(
        part ->
            part.equals(text("post"))
                ? new KeyWriter().rank(INFINITE).key()
                : part.equals(text("dev")) ? text("DEV") : part);
    return new KeyWriter().padded(parts, ZERO).key();
  }

  /** Runs of digits and of others, without dots. */
  private static List<String> parts(String version) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= version.length(); i++) {
      boolean digit = Cursor.isDigit(version.charAt(from));
      if (version.charAt(from) == '.') {
        from = i;
      } else if (i == version.length()
          || version.charAt(i) == '.'
          || Cursor.isDigit(version.charAt(i)) != digit) {
        String part = version.substring(from, i);
        parts.add(digit ? number(part) : text(part));
        from = i;
      }
    }
    return parts;
  }

  private static String number(String digits) {
    return new KeyWriter().number(NUMBER, digits).key();
  }

  private static String text(String text) {
    return new KeyWriter().text(TEXT, text).key();
  }
}
