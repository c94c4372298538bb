package io.packhouse.benchmarks.parts;

import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.Packer;
import io.packhouse.extraction.archive.SafeArchiveOpener;
import io.packhouse.spi.ExtractionLimits;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What extractors add to a pack in a process that has warmed up, as a daemon has: packs with all of
 * them and packs with none take turns in one process, with the second compiler.
 *
 * <p>Started by {@code daemon/benchmarks/extraction}. Arguments: the tree; the archive to write,
 * which is removed; how many rounds do not count; how many do. Prints a line for each pack that
 * counts: {@code all} or {@code none}, seconds of wall, seconds of CPU of the whole process; by
 * tabs.
 */
public final class WarmPacks {
  private final Path tree;
  private final Path archive;

  private WarmPacks(Path tree, Path archive) {
    this.tree = tree;
    this.archive = archive;
  }

  /** Measures; see above for the arguments. */
  public static void main(String[] args) throws IOException, InterruptedException {
    WarmPacks packs = new WarmPacks(Path.of(args[0]), Path.of(args[1]));
    int warmUp = Integer.parseInt(args[2]);
    int rounds = Integer.parseInt(args[3]);
    PackOptions none = PackOptions.defaults();
    PackOptions all =
        none.withExtractors(
            new ExtractorHost(
                ExtractorHost.builtIn(), SafeArchiveOpener::new, ExtractionLimits.DEFAULT));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (int round = -warmUp; round < rounds; round++) {
      // Which goes first changes from round to round.
      for (int turn = 0; turn < 2; turn++) {
        boolean isAll = (round + turn) % 2 == 0;
        String line = packs.pack(isAll ? all : none);
        if (round >= 0) {
          out.println((isAll ? "all" : "none") + "\t" + line);
        }
      }
    }
  }

  private String pack(PackOptions options) throws IOException, InterruptedException {
    Files.deleteIfExists(archive);
    long cpu = cpuNanos();
    long wall = System.nanoTime();
    new Packer(List.of(PackInput.of(tree)), options, PackListener.NONE).pack(archive);
    wall = System.nanoTime() - wall;
    cpu = cpuNanos() - cpu;
    Files.delete(archive);
    return String.format(Locale.ROOT, "%.6f\t%.6f", wall / 1e9, cpu / 1e9);
  }

  private static long cpuNanos() {
    return ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .orElseThrow(() -> new IllegalStateException("the system does not tell CPU time"))
        .toNanos();
  }
}
