package io.packhouse.sql.version;

import io.packhouse.sql.version.VersionOrder.Version;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A range of versions: constraints with {@code |} or {@code ,} between them, in any order, each a
 * comparator ({@code =}, {@code !=}, {@code <}, {@code <=}, {@code >}, {@code >=}; none is {@code
 * =}) and a version; or {@code *}, all versions. Sorted by version, a lower bound begins an
 * interval, and an upper bound ends it, as in <a
 * href="https://github.com/package-url/vers-spec">VERS</a>; {@code =} and {@code !=} add and take
 * away one version. With {@code !=} only, all others are in. {@code >=0} is from the beginning, as
 * {@code introduced: 0} of OSV: pre-releases of 0 are in.
 *
 * <p>A VERS URI ({@code vers:npm/>=1.0.0|<2.0.0}) is read as its specification says, but for the
 * order of constraints, which the specification's own tests do not keep either. In a range of
 * another ecosystem than asked for nothing is. Immutable.
 *
 * @param <K> what a version is compared by
 */
public final class VersionRange<K extends Comparable<K>> {
  /** Characters of a range. */
  static final int MAX_LENGTH = 32 << 10;

  private static final String SCHEME = "vers:";
  private static final String ENCODED = "<>=!*|%,";

  private enum Operator {
    EQUAL("="),
    NOT_EQUAL("!="),
    AT_MOST("<="),
    AT_LEAST(">="),
    BELOW("<"),
    ABOVE(">");

    private final String text;

    Operator(String text) {
      this.text = text;
    }

    boolean isLower() {
      return this == AT_LEAST || this == ABOVE;
    }

    boolean isBound() {
      return this != EQUAL && this != NOT_EQUAL;
    }

    boolean includes() {
      return this == EQUAL || this == AT_MOST || this == AT_LEAST;
    }
  }

  private record Constraint<K extends Comparable<K>>(
      Operator operator, Version<K> version, String text) {}

  private final VersionOrder<K> order;
  private final List<Constraint<K>> constraints;

  /** Whether what lies before a constraint is in; the last is for what lies after all. */
  private final boolean[] between;

  private VersionRange(VersionOrder<K> order, List<Constraint<K>> constraints, boolean[] between) {
    this.order = order;
    this.constraints = constraints;
    this.between = between;
  }

  /**
   * Reads a range.
   *
   * @throws IllegalArgumentException if it is none; the message says why
   */
  public static VersionRange<?> parse(String ecosystem, String range) {
    VersionOrder<?> order = Versions.order(ecosystem);
    if (range.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "a range has at most " + MAX_LENGTH + " characters, this " + range.length());
    }
    if (!range.startsWith(SCHEME)) {
      return parse(order, range, range.split("[|,]", -1), false);
    }
    int slash = range.indexOf('/');
    if (slash < 0 || !range.chars().allMatch(c -> c > ' ' && c <= '~')) {
      throw wrong(range, "a VERS is vers:TYPE/CONSTRAINT|..., of ASCII without spaces");
    }
    String type = range.substring(SCHEME.length(), slash);
    String constraints = range.substring(slash + 1);
    if (type.equals("all") || type.equals("none")) {
      if (!constraints.equals("*")) {
        throw wrong(range, "of vers:" + type + " there is only vers:" + type + "/*");
      }
      return all(order, type.equals("all"));
    }
    VersionOrder<?> own = Versions.order(type);
    VersionRange<?> parsed = parse(own, range, constraints.split("\\|", -1), true);
    return own.ecosystem().equals(order.ecosystem()) ? parsed : all(order, false);
  }

  private static <K extends Comparable<K>> VersionRange<K> all(VersionOrder<K> order, boolean in) {
    return new VersionRange<>(order, List.of(), new boolean[] {in});
  }

  private static <K extends Comparable<K>> VersionRange<K> parse(
      VersionOrder<K> order, String range, String[] texts, boolean encoded) {
    if (texts.length == 1 && texts[0].strip().equals("*")) {
      return all(order, true);
    }
    List<Constraint<K>> constraints = new ArrayList<>(texts.length);
    for (String text : texts) {
      constraints.add(constraint(order, range, text.strip(), encoded));
    }
    constraints.sort(Comparator.comparing(Constraint::version));
    return new VersionRange<>(order, constraints, between(range, constraints));
  }

  private static <K extends Comparable<K>> Constraint<K> constraint(
      VersionOrder<K> order, String range, String text, boolean encoded) {
    Operator operator = Operator.EQUAL;
    String version = text;
    for (Operator candidate : Operator.values()) {
      if (text.startsWith(candidate.text)) {
        operator = candidate;
        version = text.substring(candidate.text.length()).strip();
        break;
      }
    }
    if (version.isEmpty()) {
      throw wrong(range, "a constraint has no version");
    }
    String decoded = encoded ? decoded(version) : version;
    if (decoded == null) {
      throw wrong(range, "'" + version + "' has a wrong percent-encoding");
    }
    boolean plain = version.chars().allMatch(c -> c > ' ' && "<>=!*".indexOf(c) < 0);
    if (operator == Operator.AT_LEAST && version.equals("0")) {
      return new Constraint<K>(operator, new Version<K>("", null), text);
    }
    if (!plain || "^~[(".indexOf(version.charAt(0)) >= 0 || !order.isValid(decoded)) {
      throw wrong(range, "'" + version + "' is not a version of " + order.ecosystem());
    }
    return new Constraint<>(operator, order.version(decoded), text);
  }

  /** Percent-decodes once; null where that is wrong, or encodes what need not be. */
  private static @Nullable String decoded(String version) {
    StringBuilder out = new StringBuilder(version.length());
    for (int i = 0; i < version.length(); i++) {
      char c = version.charAt(i);
      if (c == '%') {
        String hex = version.substring(i + 1, Math.min(i + 3, version.length()));
        if (hex.length() < 2 || !hex.chars().allMatch(d -> "0123456789ABCDEF".indexOf(d) >= 0)) {
          return null;
        }
        c = (char) Integer.parseInt(hex, 16);
        if (ENCODED.indexOf(c) < 0 && (Cursor.isLetter(c) || Cursor.isDigit(c))) {
          return null;
        }
        i += 2;
      }
      out.append(c);
    }
    return out.toString();
  }

  private static <K extends Comparable<K>> boolean[] between(
      String range, List<Constraint<K>> constraints) {
    boolean[] between = new boolean[constraints.size() + 1];
    Constraint<K> bound = null;
    boolean in = constraints.stream().allMatch(c -> c.operator == Operator.NOT_EQUAL);
    for (Constraint<K> constraint : constraints) {
      if (constraint.operator.isBound()) {
        in = !constraint.operator.isLower();
        break;
      }
    }
    between[0] = in;
    for (int i = 0; i < constraints.size(); i++) {
      Constraint<K> constraint = constraints.get(i);
      if (i > 0 && constraints.get(i - 1).version.compareTo(constraint.version) == 0) {
        throw wrong(
            range,
            "'"
                + constraints.get(i - 1).text
                + "' and '"
                + constraint.text
                + "' are of one version");
      }
      if (constraint.operator.isBound()) {
        if (bound != null && bound.operator.isLower() == constraint.operator.isLower()) {
          throw wrong(
              range,
              "'"
                  + bound.text
                  + "' and '"
                  + constraint.text
                  + "' bound it on the same side, with nothing between");
        }
        bound = constraint;
        in = constraint.operator.isLower();
      }
      between[i + 1] = in;
    }
    return between;
  }

  private static IllegalArgumentException wrong(String range, String why) {
    String start = range.length() > 200 ? range.substring(0, 200) + "..." : range;
    return new IllegalArgumentException("'" + start + "' is not a range of versions: " + why);
  }

  /** Gives whether a version is in the range. One that is not valid lies before all that are. */
  public boolean contains(String version) {
    return contains(find(version));
  }

  private boolean contains(int at) {
    return at >= 0 ? constraints.get(at).operator.includes() : between[-at - 1];
  }

  /** The constraint that is of this version; else where it would be, as of a binary search. */
  private int find(String version) {
    return Collections.binarySearch(
        constraints,
        new Constraint<>(Operator.EQUAL, order.version(version), version),
        Comparator.comparing(Constraint::version));
  }

  /**
   * Finds the last of versions that is in the range. Looks at few: two binary searches for each
   * constraint at most.
   *
   * @param ascending in this order
   * @param last where to begin
   * @return -1 where there is none
   */
  int last(List<String> ascending, int last) {
    int at = last;
    while (at >= 0) {
      int found = find(ascending.get(at));
      if (contains(found)) {
        return at;
      }
      // What is below begins with the constraint before, or behind what is of this one.
      int below = found >= 0 ? found : -found - 2;
      if (below < 0) {
        return -1;
      }
      at = before(ascending, at, constraints.get(below).version, found < 0);
    }
    return -1;
  }

  /** The last version below a bound, or that is the bound. */
  private int before(List<String> ascending, int end, Version<K> bound, boolean inclusive) {
    int low = 0;
    int high = end;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int compared = order.version(ascending.get(middle)).compareTo(bound);
      if (compared < 0 || (inclusive && compared == 0)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }
}
