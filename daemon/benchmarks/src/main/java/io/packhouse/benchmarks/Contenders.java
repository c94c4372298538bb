package io.packhouse.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * All contenders that this comparison knows, installed or not.
 *
 * <p>Each keeps links, modes and times as far as its format can, and uses all the cores that it
 * can. Only Packhouse syncs what it packed to the disk before it ends; that stays in its time.
 */
final class Contenders {
  /** The one that ratios are to. */
  static final String BASELINE = "tar | zstd -3 -T2";

  /** The one whose archives are checked. */
  static final String PACKHOUSE = "packhouse";

  static final String TAR = "tar";
  static final String SQUASHFS = "mksquashfs zstd-3";
  static final String B3SUM_FILES = "b3sum files";
  static final String B3SUM_ARCHIVE = "b3sum archive";

  private static final String PACKHOUSE_ARCHIVE = "packhouse.pkh";

  /** No questions, nothing outside of the work directory, nothing left from the last round. */
  private static final String BORG =
      "export BORG_BASE_DIR=\"$2.state\" BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes"
          + " BORG_RELOCATED_REPO_ACCESS_IS_OK=yes; ";

  private static final String RESTIC =
      "export RESTIC_PASSWORD=packhouse RESTIC_CACHE_DIR=\"$2.state\" RESTIC_REPOSITORY=\"$2\"; ";

  private Contenders() {}

  /** Archivers first, then {@link Limits}. */
  static List<Contender> all() {
    return Stream.concat(archivers().stream(), Limits.all().stream()).toList();
  }

  private static List<Contender> archivers() {
    return List.of(
        packhouse(PACKHOUSE, PACKHOUSE_ARCHIVE, ""),
        packhouse(PACKHOUSE + " --fast", "packhouse-fast.pkh", "--fast "),
        packhouse(PACKHOUSE + " --sharing off", "packhouse-unshared.pkh", "--sharing off "),
        packhouse(PACKHOUSE + " --no-metadata", "packhouse-plain.pkh", "--no-metadata "),
        tar(),
        tarZstd("-3 -T2", false),
        tarZstd("-1 -T2", false),
        tarZstd("-9 -T2", true),
        tarZstd("-3 --long=27 -T2", false),
        squashfs(3, false),
        squashfs(15, true),
        zip(),
        sevenZip(),
        borg(),
        restic(),
        b3sum(
            B3SUM_FILES,
            "b3sum-files",
            "cd \"$1\" && find . -type f -print0 | xargs -0 b3sum --no-names"),
        b3sum(B3SUM_ARCHIVE, PACKHOUSE_ARCHIVE, "exec b3sum \"$2\""));
  }

  private static Contender packhouse(String name, String archive, String options) {
    return new Contender(
        name,
        false,
        archive,
        List.of(),
        "\"$PACKHOUSE\" --version",
        "",
        Map.of(
            Operation.PACK, "exec \"$PACKHOUSE\" pack " + options + "\"$1\" \"$2\"",
            Operation.EXTRACT, "exec \"$PACKHOUSE\" extract \"$2\" \"$3\"",
            Operation.ONE_FILE, "exec \"$PACKHOUSE\" cat \"$2\" \"$4\"",
            Operation.OPEN, "exec \"$PACKHOUSE\" info \"$2\"",
            Operation.LIST, "exec \"$PACKHOUSE\" ls \"$2\"",
            Operation.VERIFY, "exec \"$PACKHOUSE\" verify \"$2\""));
  }

  private static Contender tar() {
    return new Contender(
        TAR,
        false,
        "tar.tar",
        List.of("tar"),
        "tar --version",
        "",
        Map.of(
            Operation.PACK, "exec tar -cf \"$2\" -C \"$1\" .",
            Operation.EXTRACT, "mkdir \"$3\" && exec tar -xf \"$2\" -C \"$3\"",
            Operation.ONE_FILE, "exec tar --occurrence -xOf \"$2\" \"./$4\"",
            Operation.LIST, "exec tar -tf \"$2\""));
  }

  private static Contender tarZstd(String options, boolean isSlow) {
    String decode = options.contains("--long") ? "zstd -dcq --long=31" : "zstd -dcq";
    return new Contender(
        "tar | zstd " + options,
        isSlow,
        "tar" + options.replaceAll("[^0-9a-z]+", "_") + ".tar.zst",
        List.of("tar", "zstd"),
        "zstd --version",
        "",
        Map.of(
            Operation.PACK, "tar -cf - -C \"$1\" . | zstd -q " + options + " -o \"$2\"",
            Operation.EXTRACT, "mkdir \"$3\" && " + decode + " \"$2\" | tar -xf - -C \"$3\"",
            // tar ends at the file that it wants, zstd then on a broken pipe.
            Operation.ONE_FILE, decode + " \"$2\" 2> /dev/null | tar --occurrence -xOf - \"./$4\"",
            Operation.LIST, decode + " \"$2\" | tar -tf -",
            Operation.VERIFY, decode + " \"$2\" > /dev/null"));
  }

  /** No operation to verify: squashfs keeps no digests or checksums of contents. */
  private static Contender squashfs(int level, boolean isSlow) {
    String options = "-comp zstd -Xcompression-level " + level + " -noappend -no-progress -quiet";
    return new Contender(
        "mksquashfs zstd-" + level,
        isSlow,
        "squashfs-" + level + ".sqfs",
        List.of("mksquashfs", "unsquashfs"),
        "mksquashfs -version",
        "",
        Map.of(
            Operation.PACK, "exec mksquashfs \"$1\" \"$2\" " + options,
            Operation.EXTRACT, "exec unsquashfs -q -n -d \"$3\" \"$2\"",
            Operation.ONE_FILE, "exec unsquashfs -cat \"$2\" \"$4\"",
            Operation.OPEN, "exec unsquashfs -s \"$2\"",
            Operation.LIST, "exec unsquashfs -l \"$2\""));
  }

  private static Contender zip() {
    return new Contender(
        "zip",
        true,
        "zip.zip",
        List.of("zip", "unzip"),
        "zip -v",
        "",
        Map.of(
            Operation.PACK, "cd \"$1\" && exec zip -qry \"$2\" .",
            Operation.EXTRACT, "exec unzip -q \"$2\" -d \"$3\"",
            Operation.ONE_FILE, "exec unzip -p \"$2\" \"$4\"",
            Operation.OPEN, "exec unzip -Zh \"$2\"",
            Operation.LIST, "exec unzip -Z1 \"$2\"",
            Operation.VERIFY, "exec unzip -tqq \"$2\""));
  }

  private static Contender sevenZip() {
    return new Contender(
        "7z",
        true,
        "7z.7z",
        List.of("7z"),
        "7z",
        "",
        Map.of(
            Operation.PACK, "cd \"$1\" && exec 7z a -t7z -snl -bd \"$2\" .",
            Operation.EXTRACT, "exec 7z x -snl -bd -o\"$3\" \"$2\"",
            Operation.ONE_FILE, "exec 7z x -so \"$2\" \"$4\"",
            Operation.LIST, "exec 7z l -ba \"$2\"",
            Operation.VERIFY, "exec 7z t -bd \"$2\""));
  }

  private static Contender borg() {
    return new Contender(
        "borg zstd-3",
        true,
        "borg",
        List.of("borg"),
        "borg --version",
        BORG + "mkdir \"$2.state\" && borg init -e none \"$2\"",
        Map.of(
            Operation.PACK, BORG + "cd \"$1\" && exec borg create -C zstd,3 \"$2::tree\" .",
            Operation.EXTRACT, BORG + "mkdir \"$3\" && cd \"$3\" && exec borg extract \"$2::tree\"",
            Operation.ONE_FILE, BORG + "exec borg extract --stdout \"$2::tree\" \"$4\"",
            Operation.OPEN, BORG + "exec borg info \"$2::tree\"",
            Operation.LIST, BORG + "exec borg list --short \"$2::tree\"",
            Operation.VERIFY, BORG + "exec borg check --verify-data \"$2\""));
  }

  private static Contender restic() {
    return new Contender(
        "restic",
        true,
        "restic",
        List.of("restic"),
        "restic version",
        RESTIC + "mkdir \"$2.state\" && restic init",
        Map.of(
            Operation.PACK, RESTIC + "cd \"$1\" && exec restic -q backup .",
            Operation.EXTRACT, RESTIC + "exec restic -q restore latest --target \"$3\"",
            Operation.ONE_FILE, RESTIC + "exec restic -q dump latest \"/$4\"",
            Operation.OPEN, RESTIC + "exec restic -q snapshots",
            Operation.LIST, RESTIC + "exec restic -q ls latest",
            Operation.VERIFY, RESTIC + "exec restic -q check --read-data"));
  }

  private static Contender b3sum(String name, String archive, String script) {
    return new Contender(
        name,
        false,
        archive,
        List.of("b3sum"),
        "b3sum --version",
        "",
        Map.of(Operation.VERIFY, script));
  }
}
