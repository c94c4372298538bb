package io.packhouse.spi;

/**
 * Matches paths against the globs of {@link Interest}: {@code ?}, {@code *} and {@code **}.
 *
 * <p>One row of the table "does glob[0, g) match path[0, p)" at a time, so the cost is the product
 * of the lengths at worst, for every glob: no backtracking that a long path could blow up.
 */
final class Glob {

  private Glob() {}

  static boolean matches(String glob, String path) {
    return endsMayMatch(glob, path) && matchesWhole(glob, path);
  }

  /** Whether the path ends as the glob does after its last wildcard: most paths do not. */
  private static boolean endsMayMatch(String glob, String path) {
    int p = path.length();
    for (int g = glob.length() - 1; g >= 0; g--) {
      char c = glob.charAt(g);
      if (c == '*' || c == '?') {
        return true;
      }
      if (--p < 0 || path.charAt(p) != c) {
        return false;
      }
    }
    return p == 0;
  }

  private static boolean matchesWhole(String glob, String path) {
    boolean[] reached = new boolean[path.length() + 1];
    reached[0] = true;
    for (int g = 0; g < glob.length(); g++) {
      char c = glob.charAt(g);
      if (c == '*') {
        boolean across = g + 1 < glob.length() && glob.charAt(g + 1) == '*';
        if (across) {
          g++;
        }
        for (int p = 0; p < path.length(); p++) {
          if (reached[p] && (across || path.charAt(p) != '/')) {
            reached[p + 1] = true;
          }
        }
      } else {
        for (int p = path.length(); p > 0; p--) {
          char found = path.charAt(p - 1);
          reached[p] = reached[p - 1] && (c == '?' ? found != '/' : c == found);
        }
        reached[0] = false;
      }
    }
    return reached[path.length()];
  }
}
