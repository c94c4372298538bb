package io.packhouse.client.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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

  private static final long SECONDS = 60;
  private static final long MAX_SECONDS = 86_400;

  private String sql = "";
  private @Nullable Format format;
  private final TableOptions tables = new TableOptions();
  private final RemoteOptions remote = new RemoteOptions();
  private @Nullable Long seconds;
  private @Nullable Long rows;

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
            "A daemon answers over all archives of its catalog that you may see, by the limits of"
                + " its configuration: then name no ARCHIVE; the column archive has their names.",
            "")
        .exitCodes(
            ExitCode.OK_TEXT,
            "2:wrong usage, or wrong SQL",
            ExitCode.INPUT_TEXT,
            ExitCode.OUTPUT_TEXT,
            ExitCode.DAMAGED_TEXT,
            ExitCode.NOT_AN_ARCHIVE_TEXT,
            ExitCode.DAEMON_TEXT,
            ExitCode.LIMIT_TEXT)
        .footer(
            "%nExamples:",
            "  packhouse query 'SHOW TABLES' m2.pkh",
            "  packhouse query \"SELECT path, version FROM packages WHERE name = 'log4j-core'\""
                + " *.pkh",
            "  packhouse query --format csv 'FROM licenses ORDER BY packages DESC' m2.pkh npm.pkh",
            "  packhouse query --daemon auto \"SELECT archive, version FROM packages WHERE name ="
                + " 'log4j-core'\"")
        .operand("SQL", String.class, "The query, or -", value -> sql = value)
        .option(
            "--format",
            "FORMAT",
            Format.class,
            "table, csv, json (an object a row), arrow (an Arrow IPC stream), or parquet (with -o)"
                + " [table]",
            value -> format = value);
    tables.describe(syntax, "The Parquet file to write; - is standard output");
    syntax.option(
        "--limit-time",
        "SECONDS",
        Long.class,
        "The longest that the query may work, loading not counted [60]",
        value -> seconds = value);
    tables.describeMemory(syntax, "Most");
    syntax.option(
        "--limit-rows",
        "COUNT",
        Long.class,
        "Fail where the result has more rows [any number]",
        value -> rows = value);
    remote.describeOptional(syntax);
  }

  @Override
  int run() throws IOException, InterruptedException {
    if (common.json && format != null && format != Format.JSON) {
      throw Failure.usage("use either --json or --format");
    }
    Format wanted = common.json ? Format.JSON : format == null ? Format.TABLE : format;
    if (remote.isRemote(streams())) {
      runRemotely(wanted);
    } else {
      runHere(wanted);
    }
    return ExitCode.OK;
  }

  private void runHere(Format wanted) throws IOException {
    List<Path> paths = tables.archives("query SQL ARCHIVE...");
    long time = seconds == null ? SECONDS : seconds;
    TableOptions.require("--limit-time", time, 1, MAX_SECONDS);
    long memory = tables.memory();
    long most = rows == null ? Long.MAX_VALUE : rows;
    TableOptions.require("--limit-rows", most, 0, Long.MAX_VALUE);
    ExportOutput output = tables.output(session());
    if ((wanted == Format.PARQUET) != (output != null)) {
      throw Failure.usage("-o goes with --format parquet, which needs it");
    }
    if (output != null) {
      output.check(paths);
    }
    new QueryRun(session(), wanted, time, memory, most).run(text(), paths, output);
  }

  private void runRemotely(Format wanted) throws IOException, InterruptedException {
    tables.refuse();
    RemoteOptions.refuse(seconds, "--limit-time");
    RemoteOptions.refuse(rows, "--limit-rows");
    if (wanted == Format.PARQUET) {
      throw Failure.usage("--format parquet reads archives that are here; of a daemon take arrow");
    }
    RemoteQuery.run(remote, session(), text(), new QueryResult(session(), wanted));
  }

  private String text() throws IOException {
    return sql.equals("-")
        ? new String(streams().in().readAllBytes(), StandardCharsets.UTF_8)
        : sql;
  }
}
