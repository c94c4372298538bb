package io.packhouse.benchmarks.service;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Measures packhoused. Started by {@code daemon/benchmarks/service}; see {@code
 * docs/performance.md}.
 */
public final class Service {
  /** All parts; those that need no corpus and take little are the default. */
  private static final List<Part> PARTS =
      List.of(
          new SmallPacks(), //
          new LargePacks(),
          new EntryReads(),
          new BigReads(),
          new Overload(),
          new Soak());

  /** Says of every connection of a Unix socket that TCP's options are not for it. Held: see JUL. */
  private static final Logger NOISY = Logger.getLogger("io.netty.bootstrap");

  private Service() {}

  /** Measures. Exits with 0; 2 for wrong arguments. */
  public static void main(String[] args) throws IOException, InterruptedException {
    NOISY.setLevel(Level.SEVERE);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Path root = Path.of(System.getProperty("packhouse.root", ".")).toRealPath();
    Path work = root.resolve("daemon/benchmarks/target/service");
    String packhouse = root.resolve("packhouse").toString();
    List<Path> corpora = new ArrayList<>();
    List<String> names = List.of("small");
    double seconds = 10;
    int rounds = 5;
    long seed = System.nanoTime();
    Deque<String> rest = new ArrayDeque<>(List.of(args));
    try {
      while (!rest.isEmpty()) {
        String word = rest.remove();
        switch (word) {
          case "--help" -> {
            out.print(help());
            return;
          }
          case "--parts" -> names = List.of(value(word, rest).split(",", -1));
          case "--seconds" -> seconds = Double.parseDouble(value(word, rest));
          case "--minutes" -> seconds = 60 * Double.parseDouble(value(word, rest));
          case "--seed" -> seed = Long.parseLong(value(word, rest));
          case "--rounds" -> rounds = Integer.parseInt(value(word, rest));
          case "--work" -> work = Path.of(value(word, rest)).toAbsolutePath();
          case "--packhouse" -> packhouse = value(word, rest);
          default -> {
            if (word.startsWith("-") || !Files.isDirectory(Path.of(word))) {
              throw new IllegalArgumentException(word + " is neither an option nor a directory");
            }
            corpora.add(Path.of(word).toRealPath());
          }
        }
      }
    } catch (IllegalArgumentException e) {
      System.err.println("service: " + e.getMessage() + "; see --help");
      System.exit(2);
      return;
    }
    Files.createDirectories(work);
    Results results = new Results(out, work.resolve("service.csv"));
    for (String name : names) {
      Part part =
          PARTS.stream()
              .filter(each -> each.name().equals(name))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("there is no part " + name));
      part.run(new Part.Setting(packhouse, work, corpora, seconds, seed, rounds, out), results);
    }
    out.println("service.csv: " + work);
  }

  private static String value(String option, Deque<String> rest) {
    if (rest.isEmpty()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return rest.remove();
  }

  private static String help() {
    return """
    usage: service [OPTION...] [DIR...]

    Starts packhoused on a Unix socket and measures it through the client library:
    %s

      --parts NAMES    comma-separated [small]
      --seconds S      that each measurement goes on for [10]
      --minutes M      likewise
      --seed N         of what is random; printed [another each time]
      --rounds N       of what takes long, after one that does not count [5]
      --work DIR       [daemon/benchmarks/target/service]
      --packhouse CMD  the command [./packhouse of this checkout]
    """
        .formatted(
            PARTS.stream()
                .map(part -> String.format("  %-8s %s", part.name(), part.summary()))
                .collect(Collectors.joining("\n")));
  }
}
