package io.packhouse.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What to measure of extraction.
 *
 * @param parts of {@link #PARTS}
 * @param files of a type in a corpus, at most
 * @param seconds for which a type warms up, and then is measured
 * @param rounds of commands that count, after one that does not
 */
record ExtractionSettings(
    List<Path> corpora,
    List<String> parts,
    int files,
    double seconds,
    int rounds,
    Path work,
    String packhouse) {

  static final List<String> PARTS = List.of("rates", "commands", "cost", "warm");

  static final String HELP =
      """
      usage: extraction [OPTION...] DIR...

      Times what packages in each DIR cost:
        rates     extraction in a warm process, one thread, by package type and status
        commands  packhouse plugins try, as a whole process, by package type
        cost      packhouse pack beside packhouse pack --no-metadata, in turn
        warm      the same in one process that has warmed up

        --parts NAMES    comma-separated [rates,commands,cost,warm]
        --files N        of a type in a DIR, at most, spread over its paths [700]
        --seconds S      to warm up for, then to measure for, for each type [3]
        --rounds N       of commands that count, after one that does not [5]
        --work DIR       [daemon/benchmarks/target/extraction]
        --packhouse CMD  the command [./packhouse of this checkout]
      """;

  ExtractionSettings {
    corpora = List.copyOf(corpora);
    parts = List.copyOf(parts);
  }

  static ExtractionSettings parse(String[] args, Path root) throws Arguments.UsageException {
    Deque<String> rest = new ArrayDeque<>(List.of(args));
    List<Path> corpora = new ArrayList<>();
    List<String> parts = PARTS;
    double files = 700;
    double seconds = 3;
    double rounds = 5;
    Path work = root.resolve("daemon/benchmarks/target/extraction");
    String packhouse = root.resolve("packhouse").toString();
    while (!rest.isEmpty()) {
      String word = rest.remove();
      switch (word) {
        case "--parts" -> parts = parts(value(word, rest));
        case "--files" -> files = number(word, rest);
        case "--seconds" -> seconds = number(word, rest);
        case "--rounds" -> rounds = number(word, rest);
        case "--work" -> work = Path.of(value(word, rest));
        case "--packhouse" -> packhouse = value(word, rest);
        default -> {
          Path corpus = Path.of(word);
          if (word.startsWith("-") || !Files.isDirectory(corpus)) {
            throw new Arguments.UsageException(word + " is neither an option nor a directory");
          }
          corpora.add(corpus);
        }
      }
    }
    if (corpora.isEmpty()) {
      throw new Arguments.UsageException("no directory");
    }
    return new ExtractionSettings(
        corpora,
        parts,
        (int) Math.max(1, files),
        seconds,
        (int) Math.max(1, rounds),
        work.toAbsolutePath(),
        packhouse);
  }

  private static List<String> parts(String names) throws Arguments.UsageException {
    List<String> parts = List.of(names.split(",", -1));
    if (!PARTS.containsAll(parts)) {
      throw new Arguments.UsageException("parts are of " + PARTS + ", not " + names);
    }
    return parts;
  }

  private static String value(String option, Deque<String> rest) throws Arguments.UsageException {
    if (rest.isEmpty()) {
      throw new Arguments.UsageException(option + " needs a value");
    }
    return rest.remove();
  }

  private static double number(String option, Deque<String> rest) throws Arguments.UsageException {
    String text = value(option, rest);
    if (!text.matches("[0-9]{1,6}(\\.[0-9]{1,6})?")) {
      throw new Arguments.UsageException(option + " needs a number, not " + text);
    }
    return Double.parseDouble(text);
  }
}
