package io.packhouse.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Compares Packhouse with other archivers, in one run and in turn, so that what else the machine
 * does falls on all. Started by {@code daemon/benchmarks/compare}; see {@code docs/performance.md}.
 */
public final class Compare {
  private static final int EMPTY_RUNS = 20;

  private final Settings settings;
  private final PrintStream out;
  private final Shell shell;
  private final ProcessMeter meter;
  private final Set<String> failed = new HashSet<>();

  private Compare(Settings settings, PrintStream out) throws IOException, InterruptedException {
    Map<String, String> environment =
        Map.of("PACKHOUSE", settings.packhouse(), "LC_ALL", "C.UTF-8");
    this.settings = settings;
    this.out = out;
    shell = new Shell(environment);
    meter = new ProcessMeter(settings.work(), environment);
  }

  /**
   * Runs the comparison. Exits with 0; 1 if a check or a command failed; 2 for wrong arguments.
   *
   * @param args see {@code --help}; the checkout's root is the system property {@code
   *     packhouse.root}
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Path root = Path.of(System.getProperty("packhouse.root", ".")).toRealPath();
    if (List.of(args).contains("--help")) {
      out.print(Settings.HELP);
      return;
    }
    Settings settings;
    try {
      settings = Settings.parse(args, root);
    } catch (Settings.UsageException e) {
      System.err.println("compare: " + e.getMessage() + "; see --help");
      System.exit(2);
      return;
    }
    Files.createDirectories(settings.work());
    System.exit(new Compare(settings, out).run(root));
  }

  private int run(Path root) throws IOException, InterruptedException {
    // The launcher builds at its first use, and that is not to be timed.
    Shell.Result version = shell.run("\"$PACKHOUSE\" --version");
    if (!version.ok()) {
      System.err.println("compare: " + settings.packhouse() + ": " + version.firstLine());
      return 1;
    }
    Machine.print(shell, root, settings.work(), out);
    List<Contender> contenders = installed();
    printEmptyCommand();
    if (settings.millionFiles() > 0) {
      return new MillionFiles(shell, meter, settings.work(), out).run(settings.millionFiles());
    }
    Checks checks = new Checks(shell, settings.work(), out);
    try (Results results = new Results(settings.csv())) {
      for (Path directory : settings.corpora()) {
        Corpus corpus = Corpus.of(directory);
        for (int round = 0; round <= settings.rounds(); round++) {
          runRound(corpus, contenders, round, results, checks);
        }
        removeArchives(contenders);
        results.print(corpus, out);
      }
    }
    out.println();
    out.println("samples: " + settings.csv());
    if (checks.failures() > 0 || !failed.isEmpty()) {
      out.println("FAILED: " + checks.failures() + " check(s), commands " + failed);
      return 1;
    }
    return 0;
  }

  private List<Contender> installed() throws IOException, InterruptedException {
    List<Contender> found = new ArrayList<>();
    for (Contender contender : Contender.all()) {
      if (!settings.contenders().contains(contender.name())) {
        continue;
      }
      String missing = "";
      for (String tool : contender.tools()) {
        missing += shell.isInstalled(tool) ? "" : " " + tool;
      }
      if (!missing.isEmpty()) {
        out.println("left out: " + contender.name() + ", not installed:" + missing);
        continue;
      }
      String version =
          shell
              .run(contender.versionScript())
              .output()
              .lines()
              .filter(line -> line.matches(".*\\d\\.\\d.*"))
              .findFirst()
              .orElse("version unknown");
      out.println("contender: " + contender.name() + ": " + version.strip());
      found.add(contender);
    }
    return found;
  }

  /** What starting any command at all costs here: it is in every time below. */
  private void printEmptyCommand() throws IOException, InterruptedException {
    long[] nanos = new long[EMPTY_RUNS];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = meter.run(":", List.of()).wallNanos();
    }
    Arrays.sort(nanos);
    out.printf(
        Locale.ROOT,
        "empty command: %.4f s, which is in every time%n",
        nanos[nanos.length / 2] / 1e9);
  }

  /** Round 0 warms the page cache and is not counted; the checks follow its pack. */
  private void runRound(
      Corpus corpus, List<Contender> contenders, int round, Results results, Checks checks)
      throws IOException, InterruptedException {
    removeArchives(contenders);
    for (Operation operation : settings.operations()) {
      for (Contender contender : contenders) {
        String script = contender.scripts().get(operation);
        if (script == null || failed.contains(label(corpus, contender, Operation.PACK))) {
          continue;
        }
        Path archive = archive(contender);
        Path target = settings.work().resolve("extracted");
        shell.removeAndSync(target);
        Usage usage =
            meter.run(
                script,
                List.of(
                    corpus.directory().toString(),
                    archive.toString(),
                    target.toString(),
                    corpus.oneFile()));
        if (usage.exitCode() != 0) {
          String label = label(corpus, contender, operation);
          if (failed.add(label)) {
            out.println(label + " failed, code " + usage.exitCode() + ": " + usage.complaint());
          }
        } else if (round > 0) {
          long bytes = Files.size(archive);
          results.add(new Results.Sample(corpus, operation, contender.name(), round, usage, bytes));
        }
      }
      shell.removeAndSync(settings.work().resolve("extracted"));
    }
    if (round == 0 && settings.check()) {
      for (Contender contender : contenders) {
        if (contender.name().equals(Contender.PACKHOUSE)
            && !failed.contains(label(corpus, contender, Operation.PACK))) {
          checks.check(corpus, archive(contender));
        }
      }
    }
  }

  private void removeArchives(List<Contender> contenders) throws IOException {
    for (Contender contender : contenders) {
      Files.deleteIfExists(archive(contender));
    }
  }

  /** Several contenders share a suffix, so the whole name is in the file's. */
  private Path archive(Contender contender) {
    return settings
        .work()
        .resolve(contender.name().replaceAll("[^a-z0-9=-]+", "_") + contender.suffix());
  }

  private static String label(Corpus corpus, Contender contender, Operation operation) {
    return corpus.name() + " " + operation.label() + " by " + contender.name();
  }
}
