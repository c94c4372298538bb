package io.packhouse.client.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What commands take that write what archives hold: which, where to, and how much memory. */
final class TableOptions {
  private static final long MEMORY = 1L << 30;
  private static final long MIN_MEMORY = 384L << 20;

  private List<String> archives = new ArrayList<>();
  private @Nullable String output;
  private boolean force;
  private @Nullable Long memory;

  /** The archives, and where what is written goes. */
  void describe(Syntax syntax, String where) {
    syntax
        .operands("ARCHIVE", false, "The archives, one or more", value -> archives = value)
        .option("-o --output", "OUT", String.class, where, value -> output = value)
        .flag("--force", "Replace files that are there", value -> force = value);
  }

  /** The memory; {@code most} is how help begins. */
  void describeMemory(Syntax syntax, String most) {
    syntax.bytes(
        "--limit-memory",
        most + " memory of the process that works, 384M or more [1G]",
        value -> memory = value);
  }

  /** The archives; what is missing is said with how the command is used. */
  List<Path> archives(String usage) throws Failure {
    if (archives.isEmpty()) {
      throw Failure.usage("no archives: packhouse " + usage);
    }
    return archives.stream().map(Path::of).toList();
  }

  /** Where to; null where nobody says. */
  @Nullable ExportOutput output(Session session) {
    return output == null ? null : new ExportOutput(session, output, force);
  }

  long memory() throws Failure {
    long bytes = memory == null ? MEMORY : memory;
    require("--limit-memory", bytes, MIN_MEMORY, Long.MAX_VALUE);
    return bytes;
  }

  /** Refuses what a query to a daemon has no use for. */
  void refuse() throws Failure {
    if (!archives.isEmpty()) {
      throw Failure.usage(
          "a daemon answers over all archives of its catalog: leave out "
              + archives.getFirst()
              + ", and say which in SQL, as WHERE archive = 'FOLDER/NAME.pkh'");
    }
    RemoteOptions.refuse(output, "-o");
    RemoteOptions.refuse(memory, "--limit-memory");
  }

  static void require(String option, long value, long least, long most) throws Failure {
    if (value < least || value > most) {
      throw Failure.usage(
          option
              + " must be at least "
              + least
              + (most == Long.MAX_VALUE ? "" : " and at most " + most)
              + ", is "
              + value);
    }
  }
}
