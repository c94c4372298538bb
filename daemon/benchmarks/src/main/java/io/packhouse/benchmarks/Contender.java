package io.packhouse.benchmarks;

import java.util.List;
import java.util.Map;

/**
 * An archiver with its options.
 *
 * @param name as tables have it
 * @param isSlow whether it takes part in the first rounds only
 * @param archive name of the file or directory that it packs to, alone in a directory where it may
 *     keep other things
 * @param tools programs that must be installed
 * @param versionScript prints its version on the first line that has a digit
 * @param prepareScript runs before each pack and is not timed; may be empty
 * @param scripts shell text by operation, for what it can do; {@code $1} is the tree, {@code $2}
 *     the archive, {@code $3} where to extract to (not there yet), {@code $4} the path of the one
 *     file, relative to the tree. What it prints is thrown away by the caller
 */
record Contender(
    String name,
    boolean isSlow,
    String archive,
    List<String> tools,
    String versionScript,
    String prepareScript,
    Map<Operation, String> scripts) {

  Contender {
    tools = List.copyOf(tools);
    scripts = Map.copyOf(scripts);
  }

  /** Whether it makes archives, or is timed beside those that do; others hash what was made. */
  boolean packs() {
    return scripts.containsKey(Operation.PACK);
  }
}
