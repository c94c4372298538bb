package io.packhouse.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Packs a synthetic tree of very many small files: does memory stay within its bound, and does the
 * time per file stay flat?
 */
final class MillionFiles {
  private final Shell shell;
  private final ProcessMeter meter;
  private final Path work;
  private final PrintStream out;

  MillionFiles(Shell shell, ProcessMeter meter, Path work, PrintStream out) {
    this.shell = shell;
    this.meter = meter;
    this.work = work;
    this.out = out;
  }

  /**
   * Makes the tree, packs it once for the page cache and once for the clock, and removes it.
   *
   * @return 0, or 1 if the pack failed
   */
  int run(int files) throws IOException, InterruptedException {
    Path tree = work.resolve("million");
    Path archive = work.resolve("million.pkh");
    shell.removeAndSync(tree);
    try {
      long started = System.nanoTime();
      long bytes = new SyntheticTree().generate(tree, files);
      out.printf(
          Locale.ROOT,
          "tree: %,d files, %.1f MB, made in %.1f s%n",
          files,
          bytes / 1e6,
          (System.nanoTime() - started) / 1e9);
      for (String which : List.of("first", "second")) {
        shell.removeAndSync(archive);
        Usage usage =
            meter.run(
                "exec \"$PACKHOUSE\" pack \"$1\" \"$2\"",
                List.of(tree.toString(), archive.toString()));
        if (usage.exitCode() != 0) {
          out.println("pack failed, code " + usage.exitCode() + ": " + usage.complaint());
          return 1;
        }
        long length = Files.size(archive);
        out.printf(
            Locale.ROOT,
            "%s pack: wall %.2f s (%.2f µs a file), CPU %.2f s, peak %.1f MiB,"
                + " archive %.1f MB, %.1f bytes an entry%n",
            which,
            usage.wallNanos() / 1e9,
            usage.wallNanos() / 1e3 / files,
            usage.cpuNanos() / 1e9,
            usage.peakBytes() / 1048576.0,
            length / 1e6,
            (double) length / files);
      }
      return 0;
    } finally {
      shell.removeAndSync(tree);
      Files.deleteIfExists(archive);
    }
  }
}
