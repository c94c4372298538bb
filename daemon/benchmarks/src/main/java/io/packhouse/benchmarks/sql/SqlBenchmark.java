package io.packhouse.benchmarks.sql;

import io.packhouse.benchmarks.service.Latencies;
import io.packhouse.benchmarks.service.RunningDaemon;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.Packer;
import io.packhouse.engine.pack.SourceTree;
import io.packhouse.extraction.archive.SafeArchiveOpener;
import io.packhouse.server.access.Grant;
import io.packhouse.server.access.Role;
import io.packhouse.server.access.TokenFile;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.sql.PrivateFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures SQL over the archives of a catalog, from outside: a daemon in a process of its own,
 * asked by Flight SQL over TCP.
 */
public final class SqlBenchmark {
  private static final List<String> PARTS =
      List.of("start", "questions", "late", "query", "export", "attack");
  private static final String LOG4J = "log4j";
  private static final Map<String, String> QUESTIONS = new LinkedHashMap<>();

  static {
    QUESTIONS.put("count", "SELECT count(*) FROM entries");
    QUESTIONS.put(
        LOG4J,
        "SELECT archive, path, version, nested FROM packages WHERE name = 'log4j-core'"
            + " AND version_compare('maven', version, '2.17') < 0");
    QUESTIONS.put(
        "dependents",
        "SELECT archive, count(*) FROM dependencies WHERE name ="
            + " 'org.apache.logging.log4j:log4j-core' GROUP BY 1");
    QUESTIONS.put("licenses", "SELECT license, sum(packages) FROM licenses GROUP BY 1");
    QUESTIONS.put(
        "prefix",
        "SELECT count(*) FROM entries WHERE archive = 'archives/r0500.pkh'"
            + " AND starts_with(path, 'org/g1')");
    QUESTIONS.put("duplicates", "SELECT sum(further_bytes) FROM duplicates");
  }

  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private final Path root = Path.of(System.getProperty("packhouse.root", ".")).toAbsolutePath();
  private String packhouse = root.resolve("packhouse").toString();
  private Path work = root.resolve("daemon/benchmarks/target/sql");
  private List<String> parts = PARTS.subList(0, 3);
  private int archives = 1_000;
  private int entries = 5_000;
  private int packages = 1_000;
  private int rounds = 100;
  private int sessions = 2;
  private Duration time = Duration.ofSeconds(2);
  private Duration alone = Duration.ofSeconds(30);
  private final List<Path> trees = new ArrayList<>();
  private String userToken = "";
  private String attackerToken = "";

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
    while (!words.isEmpty()) {
      String word = words.remove();
      switch (word) {
        case "--help" -> {
          out.print(
              """
              usage: sql [OPTION...] [DIR...]

              Packs each DIR and many made-up repositories, starts packhoused over them, and asks it by
              Flight SQL:
                start      how long it takes until all are there, with tables to make and without
                questions  several, again and again
                late       how long it takes until another archive is there
                query      packhouse query of one of them, a whole process
                export     packhouse export of all of them, by its peak of memory, too
                attack     one of these questions, while another user sends what must not work

                --parts NAMES   comma-separated [start,questions,late]
                --attack        likewise: attack alone
                --archives N    made-up repositories [1000]
                --entries N     of each [5000]
                --packages N    of these [1000]
                --rounds N      of each question [100]
                --sessions N    of the attacker, with a statement at a time each [2]
                --time S        seconds that a query may take while attacked [2]
                --alone S       seconds without attacks, before and afterwards [30]
                --work DIR      what is packed stays there for the next run [daemon/benchmarks/target/sql]
                --packhouse CMD the command [./packhouse of this checkout]
              """);
          System.exit(0);
        }
        case "--parts" -> parts = List.of(words.remove().split(",", -1));
        case "--attack" -> parts = List.of("attack");
        case "--archives" -> archives = Integer.parseInt(words.remove());
        case "--entries" -> entries = Integer.parseInt(words.remove());
        case "--packages" -> packages = Integer.parseInt(words.remove());
        case "--rounds" -> rounds = Integer.parseInt(words.remove());
        case "--sessions" -> sessions = Integer.parseInt(words.remove());
        case "--time" -> time = Duration.ofSeconds(Integer.parseInt(words.remove()));
        case "--alone" -> alone = Duration.ofSeconds(Integer.parseInt(words.remove()));
        case "--work" -> work = Path.of(words.remove()).toAbsolutePath();
        case "--packhouse" -> packhouse = words.remove();
        default -> {
          if (!Files.isDirectory(Path.of(word))) {
            throw new IllegalArgumentException(word + " is neither an option nor a directory");
          }
          trees.add(Path.of(word));
        }
      }
    }
    if (!PARTS.containsAll(parts)) {
      throw new IllegalArgumentException("parts are " + PARTS);
    }
  }

  private void run() throws Exception {
    Path folder = Files.createDirectories(work.resolve(RunningDaemon.CATALOG));
    pack(folder);
    makeTokens();
    Path cache = work.resolve("state/sql");
    if (parts.contains("start")) {
      PrivateFolder.delete(cache);
      double made = started("with all tables to make");
      out.printf(Locale.ROOT, "  %.0f archives/s%n", (archives + trees.size()) / made);
      started("with the tables there");
    }
    if (parts.contains("questions") || parts.contains("late")) {
      questions(folder, cache);
    }
    Commands commands = Commands.of(out, packhouse, work);
    List<Path> made = IntStream.range(0, archives).mapToObj(i -> made(folder, i)).toList();
    if (parts.contains("query")) {
      commands.query(made.getFirst());
    }
    if (parts.contains("export")) {
      commands.export(made);
    }
    if (parts.contains("attack")) {
      try (RunningDaemon daemon = daemon(time);
          SqlClient user = user(daemon);
          SqlClient attacker = new SqlClient(daemon.address(0), attackerToken)) {
        awaitAll(user);
        String question = QUESTIONS.getOrDefault(LOG4J, "");
        new Attack(out, root, daemon, user, attacker, question).run(sessions, alone);
      }
    }
  }

  private void questions(Path folder, Path cache) throws Exception {
    try (RunningDaemon daemon = daemon(Duration.ofMinutes(1));
        SqlClient user = user(daemon)) {
      awaitAll(user);
      out.printf(Locale.ROOT, "%-36s %.0f MB%n", "tables on disk", bytes(cache) / 1e6);
      if (parts.contains("questions")) {
        for (Map.Entry<String, String> question : QUESTIONS.entrySet()) {
          ask(user, question.getKey(), question.getValue());
        }
        out.printf("%-36s %s%n", "memory after them", Footprint.of(daemon.pid()));
      }
      if (parts.contains("late")) {
        register(user, folder);
      }
    }
  }

  private void pack(Path folder) throws IOException, InterruptedException {
    PackOptions options = options();
    long start = System.nanoTime();
    for (int i = 0; i < archives; i++) {
      Path archive = made(folder, i);
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

  private static Path made(Path folder, int number) {
    return folder.resolve("r%04d.pkh".formatted(number));
  }

  private static PackOptions options() {
    return PackOptions.defaults()
        .withExtractors(
            new ExtractorHost(
                ExtractorHost.builtIn(), SafeArchiveOpener::new, ExtractionLimits.DEFAULT));
  }

  private Packer made(PackOptions options, long seed, int count, int some) {
    return new Packer(
        new MadeRepository(seed, count, some),
        List.of(new SourceTree(null, null)),
        work,
        options,
        PackListener.NONE);
  }

  private Path tokens() {
    return work.resolve("tokens");
  }

  private void makeTokens() throws IOException {
    Files.deleteIfExists(tokens());
    TokenFile file = TokenFile.open(tokens(), Clock.systemUTC());
    SecureRandom random = new SecureRandom();
    Grant all = new Grant(Role.READ, List.of());
    userToken = file.create("user", all, null, random);
    attackerToken = file.create("attacker", all, null, random);
  }

  private RunningDaemon daemon(Duration queries) throws IOException, InterruptedException {
    return RunningDaemon.start(
        packhouse,
        work,
        List.of(),
        List.of(
            "access.tokens = \"" + tokens() + "\"", "sql.time = \"" + queries.toSeconds() + "s\""),
        Map.of(),
        "tcp://127.0.0.1:0");
  }

  private SqlClient user(RunningDaemon daemon) {
    return new SqlClient(daemon.address(0), userToken);
  }

  private double started(String what) throws Exception {
    long start = System.nanoTime();
    try (RunningDaemon daemon = daemon(Duration.ofMinutes(1));
        SqlClient user = user(daemon)) {
      told("listens, " + what, start);
      awaitAll(user);
      double seconds = told("all archives answer, " + what, start);
      out.printf("%-36s %s%n", "memory then", Footprint.of(daemon.pid()));
      return seconds;
    }
  }

  private void awaitAll(SqlClient user) throws Exception {
    String all = Integer.toString(archives + trees.size());
    while (!user.ask("SELECT count(*) FROM archives").first().equals(all)) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private double told(String what, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    out.printf(Locale.ROOT, "%-36s %.2f s%n", what, seconds);
    return seconds;
  }

  private void ask(SqlClient user, String name, String sql) throws Exception {
    List<Long> nanos = new ArrayList<>();
    SqlClient.Answer answer = user.ask(sql);
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      answer = user.ask(sql);
      nanos.add(System.nanoTime() - start);
    }
    Latencies latencies = new Latencies(nanos);
    out.printf(
        Locale.ROOT,
        "%-36s p50 %.1f ms, p99 %.1f ms, most %.1f ms; %d rows, %d bytes%n",
        name,
        latencies.millis(0.5),
        latencies.millis(0.99),
        latencies.millis(1),
        answer.rows(),
        answer.bytes());
  }

  private void register(SqlClient user, Path folder) throws Exception {
    Path beside = work.resolve("late.pkh");
    Files.deleteIfExists(beside);
    made(options(), -1, 100_000, 20_000).pack(beside);
    List<Path> late = new ArrayList<>();
    for (String when : List.of("cold", "warm")) {
      Path file = folder.resolve("late-" + when + ".pkh");
      Files.deleteIfExists(file);
      String sql = "SELECT count(*) FROM archives WHERE archive = 'archives/late-" + when + ".pkh'";
      user.ask(sql);
      long start = System.nanoTime();
      Files.createLink(file, beside);
      late.add(file);
      while (!user.ask(sql).first().equals("1")) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
      told("100,000 entries are there, " + when, start);
    }
    for (Path file : late) {
      Files.delete(file);
    }
  }
}
