package io.packhouse.benchmarks.service;

import io.packhouse.v1.GetStatsResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a daemon has at a moment at which nobody asks anything of it.
 *
 * @param residentBytes of the process
 * @param descriptors that are open, by what they lead to
 * @param threads by name without numbers
 * @param stats as it tells them, right after a collection of its heap
 */
record ProcessFigures(
    long residentBytes,
    Map<String, Long> descriptors,
    Map<String, Long> threads,
    GetStatsResponse stats) {

  /** Looks at a daemon, after its heap was collected. */
  static ProcessFigures of(RunningDaemon daemon) throws IOException, InterruptedException {
    collect(daemon.pid());
    GetStatsResponse stats = daemon.stats();
    Path process = Path.of("/proc", Long.toString(daemon.pid()));
    return new ProcessFigures(
        daemon.residentBytes(),
        counted(process.resolve("fd"), ProcessFigures::kind),
        counted(process.resolve("task"), ProcessFigures::group),
        stats);
  }

  /** Twice: what the first one finds to be cleaned up is garbage for the second. */
  private static void collect(long pid) throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    for (int i = 0; i < 2; i++) {
      Process process =
          new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.run")
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException("jcmd cannot reach the daemon: " + said.strip());
      }
    }
  }

  private interface Naming {
    String of(Path path) throws IOException;
  }

  private static Map<String, Long> counted(Path folder, Naming naming) throws IOException {
    Map<String, Long> counts = new TreeMap<>();
    List<Path> all;
    try (Stream<Path> listed = Files.list(folder)) {
      all = listed.toList();
    }
    for (Path each : all) {
      try {
        counts.merge(naming.of(each), 1L, Long::sum);
      } catch (NoSuchFileException e) {
        // It ended meanwhile, and so is none of those that stay.
      }
    }
    return counts;
  }

  private static String kind(Path descriptor) throws IOException {
    String target = Files.readSymbolicLink(descriptor).toString();
    if (target.startsWith("/")) {
      String name = target.substring(target.lastIndexOf('/') + 1);
      int dot = name.lastIndexOf('.');
      return target.contains("(deleted)")
          ? "deleted file"
          : dot < 0 ? "file" : name.substring(dot) + " file";
    }
    return target.replaceAll(":?\\[?[0-9]+]?$", "").replaceAll("^anon_inode:\\[?|]$", "");
  }

  private static String group(Path thread) throws IOException {
    return Files.readString(thread.resolve("comm")).strip().replaceAll("[-#\\s]*[0-9]+$", "");
  }

  long descriptorCount() {
    return descriptors.values().stream().mapToLong(Long::longValue).sum();
  }

  long threadCount() {
    return threads.values().stream().mapToLong(Long::longValue).sum();
  }

  long heapBytes() {
    return stats.getMemory().getHeapBytes();
  }
}
