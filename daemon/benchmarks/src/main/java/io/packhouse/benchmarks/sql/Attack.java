package io.packhouse.benchmarks.sql;

import io.packhouse.benchmarks.service.Latencies;
import io.packhouse.benchmarks.service.RunningDaemon;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.arrow.flight.FlightRuntimeException;

/**
 * How long a user waits for answers while another sends statements that must not work, several side
 * by side. The user asks one question again and again: before, meanwhile and afterwards.
 */
final class Attack {
  /** Tests of the engine send these, too. */
  private static final String STATEMENTS = "daemon/sql/src/test/resources/io/packhouse/sql";

  private static final String ANSWERED = "ANSWERED";

  private final PrintStream out;
  private final RunningDaemon daemon;
  private final SqlClient user;
  private final SqlClient attacker;
  private final String question;
  private final Queue<String> statements = new ConcurrentLinkedQueue<>();

  /** How a statement ended. */
  private record End(String sql, String how, double seconds) {}

  /**
   * Makes one.
   *
   * @param root of the checkout, which has the statements
   * @param question of the user's
   */
  Attack(
      PrintStream out,
      Path root,
      RunningDaemon daemon,
      SqlClient user,
      SqlClient attacker,
      String question)
      throws IOException {
    this.out = out;
    this.daemon = daemon;
    this.user = user;
    this.attacker = attacker;
    this.question = question;
    for (String file : List.of("refused.sql", "stopped.sql")) {
      try (Stream<String> lines = Files.lines(root.resolve(STATEMENTS).resolve(file))) {
        lines
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .map(line -> line.replace("FOLDER", root.toString()))
            .forEach(statements::add);
      }
    }
  }

  /**
   * Attacks, and prints what came of it.
   *
   * @param sessions in which the attacker sends, each one statement at a time
   * @param alone how long the user asks before, and again afterwards
   */
  void run(int sessions, Duration alone) throws Exception {
    ask(during(alone));
    List<Long> undisturbed = ask(during(alone));
    List<End> ends = new ArrayList<>();
    List<Long> attacked;
    Footprint footprint;
    try (ExecutorService executor = Executors.newCachedThreadPool()) {
      List<Future<List<End>>> attackers = new ArrayList<>();
      for (int i = 0; i < sessions; i++) {
        attackers.add(executor.submit(this::attack));
      }
      BooleanSupplier under = () -> !attackers.stream().allMatch(Future::isDone);
      Future<Footprint> most = executor.submit(() -> Footprint.most(daemon.pid(), under));
      attacked = ask(under);
      for (Future<List<End>> each : attackers) {
        ends.addAll(each.get());
      }
      footprint = most.get();
    }
    undisturbed.addAll(ask(during(alone)));
    double before = tell("log4j alone", undisturbed);
    double ratio = tell("log4j while another attacks", attacked) / before;
    out.printf(Locale.ROOT, "%-36s %.2f × that alone%n", "its p99", ratio);
    tell(ends);
    out.printf(
        Locale.ROOT,
        "%-36s %s; the daemon %s%n",
        "memory at most",
        footprint,
        daemon.isAlive() ? "lives" : "IS GONE");
  }

  private static BooleanSupplier during(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    return () -> System.nanoTime() < end;
  }

  private List<Long> ask(BooleanSupplier more) throws Exception {
    List<Long> nanos = new ArrayList<>();
    while (more.getAsBoolean()) {
      long start = System.nanoTime();
      user.ask(question);
      nanos.add(System.nanoTime() - start);
    }
    return nanos;
  }

  private List<End> attack() throws Exception {
    List<End> ends = new ArrayList<>();
    for (String sql = statements.poll(); sql != null; sql = statements.poll()) {
      long start = System.nanoTime();
      String how = ANSWERED;
      try {
        attacker.ask(sql);
      } catch (FlightRuntimeException e) {
        how = e.status().code().name();
      }
      ends.add(new End(sql, how, (System.nanoTime() - start) / 1e9));
    }
    return ends;
  }

  private double tell(String what, List<Long> nanos) {
    Latencies latencies = new Latencies(nanos);
    double most = latencies.millis(0.99);
    out.printf(
        Locale.ROOT,
        "%-36s p50 %.1f ms, p99 %.1f ms, most %.1f ms, of %d%n",
        what,
        latencies.millis(0.5),
        most,
        latencies.millis(1),
        latencies.count());
    return most;
  }

  private void tell(List<End> ends) {
    Map<String, Integer> counts = new TreeMap<>();
    Map<String, Double> longest = new TreeMap<>();
    for (End end : ends) {
      counts.merge(end.how(), 1, Integer::sum);
      longest.merge(end.how(), end.seconds(), Math::max);
      if (end.how().equals(ANSWERED)) {
        out.println("answered: " + end.sql());
      }
    }
    counts.forEach(
        (how, count) ->
            out.printf(
                Locale.ROOT, "%-36s %d, after %.1f s at most%n", how, count, longest.get(how)));
  }
}
