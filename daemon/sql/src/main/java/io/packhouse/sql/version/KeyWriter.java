package io.packhouse.sql.version;

import java.util.List;

/**
 * Writes a key: a text whose natural order is that of versions. It is a row of <em>parts</em>, each
 * a <em>rank</em> and perhaps a value:
 *
 * <pre>
 *   number   rank, count of digits, digits without leading zeros
 *   text     rank, characters, U+0000
 * </pre>
 *
 * <p>Parts of different ranks are ordered by them, those of one rank by their values, and a key is
 * less than one that goes on. No part is the beginning of another, so the rest of a key never
 * matters before a difference.
 */
final class KeyWriter {
  private final StringBuilder out = new StringBuilder(32);

  KeyWriter rank(int rank) {
    out.append((char) rank);
    return this;
  }

  /** Digits; none are zero. */
  KeyWriter number(int rank, String digits) {
    return number(rank, digits, 0, digits.length());
  }

  KeyWriter number(int rank, String text, int from, int to) {
    int start = from;
    while (start < to && text.charAt(start) == '0') {
      start++;
    }
    out.append((char) rank).append((char) (to - start)).append(text, start, to);
    return this;
  }

  KeyWriter text(int rank, String text) {
    out.append((char) rank).append(text).append('\0');
    return this;
  }

  /** Numbers that zeros at the end do not change; what follows has to have a lower rank. */
  KeyWriter numbers(int rank, List<String> numbers) {
    int count = numbers.size();
    while (count > 0 && Cursor.isZero(numbers.get(count - 1))) {
      count--;
    }
    for (int i = 0; i < count; i++) {
      number(rank, numbers.get(i));
    }
    return this;
  }

  /**
   * A row that goes on with zeros for ever. Before a part that is not zero stands how many zeros
   * there are: more of them make it less if the part is above zero, and greater if it is below.
   *
   * @param parts keys of which none is the beginning of another
   * @param zero the key of zero
   */
  KeyWriter padded(List<String> parts, String zero) {
    int zeros = 0;
    for (String part : parts) {
      if (part.equals(zero)) {
        zeros++;
        continue;
      }
      boolean below = part.compareTo(zero) < 0;
      out.append((char) (below ? 1 : 3));
      out.append((char) (below ? zeros : VersionOrder.MAX_LENGTH - zeros)).append(part);
      zeros = 0;
    }
    out.append((char) 2);
    return this;
  }

  String key() {
    return out.toString();
  }
}
