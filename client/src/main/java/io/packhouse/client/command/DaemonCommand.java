package io.packhouse.client.command;

import io.packhouse.server.Packhoused;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs a daemon in this process until it is told to end. */
final class DaemonCommand extends Subcommand {
  private @Nullable String config;
  private List<String> listen = new ArrayList<>();
  private List<String> catalog = new ArrayList<>();
  private List<String> roots = new ArrayList<>();
  private List<String> writableRoots = new ArrayList<>();
  private boolean insecure;

  DaemonCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .description(
            "Run a daemon in the foreground, which keeps packing warm and serves the archives of"
                + " its catalog. Says where it listens.",
            "",
            "SIGTERM or SIGINT lets the work under way end, twice ends it now; SIGHUP reads the"
                + " configuration again.",
            "")
        .exitCodes(
            ExitCode.OK_TEXT,
            ExitCode.USAGE_TEXT,
            "3:it cannot listen, or a file that it needs cannot be read")
        .footer(
            "%nExamples:",
            "  packhouse daemon --catalog /srv/archives",
            "  packhouse daemon --listen unix:/run/user/1000/p.sock --catalog"
                + " releases=/srv/archives",
            "  packhouse daemon --listen tcp://127.0.0.1:0 --catalog . --root ~/.m2/repository")
        .list(
            "--listen",
            "ADDRESS",
            String.class,
            "unix:/PATH or tcp://HOST:PORT, 0 for a port that is free; may be repeated [a socket in"
                + " the user's runtime folder]",
            value -> listen = value)
        .list(
            "--catalog",
            "[NAME=]DIR",
            String.class,
            "A folder of archives, which are NAME/PATH; may be repeated [NAME is that of DIR]",
            value -> catalog = value)
        .list(
            "--root",
            "[NAME=]DIR",
            String.class,
            "A directory whose trees may be packed; may be repeated",
            value -> roots = value)
        .list(
            "--writable-root",
            "[NAME=]DIR",
            String.class,
            "The same, and archives may be extracted there",
            value -> writableRoots = value)
        .option(
            "--config",
            "FILE",
            String.class,
            "The daemon's configuration, in TOML [PACKHOUSED_CONFIG]",
            value -> config = value)
        .flag(
            "--insecure-no-auth",
            "Let in whoever reaches the daemon, as an administrator; on loopback only",
            value -> insecure = value);
  }

  @Override
  int run() throws Failure {
    if (common.json) {
      throw Failure.usage("daemon has nothing to say in JSON");
    }
    List<String> arguments = new ArrayList<>();
    if (config != null) {
      arguments.addAll(List.of("--config", config));
    }
    add(arguments, "--listen", listen);
    add(arguments, "--catalog", catalog);
    add(arguments, "--root", roots);
    add(arguments, "--writable-root", writableRoots);
    if (insecure) {
      arguments.add("--insecure-no-auth");
    }
    return Packhoused.run(
        arguments,
        streams().environment(),
        new PrintStream(streams().out(), true, StandardCharsets.UTF_8),
        new PrintStream(streams().err(), true, StandardCharsets.UTF_8));
  }

  private static void add(List<String> arguments, String option, List<String> values) {
    for (String value : values) {
      arguments.add(option);
      arguments.add(value);
    }
  }
}
