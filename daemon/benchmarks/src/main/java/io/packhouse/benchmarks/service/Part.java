package io.packhouse.benchmarks.service;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** A group of measurements. */
interface Part {
  /**
   * What all parts are given.
   *
   * @param packhouse the command
   * @param work a folder to work in; each part makes one of its own name there
   * @param corpora trees to work on; may be empty
   * @param seconds how long each measurement goes on, about
   * @param seed of what is random
   * @param rounds how often what takes long is done
   * @param out for what is of interest meanwhile
   */
  record Setting(
      String packhouse,
      Path work,
      List<Path> corpora,
      double seconds,
      long seed,
      int rounds,
      PrintStream out) {
    public Setting {
      corpora = List.copyOf(corpora);
    }
  }

  /** What it is asked for by. */
  String name();

  /** What it measures, in a line, for help. */
  String summary();

  /** Measures, and adds what it found to the results. */
  void run(Setting setting, Results results) throws IOException, InterruptedException;
}
