package io.packhouse.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether what Packhouse packed is what was there. Not timed, once a corpus, with tools that know
 * nothing of Packhouse where there are any.
 */
final class Checks {
  /** Owners too, which root can restore; of directories no size, which is the file system's. */
  private static final String DESCRIBE =
      """
      owners=; [ "$(id -u)" = 0 ] && owners=' %U %G'
      describe() {
        (cd "$1" && find . -mindepth 1 \\( -type f -printf "%P\\t%y %m %T@ %l$owners %s %n\\n" \\
          -o -printf "%P\\t%y %m %T@ %l$owners\\n" \\) | LC_ALL=C sort)
      }
      describe "$1" > "$3.before" && describe "$2" > "$3.after" \\
        && diff "$3.before" "$3.after" | head -n 5 && cmp -s "$3.before" "$3.after"
      """;

  private static final String ROWS =
      "${PYTHON:-python3} -c 'import sys, pyarrow as pa;"
          + " print(pa.ipc.open_file(sys.argv[1]).read_all().num_rows)' \"$1\"";

  private final Shell shell;
  private final Path work;
  private final Trees trees;
  private final PrintStream out;
  private int failures;

  Checks(Shell shell, Path work, Trees trees, PrintStream out) {
    this.shell = shell;
    this.work = work;
    this.trees = trees;
    this.out = out;
  }

  /** How many checks have failed so far. */
  int failures() {
    return failures;
  }

  /**
   * Checks an archive of a corpus.
   *
   * @param archive as packed with default options
   */
  void check(Corpus corpus, Path archive) throws IOException, InterruptedException {
    Path tree = trees.next(corpus);
    Shell.Result extracted = shell.run("\"$PACKHOUSE\" extract \"$1\" \"$2\"", archive, tree);
    if (report(corpus, "extracts", extracted)) {
      report(
          corpus,
          "extracted contents are those of the tree (diff -r --no-dereference)",
          shell.run("diff -r --no-dereference \"$1\" \"$2\"", corpus.directory(), tree));
      report(
          corpus,
          "extracted types, modes, times, links, owners and sizes are those of the tree",
          shell.run(DESCRIBE, corpus.directory(), tree, work.resolve("listing")));
    }
    trees.cut();
    report(
        corpus,
        "the one file is the tree's",
        shell.run(
            "\"$PACKHOUSE\" cat \"$1\" \"$2\" | cmp - \"$3\"",
            archive,
            corpus.oneFile(),
            corpus.directory().resolve(corpus.oneFile())));
    for (int workers : new int[] {1, 2, 16}) {
      checkWorkers(corpus, archive, workers);
    }
    checkRows(corpus, archive);
  }

  private void checkWorkers(Corpus corpus, Path archive, int workers)
      throws IOException, InterruptedException {
    Path other = work.resolve("workers.pkh");
    shell.removeAndSync(other);
    report(
        corpus,
        workers + " worker(s) give the same bytes",
        shell.run(
            "\"$PACKHOUSE\" pack --workers " + workers + " \"$1\" \"$2\" && cmp \"$2\" \"$3\"",
            corpus.directory(),
            other,
            archive));
    Files.deleteIfExists(other);
  }

  private void checkRows(Corpus corpus, Path archive) throws IOException, InterruptedException {
    if (!shell.run("${PYTHON:-python3} -c 'import pyarrow'").ok()) {
      out.println("check " + corpus.name() + ": pyarrow reads the index: skipped, no pyarrow");
      return;
    }
    Shell.Result read = shell.run(ROWS, archive);
    String name = "pyarrow reads the index";
    if (read.ok()) {
      String rows = read.output().strip();
      name += ", " + rows + " rows for " + corpus.entries() + " entries";
      // The root has a row too, and so have packages inside of files.
      read = new Shell.Result(Long.parseLong(rows) >= corpus.entries() ? 0 : 1, read.output());
    }
    report(corpus, name, read);
  }

  private boolean report(Corpus corpus, String name, Shell.Result result) {
    String outcome = result.ok() ? "ok" : "FAILED: " + result.firstLine();
    out.println("check " + corpus.name() + ": " + name + ": " + outcome);
    if (!result.ok()) {
      failures++;
    }
    return result.ok();
  }
}
