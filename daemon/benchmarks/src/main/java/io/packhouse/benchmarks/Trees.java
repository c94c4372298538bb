package io.packhouse.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where contenders extract to: a new directory each time.
 *
 * <p>Creating files on ext4 takes up to ten times as long while inodes that were freed in the last
 * minutes are in the way, for the first contender that meets them. So extracted trees are not
 * removed during the run: their files are cut to nothing, which gives back the room on the disk and
 * in the page cache, and all is removed at the end.
 */
final class Trees {
  private static final long LEAST_INODES = 1_000_000;

  private final Shell shell;
  private final Path directory;
  private final long room;
  private final PrintStream out;
  private int count;
  private long used;

  /**
   * @param directory is removed with all in it, now and at the end
   * @param room bytes that extracted trees may take
   */
  Trees(Shell shell, Path directory, long room, PrintStream out)
      throws IOException, InterruptedException {
    this.shell = shell;
    this.directory = directory;
    this.room = room;
    this.out = out;
    if (Files.exists(directory)) {
      out.println("removing what an earlier run extracted: the first extractions may be slower");
    }
    removeAll();
    Files.createDirectories(directory);
  }

  /** A path that is not there yet, for a tree of this corpus. */
  Path next(Corpus corpus) throws IOException, InterruptedException {
    if (used + corpus.bytes() > room) {
      cut();
    }
    used += corpus.bytes();
    return directory.resolve(Integer.toString(++count));
  }

  /** A path that is never made, for operations that extract no tree. */
  Path nowhere() {
    return directory.resolve("nowhere");
  }

  /** Gives back the room of all trees made so far. */
  void cut() throws IOException, InterruptedException {
    if (used == 0) {
      return;
    }
    Shell.Result result =
        shell.run(
            """
            chmod -R u+rwX "$1" 2> /dev/null
            find "$1" -type f -size +0 -print0 | xargs -0r truncate -c -s 0 && sync
            df --output=iavail "$1" | tail -n 1
            """,
            directory);
    used = 0;
    String inodes = result.output().lines().reduce("", (first, last) -> last).strip();
    if (!inodes.matches("\\d+") || Long.parseLong(inodes) < LEAST_INODES) {
      out.println("removing extracted trees for want of inodes: extraction may be slower after it");
      removeAll();
      Files.createDirectories(directory);
    }
  }

  void removeAll() throws IOException, InterruptedException {
    shell.removeAndSync(directory);
    used = 0;
  }
}
