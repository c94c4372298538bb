package io.packhouse.client.command;

import io.packhouse.client.output.Streams;
import io.packhouse.client.output.Style;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Parses a command line, runs what it says, and turns whatever is thrown into one line and an exit
 * code.
 */
public final class Commands {
  static final List<String> NAMES =
      List.of(
          "pack",
          "extract",
          "cat",
          "ls",
          "info",
          "verify",
          "diff",
          "merge",
          "query",
          "export",
          "plugins",
          "daemon",
          "jobs",
          "watch",
          "cancel",
          "stats",
          "doctor",
          "catalog",
          "token",
          "completion",
          "help");

  private static final Set<String> DAEMON_OPTIONS =
      Set.of("--daemon", "--token-file", "--ca", "--cert", "--key");

  /** The command itself; its options work without a verb only. */
  static final class Root {
    private boolean version;

    void describe(Syntax syntax) {
      syntax
          .synopsis("packhouse COMMAND [OPTIONS] ...", "       packhouse COMMAND --help")
          .description(
              "Pack trees of software packages into single files that are fast to make, fast to"
                  + " read at random, and provably intact.",
              "")
          .exitCodes(
              ExitCode.OK_TEXT,
              "1:diff found differences, or doctor something wrong",
              ExitCode.USAGE_TEXT,
              ExitCode.INPUT_TEXT,
              ExitCode.OUTPUT_TEXT,
              ExitCode.DAMAGED_TEXT,
              ExitCode.NOT_AN_ARCHIVE_TEXT,
              ExitCode.PARTIAL_TEXT,
              ExitCode.DAEMON_TEXT,
              ExitCode.LIMIT_TEXT,
              ExitCode.INTERNAL_TEXT,
              ExitCode.INTERRUPTED_TEXT,
              ExitCode.CLOSED_PIPE_TEXT)
          .footer(
              "%nEnvironment:",
              "  NO_COLOR             set to anything: no colours, unless --color=always",
              "  PACKHOUSE_DAEMON     the daemon that does the work, as --daemon",
              "  PACKHOUSE_TOKEN      the token to show it",
              "  PACKHOUSE_CA         the authorities to trust for TLS, as --ca",
              "  PACKHOUSE_CERT       the certificate to show it, as --cert",
              "  PACKHOUSE_KEY        its private key, as --key",
              "  PACKHOUSE_DEBUG      set to 1: errors come with a stack trace",
              "  PACKHOUSE_PLUGINS    the folder of third-party extractors",
              "  PACKHOUSE_JAVA_OPTS  further options for the Java virtual machine",
              "  SOURCE_DATE_EPOCH    with pack --reproducible: no recorded time is later",
              "%nExamples:",
              "  packhouse pack ~/.m2/repository m2.pkh",
              "  packhouse verify m2.pkh",
              "  packhouse ls -l m2.pkh '*.pom'",
              "  packhouse extract m2.pkh restored org/slf4j")
          .flag("-V --version", "Show the version", value -> version = value)
          .helpFlag("-h --help", "Show this help");
      syntax.usage().commandListHeading("%nCommands:%n").exitCodeListHeading("%nExit codes:%n");
    }
  }

  private Commands() {}

  /** The whole tree of commands, to be read by what makes documentation of it. */
  public static CommandLine documented() {
    return newCommandLine(new Session(Streams.system()));
  }

  /** The whole tree of commands. */
  static CommandLine newCommandLine(Session session) {
    return newCommandLine(session, NAMES);
  }

  /** The command with these verbs alone. */
  static CommandLine newCommandLine(Session session, List<String> names) {
    Root options = new Root();
    Syntax all = new Syntax("packhouse", options);
    options.describe(all);
    CommandLine root = newCommandLine(all);
    for (String name : names) {
      Subcommand command = newCommand(name, session);
      Syntax syntax = new Syntax(name, command);
      // Completion offers the common options first, help shows them last.
      command.common.describe(syntax.place(100));
      command.describe(syntax.place(0));
      syntax
          .usage()
          .exitCodeListHeading("%nExit codes (all in packhouse --help):%n")
          .parameterListHeading("%n");
      root.addSubcommand(newCommandLine(syntax));
    }
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setUsageHelpWidth(100);
    return root;
  }

  private static CommandLine newCommandLine(Syntax syntax) {
    syntax.usage().optionListHeading("%nOptions:%n").sortOptions(false);
    return new CommandLine(syntax.spec(), LateFactory.INSTANCE);
  }

  private static Subcommand newCommand(String name, Session session) {
    return switch (name) {
      case "pack" -> new PackCommand(session);
      case "extract" -> new ExtractCommand(session);
      case "cat" -> new CatCommand(session);
      case "ls" -> new LsCommand(session);
      case "info" -> new InfoCommand(session);
      case "verify" -> new VerifyCommand(session);
      case "diff" -> new DiffCommand(session);
      case "merge" -> new MergeCommand(session);
      case "query" -> new QueryCommand(session);
      case "export" -> new ExportCommand(session);
      case "plugins" -> new PluginsCommand(session);
      case "daemon" -> new DaemonCommand(session);
      case "jobs" -> new JobsCommand(session);
      case "watch" -> new WatchCommand(session);
      case "cancel" -> new CancelCommand(session);
      case "stats" -> new StatsCommand(session);
      case "doctor" -> new DoctorCommand(session);
      case "catalog" -> new CatalogCommand(session);
      case "token" -> new TokenCommand(session);
      case "completion" -> new CompletionCommand(session);
      case "help" -> new HelpCommand(session);
      default -> throw new IllegalArgumentException("command must be known, command=" + name);
    };
  }

  /**
   * Runs a command line.
   *
   * @return the exit code
   */
  public static int run(List<String> args, Session session) {
    try {
      return runOrThrow(args, session);
    } catch (ParameterException e) {
      return fail(session, Failure.usage(usageMessage(e)));
    } catch (Throwable e) {
      return fail(session, e);
    }
  }

  /** Options of daemons may also come before the command: they are moved behind it. */
  private static List<String> verbFirst(List<String> args) {
    int at = 0;
    while (at < args.size()) {
      String option = args.get(at);
      if (DAEMON_OPTIONS.contains(option)) {
        at += 2;
      } else if (option.contains("=")
          && DAEMON_OPTIONS.contains(option.substring(0, option.indexOf('=')))) {
        at++;
      } else {
        break;
      }
    }
    if (at == 0 || at >= args.size()) {
      return args;
    }
    List<String> ordered = new ArrayList<>(args.size());
    ordered.add(args.get(at));
    ordered.addAll(args.subList(0, at));
    ordered.addAll(args.subList(at + 1, args.size()));
    return ordered;
  }

  private static int runOrThrow(List<String> given, Session session)
      throws IOException, InterruptedException {
    List<String> args = verbFirst(given);
    String first = args.isEmpty() ? "" : args.getFirst();
    if (args.isEmpty()) {
      throw Failure.usage("no command; see packhouse --help");
    }
    if (args.size() == 1 && (first.equals("--version") || first.equals("-V"))) {
      print(session, "packhouse " + Version.text() + "\n");
      return ExitCode.OK;
    }
    // Only the command that is asked for: each costs picocli some milliseconds of reflection.
    CommandLine root = newCommandLine(session, NAMES.contains(first) ? List.of(first) : NAMES);
    CommandLine.ParseResult parsed = root.parseArgs(args.toArray(String[]::new));
    if (!parsed.hasSubcommand()) {
      Root options = root.getCommand();
      print(session, options.version ? "packhouse " + Version.text() + "\n" : help(root, session));
      return options.version || root.isUsageHelpRequested() ? ExitCode.OK : ExitCode.USAGE;
    }
    CommandLine line = parsed.subcommand().commandSpec().commandLine();
    Subcommand command = line.getCommand();
    if (line.isUsageHelpRequested()) {
      print(session, help(line, command.style() == Style.COLOUR));
      return ExitCode.OK;
    }
    return command.run();
  }

  private static void print(Session session, String text) throws IOException {
    try (Writer out = session.streams().out().newWriter()) {
      out.write(text);
    }
  }

  private static String help(CommandLine line, Session session) {
    return help(
        line,
        Style.of(Style.When.AUTO, session.streams().outIsTerminal(), session.streams())
            == Style.COLOUR);
  }

  static String help(CommandLine line, boolean coloured) {
    StringWriter text = new StringWriter();
    line.usage(new PrintWriter(text), coloured ? Ansi.ON : Ansi.OFF);
    return text.toString();
  }

  private static String usageMessage(ParameterException e) {
    String message = String.valueOf(e.getMessage());
    // picocli speaks of a single unmatched argument by its index too, which helps nobody.
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      String argument = unmatched.getUnmatched().getFirst();
      List<String> near = unmatched.getSuggestions();
      boolean option = argument.startsWith("-");
      boolean verb = e.getCommandLine().getParent() == null && !option;
      message =
          (verb ? "there is no command " : option ? "unknown option " : "unexpected argument ")
              + argument
              + (near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?");
    }
    return message
        + (message.endsWith("?") ? " See " : "; see ")
        + e.getCommandLine().getCommandSpec().qualifiedName()
        + " --help";
  }

  /** Tells of an error. Only one that is our fault comes with a stack trace, unless asked for. */
  private static int fail(Session session, Throwable error) {
    int code = Failures.exitCode(error);
    if (code == ExitCode.CLOSED_PIPE) {
      return code;
    }
    if (code == ExitCode.INTERNAL) {
      session.warn("internal error: " + error + "; please report it with what follows");
    } else {
      session.warn(Failures.message(error));
    }
    if (code == ExitCode.INTERNAL || "1".equals(session.streams().variable("PACKHOUSE_DEBUG"))) {
      trace(session, error);
    }
    return code;
  }

  private static void trace(Session session, @Nullable Throwable error) {
    if (error != null) {
      PrintWriter writer = new PrintWriter(session.streams().err(), true, StandardCharsets.UTF_8);
      error.printStackTrace(writer);
      writer.flush();
    }
  }
}
