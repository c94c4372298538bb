package io.packhouse.plugins.golang;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a go.mod, cut into tokens. Tokens are words, quoted strings without their quotes, and
 * {@code ( ) [ ] , =>} each for itself.
 *
 * @param tokens in order
 * @param comment what follows {@code //}, stripped; null where there is none
 * @param sound whether every quoted string ends
 */
record GoModTokens(List<String> tokens, @Nullable String comment, boolean sound) {

  private static final int MAX_TOKENS = 64;

  static GoModTokens of(String line) {
    List<String> tokens = new ArrayList<>();
    int at = 0;
    while (at < line.length()) {
      char c = line.charAt(at);
      if (c <= ' ') {
        at++;
      } else if (line.startsWith("//", at)) {
        return new GoModTokens(tokens, line.substring(at + 2).strip(), true);
      } else if (tokens.size() == MAX_TOKENS) {
        return new GoModTokens(tokens, null, false);
      } else if (c == '"' || c == '`') {
        StringBuilder text = new StringBuilder();
        at = quoted(line, at, text);
        if (at < 0) {
          return new GoModTokens(tokens, null, false);
        }
        tokens.add(text.toString());
      } else if ("()[],".indexOf(c) >= 0) {
        tokens.add(String.valueOf(c));
        at++;
      } else {
        int end = at;
        while (end < line.length()
            && line.charAt(end) > ' '
            && "()[],\"`".indexOf(line.charAt(end)) < 0
            && !line.startsWith("//", end)) {
          end++;
        }
        tokens.add(line.substring(at, end));
        at = end;
      }
    }
    return new GoModTokens(tokens, null, true);
  }

  /** Where it goes on after the closing quote; −1 where there is none. */
  private static int quoted(String line, int from, StringBuilder text) {
    char quote = line.charAt(from);
    for (int i = from + 1; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == quote) {
        return i + 1;
      }
      // Paths and versions have no use for escapes but those of the quote and the backslash.
      if (c == '\\' && quote == '"' && i + 1 < line.length()) {
        c = line.charAt(++i);
      }
      text.append(c);
    }
    return -1;
  }
}
