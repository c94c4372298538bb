package io.packhouse.plugins.pypi;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses the markers of PEP 508. For one text. */
final class MarkerParser {

  private static final int MAX_DEPTH = 50;
  private static final int MAX_TERMS = 500;
  private static final Set<String> OPERATORS =
      Set.of("<", "<=", "!=", "==", ">=", ">", "~=", "===");

  private final String text;
  private int position;
  private int terms;

  private MarkerParser(String text) {
    this.text = text;
  }

  /** What {@code text} says; null where it is no marker, or a very large one. */
  static @Nullable Marker parse(String text) {
    MarkerParser parser = new MarkerParser(text);
    Marker marker = parser.or(0);
    parser.skipBlanks();
    return parser.position == text.length() ? marker : null;
  }

  private @Nullable Marker or(int depth) {
    Marker left = and(depth);
    while (left != null && keyword("or")) {
      Marker right = and(depth);
      left = right == null ? null : new Marker.Or(left, right);
    }
    return left;
  }

  private @Nullable Marker and(int depth) {
    Marker left = term(depth);
    while (left != null && keyword("and")) {
      Marker right = term(depth);
      left = right == null ? null : new Marker.And(left, right);
    }
    return left;
  }

  private @Nullable Marker term(int depth) {
    skipBlanks();
    if (depth > MAX_DEPTH || ++terms > MAX_TERMS || position == text.length()) {
      return null;
    }
    if (text.charAt(position) == '(') {
      position++;
      Marker inner = or(depth + 1);
      skipBlanks();
      if (inner == null || position == text.length() || text.charAt(position) != ')') {
        return null;
      }
      position++;
      return inner;
    }
    String left = operand();
    String operator = left == null ? null : operator();
    String right = operator == null ? null : operand();
    if (left == null || operator == null || right == null) {
      return null;
    }
    if (right.equals("extra")) {
      String swapped = left;
      left = right;
      right = swapped;
    }
    if (left.equals("extra") && isString(right)) {
      String name = right.substring(1, right.length() - 1);
      if (operator.equals("==") || operator.equals("===")) {
        return new Marker.Extra(name, true);
      } else if (operator.equals("!=")) {
        return new Marker.Extra(name, false);
      }
    }
    return new Marker.Other();
  }

  private static boolean isString(String operand) {
    return operand.charAt(0) == '\'' || operand.charAt(0) == '"';
  }

  /** A string with its quotes, or a variable. */
  private @Nullable String operand() {
    skipBlanks();
    if (position == text.length()) {
      return null;
    }
    int from = position;
    char first = text.charAt(from);
    if (first == '\'' || first == '"') {
      int end = text.indexOf(first, from + 1);
      if (end < 0) {
        return null;
      }
      position = end + 1;
    } else {
      while (position < text.length() && isWord(text.charAt(position))) {
        position++;
      }
      if (position == from) {
        return null;
      }
    }
    return text.substring(from, position);
  }

  private @Nullable String operator() {
    skipBlanks();
    int from = position;
    while (position < text.length() && "<>=!~".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
    if (position > from) {
      String operator = text.substring(from, position);
      return OPERATORS.contains(operator) ? operator : null;
    }
    if (keyword("in")) {
      return "in";
    }
    return keyword("not") && keyword("in") ? "not in" : null;
  }

  private boolean keyword(String word) {
    skipBlanks();
    int end = position + word.length();
    if (!text.startsWith(word, position) || (end < text.length() && isWord(text.charAt(end)))) {
      return false;
    }
    position = end;
    return true;
  }

  private static boolean isWord(char c) {
    return (c < 0x80 && Character.isLetterOrDigit(c)) || c == '_' || c == '.';
  }

  private void skipBlanks() {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
  }
}
