package io.packhouse.sql.version;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The orders of Debian's, RPM's and Alpine's versions. */
final class Linux {
  /** What ends a run of other characters than digits in Debian's order: only a tilde is less. */
  private static final int DEBIAN_END = 2;

  /** Ranks of RPM's parts. */
  private static final int RPM_TILDE = 1;

  private static final int RPM_END = 2;
  private static final int RPM_CARET = 3;
  private static final int RPM_LETTERS = 4;
  private static final int RPM_NUMBER = 5;

  /** Ranks of Alpine's parts: one that the other version has not is less the later it may stand. */
  private static final int APK_PRE_RELEASE = 1;

  private static final int APK_END = 2;
  private static final int APK_REVISION = 3;
  private static final int APK_HASH = 4;
  private static final int APK_SUFFIX_NUMBER = 5;
  private static final int APK_SUFFIX = 6;
  private static final int APK_LETTER = 7;
  private static final int APK_LEADING_ZERO = 8;
  private static final int APK_NUMBER = 9;

  private static final List<String> APK_SUFFIXES =
      List.of("alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p");

  private Linux() {}

  /**
   * {@code [epoch:]upstream[-revision]}, by <a
   * href="https://www.debian.org/doc/debian-policy/ch-controlfields.html#version">Debian Policy
   * 5.6.12</a>. Characters that it does not allow are ordered as dpkg orders them.
   */
  static @Nullable String deb(String version) {
    String stripped = version.strip();
    int colon = stripped.indexOf(':');
    String epoch = stripped.substring(0, Math.max(colon, 0));
    String rest = stripped.substring(colon + 1);
    int hyphen = rest.lastIndexOf('-');
    String upstream = hyphen < 0 ? rest : rest.substring(0, hyphen);
    String revision = rest.substring(hyphen + 1);
    if (upstream.isEmpty()
        || (colon >= 0 && !isDebianEpoch(epoch))
        || (hyphen >= 0 && revision.isEmpty())
        || !isPrintable(stripped)) {
      return null;
    }
    KeyWriter key = new KeyWriter().number(1, epoch);
    deb(upstream, key);
    deb(hyphen < 0 ? "" : revision, key);
    return key.key();
  }

  private static boolean isPrintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  private static boolean isDebianEpoch(String epoch) {
    return !epoch.isEmpty()
        && Cursor.isNumber(epoch)
        && (epoch.length() < 10 || new java.math.BigInteger(epoch).bitLength() < Integer.SIZE);
  }

  /**
   * Runs of other characters and of digits by turns, the first and the last of them perhaps empty.
   */
  private static void deb(String part, KeyWriter key) {
    int i = 0;
    do {
      for (; i < part.length() && !Cursor.isDigit(part.charAt(i)); i++) {
        char c = part.charAt(i);
        key.rank(c == '~' ? 1 : Cursor.isLetter(c) ? c : c + 128);
      }
      int from = i;
      while (i < part.length() && Cursor.isDigit(part.charAt(i))) {
        i++;
      }
      key.number(DEBIAN_END, part, from, i);
    } while (i < part.length());
    key.rank(DEBIAN_END);
  }

  /**
   * {@code [epoch:]version[-release]}, by <a
   * href="https://rpm-software-management.github.io/rpm/man/rpm-version.7">rpm-version</a>. One
   * without a release is less than with any.
   */
  static @Nullable String rpm(String version) {
    Cursor cursor = new Cursor(version.strip());
    String epoch = cursor.digits();
    if (epoch.isEmpty() || !cursor.skip(':')) {
      cursor.back(0);
      epoch = "";
    }
    String rest = version.strip().substring(cursor.position());
    int hyphen = rest.lastIndexOf('-');
    String upstream = hyphen < 0 ? rest : rest.substring(0, hyphen);
    if (upstream.isEmpty()) {
      return null;
    }
    KeyWriter key = new KeyWriter().number(1, epoch);
    rpm(upstream, key);
    if (hyphen >= 0) {
      rpm(rest.substring(hyphen + 1), key);
    }
    return key.key();
  }

  private static void rpm(String part, KeyWriter key) {
    for (Cursor cursor = new Cursor(part); !cursor.atEnd(); ) {
      char c = cursor.peek();
      if (Cursor.isDigit(c)) {
        key.number(RPM_NUMBER, cursor.digits());
      } else if (Cursor.isLetter(c)) {
        key.text(RPM_LETTERS, cursor.letters());
      } else if (cursor.next() == '~') {
        key.rank(RPM_TILDE);
      } else if (c == '^') {
        key.rank(RPM_CARET);
      }
    }
    key.rank(RPM_END);
  }

  /**
   * {@code digits{.digits}[letter]{_suffix[digits]}[~hash][-rdigits]}, by <a
   * href="https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/doc/apk-package.5.scd">apk-package</a>.
   * Numbers after a dot that begin with 0 are compared as texts.
   */
  static @Nullable String apk(String version) {
    Cursor cursor = new Cursor(version);
    KeyWriter key = new KeyWriter();
    List<String> numbers = cursor.numbers();
    if (numbers.isEmpty()) {
      return null;
    }
    key.number(APK_NUMBER, numbers.getFirst());
    for (String number : numbers.subList(1, numbers.size())) {
      if (number.charAt(0) == '0') {
        key.text(APK_LEADING_ZERO, number);
      } else {
        key.number(APK_NUMBER, number);
      }
    }
    if (cursor.peek() >= 'a' && cursor.peek() <= 'z') {
      key.text(APK_LETTER, String.valueOf(cursor.next()));
    }
    while (cursor.skip('_')) {
      int suffix = APK_SUFFIXES.indexOf(cursor.letters());
      if (suffix < 0) {
        return null;
      }
      key.rank(suffix < APK_SUFFIXES.indexOf("cvs") ? APK_PRE_RELEASE : APK_SUFFIX).rank(suffix);
      if (Cursor.isDigit(cursor.peek())) {
        key.number(APK_SUFFIX_NUMBER, cursor.digits());
      }
    }
    if (cursor.skip('~')) {
      String hash = cursor.word("");
      if (hash.isEmpty() || !hash.chars().allMatch(c -> "0123456789abcdef".indexOf(c) >= 0)) {
        return null;
      }
      key.text(APK_HASH, hash);
    }
    if (cursor.skip("-r")) {
      if (!Cursor.isDigit(cursor.peek())) {
        return null;
      }
      key.number(APK_REVISION, cursor.digits());
    }
    return cursor.atEnd() ? key.rank(APK_END).key() : null;
  }
}
