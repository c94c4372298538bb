package io.packhouse.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Has contenders do operations on corpora in rounds. What fails or takes too long is not tried
 * again on that corpus; without an archive there is nothing else to do for a contender.
 */
final class Comparison {
  private record Attempt(Corpus corpus, Operation operation, String contender) {
    @Override
    public String toString() {
      return corpus.name() + ": " + operation.label() + " by " + contender;
    }
  }

  private final Settings settings;
  private final List<Contender> contenders;
  private final Shell shell;
  private final ProcessMeter meter;
  private final PageCache pageCache;
  private final Trees trees;
  private final Checks checks;
  private final Samples samples;
  private final PrintStream out;
  private final Set<Attempt> hopeless = new HashSet<>();
  private final List<Attempt> failed = new ArrayList<>();

  Comparison(
      Settings settings,
      List<Contender> contenders,
      Shell shell,
      ProcessMeter meter,
      Trees trees,
      Samples samples,
      PrintStream out) {
    this.settings = settings;
    this.contenders = contenders;
    this.shell = shell;
    this.meter = meter;
    this.trees = trees;
    this.samples = samples;
    this.out = out;
    pageCache = new PageCache(shell, settings.cold());
    checks = new Checks(shell, settings.work(), trees, out);
  }

  /** Runs all rounds on one corpus. */
  void run(Corpus corpus) throws IOException, InterruptedException {
    for (int round = 0; round <= settings.rounds(); round++) {
      runRound(corpus, round);
    }
    removeArchives();
  }

  /** What went wrong so far, for people; empty if nothing did. */
  String failures() {
    return checks.failures() == 0 && failed.isEmpty()
        ? ""
        : checks.failures() + " check(s), commands " + failed;
  }

  /**
   * Round 0 warms the page cache and is not counted; the checks follow its packs. Slow contenders
   * are not in it, and nothing is extracted: new files are never in the cache.
   */
  private void runRound(Corpus corpus, int round) throws IOException, InterruptedException {
    removeArchives();
    List<Contender> turn =
        new ArrayList<>(
            contenders.stream()
                .filter(c -> !c.isSlow() || (round > 0 && round <= settings.slowRounds()))
                .toList());
    // Whoever comes after the greediest does so in one round only.
    Collections.rotate(turn, -round);
    for (Operation operation : Operation.values()) {
      if (!settings.operations().contains(operation)
          || (round == 0 && operation == Operation.EXTRACT)) {
        continue;
      }
      for (Contender contender : turn) {
        attempt(new Attempt(corpus, operation, contender.name()), contender, round);
      }
      trees.cut();
    }
    if (round == 0 && settings.check()) {
      for (Contender contender : turn) {
        if (contender.name().equals(Contenders.PACKHOUSE) && Files.exists(archive(contender))) {
          checks.check(corpus, archive(contender));
        }
      }
      trees.cut();
    }
  }

  private void attempt(Attempt attempt, Contender contender, int round)
      throws IOException, InterruptedException {
    String script = contender.scripts().get(attempt.operation());
    Path archive = archive(contender);
    boolean pack = attempt.operation() == Operation.PACK;
    if (script == null
        || hopeless.contains(attempt)
        || (!pack && script.contains("$2") && !Files.exists(archive))) {
      return;
    }
    Corpus corpus = attempt.corpus();
    if (pack) {
      Files.createDirectories(directory(contender));
    }
    if (pack && !contender.prepareScript().isEmpty()) {
      Shell.Result prepared = shell.run(contender.prepareScript(), corpus.directory(), archive);
      if (!prepared.ok()) {
        fail(attempt, "cannot be prepared: " + prepared.firstLine());
        return;
      }
    }
    Path target = attempt.operation() == Operation.EXTRACT ? trees.next(corpus) : trees.nowhere();
    pageCache.settle(contender, archive);
    Usage usage =
        meter.run(
            script,
            List.of(
                corpus.directory().toString(),
                archive.toString(),
                target.toString(),
                corpus.oneFile()),
            settings.limitSeconds());
    if (usage.overLimit()) {
      out.println(attempt + " took longer than " + settings.limitSeconds() + " s: given up");
      hopeless.add(attempt);
      samples.giveUp(corpus, attempt.operation(), contender.name(), settings.limitSeconds());
      if (pack) {
        remove(contender);
      }
    } else if (usage.exitCode() != 0) {
      fail(attempt, "failed, code " + usage.exitCode() + ": " + usage.complaint());
      if (pack) {
        remove(contender);
      }
    } else if (round > 0) {
      samples.add(
          new Sample(corpus, attempt.operation(), contender.name(), round, usage, length(archive)));
    }
  }

  private void fail(Attempt attempt, String why) {
    out.println(attempt + " " + why);
    hopeless.add(attempt);
    failed.add(attempt);
  }

  private void removeArchives() throws IOException, InterruptedException {
    for (Contender contender : contenders) {
      remove(contender);
    }
  }

  /** Programs that are killed leave files beside their archive, so its directory goes too. */
  private void remove(Contender contender) throws IOException, InterruptedException {
    if (contender.packs()) {
      shell.run("rm -rf \"$1\"", directory(contender));
    }
  }

  private Path archive(Contender contender) {
    return directory(contender).resolve(contender.archive());
  }

  private Path directory(Contender contender) {
    return settings.work().resolve("archives").resolve(contender.archive() + ".d");
  }

  private static long length(Path archive) throws IOException {
    if (!Files.exists(archive)) {
      return 0;
    }
    try (Stream<Path> paths = Files.walk(archive)) {
      return paths.filter(Files::isRegularFile).mapToLong(path -> path.toFile().length()).sum();
    }
  }
}
