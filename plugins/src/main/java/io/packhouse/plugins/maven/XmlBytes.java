package io.packhouse.plugins.maven;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The characters of a document that {@link QuickXml} reads: a position in it, and what there can be
 * besides elements and text. False always means that the document is not accepted.
 */
class XmlBytes {

  /** The JDK's parser accepts no longer ones. */
  private static final int MAX_NAME = 1_000;

  // What a byte may be part of.
  static final byte PLAIN = 1;
  static final byte BLANK = 2;
  private static final byte NAME_START = 4;
  private static final byte NAME = 8;
  static final byte[] KINDS = kinds();

  private static final byte[] DECLARATION = ascii("<?xml");
  static final byte[] COMMENT = ascii("<!--");

  /** Encodings in which ASCII is what it is in UTF-8. */
  private static final byte[][] OF_ASCII = {
    ascii("iso-8859-1"), ascii("us-ascii"), ascii("ascii"), ascii("windows-1252"), ascii("cp1252")
  };

  private static final byte[] UTF_8 = ascii("utf-8");

  final byte[] document;
  int at;

  /** Whether the last characters gone over are not all ASCII's. */
  boolean foreign;

  /** Whether no others may occur. */
  private boolean onlyAscii;

  XmlBytes(byte[] document) {
    this.document = document;
  }

  /** The declaration if there is one, of which the encoding is all that matters. */
  final boolean declaration() {
    if (!isNext(DECLARATION)) {
      return true;
    }
    at += DECLARATION.length;
    if (!blanks() || !isNext(ascii("version")) || !isQuoted("version", ascii("1.0"))) {
      return false;
    }
    boolean blank = blanks();
    if (blank && isNext(ascii("encoding"))) {
      int before = at;
      if (!isQuoted("encoding", UTF_8)) {
        at = before;
        if (!isQuoted("encoding", OF_ASCII)) {
          return false;
        }
        onlyAscii = true;
      }
      blank = blanks();
    }
    if (blank && isNext(ascii("standalone"))) {
      if (!isQuoted("standalone", ascii("yes"), ascii("no"))) {
        return false;
      }
      blanks();
    }
    return take('?') && take('>');
  }

  /** Goes over {@code name="value"}, in ASCII's letters of either case. */
  private boolean isQuoted(String name, byte[]... values) {
    at += name.length();
    blanks();
    if (!take('=')) {
      return false;
    }
    blanks();
    int quote = peek();
    if (quote != '"' && quote != '\'') {
      return false;
    }
    int from = ++at;
    while (peek() != quote && peek() != 0) {
      at++;
    }
    for (byte[] value : values) {
      if (isIgnoringCase(from, value)) {
        return take(quote);
      }
    }
    return false;
  }

  private boolean isIgnoringCase(int from, byte[] lower) {
    if (at - from != lower.length) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      int b = document[from + i];
      if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  /** What may be before and after the outermost element. */
  final boolean besides() {
    blanks();
    while (peek() == '<' && (peek(1) == '!' || peek(1) == '?')) {
      if (peek(1) == '?' ? !instruction() : !isNext(COMMENT) || !comment()) {
        return false;
      }
      blanks();
    }
    return true;
  }

  /** A comment, at its start. */
  final boolean comment() {
    at += COMMENT.length;
    while (at < document.length) {
      if (document[at] == '-' && peek(1) == '-') {
        at += 3;
        return at <= document.length && document[at - 1] == '>';
      }
      if (!any()) {
        return false;
      }
    }
    return false;
  }

  /** A processing instruction; those that begin as XML's own are not accepted. */
  final boolean instruction() {
    at += 2;
    if ((peek() | 0x20) == 'x' || !name() || (!blanks() && (peek() != '?' || peek(1) != '>'))) {
      return false;
    }
    while (at < document.length) {
      if (document[at] == '?' && peek(1) == '>') {
        at += 2;
        return true;
      }
      if (!any()) {
        return false;
      }
    }
    return false;
  }

  /** The character that a reference stands for; 0 if not accepted. */
  final int reference() {
    int from = ++at;
    while (peek() != ';') {
      if (peek() == 0 || at - from > 8) {
        return 0;
      }
      at++;
    }
    String name = new String(document, from, at - from, StandardCharsets.ISO_8859_1);
    at++;
    return switch (name) {
      case "lt" -> '<';
      case "gt" -> '>';
      case "amp" -> '&';
      case "quot" -> '"';
      case "apos" -> '\'';
      default -> name.startsWith("#") ? number(name) : 0;
    };
  }

  private static int number(String reference) {
    boolean hex = reference.startsWith("#x");
    int value = 0;
    int from = hex ? 2 : 1;
    for (int i = from; i < reference.length(); i++) {
      int digit =
          reference.charAt(i) < 0x80 ? Character.digit(reference.charAt(i), hex ? 16 : 10) : -1;
      if (digit < 0) {
        return 0;
      }
      value = value * (hex ? 16 : 10) + digit;
    }
    boolean isCharacter =
        value == '\t'
            || value == '\n'
            || value == '\r'
            || (value >= ' ' && value < 0xD800)
            || (value >= 0xE000 && value < 0xFFFE)
            || (value >= 0x10000 && value <= 0x10FFFF);
    return isCharacter ? value : 0;
  }

  /** Goes over a name without a prefix. */
  final boolean name() {
    int from = at;
    if ((KINDS[peek() & 0xFF] & NAME_START) == 0) {
      return false;
    }
    while (at < document.length && (KINDS[document[at] & 0xFF] & NAME) != 0) {
      at++;
    }
    return at - from <= MAX_NAME;
  }

  /** Goes over blanks, if there are any. */
  final boolean blanks() {
    int from = at;
    while (at < document.length && (KINDS[document[at] & 0xFF] & BLANK) != 0) {
      at++;
    }
    return at > from;
  }

  /** Goes over a character of a document, whatever it may mean. */
  final boolean any() {
    int b = document[at];
    if (b >= ' ' || (KINDS[b & 0xFF] & BLANK) != 0) {
      at++;
      return true;
    }
    return other();
  }

  /** Goes over a character that is not ASCII's; false where it is none of XML's. */
  final boolean other() {
    int b = document[at];
    if (b >= 0 || onlyAscii) {
      return false;
    }
    int second = peek(1);
    int length;
    if (b >= (byte) 0xC2 && b <= (byte) 0xDF) {
      length = 2;
    } else if ((b & 0xF0) == 0xE0) {
      boolean tooLong = b == (byte) 0xE0 && second < (byte) 0xA0;
      boolean surrogate = b == (byte) 0xED && second >= (byte) 0xA0;
      boolean none = b == (byte) 0xEF && second == (byte) 0xBF && peek(2) >= (byte) 0xBE;
      if (tooLong || surrogate || none) {
        return false;
      }
      length = 3;
    } else if (b >= (byte) 0xF0 && b <= (byte) 0xF4) {
      boolean tooLong = b == (byte) 0xF0 && second < (byte) 0x90;
      boolean tooLarge = b == (byte) 0xF4 && second >= (byte) 0x90;
      if (tooLong || tooLarge) {
        return false;
      }
      length = 4;
    } else {
      return false;
    }
    for (int i = 1; i < length; i++) {
      if (peek(i) >= (byte) 0xC0) {
        return false;
      }
    }
    foreign = true;
    at += length;
    return true;
  }

  /** The next byte, 0 at the end: a character that no document may have. */
  final int peek() {
    return at < document.length ? document[at] : 0;
  }

  final int peek(int ahead) {
    return at + ahead < document.length ? document[at + ahead] : 0;
  }

  final boolean take(int expected) {
    if (peek() != expected) {
      return false;
    }
    at++;
    return true;
  }

  final boolean isNext(byte[] expected) {
    int end = at + expected.length;
    return end <= document.length && Arrays.equals(document, at, end, expected, 0, expected.length);
  }

  private static byte[] kinds() {
    byte[] kinds = new byte[256];
    for (int b = ' '; b < 0x80; b++) {
      kinds[b] = PLAIN;
    }
    for (char special : new char[] {'<', '&', ']'}) {
      kinds[special] = 0;
    }
    for (char blank : new char[] {' ', '\t', '\n'}) {
      kinds[blank] = PLAIN | BLANK;
    }
    kinds['\r'] = BLANK;
    for (int b = '0'; b <= 'z'; b++) {
      if (b == '_' || Character.isLetter(b)) {
        kinds[b] |= NAME_START | NAME;
      } else if (Character.isDigit(b)) {
        kinds[b] |= NAME;
      }
    }
    kinds['-'] |= NAME;
    kinds['.'] |= NAME;
    return kinds;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
