package io.packhouse.sql.version;

import java.util.ArrayList;
import java.util.List;

/** A place in a version that is read from left to right, in ASCII. */
final class Cursor {
  private final String text;
  private int position;

  Cursor(String text) {
    this.text = text;
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  static boolean isZero(String digits) {
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }

  /** Whether there is nothing but digits. */
  static boolean isNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isDigit(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** The text in lower case, where other letters than those of ASCII stay what they are. */
  static String lower(String text) {
    StringBuilder lower = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        lower = lower == null ? new StringBuilder(text) : lower;
        lower.setCharAt(i, (char) (c + 'a' - 'A'));
      }
    }
    return lower == null ? text : lower.toString();
  }

  boolean atEnd() {
    return position == text.length();
  }

  /** The next character; U+0000 at the end. */
  char peek() {
    return atEnd() ? '\0' : text.charAt(position);
  }

  char next() {
    return text.charAt(position++);
  }

  int position() {
    return position;
  }

  void back(int to) {
    position = to;
  }

  boolean skip(char c) {
    boolean there = !atEnd() && text.charAt(position) == c;
    position += there ? 1 : 0;
    return there;
  }

  boolean skip(String word) {
    boolean there = text.startsWith(word, position);
    position += there ? word.length() : 0;
    return there;
  }

  /** Skips one of these characters, if one is next. */
  boolean skipOneOf(String characters) {
    boolean there = !atEnd() && characters.indexOf(peek()) >= 0;
    position += there ? 1 : 0;
    return there;
  }

  /** The digits that are next, perhaps none. */
  String digits() {
    int from = position;
    while (isDigit(peek())) {
      position++;
    }
    return text.substring(from, position);
  }

  /** The letters that are next, perhaps none. */
  String letters() {
    int from = position;
    while (isLetter(peek())) {
      position++;
    }
    return text.substring(from, position);
  }

  /** The letters, digits and others of these that are next, perhaps none. */
  String word(String others) {
    int from = position;
    while (!atEnd() && (isLetter(peek()) || isDigit(peek()) || others.indexOf(peek()) >= 0)) {
      position++;
    }
    return text.substring(from, position);
  }

  /** Numbers with dots between them; none if there is no digit. A dot without one stays. */
  List<String> numbers() {
    List<String> numbers = new ArrayList<>(4);
    int after = position;
    for (String number = digits(); !number.isEmpty(); number = skip('.') ? digits() : "") {
      numbers.add(number);
      after = position;
    }
    position = after;
    return numbers;
  }
}
