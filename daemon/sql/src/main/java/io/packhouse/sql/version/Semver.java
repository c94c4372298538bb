package io.packhouse.sql.version;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * <a href="https://semver.org/spec/v2.0.0.html#spec-item-11">Semantic Versioning 2.0.0</a> and what
 * ecosystems make of it. Numbers may be missing everywhere and are 0 then, as ranges have them.
 *
 * @param prefixes characters that may stand in front
 * @param numbers how many numbers there are at most
 * @param strict whether numbers that begin with zeros are not valid, nor are pre-releases and
 *     builds where numbers are missing
 * @param caseSensitive whether pre-releases that differ in case are different
 * @param builds whether build metadata is compared
 */
record Semver(String prefixes, int numbers, boolean strict, boolean caseSensitive, boolean builds)
    implements VersionOrder.Keys<String> {

  /** Ranks after the numbers: all are lower than {@link #NUMBER}. */
  private static final int PRE_RELEASE = 1;

  private static final int RELEASE = 2;
  private static final int NUMBER = 3;

  /** Ranks of identifiers: numbers are less than texts, and the end is less than either. */
  private static final int NUMERIC = 2;

  private static final int TEXT = 3;
  private static final int END = 1;

  @Override
  public @Nullable String key(String version) {
    Cursor cursor = new Cursor(version.strip());
    while (cursor.skipOneOf(prefixes)) {}
    KeyWriter key = new KeyWriter();
    List<String> parts = cursor.numbers();
    if (parts.isEmpty()
        || parts.size() > numbers
        || (strict && (anyHasLeadingZero(parts) || (parts.size() < numbers && !cursor.atEnd())))) {
      return null;
    }
    key.numbers(NUMBER, parts);
    if (!cursor.skip('-')) {
      key.rank(RELEASE);
    } else if (!identifiers(cursor, key.rank(PRE_RELEASE), strict)) {
      return null;
    }
    if (cursor.skip('+') && !identifiers(cursor, builds ? key : new KeyWriter(), false)) {
      return null;
    }
    return cursor.atEnd() ? key.key() : null;
  }

  private static boolean anyHasLeadingZero(List<String> numbers) {
    for (int i = 0; i < numbers.size(); i++) {
      if (hasLeadingZero(numbers.get(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasLeadingZero(String number) {
    return number.length() > 1 && number.charAt(0) == '0';
  }

  private boolean identifiers(Cursor cursor, KeyWriter key, boolean strict) {
    do {
      String identifier = cursor.word("-");
      boolean numeric = Cursor.isNumber(identifier);
      if (identifier.isEmpty() || (strict && numeric && hasLeadingZero(identifier))) {
        return false;
      }
      if (numeric) {
        key.number(NUMERIC, identifier);
      } else {
        key.text(TEXT, caseSensitive ? identifier : Cursor.lower(identifier));
      }
    } while (cursor.skip('.'));
    key.rank(END);
    return true;
  }
}
