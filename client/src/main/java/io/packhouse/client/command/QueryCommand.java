package io.packhouse.client.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers SQL over archives. What it needs for that is beside the class path of other commands. */
final class QueryCommand extends Subcommand {
  /** How the result is written. */
  enum Format {
    TABLE,
    CSV,
    JSON,
    ARROW,
    PARQUET
  }

  private static final long MIN_MEMORY = 384L << 20;
  private static final long MAX_SECONDS = 86_400;

  private String sql = "";
  private List<String> archives = new ArrayList<>();
  private @Nullable Format format;
  private @Nullable String output;
  private boolean force;
  private long seconds = 60;
  private long memory = 1L << 30;
  private long rows = Long.MAX_VALUE;

  QueryCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .description(
            "Answer a question in SQL over archives: their entries, packages, dependencies,"
                + " contents.",
            "The tables and their columns are in docs/sql.md; so are functions. One SELECT, which"
                + " reads these tables and nothing else. With - it is read from standard input.",
            "")
        .exitCodes(
            ExitCode.OK_TEXT,
            "2:wrong usage, or wrong SQL",
            ExitCode.INPUT_TEXT,
            ExitCode.OUTPUT_TEXT,
            ExitCode.DAMAGED_TEXT,
            ExitCode.NOT_AN_ARCHIVE_TEXT,
            ExitCode.LIMIT_TEXT)
        .footer(
            "%nExamples:",
            "  packhouse query 'SHOW TABLES' m2.pkh",
            "  packhouse query \"SELECT path, version FROM packages WHERE name = 'log4j-core'\""
                + " *.pkh",
            "  packhouse query --format csv 'FROM licenses ORDER BY packages DESC' m2.pkh npm.pkh")
        .operand("SQL", String.class, "The query, or -", value -> sql = value)
        .operands("ARCHIVE", false, "The archives, one or more", value -> archives = value)
        .option(
            "--format",
            "FORMAT",
            Format.class,
            "table, csv, json (an object a row), arrow (an Arrow IPC stream), or parquet (with -o)"
                + " [table]",
            value -> format = value)
        .option(
            "-o --output",
            "OUT",
            String.class,
            "The Parquet file to write; - is standard output",
            value -> output = value)
        .flag("--force", "Replace a file that is there", value -> force = value)
        .option(
            "--limit-time",
            "SECONDS",
            Long.class,
            "The longest that the query may work, loading not counted [60]",
            value -> seconds = value)
        .bytes(
            "--limit-memory",
            "Most memory of the process that works, 384M or more [1G]",
            value -> memory = value)
        .option(
            "--limit-rows",
            "COUNT",
            Long.class,
            "Fail where the result has more rows [any number]",
            value -> rows = value);
  }

  @Override
  int run() throws IOException, InterruptedException {
    if (archives.isEmpty()) {
      throw Failure.usage("no archives to ask: packhouse query SQL ARCHIVE...");
    }
    if (common.json && format != null && format != Format.JSON) {
      throw Failure.usage("use either --json or --format");
    }
    require("--limit-time", seconds, 1, MAX_SECONDS);
    requireMemory(memory);
    require("--limit-rows", rows, 0, Long.MAX_VALUE);
    Format wanted = common.json ? Format.JSON : format == null ? Format.TABLE : format;
    if ((wanted == Format.PARQUET) != (output != null)) {
      throw Failure.usage("-o goes with --format parquet, which needs it");
    }
    String text =
        sql.equals("-") ? new String(streams().in().readAllBytes(), StandardCharsets.UTF_8) : sql;
    List<Path> paths = archives.stream().map(Path::of).toList();
    if (output != null) {
      new ExportOutput(session(), output, force).check(paths);
    }
    for (Path path : paths) {
      Archives.open(path).close();
    }
    new QueryRun(session(), wanted, seconds, memory, rows)
        .run(text, paths, output == null ? "-" : output, force);
    return ExitCode.OK;
  }

  static void requireMemory(long bytes) throws Failure {
    require("--limit-memory", bytes, MIN_MEMORY, Long.MAX_VALUE);
  }

  private static void require(String option, long value, long least, long most) throws Failure {
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
