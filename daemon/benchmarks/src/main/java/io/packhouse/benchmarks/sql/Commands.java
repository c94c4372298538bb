package io.packhouse.benchmarks.sql;

import io.packhouse.benchmarks.ProcessMeter;
import io.packhouse.benchmarks.Statistics;
import io.packhouse.benchmarks.Usage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code packhouse query} and {@code packhouse export} take, as whole processes. */
record Commands(PrintStream out, ProcessMeter meter, String packhouse, Path work) {
  private static final int ROUNDS = 15;

  static Commands of(PrintStream out, String packhouse, Path work)
      throws IOException, InterruptedException {
    return new Commands(out, new ProcessMeter(work, Map.of()), packhouse, work);
  }

  /** Asks an archive; what is not the process's start is in {@link SqlBenchmark}'s questions. */
  void query(Path archive) throws IOException, InterruptedException {
    double[] wall = new double[ROUNDS];
    double[] cpu = new double[ROUNDS];
    String sql = "SELECT count(*) FROM entries";
    run(List.of("query", sql, archive.toString()));
    for (int i = 0; i < ROUNDS; i++) {
      Usage usage = run(List.of("query", sql, archive.toString()));
      wall[i] = usage.wallNanos() / 1e9;
      cpu[i] = usage.cpuNanos() / 1e9;
    }
    out.printf(
        Locale.ROOT,
        "%-36s %.2f s, CPU %.2f s (medians of %d)%n",
        "packhouse query, " + archive.getFileName(),
        Statistics.median(wall),
        Statistics.median(cpu),
        ROUNDS);
  }

  /** Exports archives as each of the bills. */
  void export(List<Path> archives) throws IOException, InterruptedException {
    Path bill = work.resolve("bill.json");
    for (String format : List.of("cyclonedx", "spdx", "spdx3")) {
      List<String> words =
          new ArrayList<>(List.of("export", "--format", format, "--force", "-o", bill.toString()));
      archives.forEach(archive -> words.add(archive.toString()));
      Usage usage = run(words);
      out.printf(
          Locale.ROOT,
          "%-36s %.1f s, CPU %.1f s, at most %.0f MB resident, %.0f MB written%n",
          "export as " + format + " of " + archives.size(),
          usage.wallNanos() / 1e9,
          usage.cpuNanos() / 1e9,
          usage.peakBytes() / 1e6,
          Files.size(bill) / 1e6);
    }
    Files.delete(bill);
  }

  private Usage run(List<String> words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(packhouse));
    command.addAll(words);
    Usage usage = meter.run("\"$@\"", command, 0);
    if (usage.exitCode() != 0) {
      throw new IOException(words.getFirst() + " failed: " + usage.complaint());
    }
    return usage;
  }
}
