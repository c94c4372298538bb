package io.packhouse.client.command;

import io.packhouse.client.doctor.Finding;
import io.packhouse.client.doctor.Finding.Level;
import io.packhouse.client.doctor.Findings;
import io.packhouse.client.output.Json;
import io.packhouse.client.output.Style;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with this installation, and what to do. */
final class DoctorCommand extends Subcommand {
  private final RemoteOptions remote = new RemoteOptions();
  private @Nullable Path config;

  DoctorCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .description(
            "Say what is wrong with this installation, and what to do: Java and native code, the"
                + " launcher and its caches, limits, the daemon's configuration and all that it"
                + " names, SQL, and the daemon, if one runs. Changes nothing.",
            "")
        .exitCodes(
            "0:all went well: nothing is wrong, but for warnings",
            "1:something is wrong",
            ExitCode.USAGE_TEXT)
        .footer(
            "%nExamples:",
            "  packhouse doctor",
            "  sudo -u packhouse packhouse doctor --config /etc/packhouse/packhoused.toml",
            "  packhouse doctor --json | jq 'select(.level == \"problem\")'")
        .option(
            "--config",
            "FILE",
            Path.class,
            "The daemon's configuration [PACKHOUSED_CONFIG, else"
                + " /etc/packhouse/packhoused.toml if it is there]",
            value -> config = value);
    remote.describeRequired(syntax);
  }

  @Override
  int run() throws IOException, InterruptedException {
    Findings found = new DoctorRun(session(), remote, config).look();
    write(found);
    return found.worst() == Level.PROBLEM ? ExitCode.DIFFERENT : ExitCode.OK;
  }

  private void write(Findings found) throws IOException {
    if (common.json) {
      try (Json json = newJson()) {
        for (Finding finding : found.all()) {
          json.begin()
              .text("check", finding.check())
              .text("level", finding.level().toString())
              .text("text", finding.text())
              .text("remedy", finding.remedy().isEmpty() ? null : finding.remedy())
              .end();
        }
      }
      return;
    }
    try (Writer out = newText()) {
      for (Finding finding : found.all()) {
        if (common.quiet && finding.level().compareTo(Level.WARNING) < 0) {
          continue;
        }
        out.write(label(finding.level()) + finding.check() + ": ");
        out.write(Failures.oneLine(finding.text()) + "\n");
        if (!finding.remedy().isEmpty()) {
          out.write("         " + Failures.oneLine(finding.remedy()) + "\n");
        }
      }
    }
  }

  private String label(Level level) {
    Style style = style();
    String text = (level + "         ").substring(0, 9);
    return switch (level) {
      case OK -> style.green(text);
      case NOTE -> text;
      case WARNING -> style.yellow(text);
      case PROBLEM -> style.red(text);
    };
  }
}
