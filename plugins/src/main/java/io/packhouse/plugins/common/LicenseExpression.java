package io.packhouse.plugins.common;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Parses an SPDX license expression by recursive descent: {@code OR} binds loosest, then {@code
 * AND}, then {@code WITH}, then {@code +}. Operators are taken in any case, as tools write them.
 */
final class LicenseExpression {

  private static final int MAX_DEPTH = 32;

  /** Thrown within, where the text is no expression. */
  private static final class NoExpression extends Exception {
    private static final long serialVersionUID = 1L;

    NoExpression() {
      super(null, null, false, false);
    }
  }

  private final String text;
  private int at;
  private int depth;

  private LicenseExpression(String text) {
    this.text = text;
  }

  /** The expression in its canonical form, or null where the text is none of known licenses. */
  static @Nullable String canonical(String text) {
    LicenseExpression parser = new LicenseExpression(text);
    try {
      String result = parser.or();
      return parser.token() == null ? result : null;
    } catch (NoExpression e) {
      return null;
    }
  }

  private String or() throws NoExpression {
    StringBuilder result = new StringBuilder(and());
    while (accept("OR")) {
      result.append(" OR ").append(and());
    }
    return result.toString();
  }

  private String and() throws NoExpression {
    StringBuilder result = new StringBuilder(operand());
    while (accept("AND")) {
      result.append(" AND ").append(operand());
    }
    return result.toString();
  }

  private String operand() throws NoExpression {
    String token = next();
    if (token.equals("(")) {
      if (++depth > MAX_DEPTH) {
        throw new NoExpression();
      }
      String inner = or();
      if (!")".equals(token())) {
        throw new NoExpression();
      }
      next();
      depth--;
      boolean compound = inner.contains(" OR ") || inner.contains(" AND ");
      return compound ? "(" + inner + ")" : inner;
    }
    String license = license(token);
    if (!accept("WITH")) {
      return license;
    }
    String exception = SpdxList.exception(next());
    if (exception == null) {
      throw new NoExpression();
    }
    return license + " WITH " + exception;
  }

  private static String license(String token) throws NoExpression {
    if (token.startsWith("LicenseRef-") || token.startsWith("DocumentRef-")) {
      return token;
    }
    String id = SpdxList.id(token);
    if (id == null && token.endsWith("+")) {
      id = SpdxList.id(token.substring(0, token.length() - 1));
      if (id != null) {
        return id + "+";
      }
    }
    if (id == null) {
      throw new NoExpression();
    }
    return id;
  }

  private boolean accept(String operator) {
    String token = token();
    if (token == null || !token.toUpperCase(Locale.ROOT).equals(operator)) {
      return false;
    }
    skip(token);
    return true;
  }

  private String next() throws NoExpression {
    String token = token();
    if (token == null || (token.equals(")") && depth == 0)) {
      throw new NoExpression();
    }
    skip(token);
    return token;
  }

  private void skip(String token) {
    skipBlanks();
    at += token.length();
  }

  /** The token that comes next, null at the end. */
  private @Nullable String token() {
    skipBlanks();
    if (at == text.length()) {
      return null;
    }
    int end = at;
    while (end < text.length() && isPartOfId(text.charAt(end))) {
      end++;
    }
    return text.substring(at, Math.max(end, at + 1));
  }

  private void skipBlanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private static boolean isPartOfId(char c) {
    return (c < 0x80 && Character.isLetterOrDigit(c))
        || c == '-'
        || c == '.'
        || c == '+'
        || c == ':';
  }
}
