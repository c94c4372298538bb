package io.packhouse.benchmarks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Packs and verifies generated trees that grow, and one tree with more and more workers: do memory
 * and the time per file stay flat? One tree is there at a time.
 */
final class Scaling {
  static final String FILES = "files";
  static final String BYTES = "bytes";
  static final String WORKERS = "workers";

  private static final long SEED = 4;
  private static final int SMALL_FILES_FROM = 10_000_000;
  private static final int MIDDLE_TREE = 100_000;

  /** What a file of a tree takes on the disk at most: a block, an inode, a name. */
  private static final long FILE_ROOM = 4_096 + 512;

  private static final long ARCHIVE_SHARE_PERCENT = 60;
  private static final long RESERVE_BYTES = 2_000_000_000L;
  private static final long RESERVE_INODES = 100_000;

  private static final int MOST_SAMPLES = 3;
  private static final double ENOUGH_SECONDS = 20;

  private final Settings settings;
  private final ScalingPlan plan;
  private final Shell shell;
  private final ProcessMeter meter;
  private final PrintStream out;
  private final Path tree;
  private final Path archive;
  private final List<ScalingPoint> points = new ArrayList<>();
  private double packStart;
  private double verifyStart;
  private boolean failed;

  /** Makes a tree that is not there yet, and returns the bytes in its files. */
  private interface Generator {
    long generate() throws IOException;
  }

  Scaling(Settings settings, ScalingPlan plan, Shell shell, ProcessMeter meter, PrintStream out) {
    this.settings = settings;
    this.plan = plan;
    this.shell = shell;
    this.meter = meter;
    this.out = out;
    tree = settings.work().resolve("scaling");
    archive = settings.work().resolve("scaling.pkh");
  }

  /**
   * Runs the plan.
   *
   * @return 0, or 1 if a command failed
   */
  int run() throws IOException, InterruptedException {
    out.println("generated with seed " + SEED);
    shell.removeAndSync(tree);
    Path csv = settings.beside("scaling.csv");
    try (BufferedWriter writer = Files.newBufferedWriter(csv)) {
      writer.write(Csv.line(ScalingPoint.COLUMNS));
      measureStart();
      for (int files : plan.files()) {
        write(files(files), writer);
      }
      for (long bytes : plan.bytes()) {
        write(bytes(bytes), writer);
      }
      if (!plan.workers().isEmpty()) {
        write(workers(), writer);
      }
    } finally {
      shell.removeAndSync(tree);
      shell.removeAndSync(archive);
    }
    StringBuilder table = new StringBuilder(ScalingPoint.markdownHead()).append('\n');
    points.forEach(point -> table.append(point.markdown()).append('\n'));
    out.print("\n### Scaling\n\n" + table);
    Files.writeString(settings.beside("scaling.md"), table);
    if (settings.charts().isPresent()) {
      ScalingCharts.write(settings.charts().get(), points);
    }
    out.println("\nalso: " + csv);
    return failed ? 1 : 0;
  }

  private void write(List<ScalingPoint> more, BufferedWriter writer) throws IOException {
    points.addAll(more);
    for (ScalingPoint point : more) {
      writer.write(point.csv());
    }
    writer.flush();
  }

  private void measureStart() throws IOException, InterruptedException {
    generate("1 file", () -> new SyntheticTree().generate(tree, 1));
    List<ScalingPoint> start = measure("start", 1, tree, 1, 1, "");
    packStart = start.isEmpty() ? 0 : start.getFirst().wallSeconds();
    verifyStart = start.size() < 2 ? 0 : start.getLast().wallSeconds();
    shell.removeAndSync(tree);
    out.printf(Locale.ROOT, "one file: pack %.3f s, verify %.3f s%n", packStart, verifyStart);
  }

  private List<ScalingPoint> files(int files) throws IOException, InterruptedException {
    boolean many = files >= SMALL_FILES_FROM;
    int least = many ? 50 : 200;
    int most = many ? 150 : 1_800;
    String what = String.format(Locale.ROOT, "%,d files of %d bytes", files, (least + most) / 2);
    long archiveRoom = (long) files * most;
    if (!fits(what, files * FILE_ROOM + archiveRoom, files)) {
      return List.of();
    }
    long bytes = generate(what, () -> new SyntheticTree().generate(tree, files, least, most));
    List<ScalingPoint> measured = measure(FILES, files, tree, files, bytes, "");
    shell.removeAndSync(tree);
    return measured;
  }

  private List<ScalingPoint> bytes(long bytes) throws IOException, InterruptedException {
    String what = String.format(Locale.ROOT, "a file of %,d MB", bytes / 1_000_000);
    if (!fits(what, bytes + bytes / 100 * ARCHIVE_SHARE_PERCENT, 1)) {
      return List.of();
    }
    generate(
        what,
        () -> {
          Files.createDirectories(tree);
          new GeneratedFile(SEED).write(tree.resolve("big.txt"), bytes);
          return bytes;
        });
    List<ScalingPoint> measured = measure(BYTES, bytes, tree, 1, bytes, "");
    shell.removeAndSync(tree);
    return measured;
  }

  /** On the corpus of middle size of those given, or else on a generated tree. */
  private List<ScalingPoint> workers() throws IOException, InterruptedException {
    Path input = tree;
    long files = MIDDLE_TREE;
    long bytes;
    if (settings.corpora().isEmpty()) {
      if (!fits("the tree for workers", MIDDLE_TREE * FILE_ROOM * 2, MIDDLE_TREE)) {
        return List.of();
      }
      bytes = generate("100,000 files", () -> new SyntheticTree().generate(tree, MIDDLE_TREE));
    } else {
      List<Corpus> corpora = new ArrayList<>();
      for (Path directory : settings.corpora()) {
        corpora.add(Corpus.of(directory));
      }
      corpora.sort(Comparator.comparingLong(Corpus::bytes));
      Corpus middle = corpora.get(corpora.size() / 2);
      out.println("workers: on " + middle.name());
      input = middle.directory();
      files = middle.files();
      bytes = middle.bytes();
    }
    List<ScalingPoint> measured = new ArrayList<>();
    for (int workers : plan.workers()) {
      measured.addAll(measure(WORKERS, workers, input, files, bytes, " --workers " + workers));
    }
    shell.removeAndSync(tree);
    return measured;
  }

  private List<ScalingPoint> measure(
      String series, long at, Path input, long files, long bytes, String options)
      throws IOException, InterruptedException {
    List<String> arguments = List.of(input.toString(), archive.toString());
    List<Usage> packs =
        samples("exec \"$PACKHOUSE\" pack --force" + options + " \"$1\" \"$2\"", arguments);
    if (packs.isEmpty()) {
      return List.of();
    }
    long length = Files.size(archive);
    List<Usage> verifies = samples("exec \"$PACKHOUSE\" verify" + options + " \"$2\"", arguments);
    shell.removeAndSync(archive);
    List<ScalingPoint> measured = new ArrayList<>();
    measured.add(new ScalingPoint(series, at, "pack", files, bytes, length, packs, packStart));
    if (!verifies.isEmpty()) {
      measured.add(
          new ScalingPoint(series, at, "verify", files, bytes, length, verifies, verifyStart));
    }
    return measured;
  }

  /** Several where that does not take long; none if the command failed. */
  private List<Usage> samples(String script, List<String> arguments)
      throws IOException, InterruptedException {
    List<Usage> samples = new ArrayList<>();
    double seconds = 0;
    while (samples.size() < MOST_SAMPLES && seconds < ENOUGH_SECONDS) {
      shell.run("sync");
      Usage usage = meter.run(script, arguments, settings.limitSeconds());
      if (usage.overLimit() || usage.exitCode() != 0) {
        failed |= !usage.overLimit();
        out.println(
            usage.overLimit()
                ? "took longer than " + settings.limitSeconds() + " s: " + script
                : "failed, code " + usage.exitCode() + ": " + usage.complaint());
        shell.removeAndSync(archive);
        return List.of();
      }
      samples.add(usage);
      seconds += usage.wallNanos() / 1e9;
    }
    return samples;
  }

  private long generate(String what, Generator generator) throws IOException, InterruptedException {
    long started = System.nanoTime();
    long bytes = generator.generate();
    double seconds = (System.nanoTime() - started) / 1e9;
    out.printf(Locale.ROOT, "%s: %.1f MB, made in %.1f s%n", what, bytes / 1e6, seconds);
    return bytes;
  }

  /** Whether there is room, with a line if there is not. */
  private boolean fits(String what, long bytes, long inodes)
      throws IOException, InterruptedException {
    long freeBytes = Files.getFileStore(settings.work()).getUsableSpace();
    Shell.Result answer = shell.run("df --output=iavail \"$1\" | tail -n 1", settings.work());
    String text = answer.output().strip();
    // Some file systems have no fixed number of inodes, and say 0 or -.
    long freeInodes = text.matches("[1-9]\\d*") ? Long.parseLong(text) : Long.MAX_VALUE;
    if (bytes + RESERVE_BYTES <= freeBytes && inodes + RESERVE_INODES <= freeInodes) {
      return true;
    }
    out.printf(
        Locale.ROOT,
        "skipped: %s: needs %.1f GB and %,d inodes, free are %.1f GB and %,d%n",
        what,
        (bytes + RESERVE_BYTES) / 1e9,
        inodes + RESERVE_INODES,
        freeBytes / 1e9,
        freeInodes);
    return false;
  }
}
