package io.packhouse.benchmarks;

import java.util.List;
import java.util.Map;

/**
 * Contenders that do one part of an archiver's work and nothing else, by the best tool for it: they
 * show what the machine takes for that part in the same run. They are no peers, and make no
 * archives.
 */
final class Limits {
  private static final String PREFIX = "limit: ";

  /** Starting and ending the command. */
  static final String START = PREFIX + "start";

  /** Listing, opening and reading all files; creating all of them, empty. */
  static final String FILES = PREFIX + "files";

  /** BLAKE3 of as many bytes, in one file. */
  static final String HASH = PREFIX + "hash";

  /** The codec alone, from one file; and back, to nowhere. */
  static final String CODEC = PREFIX + "zstd -3 -T2";

  /** Writing as many bytes as the archive of the codec has, and a sync; or as the tree has. */
  static final String WRITE = PREFIX + "write";

  /** Copying the tree, without a sync. */
  static final String COPY = PREFIX + "copy";

  /** What they share: the tree as one file, and that compressed. */
  private static final String TAR = "limits.tar";

  private static final String READY_TAR = "test -e \"$2\" || tar -cf \"$2\" -C \"$1\" .";
  private static final String COMPRESS = "zstd -qf -3 -T2 -o \"$2.zst\" \"$2\"";

  private Limits() {}

  static boolean isLimit(String contender) {
    return contender.startsWith(PREFIX);
  }

  static List<Contender> all() {
    String start = "exec \"$PACKHOUSE\" --version";
    return List.of(
        limit(
            START,
            List.of(),
            "",
            Map.of(Operation.PACK, start, Operation.EXTRACT, start, Operation.VERIFY, start)),
        limit(
            FILES,
            List.of("find", "xargs", "cp"),
            "",
            Map.of(
                Operation.PACK,
                "cd \"$1\" && find . -type f -print0"
                    + " | xargs -0 -P \"$(nproc)\" -n 500 cat > /dev/null",
                Operation.EXTRACT,
                "exec cp -a --attributes-only \"$1\" \"$3\"")),
        limit(
            HASH, List.of("b3sum", "tar"), READY_TAR, Map.of(Operation.PACK, "exec b3sum \"$2\"")),
        limit(
            CODEC,
            List.of("zstd", "tar"),
            READY_TAR,
            Map.of(
                Operation.PACK,
                "exec " + COMPRESS,
                Operation.EXTRACT,
                "exec zstd -dcq \"$2.zst\" > /dev/null")),
        limit(
            WRITE,
            List.of("zstd", "tar"),
            READY_TAR + "; test -e \"$2.zst\" || " + COMPRESS,
            Map.of(
                Operation.PACK, "cp \"$2.zst\" \"$2.copy\" && exec sync \"$2.copy\"",
                Operation.EXTRACT, "mkdir \"$3\" && exec cp \"$2\" \"$3/tar\"")),
        limit(COPY, List.of("cp"), "", Map.of(Operation.EXTRACT, "exec cp -a \"$1\" \"$3\"")));
  }

  private static Contender limit(
      String name, List<String> tools, String prepareScript, Map<Operation, String> scripts) {
    String version = tools.isEmpty() ? "\"$PACKHOUSE\" --version" : tools.getFirst() + " --version";
    return new Contender(name, false, TAR, tools, version, prepareScript, scripts);
  }
}
