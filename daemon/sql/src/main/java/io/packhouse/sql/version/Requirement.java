package io.packhouse.sql.version;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a dependency requires of a version, as its ecosystem writes it: {@code ^1.2} of npm, {@code
 * ~=1.4} of PyPI, {@code [1.0,2.0)} of Maven. Becomes {@link VersionRange}s, of which one list has
 * to hold whole. Where an ecosystem does not take pre-releases that nobody asked for, they are out.
 * What is no range (a URL, a branch, a tag) is not understood. Immutable.
 *
 * <p>By <a href="https://github.com/npm/node-semver#ranges">node-semver</a>, <a
 * href="https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html">Cargo</a>, <a
 * href="https://getcomposer.org/doc/articles/versions.md">Composer</a>, <a
 * href="https://packaging.python.org/en/latest/specifications/version-specifiers/">PyPA</a>, <a
 * href="https://guides.rubygems.org/patterns/#pessimistic-version-constraint">RubyGems</a>, <a
 * href="https://hexdocs.pm/elixir/Version.html#module-requirements">Elixir</a>, <a
 * href="https://maven.apache.org/pom.html#dependency-version-requirement-specification">Maven</a>
 * and <a href="https://learn.microsoft.com/nuget/concepts/package-versioning">NuGet</a>.
 */
public final class Requirement {
  private static final int MAX_LENGTH = 1_000;
  private static final int MAX_RANGES = 64;

  private static final Pattern COMPARATOR =
      Pattern.compile("\\s*(===|==|!=|<>|~=|~>|<=|>=|[<>=^~]?)\\s*([^\\s<>=^~!,|]+)\\s*,?");
  private static final Pattern RELATION =
      Pattern.compile("\\(?\\s*(<<|<=|>=|>>|[<>=])\\s*([^\\s()]+)\\s*\\)?");
  private static final Pattern PARTIAL =
      Pattern.compile(
          "v?(\\d{1,15})(?:\\.(\\d{1,15}))?(?:\\.(\\d{1,15}))?((?:\\.\\d{1,15})*)(?:[^\\d\\s]\\S*)?");
  private static final Pattern WILDCARD = Pattern.compile("v?([\\d.]*?)\\.?[xX*](?:\\.[xX*])*");
  private static final Pattern HYPHEN = Pattern.compile("(\\S+)\\s+-\\s+(\\S+)");
  private static final Pattern INTERVAL =
      Pattern.compile("([\\[(])\\s*([^,\\[\\]()\\s]*)\\s*(,?)\\s*([^,\\[\\]()\\s]*)\\s*([\\])])");
  private static final Pattern PYTHON_PRE =
      Pattern.compile("(?i)\\d[._-]?(a|b|c|rc|alpha|beta|pre|preview|dev)");
  private static final Pattern COMPOSER_PRE = Pattern.compile("(?i)(dev|alpha|beta|rc)");
  private static final Pattern LETTER = Pattern.compile("[A-Za-z]");

  /** Where pre-releases are taken that a comparator is of the numbers of, and no others. */
  private static final Set<String> SEMVER = Set.of("npm", "cargo", "pub", "hex");

  private final String ecosystem;

  /** One of these lists has to hold whole. */
  private final List<Clause> clauses;

  /**
   * @param ranges that all have to hold
   * @param preReleases numbers of which pre-releases are taken; of other orders than SemVer, any
   */
  private record Clause(List<VersionRange<?>> ranges, Set<String> preReleases) {}

  /** A clause as it is read. */
  private final class Reading {
    final List<VersionRange<?>> ranges = new ArrayList<>();
    final Set<String> preReleases = new HashSet<>();

    void add(String range) {
      if (ranges.size() == MAX_RANGES) {
        throw new IllegalArgumentException("too many ranges");
      }
      ranges.add(VersionRange.parse(ecosystem, range));
    }

    /** Notes a version that the text has. */
    String named(String version) {
      if (isPreRelease(version)) {
        preReleases.add(numbers(version));
      }
      return version;
    }

    Clause done() {
      return new Clause(List.copyOf(ranges), Set.copyOf(preReleases));
    }
  }

  private Requirement(String ecosystem, String text) {
    this.ecosystem = ecosystem;
    List<Clause> read = new ArrayList<>();
    switch (ecosystem) {
      case "maven", "nuget" -> read.addAll(intervals(text));
      case "pypi", "gem" -> read.add(clause(text));
      case "deb", "rpm", "apk" -> read.add(relation(text));
      default -> {
        for (String part : text.split(ecosystem.equals("hex") ? " or " : "\\|\\|?", -1)) {
          read.add(clause(part.replace(" and ", " ")));
        }
      }
    }
    clauses = List.copyOf(read);
  }

  /**
   * Reads a requirement.
   *
   * @param type of package URLs
   * @return nothing where it is not understood
   */
  public static Optional<Requirement> parse(String type, String text) {
    String ecosystem = type.toLowerCase(Locale.ROOT);
    if (text.length() > MAX_LENGTH || !isKnown(ecosystem)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Requirement(ecosystem, text.strip()));
    } catch (IllegalArgumentException e) {
      // What a package says need not be a range, or not one that can be read.
      return Optional.empty();
    }
  }

  private static boolean isKnown(String ecosystem) {
    return switch (ecosystem) {
      case "npm", "cargo", "pub", "hex", "composer", "pypi", "gem", "maven", "nuget" -> true;
      case "deb", "rpm", "apk" -> true;
      default -> false;
    };
  }

  /**
   * Finds the highest version that is what is required. Looks at few, but for pre-releases that
   * nobody asked for.
   *
   * @param ascending in the ecosystem's order
   * @return its position, the last of equal ones; -1 where there is none
   */
  public int highest(List<String> ascending) {
    int highest = -1;
    for (Clause clause : clauses) {
      int at = ascending.size() - 1;
      while (at > highest) {
        int next = isTaken(clause, ascending.get(at)) ? at : at - 1;
        for (VersionRange<?> range : clause.ranges) {
          next = range.last(ascending, next);
        }
        if (next == at) {
          highest = at;
        }
        at = next;
      }
    }
    return highest;
  }

  private boolean isTaken(Clause clause, String version) {
    return !isPreRelease(version)
        || (SEMVER.contains(ecosystem)
            ? clause.preReleases.contains(numbers(version))
            : !clause.preReleases.isEmpty());
  }

  private boolean isPreRelease(String version) {
    return switch (ecosystem) {
      case "npm", "cargo", "pub", "hex" -> version.split("\\+", 2)[0].indexOf('-') >= 0;
      case "pypi" -> PYTHON_PRE.matcher(version).find();
      case "gem" -> LETTER.matcher(version).find();
      case "composer" -> COMPOSER_PRE.matcher(version).find();
      default -> false;
    };
  }

  private static String numbers(String version) {
    Matcher matcher = PARTIAL.matcher(version);
    return matcher.matches()
        ? matcher.group(1) + '.' + matcher.group(2) + '.' + matcher.group(3)
        : version;
  }

  private Clause clause(String text) {
    Reading reading = new Reading();
    String plain = text.strip();
    if (plain.startsWith("(") && plain.endsWith(")")) {
      plain = plain.substring(1, plain.length() - 1).strip();
    }
    if (plain.isEmpty() || plain.equals("any")) {
      return reading.done();
    }
    Matcher hyphen = HYPHEN.matcher(plain);
    if (hyphen.matches()) {
      comparator(reading, ">=", hyphen.group(1));
      comparator(reading, "<=", hyphen.group(2));
      return reading.done();
    }
    Matcher matcher = COMPARATOR.matcher(plain);
    int at = 0;
    while (at < plain.length()) {
      if (!matcher.find(at) || matcher.start() != at) {
        throw new IllegalArgumentException("no range: " + plain);
      }
      comparator(reading, matcher.group(1), matcher.group(2));
      at = matcher.end();
    }
    return reading.done();
  }

  /** Of systems' packages: one operator, and a version of any letters. */
  private Clause relation(String text) {
    Matcher matcher = RELATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("no relation: " + text);
    }
    Reading reading = new Reading();
    String operator = matcher.group(1);
    boolean strict = operator.equals("<<") || operator.equals(">>");
    reading.add((strict ? operator.substring(1) : operator) + matcher.group(2));
    return reading.done();
  }

  private void comparator(Reading reading, String operator, String version) {
    Matcher wildcard = WILDCARD.matcher(version);
    if (wildcard.matches()) {
      wildcard(reading, operator, wildcard.group(1));
      return;
    }
    switch (operator) {
      case "^" -> caret(reading, version);
      case "~" -> tilde(reading, version, ecosystem.equals("composer") ? 1 : 2);
      case "~>", "~=" -> tilde(reading, version, 1);
      case "<>" -> reading.add("!=" + version);
      case "" -> {
        if (ecosystem.equals("cargo")) {
          caret(reading, version);
        } else {
          equal(reading, version);
        }
      }
      case "=", "==", "===" -> equal(reading, version);
      case "<=", ">" -> bound(reading, operator, version);
      default -> reading.add(operator + reading.named(version));
    }
  }

  /** {@code 1.2} is all of 1.2 where versions have three numbers. */
  private void equal(Reading reading, String version) {
    if (SEMVER.contains(ecosystem) && count(version) < 3) {
      wildcard(reading, "=", version.startsWith("v") ? version.substring(1) : version);
    } else {
      reading.add('=' + reading.named(version));
    }
  }

  /**
   * {@code <=1.2} has all of 1.2, and {@code >1.2} nothing of it, where there are three numbers.
   */
  private void bound(Reading reading, String operator, String version) {
    if (SEMVER.contains(ecosystem) && count(version) < 3) {
      long[] numbers = parsed(version);
      String next = floor(next(numbers, numbers.length - 1));
      reading.add((operator.equals("<=") ? "<" : ">=") + next);
    } else {
      reading.add(operator + reading.named(version));
    }
  }

  private void wildcard(Reading reading, String operator, String start) {
    if (start.isEmpty()) {
      if (operator.equals("!=") || operator.equals("<") || operator.equals(">")) {
        throw new IllegalArgumentException("nothing");
      }
      return;
    }
    long[] numbers = parsed(start);
    String from = floor(numbers);
    String to = floor(next(numbers, numbers.length - 1));
    switch (operator) {
      case "!=", "<>" -> reading.add('<' + from + "|>=" + to);
      case ">" -> reading.add(">=" + to);
      case "<" -> reading.add('<' + from);
      case ">=" -> reading.add(">=" + from);
      case "<=" -> reading.add('<' + to);
      default -> reading.add(">=" + from + "|<" + to);
    }
  }

  /** Up to where the first number that is not zero changes. */
  private void caret(Reading reading, String version) {
    long[] numbers = parsed(version);
    int at = 0;
    while (at < numbers.length - 1 && numbers[at] == 0) {
      at++;
    }
    between(reading, version, next(numbers, at));
  }

  /** Up to where a number changes: the last but so many, or the first. */
  private void tilde(Reading reading, String version, int kept) {
    long[] numbers = parsed(version);
    int at = kept == 2 ? Math.min(1, numbers.length - 1) : Math.max(0, numbers.length - 2);
    between(reading, version, next(numbers, at));
  }

  private void between(Reading reading, String from, long[] to) {
    reading.add(">=" + reading.named(from) + "|<" + floor(to));
  }

  private static int count(String version) {
    return parsed(version).length;
  }

  private static long[] parsed(String version) {
    Matcher matcher = PARTIAL.matcher(version);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("no version: " + version);
    }
    List<Long> numbers = new ArrayList<>();
    for (int i = 1; i <= 3 && matcher.group(i) != null; i++) {
      numbers.add(Long.parseLong(matcher.group(i)));
    }
    if (!matcher.group(4).isEmpty()) {
      for (String number : matcher.group(4).substring(1).split("\\.", -1)) {
        numbers.add(Long.parseLong(number));
      }
    }
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  /** The numbers up to {@code at}, of which that is one more. */
  private static long[] next(long[] numbers, int at) {
    long[] next = Arrays.copyOf(numbers, at + 1);
    next[at]++;
    return next;
  }

  /** What is before all versions that begin with these numbers, pre-releases too. */
  private String floor(long[] numbers) {
    StringBuilder text = new StringBuilder();
    int least = SEMVER.contains(ecosystem) ? 3 : ecosystem.equals("composer") ? 4 : 1;
    for (int i = 0; i < Math.max(least, numbers.length); i++) {
      text.append(i == 0 ? "" : ".").append(i < numbers.length ? numbers[i] : 0);
    }
    return switch (ecosystem) {
      case "npm", "cargo", "pub", "hex" -> text + "-0";
      case "pypi" -> text + ".dev0";
      case "gem" -> text + ".a";
      case "composer" -> text + "-dev";
      default -> text.toString();
    };
  }

  private List<Clause> intervals(String text) {
    List<Clause> clauses = new ArrayList<>();
    if (!text.startsWith("[") && !text.startsWith("(")) {
      Reading reading = new Reading();
      reading.add((ecosystem.equals("nuget") ? ">=" : "=") + text);
      return List.of(reading.done());
    }
    Matcher matcher = INTERVAL.matcher(text);
    for (int at = 0; at < text.length(); at = matcher.end()) {
      while (at < text.length() && (text.charAt(at) == ',' || text.charAt(at) == ' ')) {
        at++;
      }
      if (!matcher.find(at) || matcher.start() != at || clauses.size() == MAX_RANGES) {
        throw new IllegalArgumentException("no intervals: " + text);
      }
      Reading reading = new Reading();
      String from = matcher.group(2);
      String to = matcher.group(4);
      if (matcher.group(3).isEmpty()) {
        reading.add('=' + from + to);
      } else {
        if (!from.isEmpty()) {
          reading.add((matcher.group(1).equals("[") ? ">=" : ">") + from);
        }
        if (!to.isEmpty()) {
          reading.add((matcher.group(5).equals("]") ? "<=" : "<") + to);
        }
      }
      clauses.add(reading.done());
    }
    return clauses;
  }
}
