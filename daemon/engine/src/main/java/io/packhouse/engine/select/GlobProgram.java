package io.packhouse.engine.select;

import java.util.ArrayList;
import java.util.List;

/**
 * A compiled glob: steps of a nondeterministic automaton, all of whose free moves go forward.
 *
 * <p>All states are followed at once, so the cost is at worst the product of the lengths of glob
 * and text, for every glob: there is no backtracking for a hostile one to blow up. Immutable and
 * thread-safe.
 */
final class GlobProgram {
  private static final int END = -1;

  /** What a state does with the next character, or without one. */
  private sealed interface Step {
    /** Goes on if the character is this one. */
    record One(int codePoint) implements Step {}

    /** Goes on if the character is none of a path's separators and in the ranges, or not in. */
    record OneOf(List<int[]> ranges, boolean negated) implements Step {}

    /** Stays while the characters are not separators (or any), and goes on at any time. */
    record Run(boolean acrossNames) implements Step {}

    /** Goes on to any of these states at once. */
    record Split(List<Integer> targets) implements Step {}
  }

  private final String glob;
  private final List<Step> steps = new ArrayList<>();
  private int at;

  private GlobProgram(String glob) {
    this.glob = glob;
  }

  /**
   * Compiles a glob.
   *
   * @throws IllegalArgumentException if it is malformed; says what and where
   */
  static GlobProgram of(String glob) {
    GlobProgram program = new GlobProgram(glob);
    program.sequence(false);
    return program;
  }

  /** Parses until the end, or in a group until what ends an alternative. */
  private void sequence(boolean inGroup) {
    while (at < glob.length()) {
      int start = at;
      int c = next();
      switch (c) {
        case '*' -> run(start);
        case '?' -> steps.add(new Step.OneOf(List.of(), true));
        case '[' -> steps.add(bracket(start));
        case '{' -> {
          if (inGroup) {
            throw malformed("a group in a group", start);
          }
          group(start);
        }
        case '\\' -> {
          if (at == glob.length()) {
            throw malformed("nothing after \\", start);
          }
          steps.add(new Step.One(next()));
        }
        default -> {
          if (inGroup && (c == ',' || c == '}')) {
            at = start;
            return;
          }
          steps.add(new Step.One(c));
        }
      }
    }
  }

  private void run(int start) {
    boolean across = at < glob.length() && glob.charAt(at) == '*';
    if (!across) {
      steps.add(new Step.Run(false));
      return;
    }
    at++;
    boolean wholeNames = start == 0 || glob.charAt(start - 1) == '/';
    if (wholeNames && at < glob.length() && glob.charAt(at) == '/') {
      at++;
      int split = steps.size();
      steps.add(new Step.Split(List.of(split + 1, split + 3)));
      steps.add(new Step.Run(true));
      steps.add(new Step.One('/'));
    } else {
      steps.add(new Step.Run(true));
    }
  }

  private Step bracket(int start) {
    boolean negated = at < glob.length() && glob.charAt(at) == '!';
    at += negated ? 1 : 0;
    List<int[]> ranges = new ArrayList<>();
    while (at < glob.length()) {
      int first = next();
      if (first == ']' && !ranges.isEmpty()) {
        return new Step.OneOf(List.copyOf(ranges), negated);
      }
      if (first == '/') {
        throw malformed("/ in brackets", at - 1);
      }
      int last = first;
      if (at + 1 < glob.length() && glob.charAt(at) == '-' && glob.charAt(at + 1) != ']') {
        at++;
        last = next();
        if (last < first) {
          throw malformed("a range that ends before it begins", start);
        }
      }
      ranges.add(new int[] {first, last});
    }
    throw malformed("no ] for the [", start);
  }

  private void group(int start) {
    int split = steps.size();
    steps.add(new Step.Split(List.of()));
    List<Integer> alternatives = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    while (true) {
      alternatives.add(steps.size());
      sequence(true);
      if (at == glob.length()) {
        throw malformed("no } for the {", start);
      }
      ends.add(steps.size());
      steps.add(new Step.Split(List.of()));
      if (next() == '}') {
        break;
      }
    }
    steps.set(split, new Step.Split(List.copyOf(alternatives)));
    for (int end : ends) {
      steps.set(end, new Step.Split(List.of(steps.size())));
    }
  }

  private int next() {
    int c = glob.codePointAt(at);
    at += Character.charCount(c);
    return c;
  }

  private IllegalArgumentException malformed(String what, int where) {
    return new IllegalArgumentException("bad glob \"" + glob + "\": " + what + " at " + where);
  }

  /** Whether the whole text matches. */
  boolean matches(String text) {
    boolean[] current = new boolean[steps.size() + 1];
    boolean[] following = new boolean[current.length];
    current[0] = true;
    moveFreely(current);
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      boolean alive = false;
      for (int state = 0; state < steps.size(); state++) {
        if (current[state]) {
          current[state] = false;
          int reached = take(state, c);
          if (reached != END) {
            following[reached] = true;
            alive = true;
          }
        }
      }
      if (!alive) {
        return false;
      }
      current[steps.size()] = false;
      boolean[] done = current;
      current = following;
      following = done;
      moveFreely(current);
    }
    return current[steps.size()];
  }

  private void moveFreely(boolean[] states) {
    for (int state = 0; state < steps.size(); state++) {
      if (states[state]) {
        switch (steps.get(state)) {
          case Step.Run run -> states[state + 1] = true;
          case Step.Split split -> {
            for (int target : split.targets) {
              states[target] = true;
            }
          }
          case Step.One one -> {}
          case Step.OneOf oneOf -> {}
        }
      }
    }
  }

  /** The state that a character leads to, or END. */
  private int take(int state, int c) {
    return switch (steps.get(state)) {
      case Step.One one -> one.codePoint == c ? state + 1 : END;
      case Step.OneOf oneOf ->
          c != '/' && contains(oneOf.ranges, c) != oneOf.negated ? state + 1 : END;
      case Step.Run run -> run.acrossNames || c != '/' ? state : END;
      case Step.Split split -> END;
    };
  }

  private static boolean contains(List<int[]> ranges, int c) {
    for (int[] range : ranges) {
      if (c >= range[0] && c <= range[1]) {
        return true;
      }
    }
    return false;
  }
}
