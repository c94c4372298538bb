package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Numbers;
import io.packhouse.server.access.Grant;
import io.packhouse.server.access.Role;
import io.packhouse.server.access.Token;
import io.packhouse.server.access.TokenFile;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps a daemon's file of tokens. The daemon notices within a second. */
final class TokenCommand extends Subcommand {
  private List<String> operands = new ArrayList<>();
  private @Nullable Path file;
  private String role = "read";
  private List<String> folders = new ArrayList<>();
  private @Nullable Integer days;

  TokenCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .synopsis(
            "packhouse token create [OPTIONS] NAME",
            "       packhouse token list [OPTIONS]",
            "       packhouse token revoke [OPTIONS] NAME")
        .description(
            "Keep a daemon's file of tokens, access.tokens in its configuration: make a token and"
                + " show its secret, this once; list them; take one back. Works on the file; a"
                + " daemon that runs notices.",
            "")
        .exitCodes(
            ExitCode.OK_TEXT,
            ExitCode.USAGE_TEXT,
            "3:the file cannot be read or written, or there is no such token")
        .footer(
            "%nExamples:",
            "  packhouse token create --file /etc/packhouse/tokens --role pack ci",
            "  packhouse token create --file tokens --folder releases --days 30 auditor > secret",
            "  packhouse token revoke --file tokens ci")
        .operands("VERB [NAME]", true, "create, list or revoke", value -> operands = value)
        .option("--file", "FILE", Path.class, "The file of tokens", value -> file = value)
        .option(
            "--role",
            "ROLE",
            String.class,
            "With create: read, pack or admin, each of which may do what those before it may"
                + " [read]",
            value -> role = value)
        .list(
            "--folder",
            "NAME",
            String.class,
            "With create: only this folder of the catalog; may be repeated [all]",
            value -> folders = value)
        .option(
            "--days",
            "COUNT",
            Integer.class,
            "With create: expires after so many days [never]",
            value -> days = value);
  }

  @Override
  int run() throws IOException {
    Path path = file;
    if (path == null) {
      throw Failure.usage("token needs --file, the daemon's file of tokens");
    }
    String verb = operands.isEmpty() ? "" : operands.getFirst();
    int wanted =
        switch (verb) {
          case "create", "revoke" -> 2;
          case "list" -> 1;
          default ->
              throw Failure.usage("token needs create, list or revoke; see packhouse token --help");
        };
    if (operands.size() != wanted) {
      throw Failure.usage(
          "token " + verb + " takes " + Numbers.count(wanted - 1, "operand") + "; see --help");
    }
    try {
      TokenFile tokens = TokenFile.open(path.toAbsolutePath(), Clock.systemUTC());
      switch (verb) {
        case "create" -> create(tokens, operands.getLast());
        case "revoke" -> revoke(tokens, operands.getLast());
        default -> list(tokens);
      }
      return ExitCode.OK;
    } catch (IllegalArgumentException e) {
      throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  private void create(TokenFile tokens, String name) throws IOException {
    if (days != null && days < 1) {
      throw Failure.usage("--days must be positive, is " + days);
    }
    Instant expires =
        days == null
            ? null
            : Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(days, ChronoUnit.DAYS);
    String secret =
        tokens.create(name, new Grant(Role.parse(role), folders), expires, new SecureRandom());
    if (common.json) {
      try (Json json = newJson()) {
        for (Token token : tokens.list()) {
          if (token.name().equals(name)) {
            write(json, token, secret);
          }
        }
      }
    } else {
      try (Writer out = newText()) {
        out.write(secret + "\n");
      }
    }
  }

  private void revoke(TokenFile tokens, String name) throws IOException {
    if (!tokens.revoke(name)) {
      throw new Failure(ExitCode.INPUT, file + ": there is no token " + name);
    }
  }

  private void list(TokenFile tokens) throws IOException {
    if (common.json) {
      try (Json json = newJson()) {
        for (Token token : tokens.list()) {
          write(json, token, null);
        }
      }
    } else {
      try (Writer out = newText()) {
        for (Token token : tokens.list()) {
          List<String> scopes = token.grant().folders();
          out.write(
              token.name()
                  + "  "
                  + token.grant().role()
                  + "  "
                  + (scopes.isEmpty() ? "all folders" : String.join(",", scopes))
                  + "  since "
                  + token.created()
                  + (token.expires() == null ? "\n" : "  until " + token.expires() + "\n"));
        }
      }
    }
  }

  private static void write(Json json, Token token, @Nullable String secret) throws IOException {
    Instant expires = token.expires();
    json.begin()
        .text("name", token.name())
        .text("role", token.grant().role().toString())
        .value("folders", token.grant().folders())
        .text("created", token.created().toString())
        .text("expires", expires == null ? null : expires.toString())
        .text("secret", secret)
        .end();
  }
}
