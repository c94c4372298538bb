package io.packhouse.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a comparison ran on, printed above its tables. */
final class Machine {
  /** A machine that is busy with this many processes, or fewer, is quiet. */
  private static final double QUIET_LOAD = 0.5;

  private Machine() {}

  static void print(Shell shell, Path root, Path work, boolean cold, PrintStream out)
      throws IOException, InterruptedException {
    out.printf(
        Locale.ROOT,
        "machine: %d x %s, %s; Linux %s%n",
        Runtime.getRuntime().availableProcessors(),
        first(shell, "sed -n 's/^model name[^:]*: //p' /proc/cpuinfo"),
        first(shell, "sed -n 's/^MemTotal: *//p' /proc/meminfo"),
        System.getProperty("os.version"));
    out.println(
        "files: "
            + Files.getFileStore(work).type()
            + " at "
            + work
            + ", "
            + Files.getFileStore(work).getUsableSpace() / 1_000_000_000
            + " GB free; page cache "
            + (cold ? "emptied before each command, but for its program" : "warm")
            + "; the disk synced before each command");
    out.println(
        "java: "
            + System.getProperty("java.vm.name")
            + " "
            + System.getProperty("java.runtime.version"));
    out.println("commit: " + first(shell, "git -C \"$1\" describe --always --dirty", root));
    double load = Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
    out.printf(
        Locale.ROOT,
        "load before the run: %.2f%s%n",
        load,
        load > QUIET_LOAD ? " — the machine is busy: trust no number, and ratios little" : "");
  }

  private static String first(Shell shell, String script, Object... arguments)
      throws IOException, InterruptedException {
    return shell.run(script, arguments).firstLine();
  }
}
