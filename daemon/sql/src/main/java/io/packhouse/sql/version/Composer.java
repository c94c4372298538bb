package io.packhouse.sql.version;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Composer's versions, as its <a href="https://getcomposer.org/doc/articles/versions.md">parser</a>
 * normalizes them and PHP's {@code version_compare} orders them: dev, alpha, beta, RC, the release,
 * patch. Branches ({@code dev-main}) are not valid here, and so before all, as Composer has them.
 */
final class Composer {
  private static final int NUMBER = 9;

  /** Of PHP's {@code version_compare}: what numbers and the end are ordered as. */
  private static final int RELEASE = 5;

  private Composer() {}

  static @Nullable String key(String version) {
    Cursor cursor = new Cursor(Cursor.lower(version.strip()));
    cursor.skip('v');
    List<String> numbers = new ArrayList<>(cursor.numbers());
    if (numbers.isEmpty() || numbers.size() > 4) {
      return null;
    }
    KeyWriter key = new KeyWriter();
    if (cursor.skip(".x")) {
      while (cursor.skip(".x")) {}
      while (numbers.size() < 4) {
        numbers.add("9999999");
      }
    }
    key.numbers(NUMBER, numbers).rank(1);
    if (!modifiers(cursor, key)) {
      return null;
    }
    if (cursor.skip('+') && cursor.word(".-_").isEmpty()) {
      return null;
    }
    return cursor.atEnd() ? key.number(RELEASE, "").key() : null;
  }

  private static boolean modifiers(Cursor cursor, KeyWriter key) {
    while (!cursor.atEnd() && cursor.peek() != '+') {
      cursor.skipOneOf("._-");
      String word = cursor.letters();
      int rank = rank(word);
      if (rank == 0) {
        return false;
      }
      if (rank != RELEASE) {
        key.rank(rank);
      }
      int after = cursor.position();
      for (cursor.skipOneOf(".-"); Cursor.isDigit(cursor.peek()); cursor.skipOneOf(".-")) {
        key.number(RELEASE, cursor.digits());
        after = cursor.position();
      }
      cursor.back(after);
    }
    return true;
  }

  private static int rank(String word) {
    return switch (word) {
      case "dev" -> 1;
      case "alpha", "a" -> 2;
      case "beta", "b" -> 3;
      case "rc" -> 4;
      case "stable" -> RELEASE;
      case "patch", "pl", "p" -> 6;
      default -> 0;
    };
  }
}
