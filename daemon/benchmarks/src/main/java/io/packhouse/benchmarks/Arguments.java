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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads the command line of {@code compare}. */
final class Arguments {
  static final String HELP =
      """
      usage: compare [OPTION...] [DIR...]

      Times packhouse beside other archivers on each DIR, as whole processes, in turn, and
      checks what it packed. Files go to a work directory, which needs room for an archive of
      each contender and for extracted trees.

        --corpora DIR      every directory in DIR; the default is $PACKHOUSE_CORPORA
        --rounds N         rounds that count, after one that does not [5]
        --slow-rounds N    of these, those with zip, 7z, borg, restic, zstd -9, mksquashfs
                           zstd-15 [1]
        --limit SECONDS    kill what takes longer and give it up for that corpus [none]
        --with NAMES       contenders, comma-separated; "limits" are those that do one part of
                           the work each, and are no peers [all]
        --operations NAMES of pack,extract,one-file,open,list,verify [all]
        --cold             empty the page cache before each command; needs root; by default for
                           pack, extract, one-file, verify
        --room GB          that extracted trees may take at once [20]
        --pareto           tell which peers are better in time and size at once
        --charts DIR       draw SVG charts into DIR
        --work DIR         [daemon/benchmarks/target/compare]
        --csv FILE         every sample [samples.csv in the work directory]; summary.csv and
                           tables.md go beside it
        --packhouse CMD    the command [./packhouse of this checkout]
        --no-check         leave out the comparison of trees and archives

        --scaling[=PARTS]  measure instead how packhouse alone scales: PARTS of files,bytes,
                           workers, which are generated; workers pack the DIR of middle size,
                           or a generated tree. Results also go to scaling.csv
        --huge             with --scaling: also 10,000,000 files, and a file of 50 GB
        --million[=N]      --scaling with one tree of N small files [1000000]
      """;

  private static final List<String> PARTS = List.of("files", "bytes", "workers");

  private final Deque<String> rest = new ArrayDeque<>();
  private final List<Path> corpora = new ArrayList<>();
  private String parent = System.getenv().getOrDefault("PACKHOUSE_CORPORA", "");
  private List<String> contenders = Contenders.all().stream().map(Contender::name).toList();
  private Optional<Set<Operation>> operations = Optional.empty();
  private int rounds = 5;
  private int slowRounds = 1;
  private int limit;
  private int roomGigabytes = 20;
  private boolean cold;
  private boolean pareto;
  private boolean check = true;
  private boolean huge;
  private int million;
  private List<String> scaling = List.of();
  private Path work;
  private String csv = "";
  private Optional<Path> charts = Optional.empty();
  private String packhouse;

  private Arguments(Path root) {
    work = root.resolve("daemon/benchmarks/target/compare");
    packhouse = root.resolve("packhouse").toString();
  }

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
    Arguments arguments = new Arguments(root);
    arguments.rest.addAll(Arrays.asList(args));
    while (!arguments.rest.isEmpty()) {
      arguments.next();
    }
    return arguments.settings();
  }

  private void next() throws UsageException {
    String word = rest.remove();
    int equals = word.startsWith("--") ? word.indexOf('=') : -1;
    String option = equals < 0 ? word : word.substring(0, equals);
    if (equals >= 0) {
      rest.addFirst(word.substring(equals + 1));
    }
    switch (option) {
      case "--corpora" -> parent = value(option);
      case "--rounds" -> rounds = number(option);
      case "--slow-rounds" -> slowRounds = number(option);
      case "--limit" -> limit = number(option);
      case "--with" -> contenders = contenders(value(option));
      case "--operations" -> operations = Optional.of(operations(value(option)));
      case "--cold" -> cold = true;
      case "--room" -> roomGigabytes = number(option);
      case "--pareto" -> pareto = true;
      case "--charts" -> charts = Optional.of(Path.of(value(option)).toAbsolutePath());
      case "--work" -> work = Path.of(value(option));
      case "--csv" -> csv = value(option);
      case "--packhouse" -> packhouse = value(option);
      case "--no-check" -> check = false;
      case "--scaling" -> scaling = equals < 0 ? PARTS : parts(value(option));
      case "--huge" -> huge = true;
      case "--million" -> million = equals < 0 ? 1_000_000 : number(option);
      default -> {
        if (option.startsWith("-")) {
          throw new UsageException("unknown option " + option);
        }
        corpora.add(Path.of(word));
      }
    }
  }

  private Settings settings() throws UsageException, IOException {
    if (corpora.isEmpty() && !parent.isEmpty()) {
      corpora.addAll(directoriesIn(Path.of(parent)));
    }
    Optional<ScalingPlan> plan = plan();
    if (corpora.isEmpty() && plan.isEmpty()) {
      throw new UsageException("no corpus: name directories, or the directory of several");
    }
    for (Path corpus : corpora) {
      if (!Files.isDirectory(corpus)) {
        throw new UsageException(corpus + " is not a directory");
      }
    }
    if (cold && !PageCache.canDrop()) {
      throw new UsageException("--cold empties the page cache, which only root can");
    }
    work = work.toAbsolutePath();
    return new Settings(
        corpora,
        contenders,
        operations.orElseGet(
            () ->
                cold
                    ? EnumSet.complementOf(EnumSet.of(Operation.OPEN, Operation.LIST))
                    : EnumSet.allOf(Operation.class)),
        rounds,
        slowRounds,
        limit,
        roomGigabytes * 1_000_000_000L,
        cold,
        pareto,
        work,
        csv.isEmpty() ? work.resolve("samples.csv") : Path.of(csv).toAbsolutePath(),
        charts,
        packhouse,
        check,
        plan);
  }

  private Optional<ScalingPlan> plan() {
    if (million > 0) {
      return Optional.of(new ScalingPlan(List.of(million), List.of(), List.of()));
    }
    return scaling.isEmpty() ? Optional.empty() : Optional.of(ScalingPlan.of(scaling, huge));
  }

  private static List<Path> directoriesIn(Path parent) throws UsageException, IOException {
    if (!Files.isDirectory(parent)) {
      throw new UsageException(parent + " is not a directory");
    }
    try (Stream<Path> children = Files.list(parent)) {
      return children.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static List<String> contenders(String names) throws UsageException {
    List<String> known = Contenders.all().stream().map(Contender::name).toList();
    String limits =
        String.join(",", Limits.all().stream().map(Contender::name).toArray(String[]::new));
    return names.equals("all")
        ? known
        : chosen("contender", names.replaceAll("(^|,)limits(,|$)", "$1" + limits + "$2"), known);
  }

  private static List<String> parts(String names) throws UsageException {
    return chosen("part", names, PARTS);
  }

  private static List<String> chosen(String what, String names, List<String> known)
      throws UsageException {
    List<String> chosen = List.of(names.split(",", -1));
    for (String name : chosen) {
      if (!known.contains(name)) {
        throw new UsageException("unknown " + what + " " + name + "; known are " + known);
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

  private String value(String option) throws UsageException {
    if (rest.isEmpty()) {
      throw new UsageException(option + " needs a value");
    }
    return rest.remove();
  }

  private int number(String option) throws UsageException {
    String text = value(option);
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
