package io.packhouse.benchmarks.sql;

import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.Packer;
import io.packhouse.engine.pack.SourceTree;
import io.packhouse.extraction.archive.SafeArchiveOpener;
import io.packhouse.server.access.Caller;
import io.packhouse.server.access.Role;
import io.packhouse.server.catalog.CatalogFolder;
import io.packhouse.server.catalog.CatalogSettings;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.server.sql.CatalogQueries;
import io.packhouse.server.sql.SqlSettings;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.sql.PrivateFolder;
import io.packhouse.sql.SqlLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Measures SQL over the archives of a catalog, as the daemon answers it. */
public final class SqlBenchmark {
  private static final Caller CALLER = new Caller("benchmark", Role.READ, Set.of());
  private static final byte[] NONE = {};

  private static final Map<String, String> QUESTIONS = new LinkedHashMap<>();

  static {
    QUESTIONS.put("count", "SELECT count(*) FROM entries");
    QUESTIONS.put(
        "log4j",
        "SELECT archive, path, version, nested FROM packages WHERE name = 'log4j-core'"
            + " AND version_compare('maven', version, '2.17') < 0");
    QUESTIONS.put(
        "dependents",
        "SELECT archive, count(*) FROM dependencies WHERE name ="
            + " 'org.apache.logging.log4j:log4j-core' GROUP BY 1");
    QUESTIONS.put("licenses", "SELECT license, sum(packages) FROM licenses GROUP BY 1");
    QUESTIONS.put(
        "prefix",
        "SELECT count(*) FROM entries WHERE archive = 'made/r0500.pkh'"
            + " AND starts_with(path, 'org/g1')");
    QUESTIONS.put("duplicates", "SELECT sum(further_bytes) FROM duplicates");
  }

  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private Path work = Path.of("");
  private int archives = 1_000;
  private int entries = 5_000;
  private int packages = 1_000;
  private int rounds = 30;
  private final List<Path> trees = new ArrayList<>();

  private SqlBenchmark() {}

  /** Measures. Exits with 0; 2 for wrong arguments. */
  public static void main(String[] args) throws Exception {
    SqlBenchmark benchmark = new SqlBenchmark();
    try {
      benchmark.parse(new ArrayDeque<>(List.of(args)));
    } catch (IllegalArgumentException e) {
      System.err.println("sql: " + e.getMessage() + "; see --help");
      System.exit(2);
      return;
    }
    benchmark.run();
  }

  private void parse(Deque<String> words) {
    Path root = Path.of(System.getProperty("packhouse.root", "."));
    work = root.resolve("daemon/benchmarks/target/sql");
    while (!words.isEmpty()) {
      String word = words.remove();
      switch (word) {
        case "--help" -> {
          out.print(
              """
              usage: sql [OPTION...] [DIR...]

              Packs each DIR and many made-up repositories, and asks SQL over all of them.

                --archives N   made-up repositories [1000]
                --entries N    of each [5000]
                --packages N   of these [1000]
                --rounds N     of each question [30]
                --work DIR     what is packed stays there for the next run [daemon/benchmarks/target/sql]
              """);
          System.exit(0);
        }
        case "--archives" -> archives = Integer.parseInt(words.remove());
        case "--entries" -> entries = Integer.parseInt(words.remove());
        case "--packages" -> packages = Integer.parseInt(words.remove());
        case "--rounds" -> rounds = Integer.parseInt(words.remove());
        case "--work" -> work = Path.of(words.remove()).toAbsolutePath();
        default -> {
          if (!Files.isDirectory(Path.of(word))) {
            throw new IllegalArgumentException(word + " is neither an option nor a directory");
          }
          trees.add(Path.of(word));
        }
      }
    }
  }

  private void run() throws Exception {
    Path folder = Files.createDirectories(work.resolve("archives"));
    pack(folder);
    Path cache = work.resolve("state/sql");
    PrivateFolder.delete(cache);
    double made = ready(cache, folder, "tables of all made");
    out.printf(Locale.ROOT, "  %.0f archives/s%n", archives / made);
    ready(cache, folder, "started with the tables there");
    try (DirectoryCatalog catalog = catalog(folder);
        CatalogQueries queries = CatalogQueries.start(catalog, SqlSettings.DEFAULT, cache)) {
      awaitReady(queries);
      out.printf(Locale.ROOT, "%-36s %.0f MB%n", "tables on disk", queries.cacheBytes() / 1e6);
      for (String name : QUESTIONS.keySet()) {
        ask(queries, name);
      }
      register(queries, folder);
    }
  }

  private void pack(Path folder) throws IOException, InterruptedException {
    PackOptions options =
        PackOptions.defaults()
            .withExtractors(
                new ExtractorHost(
                    ExtractorHost.builtIn(), SafeArchiveOpener::new, ExtractionLimits.DEFAULT));
    long start = System.nanoTime();
    for (int i = 0; i < archives; i++) {
      Path archive = folder.resolve("r%04d.pkh".formatted(i));
      if (!Files.exists(archive)) {
        made(options, i, entries, packages).pack(archive);
      }
    }
    for (Path tree : trees) {
      Path archive = folder.resolve(tree.getFileName() + ".pkh");
      if (!Files.exists(archive)) {
        new Packer(List.of(PackInput.of(tree)), options, PackListener.NONE).pack(archive);
      }
    }
    told("archives packed", start);
  }

  private Packer made(PackOptions options, long seed, int count, int some) {
    return new Packer(
        new MadeRepository(seed, count, some),
        List.of(new SourceTree(null, null)),
        work,
        options,
        PackListener.NONE);
  }

  private static DirectoryCatalog catalog(Path folder) {
    return DirectoryCatalog.start(
        CatalogSettings.of(List.of(new CatalogFolder("made", folder, true))));
  }

  private double ready(Path cache, Path folder, String what) throws Exception {
    long start = System.nanoTime();
    try (DirectoryCatalog catalog = catalog(folder);
        CatalogQueries queries = CatalogQueries.start(catalog, SqlSettings.DEFAULT, cache)) {
      awaitReady(queries);
      answer(queries, "SELECT count(*) FROM archives");
      return told(what + ", first answer", start);
    }
  }

  private void awaitReady(CatalogQueries queries) throws InterruptedException {
    while (queries.ready() < archives || queries.unready() > 0) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private double told(String what, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    out.printf(Locale.ROOT, "%-36s %.2f s%n", what, seconds);
    return seconds;
  }

  private static long answer(CatalogQueries queries, String sql) throws IOException {
    try (InputStream in = queries.run(CALLER, sql, NONE, SqlLimits.DEFAULT)) {
      return in.readAllBytes().length;
    }
  }

  private void ask(CatalogQueries queries, String name) throws IOException {
    String sql = QUESTIONS.getOrDefault(name, "");
    double[] times = new double[rounds];
    long length = 0;
    answer(queries, sql);
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      length = answer(queries, sql);
      times[i] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(times);
    out.printf(
        Locale.ROOT,
        "%-36s p50 %.1f ms, most %.1f ms, %d bytes%n",
        name,
        times[rounds / 2],
        times[rounds - 1],
        length);
  }

  private void register(CatalogQueries queries, Path folder) throws Exception {
    Path late = folder.resolve("late.pkh");
    Files.deleteIfExists(late);
    Path beside = work.resolve("late.pkh");
    Files.deleteIfExists(beside);
    made(
            PackOptions.defaults()
                .withExtractors(
                    new ExtractorHost(
                        ExtractorHost.builtIn(), SafeArchiveOpener::new, ExtractionLimits.DEFAULT)),
            -1,
            100_000,
            20_000)
        .pack(beside);
    for (int i = 0; i < 2; i++) {
      int before = queries.ready();
      long start = System.nanoTime();
      Path name = folder.resolve("late" + i + ".pkh");
      Files.deleteIfExists(name);
      Files.createLink(name, beside);
      while (queries.ready() == before) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
      told(i == 0 ? "100,000 entries registered, cold" : "100,000 entries registered, warm", start);
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith("late")).toList()) {
        Files.delete(file);
      }
    }
  }
}
