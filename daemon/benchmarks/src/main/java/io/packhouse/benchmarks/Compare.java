package io.packhouse.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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

  private Compare(Settings settings, PrintStream out) throws IOException, InterruptedException {
    // Programs that cargo installed are found too, after all others.
    String path =
        System.getenv().getOrDefault("PATH", "/usr/bin:/bin")
            + ":"
            + Path.of(System.getProperty("user.home"), ".cargo", "bin");
    Map<String, String> environment =
        Map.of("PACKHOUSE", settings.packhouse(), "LC_ALL", "C.UTF-8", "PATH", path);
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
      out.print(Arguments.HELP);
      return;
    }
    Settings settings;
    try {
      settings = Arguments.parse(args, root);
    } catch (Arguments.UsageException e) {
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
    Machine.print(shell, root, settings.work(), settings.cold(), out);
    printEmptyCommand();
    if (settings.scaling().isPresent()) {
      return new Scaling(settings, settings.scaling().get(), shell, meter, out).run();
    }
    return compare(installed());
  }

  private int compare(List<Contender> contenders) throws IOException, InterruptedException {
    Trees trees = new Trees(shell, settings.work().resolve("trees"), settings.room(), out);
    List<Rows> all = new ArrayList<>();
    String failures;
    Path tables = settings.beside("tables.md");
    try (Samples samples = new Samples(settings.samplesCsv());
        PrintStream both =
            new PrintStream(
                new Tee(out, Files.newOutputStream(tables)), true, StandardCharsets.UTF_8)) {
      Comparison comparison =
          new Comparison(settings, contenders, shell, meter, trees, samples, out);
      for (Path directory : settings.corpora()) {
        Corpus corpus = Corpus.of(directory);
        comparison.run(corpus);
        Rows rows = new Rows(samples.rows(corpus, contenders));
        all.add(rows);
        Tables.print(corpus, rows, both);
        // Written again after each, so that a run that is ended early leaves what it has.
        Files.writeString(settings.beside("summary.csv"), Tables.csv(all));
        if (settings.charts().isPresent()) {
          Charts.write(settings.charts().get(), corpus, rows);
        }
      }
      if (settings.pareto()) {
        Tables.printPareto(all, both);
      }
      if (settings.contenders().contains(Limits.START)) {
        LimitTable.print(all, Runtime.getRuntime().availableProcessors(), both);
      }
      failures = comparison.failures();
    } finally {
      trees.removeAll();
    }
    out.println();
    out.println("samples: " + settings.samplesCsv() + "; summary.csv and tables.md beside it");
    if (!failures.isEmpty()) {
      out.println("FAILED: " + failures);
      return 1;
    }
    return 0;
  }

  private List<Contender> installed() throws IOException, InterruptedException {
    List<Contender> found = new ArrayList<>();
    for (Contender contender : Contenders.all()) {
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
    double[] seconds = new double[EMPTY_RUNS];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = meter.run(":", List.of(), 0).wallNanos() / 1e9;
    }
    out.printf(
        Locale.ROOT, "empty command: %.4f s, which is in every time%n", Statistics.median(seconds));
  }

  /** Writes to two streams and closes the second. */
  private static final class Tee extends OutputStream {
    private final OutputStream first;
    private final OutputStream second;

    Tee(OutputStream first, OutputStream second) {
      this.first = first;
      this.second = second;
    }

    @Override
    public void write(int value) throws IOException {
      first.write(value);
      second.write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      first.write(bytes, offset, length);
      second.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      first.flush();
      second.flush();
    }

    @Override
    public void close() throws IOException {
      second.close();
    }
  }
}
