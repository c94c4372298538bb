package io.packhouse.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the system has of files in memory when a command begins. */
final class PageCache {
  private static final int READ_LENGTH = 1 << 20;
  private static final Path DROP = Path.of("/proc/sys/vm/drop_caches");

  private final Shell shell;
  private final boolean cold;

  /**
   * @param cold whether commands find nothing of their input in memory
   */
  PageCache(Shell shell, boolean cold) {
    this.shell = shell;
    this.cold = cold;
  }

  /** Whether this process may empty the cache: root may. */
  static boolean canDrop() {
    return Files.isWritable(DROP);
  }

  /**
   * Brings the disk to rest and the cache into the state in which commands are timed. A cold one
   * has the program: it has just told its version.
   *
   * @param archive what the command reads; a file, a directory, or nothing
   */
  void settle(Contender contender, Path archive) throws IOException, InterruptedException {
    if (!cold) {
      read(archive);
    }
    shell.run("sync");
    if (cold) {
      Shell.Result dropped = shell.run("echo 3 > \"$1\"", DROP);
      if (!dropped.ok()) {
        throw new IOException("cannot drop the page cache: " + dropped.firstLine());
      }
      shell.run(contender.versionScript());
    }
  }

  /** Archives of all contenders and trees may be more than memory, so that some would be gone. */
  private static void read(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    byte[] buffer = new byte[READ_LENGTH];
    try (Stream<Path> paths = Files.walk(path)) {
      for (Path file : paths.filter(Files::isRegularFile).toList()) {
        try (InputStream in = Files.newInputStream(file)) {
          while (in.read(buffer) > 0) {
            // Only the reading counts.
          }
        }
      }
    }
  }
}
