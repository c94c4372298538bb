package io.packhouse.sql.version;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Python's versions, as the <a
 * href="https://packaging.python.org/en/latest/specifications/version-specifiers/">specification</a>
 * that was PEP 440 has them, with all the spellings that it normalizes.
 */
final class Pep440 {
  private static final int RELEASE = 9;
  private static final List<String> PRE =
      List.of("alpha", "a", "beta", "b", "preview", "pre", "rc", "c");
  private static final List<String> POST = List.of("post", "rev", "r");
  private static final List<String> DEV = List.of("dev");

  private Pep440() {}

  static @Nullable String key(String version) {
    Cursor cursor = new Cursor(Cursor.lower(version.strip()));
    cursor.skip('v');
    KeyWriter key = new KeyWriter();
    String epoch = cursor.digits();
    if (epoch.isEmpty() || !cursor.skip('!')) {
      cursor.back(cursor.position() - epoch.length());
      epoch = "";
    }
    List<String> release = cursor.numbers();
    if (release.isEmpty()) {
      return null;
    }
    key.number(0, epoch).numbers(RELEASE, release);
    Tag pre = tag(cursor, PRE);
    Tag post = post(cursor);
    Tag dev = tag(cursor, DEV);
    if (pre != null) {
      key.number(preRank(pre.word), pre.number);
    } else {
      // A development release of the release itself is before its pre-releases.
      key.number(post == null && dev != null ? 1 : 5, "");
    }
    key.number(post == null ? 1 : 2, post == null ? "" : post.number);
    key.number(dev == null ? 2 : 1, dev == null ? "" : dev.number);
    if (cursor.skip('+') && !local(cursor, key)) {
      return null;
    }
    return cursor.atEnd() ? key.key() : null;
  }

  private record Tag(String word, String number) {}

  private static int preRank(String word) {
    return switch (word) {
      case "alpha", "a" -> 2;
      case "beta", "b" -> 3;
      default -> 4;
    };
  }

  private static @Nullable Tag post(Cursor cursor) {
    int from = cursor.position();
    if (cursor.skip('-') && Cursor.isDigit(cursor.peek())) {
      return new Tag("post", cursor.digits());
    }
    cursor.back(from);
    return tag(cursor, POST);
  }

  private static @Nullable Tag tag(Cursor cursor, List<String> words) {
    int from = cursor.position();
    cursor.skipOneOf(".-_");
    for (int i = 0; i < words.size() && Cursor.isLetter(cursor.peek()); i++) {
      String word = words.get(i);
      if (cursor.skip(word)) {
        cursor.skipOneOf(".-_");
        return new Tag(word, cursor.digits());
      }
    }
    cursor.back(from);
    return null;
  }

  private static boolean local(Cursor cursor, KeyWriter key) {
    do {
      String part = cursor.word("");
      if (part.isEmpty()) {
        return false;
      }
      if (Cursor.isNumber(part)) {
        key.number(2, part);
      } else {
        key.text(1, part);
      }
    } while (cursor.skipOneOf(".-_"));
    return true;
  }
}
