package io.packhouse.benchmarks;

import java.util.List;
import java.util.Map;

/**
 * An archiver with its options.
 *
 * @param name as tables have it
 * @param suffix of its archives, with the dot
 * @param tools programs that must be installed
 * @param versionScript prints its version on the first line that has a digit
 * @param scripts shell text by operation, for what it can do; {@code $1} is the tree, {@code $2}
 *     the archive, {@code $3} where to extract to (not there yet), {@code $4} the path of the one
 *     file, relative to the tree. What it prints is thrown away by the caller
 */
record Contender(
    String name,
    String suffix,
    List<String> tools,
    String versionScript,
    Map<Operation, String> scripts) {

  /** The one that ratios are to. */
  static final String BASELINE = "tar | zstd -3 -T2";

  /** The one whose archives are checked. */
  static final String PACKHOUSE = "packhouse";

  Contender {
    tools = List.copyOf(tools);
    scripts = Map.copyOf(scripts);
  }

  /**
   * All that this comparison knows, installed or not.
   *
   * <p>Each keeps links, modes and times, and uses all the cores that it can. Only Packhouse syncs
   * what it packed to the disk before it ends; that stays in its time.
   */
  static List<Contender> all() {
    return List.of(
        new Contender(
            PACKHOUSE,
            ".pkh",
            List.of(),
            "\"$PACKHOUSE\" --version",
            Map.of(
                Operation.PACK, "exec \"$PACKHOUSE\" pack \"$1\" \"$2\"",
                Operation.EXTRACT, "exec \"$PACKHOUSE\" extract \"$2\" \"$3\"",
                Operation.ONE_FILE, "exec \"$PACKHOUSE\" cat \"$2\" \"$4\"",
                Operation.OPEN, "exec \"$PACKHOUSE\" info \"$2\"",
                Operation.LIST, "exec \"$PACKHOUSE\" ls \"$2\"",
                Operation.VERIFY, "exec \"$PACKHOUSE\" verify \"$2\"")),
        new Contender(
            "tar",
            ".tar",
            List.of("tar"),
            "tar --version",
            Map.of(
                Operation.PACK, "exec tar -cf \"$2\" -C \"$1\" .",
                Operation.EXTRACT, "mkdir \"$3\" && exec tar -xf \"$2\" -C \"$3\"",
                Operation.ONE_FILE, "exec tar --occurrence -xOf \"$2\" \"./$4\"",
                Operation.LIST, "exec tar -tf \"$2\"")),
        tarZstd("-3 -T2"),
        tarZstd("-1 -T2"),
        tarZstd("-9 -T2"),
        tarZstd("-3 --long=27 -T2"),
        new Contender(
            "mksquashfs zstd-3",
            ".sqfs",
            List.of("mksquashfs", "unsquashfs"),
            "mksquashfs -version",
            Map.of(
                Operation.PACK, "exec mksquashfs \"$1\" \"$2\" " + squash(3),
                Operation.EXTRACT, "exec unsquashfs -q -n -d \"$3\" \"$2\"",
                Operation.ONE_FILE, "exec unsquashfs -cat \"$2\" \"$4\"",
                Operation.OPEN, "exec unsquashfs -s \"$2\"",
                Operation.LIST, "exec unsquashfs -l \"$2\"")),
        new Contender(
            "zip",
            ".zip",
            List.of("zip", "unzip"),
            "zip -v",
            Map.of(
                Operation.PACK, "cd \"$1\" && exec zip -qry \"$2\" .",
                Operation.EXTRACT, "exec unzip -q \"$2\" -d \"$3\"",
                Operation.ONE_FILE, "exec unzip -p \"$2\" \"$4\"",
                Operation.OPEN, "exec unzip -Zh \"$2\"",
                Operation.LIST, "exec unzip -Z1 \"$2\"",
                Operation.VERIFY, "exec unzip -tqq \"$2\"")));
  }

  /** Names of those that run when none are named. */
  static List<String> byDefault() {
    return List.of(PACKHOUSE, "tar", BASELINE, "mksquashfs zstd-3", "zip");
  }

  private static Contender tarZstd(String options) {
    String decode = options.contains("--long") ? "zstd -dcq --long=31" : "zstd -dcq";
    return new Contender(
        "tar | zstd " + options,
        ".tar.zst",
        List.of("tar", "zstd"),
        "zstd --version",
        Map.of(
            Operation.PACK, "tar -cf - -C \"$1\" . | zstd -q " + options + " -o \"$2\"",
            Operation.EXTRACT, "mkdir \"$3\" && " + decode + " \"$2\" | tar -xf - -C \"$3\"",
            // tar ends at the file that it wants, zstd then on a broken pipe.
            Operation.ONE_FILE, decode + " \"$2\" 2> /dev/null | tar --occurrence -xOf - \"./$4\"",
            Operation.LIST, decode + " \"$2\" | tar -tf -",
            Operation.VERIFY, decode + " \"$2\" > /dev/null"));
  }

  private static String squash(int level) {
    return "-comp zstd -Xcompression-level " + level + " -noappend -no-progress -quiet";
  }
}
