package io.packhouse.engine.select;

/**
 * A glob over a text that is no path, such as a package URL: {@code *} is any run of characters,
 * {@code ?} any one, everything else stands for itself. Immutable and thread-safe.
 *
 * <p>Costs at worst the product of the lengths of glob and text, for every glob.
 */
public final class TextGlob {
  private final String pattern;
  private final boolean ignoresCase;

  private TextGlob(String pattern, boolean ignoresCase) {
    this.pattern = pattern;
    this.ignoresCase = ignoresCase;
  }

  /** A glob; every text is one. */
  public static TextGlob of(String pattern) {
    return new TextGlob(pattern, false);
  }

  /** A glob that takes upper and lower case of a character as the same. */
  public static TextGlob ignoringCase(String pattern) {
    return new TextGlob(pattern, true);
  }

  /** Whether the whole text matches. */
  public boolean matches(String text) {
    // Of several runs only the last one needs to be tried again: what came before it fits already.
    int at = 0;
    int in = 0;
    int run = -1;
    int resume = 0;
    while (in < text.length()) {
      if (at < pattern.length() && pattern.charAt(at) == '*') {
        run = at++;
        resume = in;
      } else if (at < pattern.length() && same(pattern.charAt(at), text.charAt(in))) {
        at++;
        in++;
      } else if (run >= 0) {
        at = run + 1;
        in = ++resume;
      } else {
        return false;
      }
    }
    while (at < pattern.length() && pattern.charAt(at) == '*') {
      at++;
    }
    return at == pattern.length();
  }

  private boolean same(char wanted, char found) {
    return wanted == '?'
        || wanted == found
        || (ignoresCase
            && Character.toLowerCase(Character.toUpperCase(wanted))
                == Character.toLowerCase(Character.toUpperCase(found)));
  }

  /** The texts that match all start with this. */
  public String prefix() {
    int end = 0;
    while (end < pattern.length() && pattern.charAt(end) != '*' && pattern.charAt(end) != '?') {
      end++;
    }
    return ignoresCase ? "" : pattern.substring(0, end);
  }

  /** The glob as it was given. */
  @Override
  public String toString() {
    return pattern;
  }
}
