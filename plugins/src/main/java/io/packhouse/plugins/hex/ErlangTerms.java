package io.packhouse.plugins.hex;

import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.ExtractionException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads Erlang terms as {@code file:consult} does, those that metadata.config has: binaries and
 * strings (as {@link String}), atoms, whole numbers, lists and tuples. Maps, floats and what else
 * there is end in an exception. One thread.
 */
final class ErlangTerms {

  /** {@code {a, b}}. */
  record Tuple(List<Object> items) {}

  /** A name, such as {@code true}. */
  record Atom(String name) {}

  private static final int MAX_DEPTH = 32;
  private static final int MAX_TERMS = 500_000;

  private final String text;
  private int at;
  private int terms;

  private ErlangTerms(String text) {
    this.text = text;
  }

  /**
   * All terms of a file, each of which ends with a full stop.
   *
   * @throws ExtractionException naming the place where it makes no sense
   */
  static List<Object> parse(byte[] bytes) throws ExtractionException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    ErlangTerms parser = new ErlangTerms(text.startsWith("\uFEFF") ? text.substring(1) : text);
    List<Object> all = new ArrayList<>();
    while (parser.peek() != 0) {
      all.add(parser.term(0));
      parser.expect('.');
    }
    return all;
  }

  private Object term(int depth) throws ExtractionException {
    if (depth > MAX_DEPTH || ++terms > MAX_TERMS) {
      throw wrong("nests too deep or has too many terms");
    }
    char c = peek();
    if (c == '{') {
      return new Tuple(items('}', depth));
    } else if (c == '[') {
      return items(']', depth);
    } else if (c == '<') {
      return binary();
    } else if (c == '"') {
      return quoted('"');
    } else if (c == '\'') {
      return new Atom(quoted('\''));
    } else if (c == '-' || (c >= '0' && c <= '9')) {
      return number();
    } else if (c >= 'a' && c <= 'z') {
      return new Atom(word());
    }
    throw wrong("has no term");
  }

  private List<Object> items(char close, int depth) throws ExtractionException {
    at++;
    List<Object> items = new ArrayList<>();
    if (peek() == close) {
      at++;
      return items;
    }
    while (true) {
      items.add(term(depth + 1));
      char c = peek();
      at++;
      if (c == close) {
        return items;
      } else if (c != ',') {
        at--;
        throw wrong("has no , or " + close);
      }
    }
  }

  /** {@code <<"text">>}, {@code <<"text"/utf8>>} or {@code <<65,66>>}, or several such together. */
  private String binary() throws ExtractionException {
    expect('<');
    expect('<');
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (peek() != '>') {
      if (peek() == '"') {
        String part = quoted('"');
        boolean utf8 = peek() == '/';
        if (utf8) {
          at++;
          if (!word().equals("utf8")) {
            throw wrong("has a binary that is not utf8");
          }
        }
        // Without /utf8 each character is a byte, as Erlang has it; older tools meant text.
        boolean latin = part.chars().allMatch(c -> c < 0x100);
        bytes.writeBytes(
            part.getBytes(utf8 || !latin ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
      } else if (number() instanceof Long value && value >= 0 && value < 256) {
        bytes.write(value.intValue());
      } else {
        throw wrong("has a binary of something else than bytes");
      }
      if (peek() == ',') {
        at++;
      } else if (peek() != '>') {
        throw wrong("has a binary without end");
      }
    }
    expect('>');
    expect('>');
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private String quoted(char quote) throws ExtractionException {
    at++;
    StringBuilder value = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == quote) {
        return value.toString();
      } else if (c == '\\') {
        escape(value);
      } else {
        value.append(c);
      }
    }
    throw wrong("has a text without end");
  }

  private void escape(StringBuilder value) throws ExtractionException {
    char c = at < text.length() ? text.charAt(at++) : 0;
    if (c == 'x') {
      boolean braces = at < text.length() && text.charAt(at) == '{';
      int from = braces ? at + 1 : at;
      int end = braces ? text.indexOf('}', from) : from + 2;
      int point = end < 0 || end > text.length() ? -1 : digits(text.substring(from, end), 16);
      append(value, point);
      at = end + (braces ? 1 : 0);
    } else if (c >= '0' && c <= '7') {
      int end = at;
      while (end < text.length()
          && end < at + 2
          && text.charAt(end) >= '0'
          && text.charAt(end) <= '7') {
        end++;
      }
      append(value, digits(text.substring(at - 1, end), 8));
      at = end;
    } else {
      int named = "nrtbfveds0".indexOf(c);
      value.append(named < 0 ? c : "\n\r\t\b\f\u000B\u001B\u007F \0".charAt(named));
    }
  }

  private void append(StringBuilder value, int point) throws ExtractionException {
    if (point < 0 || !Character.isValidCodePoint(point)) {
      throw wrong("has an escape that makes no sense");
    }
    value.appendCodePoint(point);
  }

  private static int digits(String text, int radix) {
    try {
      return text.length() > 6 ? -1 : Integer.parseInt(text, radix);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private Object number() throws ExtractionException {
    int from = at;
    if (peek() == '-') {
      at++;
    }
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    try {
      return Long.valueOf(text.substring(from, at));
    } catch (NumberFormatException e) {
      throw wrong("has a number that is none of 64 bits");
    }
  }

  private String word() {
    int from = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || "_@".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    return text.substring(from, at);
  }

  private void expect(char c) throws ExtractionException {
    if (peek() != c) {
      throw wrong("has no " + c);
    }
    at++;
  }

  /** The next character that is neither blank nor comment; 0 at the end. */
  private char peek() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '%') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (c <= ' ' && c != 0) {
        at++;
      } else {
        return c == 0 ? 1 : c;
      }
    }
    return 0;
  }

  private ExtractionException wrong(String what) {
    long line = text.substring(0, Math.min(at, text.length())).lines().count();
    return new ExtractionException("metadata.config " + what + ", line " + Math.max(1, line));
  }

  /** The value of a key in a list of pairs; null where there is none. */
  static @Nullable Object get(@Nullable Object pairs, String key) {
    if (pairs instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Tuple(List<Object> pair)
            && pair.size() == 2
            && key.equals(text(pair.getFirst()))) {
          return pair.get(1);
        }
      }
    }
    return null;
  }

  /** A text, atom or number as it is written, clipped; else null. */
  static @Nullable String text(@Nullable Object term) {
    return switch (term) {
      case String value -> Limits.text(value);
      case Atom(String name) ->
          name.equals("nil") || name.equals("undefined") ? null : Limits.text(name);
      case Long value -> value.toString();
      case null, default -> null;
    };
  }

  /** The texts of a list, or a text by itself. */
  static List<String> texts(@Nullable Object term) {
    List<String> texts = new ArrayList<>();
    List<?> items = term instanceof List<?> list ? list : term == null ? List.of() : List.of(term);
    for (Object item : items) {
      String text = text(item);
      if (text != null && texts.size() < Limits.ITEMS) {
        texts.add(text);
      }
    }
    return texts;
  }
}
