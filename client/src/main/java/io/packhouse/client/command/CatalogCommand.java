package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.Numbers;
import io.packhouse.client.output.ProgressLine;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.v1.Archive;
import io.packhouse.v1.DescribeArchiveRequest;
import io.packhouse.v1.ListArchivesRequest;
import io.packhouse.v1.ListArchivesResponse;
import io.packhouse.v1.RemoveArchiveRequest;
import io.packhouse.v1.RescanCatalogRequest;
import io.packhouse.v1.RescanCatalogResponse;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks after the archives of a daemon. */
final class CatalogCommand extends Subcommand {
  private final RemoteOptions remote = new RemoteOptions();
  private List<String> operands = new ArrayList<>();
  private boolean force;
  private @Nullable String id;

  CatalogCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .synopsis(
            "packhouse catalog [OPTIONS] [list [GLOB]]",
            "       packhouse catalog [OPTIONS] describe|remove NAME",
            "       packhouse catalog [OPTIONS] rescan",
            "       packhouse catalog [OPTIONS] upload FILE NAME",
            "       packhouse catalog [OPTIONS] download NAME FILE")
        .description(
            "Look after the archives of a daemon: list them, tell what one holds, delete one, look"
                + " at the folders again, send and fetch archives. A transfer that was cut off goes"
                + " on when it is begun again.",
            "")
        .exitCodes(
            ExitCode.OK_TEXT,
            ExitCode.USAGE_TEXT,
            "3:there is no such archive or file",
            "4:there is an archive or file of that name",
            ExitCode.DAMAGED_TEXT,
            ExitCode.NOT_AN_ARCHIVE_TEXT,
            ExitCode.DAEMON_TEXT)
        .footer(
            "%nExamples:",
            "  packhouse catalog",
            "  packhouse catalog list 'releases/**'",
            "  packhouse catalog upload m2.pkh releases/m2.pkh",
            "  packhouse catalog download releases/m2.pkh m2.pkh")
        .operands("[VERB [NAME|FILE]...]", true, "What to do [list]", value -> operands = value)
        .flag("-f --force", "With upload, replace an archive of that name", value -> force = value)
        .option(
            "--id",
            "DIGEST",
            String.class,
            "With remove, only if the archive has this id",
            value -> id = value);
    remote.describeRequired(syntax);
  }

  @Override
  int run() throws IOException, InterruptedException {
    String verb = operands.isEmpty() ? "list" : operands.getFirst();
    List<String> names = operands.isEmpty() ? List.of() : operands.subList(1, operands.size());
    int wanted =
        switch (verb) {
          case "list" -> Math.min(names.size(), 1);
          case "describe", "remove" -> 1;
          case "rescan" -> 0;
          case "upload", "download" -> 2;
          default ->
              throw Failure.usage("there is no catalog " + verb + "; see packhouse catalog --help");
        };
    if (names.size() != wanted) {
      throw Failure.usage(
          "catalog " + verb + " takes " + Numbers.count(wanted, "operand") + "; see --help");
    }
    if ((force && !verb.equals("upload")) || (id != null && !verb.equals("remove"))) {
      throw Failure.usage("--force goes with upload, --id with remove");
    }
    return Remote.with(remote, session(), client -> run(client, verb, names));
  }

  private int run(PackhouseClient client, String verb, List<String> names)
      throws IOException, InterruptedException {
    switch (verb) {
      case "list" -> list(client, names.isEmpty() ? "" : names.getFirst());
      case "describe" -> describe(client, names.getFirst());
      case "remove" -> remove(client, names.getFirst());
      case "rescan" -> rescan(client);
      case "upload" -> show(upload(client, Path.of(names.getFirst()), names.getLast()));
      default -> show(download(client, names.getFirst(), Path.of(names.getLast())));
    }
    return ExitCode.OK;
  }

  private void describe(PackhouseClient client, String name)
      throws IOException, InterruptedException {
    DescribeArchiveRequest request = DescribeArchiveRequest.newBuilder().setName(name).build();
    InfoCommand info = new InfoCommand(session());
    info.common.json = common.json;
    info.common.color = common.color;
    info.show(
        Path.of(name),
        RemoteWork.facts(client.retrying(() -> client.catalog().describeArchive(request))));
  }

  private interface Line {
    void write(Archive archive) throws IOException;
  }

  private void list(PackhouseClient client, String glob) throws IOException, InterruptedException {
    if (common.json) {
      try (Json json = newJson()) {
        each(client, glob, archive -> write(json, archive));
      }
    } else {
      try (Writer out = newText()) {
        each(client, glob, archive -> out.write(line(archive)));
      }
    }
  }

  private static void each(PackhouseClient client, String glob, Line line)
      throws IOException, InterruptedException {
    String token = "";
    do {
      ListArchivesRequest request =
          ListArchivesRequest.newBuilder().setNameGlob(glob).setPageToken(token).build();
      ListArchivesResponse page = client.retrying(() -> client.catalog().listArchives(request));
      for (Archive archive : page.getArchivesList()) {
        line.write(archive);
      }
      token = page.getNextPageToken();
    } while (!token.isEmpty());
  }

  private void show(Archive archive) throws IOException {
    if (common.json) {
      try (Json json = newJson()) {
        write(json, archive);
      }
    } else if (!common.quiet) {
      try (Writer out = newText()) {
        out.write(line(archive));
      }
    }
  }

  private String line(Archive archive) {
    return Failures.oneLine(archive.getName())
        + "  "
        + Numbers.bytes(archive.getSizeBytes())
        + "  "
        + Remote.text(archive.getUpdateTime())
        + "  "
        + (archive.getProblem().isEmpty()
            ? archive.getId()
            : style().red(Failures.oneLine(archive.getProblem())))
        + "\n";
  }

  private static void write(Json json, Archive archive) throws IOException {
    json.begin()
        .text("archive", archive.getName())
        .text("id", Remote.known(archive.getId()))
        .number("archive_bytes", archive.getSizeBytes())
        .time("updated", Remote.nanos(archive.getUpdateTime()))
        .number("rows", archive.getRows())
        .text("format_version", Remote.known(archive.getFormatVersion()))
        .text("problem", Remote.known(archive.getProblem()))
        .end();
  }

  private void remove(PackhouseClient client, String name)
      throws IOException, InterruptedException {
    RemoveArchiveRequest request =
        RemoveArchiveRequest.newBuilder().setName(name).setId(id == null ? "" : id).build();
    client.retrying(() -> client.catalog().removeArchive(request));
  }

  private void rescan(PackhouseClient client) throws IOException, InterruptedException {
    RescanCatalogRequest request = RescanCatalogRequest.getDefaultInstance();
    RescanCatalogResponse report = client.retrying(() -> client.catalog().rescanCatalog(request));
    if (common.json) {
      try (Json json = newJson()) {
        json.begin()
            .number("archives", report.getArchives())
            .number("added", report.getAdded())
            .number("changed", report.getChanged())
            .number("removed", report.getRemoved())
            .number("unreadable", report.getUnreadable())
            .end();
      }
    } else if (!common.quiet) {
      try (Writer out = newText()) {
        out.write(
            Numbers.count(report.getArchives(), "archive")
                + ": "
                + Numbers.count(report.getAdded())
                + " added, "
                + Numbers.count(report.getChanged())
                + " changed, "
                + Numbers.count(report.getRemoved())
                + " removed, "
                + Numbers.count(report.getUnreadable())
                + " unreadable\n");
      }
    }
  }

  private Archive upload(PackhouseClient client, Path file, String name)
      throws IOException, InterruptedException {
    String digest;
    try (ArchiveReader reader = Archives.open(file)) {
      digest = reader.id();
    }
    long size = Files.size(file);
    try (ProgressLine line = newProgress()) {
      return client
          .transfers()
          .upload(file, digest, name, force, bytes -> line.update("sending", 1, bytes, size));
    }
  }

  private Archive download(PackhouseClient client, String name, Path file)
      throws IOException, InterruptedException {
    if (Files.exists(file)) {
      throw new Failure(ExitCode.OUTPUT, file + " exists; name another file");
    }
    try (ProgressLine line = newProgress()) {
      return client
          .transfers()
          .download(name, file.toAbsolutePath(), bytes -> line.update("fetching", 1, bytes, -1));
    }
  }
}
