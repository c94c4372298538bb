package io.packhouse.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a comparison is asked to do.
 *
 * @param corpora directories
 * @param contenders names of {@link Contender#all}
 * @param operations to time; packing is always among them
 * @param rounds that count, after one that does not
 * @param work a directory for archives and extracted trees
 * @param csv where each sample goes
 * @param packhouse the command
 * @param check whether what was packed is compared with the corpus
 * @param millionFiles files of the synthetic tree to pack instead; 0 for none
 */
record Settings(
    List<Path> corpora,
    List<String> contenders,
    Set<Operation> operations,
    int rounds,
    Path work,
    Path csv,
    String packhouse,
    boolean check,
    int millionFiles) {

  static final String HELP =
      """
      usage: compare [OPTION...] [DIR...]

      Times packhouse beside other archivers on each DIR, as whole processes, in turn, and
      checks what it packed. Files go to a work directory, which needs room for an archive of
      each contender and an extracted tree.

        --corpora DIR      every directory in DIR; the default is $PACKHOUSE_CORPORA
        --rounds N         rounds that count, after one that does not (default 5)
        --with NAMES       contenders, comma-separated; "all" for all that are known
        --operations NAMES of pack,extract,one-file,open,list,verify (default all)
        --work DIR         default daemon/benchmarks/target/compare
        --csv FILE         every sample (default samples.csv in the work directory)
        --packhouse CMD    the command (default ./packhouse of this checkout)
        --no-check         leave out the comparison of trees and archives
        --million[=N]      pack a synthetic tree of N small files (default 1000000) instead
      """;

  /** A mistake in the arguments, to be told in one line. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
      super(message);
    }
  }

  /**
   * Reads the command line.
   *
   * @param root of the checkout
   * @throws IOException if a directory of corpora cannot be listed
   */
  static Settings parse(String[] args, Path root) throws UsageException, IOException {
    List<Path> corpora = new ArrayList<>();
    List<String> contenders = Contender.byDefault();
    Set<Operation> operations = EnumSet.allOf(Operation.class);
    int rounds = 5;
    Path work = root.resolve("daemon/benchmarks/target/compare");
    String csv = "";
    String packhouse = root.resolve("packhouse").toString();
    boolean check = true;
    int million = 0;
    String parent = System.getenv().getOrDefault("PACKHOUSE_CORPORA", "");

    Deque<String> rest = new ArrayDeque<>(Arrays.asList(args));
    while (!rest.isEmpty()) {
      String word = rest.remove();
      int equals = word.startsWith("--") ? word.indexOf('=') : -1;
      String option = equals < 0 ? word : word.substring(0, equals);
      if (equals >= 0) {
        rest.addFirst(word.substring(equals + 1));
      }
      switch (option) {
        case "--corpora" -> parent = value(option, rest);
        case "--rounds" -> rounds = number(option, value(option, rest));
        case "--with" -> contenders = contenders(value(option, rest));
        case "--operations" -> operations = operations(value(option, rest));
        case "--work" -> work = Path.of(value(option, rest));
        case "--csv" -> csv = value(option, rest);
        case "--packhouse" -> packhouse = value(option, rest);
        case "--no-check" -> check = false;
        case "--million" -> million = equals < 0 ? 1_000_000 : number(option, value(option, rest));
        default -> {
          if (option.startsWith("-")) {
            throw new UsageException("unknown option " + option);
          }
          corpora.add(Path.of(word));
        }
      }
    }
    if (corpora.isEmpty() && !parent.isEmpty()) {
      Path directory = Path.of(parent);
      if (!Files.isDirectory(directory)) {
        throw new UsageException(directory + " is not a directory");
      }
      corpora.addAll(directoriesIn(directory));
    }
    if (corpora.isEmpty() && million == 0) {
      throw new UsageException("no corpus: name directories, or the directory of several");
    }
    for (Path corpus : corpora) {
      if (!Files.isDirectory(corpus)) {
        throw new UsageException(corpus + " is not a directory");
      }
    }
    work = work.toAbsolutePath();
    Path csvFile = csv.isEmpty() ? work.resolve("samples.csv") : Path.of(csv).toAbsolutePath();
    return new Settings(
        corpora, contenders, operations, rounds, work, csvFile, packhouse, check, million);
  }

  private static List<Path> directoriesIn(Path parent) throws IOException {
    try (Stream<Path> children = Files.list(parent)) {
      return children.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static List<String> contenders(String names) throws UsageException {
    List<String> known = Contender.all().stream().map(Contender::name).toList();
    if (names.equals("all")) {
      return known;
    }
    List<String> chosen = List.of(names.split(",", -1));
    for (String name : chosen) {
      if (!known.contains(name)) {
        throw new UsageException("unknown contender " + name + "; known are " + known);
      }
    }
    return chosen;
  }

  private static Set<Operation> operations(String names) throws UsageException {
    Set<Operation> chosen = EnumSet.of(Operation.PACK);
    for (String name : names.split(",", -1)) {
      chosen.add(
          Arrays.stream(Operation.values())
              .filter(operation -> operation.label().replace(' ', '-').equals(name))
              .findAny()
              .orElseThrow(() -> new UsageException("unknown operation " + name)));
    }
    return chosen;
  }

  private static String value(String option, Deque<String> rest) throws UsageException {
    if (rest.isEmpty()) {
      throw new UsageException(option + " needs a value");
    }
    return rest.remove();
  }

  private static int number(String option, String text) throws UsageException {
    try {
      int number = Integer.parseInt(text);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new UsageException(option + " needs a positive number, not " + text);
  }
}
