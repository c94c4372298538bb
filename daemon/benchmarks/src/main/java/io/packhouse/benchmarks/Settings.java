package io.packhouse.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a comparison is asked to do; see {@link Arguments}.
 *
 * @param corpora directories
 * @param contenders names of {@link Contenders#all}
 * @param operations to time; packing is always among them
 * @param rounds that count, after one that does not
 * @param slowRounds of these, those that slow contenders take part in
 * @param limitSeconds when a command is given up; 0 for never
 * @param room bytes that extracted trees may take at once
 * @param cold whether the page cache is emptied before each command
 * @param pareto whether peers that are better at once in time and size are told
 * @param work a directory for archives and extracted trees
 * @param samplesCsv where each sample goes
 * @param charts where charts go, if they are drawn
 * @param packhouse the command
 * @param check whether what was packed is compared with the corpus
 * @param scaling what to do instead of comparing, if anything
 */
record Settings(
    List<Path> corpora,
    List<String> contenders,
    Set<Operation> operations,
    int rounds,
    int slowRounds,
    int limitSeconds,
    long room,
    boolean cold,
    boolean pareto,
    Path work,
    Path samplesCsv,
    Optional<Path> charts,
    String packhouse,
    boolean check,
    Optional<ScalingPlan> scaling) {

  Settings {
    corpora = List.copyOf(corpora);
    contenders = List.copyOf(contenders);
    operations = Set.copyOf(operations);
  }

  /** A file beside that of the samples. */
  Path beside(String name) {
    return samplesCsv.resolveSibling(name);
  }
}
