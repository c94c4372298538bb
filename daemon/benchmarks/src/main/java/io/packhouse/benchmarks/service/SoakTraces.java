package io.packhouse.benchmarks.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What clients and daemons leave on disk. */
final class SoakTraces {
  private static final Pattern ARCHIVE = Pattern.compile("soak-[0-9]+\\.pkh");
  private static final Pattern OPERATION = Pattern.compile("[0-9a-f]+\\.log");

  /** What signs tickets, and outlives a daemon. */
  private static final String FLIGHT_KEY = "flight.key";

  private SoakTraces() {}

  /** Removes a tree, if it is there. */
  static void remove(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walked = Files.walk(tree)) {
      all = walked.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.deleteIfExists(each);
    }
  }

  /**
   * Files that ought not to be there once all work has ended.
   *
   * @param daemon its folder: state and catalog
   * @param out the root that clients extract to
   */
  static List<Path> leftBehind(Path daemon, Path out) throws IOException {
    Path archives = daemon.resolve(RunningDaemon.CATALOG);
    Path operations = daemon.resolve("state/operations");
    // A cache, of what is in the catalog.
    Path tables = daemon.resolve("state/sql/tables");
    try (Stream<Path> ofArchives = Files.walk(archives);
        Stream<Path> ofState = Files.walk(daemon.resolve("state"));
        Stream<Path> ofClients = Files.list(out)) {
      return Stream.of(
              ofArchives.filter(file -> !matches(file, ARCHIVE)),
              ofState
                  .filter(file -> !file.startsWith(operations) || !matches(file, OPERATION))
                  .filter(file -> !file.startsWith(tables))
                  .filter(file -> !file.endsWith(FLIGHT_KEY)),
              ofClients)
          .flatMap(files -> files)
          .filter(file -> !Files.isDirectory(file) || file.startsWith(out))
          .toList();
    }
  }

  private static boolean matches(Path file, Pattern pattern) {
    return pattern.matcher(file.getFileName().toString()).matches();
  }
}
