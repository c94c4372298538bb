package io.packhouse.benchmarks;

import io.packhouse.benchmarks.parts.ExtractionRates;
import io.packhouse.benchmarks.parts.WarmPacks;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What packages cost: how many files a second extractors understand, in a warm process and as a
 * command, and what a pack with them takes beside one without. Started by {@code
 * daemon/benchmarks/extraction}; see {@code docs/performance.md}.
 */
public final class ExtractionCosts {
  /** After so many packs of each kind the second compiler has little left to do. */
  private static final int WARM_UP_ROUNDS = 8;

  private final ExtractionSettings settings;
  private final PrintStream out;
  private final Shell shell;
  private final ProcessMeter meter;
  private final ExtractionTables tables = new ExtractionTables();

  private ExtractionCosts(ExtractionSettings settings, PrintStream out)
      throws IOException, InterruptedException {
    Map<String, String> environment =
        Map.of("PACKHOUSE", settings.packhouse(), "LC_ALL", "C.UTF-8");
    this.settings = settings;
    this.out = out;
    shell = new Shell(environment);
    meter = new ProcessMeter(settings.work(), environment);
  }

  /** Measures. Exits with 0; 1 if a command failed; 2 for wrong arguments. */
  public static void main(String[] args) throws IOException, InterruptedException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Path root = Path.of(System.getProperty("packhouse.root", ".")).toRealPath();
    if (List.of(args).contains("--help")) {
      out.print(ExtractionSettings.HELP);
      return;
    }
    ExtractionSettings settings;
    try {
      settings = ExtractionSettings.parse(args, root);
    } catch (Arguments.UsageException e) {
      System.err.println("extraction: " + e.getMessage() + "; see --help");
      System.exit(2);
      return;
    }
    Files.createDirectories(settings.work());
    System.exit(new ExtractionCosts(settings, out).run(root) ? 0 : 1);
  }

  private boolean run(Path root) throws IOException, InterruptedException {
    // The launcher builds at its first use, and that is not to be timed.
    Shell.Result version = shell.run("\"$PACKHOUSE\" --version");
    if (!version.ok()) {
      out.println("FAILED: " + settings.packhouse() + ": " + version.firstLine());
      return false;
    }
    Machine.print(shell, root, settings.work(), false, out);
    try {
      for (Path directory : settings.corpora()) {
        measure(Corpus.of(directory));
        // Written again after each, so that a run that is ended early leaves what it has.
        tables.write(settings.work());
      }
    } catch (FailedException e) {
      out.println("FAILED: " + e.getMessage());
      return false;
    }
    out.println(tables.markdown());
    out.println("rates.csv, commands.csv, costs.csv, warm.csv and tables.md: " + settings.work());
    return true;
  }

  private void measure(Corpus corpus) throws IOException, InterruptedException, FailedException {
    Path lists = settings.work().resolve("lists");
    shell.removeAndSync(lists);
    Files.createDirectories(lists);
    if (settings.parts().contains("rates") || settings.parts().contains("commands")) {
      rates(corpus, lists);
    }
    if (settings.parts().contains("commands")) {
      commands(corpus, lists);
    }
    if (settings.parts().contains("cost")) {
      cost(corpus);
    }
    if (settings.parts().contains("warm")) {
      warm(corpus);
    }
  }

  private void rates(Corpus corpus, Path lists)
      throws IOException, InterruptedException, FailedException {
    out.println(corpus.name() + ": extraction in a warm process");
    java(
            ExtractionRates.class,
            corpus.directory().toString(),
            lists.toString(),
            Integer.toString(settings.files()),
            Double.toString(settings.seconds()))
        .forEach(fields -> tables.addRate(corpus, fields));
  }

  private void warm(Corpus corpus) throws IOException, InterruptedException, FailedException {
    out.println(corpus.name() + ": packs in a warm process");
    Path archive = settings.work().resolve("warm.pkh");
    shell.removeAndSync(archive);
    java(
            WarmPacks.class,
            corpus.directory().toString(),
            archive.toString(),
            Integer.toString(WARM_UP_ROUNDS),
            Integer.toString(settings.rounds()))
        .forEach(fields -> tables.addWarmPack(corpus, fields));
  }

  /** Runs a program of this class path, and gives the lines that it prints, split at tabs. */
  private static List<List<String>> java(Class<?> main, String... arguments)
      throws IOException, InterruptedException, FailedException {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(List.of(System.getProperty("packhouse.jvmFlags", "").strip().split("\\s+")));
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    String lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new FailedException(main.getSimpleName() + ", on " + arguments[0]);
    }
    return lines.lines().map(line -> List.of(line.split("\t", -1))).toList();
  }

  private void commands(Corpus corpus, Path lists)
      throws IOException, InterruptedException, FailedException {
    Map<String, Path> types = new TreeMap<>();
    try (Stream<Path> all = Files.list(lists)) {
      all.forEach(list -> types.put(String.valueOf(list.getFileName()), list));
    }
    for (int round = 0; round <= settings.rounds(); round++) {
      for (Map.Entry<String, Path> type : types.entrySet()) {
        out.printf(Locale.ROOT, "%s: try %s, round %d%n", corpus.name(), type.getKey(), round);
        // Files that cannot be understood make it end with code 7, and xargs with 123.
        Usage usage =
            run(
                "xargs -0 -x -s 1500000 \"$PACKHOUSE\" plugins try --json --root \"$1\" < \"$2\""
                    + " || [ $? = 123 ]",
                List.of(corpus.directory().toString(), type.getValue().toString()));
        if (round > 0) {
          tables.addCommand(corpus, type.getKey(), files(type.getValue()), usage);
        }
      }
    }
  }

  private static List<Path> files(Path list) throws IOException {
    return Stream.of(Files.readString(list).split("\0")).map(Path::of).toList();
  }

  private void cost(Corpus corpus) throws IOException, InterruptedException, FailedException {
    Path archive = settings.work().resolve("cost.pkh");
    for (int round = 0; round <= settings.rounds(); round++) {
      out.printf(Locale.ROOT, "%s: pack, round %d%n", corpus.name(), round);
      // Which goes first changes from round to round.
      for (int turn = 0; turn < 2; turn++) {
        boolean all = (round + turn) % 2 == 0;
        shell.removeAndSync(archive);
        Usage usage =
            run(
                "exec \"$PACKHOUSE\" pack $3 \"$1\" \"$2\"",
                List.of(
                    corpus.directory().toString(),
                    archive.toString(),
                    all ? "--quiet" : "--no-metadata"));
        if (round > 0) {
          tables.addPack(corpus, all, usage);
        }
      }
    }
    shell.removeAndSync(archive);
  }

  private Usage run(String script, List<String> arguments)
      throws IOException, InterruptedException, FailedException {
    Usage usage = meter.run(script, arguments, 0);
    if (usage.exitCode() != 0) {
      throw new FailedException(
          script + " " + arguments + ": code " + usage.exitCode() + ": " + usage.complaint());
    }
    return usage;
  }

  /** A command that did not do what it was to. */
  private static final class FailedException extends Exception {
    private static final long serialVersionUID = 1;

    FailedException(String message) {
      super(message);
    }
  }
}
