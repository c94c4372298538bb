package io.packhouse.packages;

import io.packhouse.client.command.Commands;
import io.packhouse.server.Packhoused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Lays out everything that the packages install. */
final class PackageFiles {
  private static final String APPLICATION = "usr/lib/packhouse";
  private static final String DOCUMENTATION = "usr/share/doc/packhouse";

  private final Path sources;
  private final Stage stage;

  private PackageFiles(Path sources, Stage stage) {
    this.sources = sources;
    this.stage = stage;
  }

  /**
   * Makes the stage.
   *
   * @param arguments the stage, the root of the sources, the client's distribution, the bill of
   *     materials, the version
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 5) {
      throw new IllegalArgumentException("STAGE SOURCES DISTRIBUTION BILL VERSION");
    }
    Path root = Path.of(arguments[0]);
    PackageFiles files = new PackageFiles(Path.of(arguments[1]), new Stage(root));
    files.application(Path.of(arguments[2]));
    RuntimeImage.make(root.resolve(APPLICATION).resolve("runtime"));
    files.shellAndManual(arguments[4]);
    files.configuration();
    files.units();
    files.scripts(root.resolveSibling("scripts"));
    Bill.addRuntime(Path.of(arguments[3]));
    files.documentation(Path.of(arguments[3]), root.resolve(APPLICATION).resolve("lib"));
  }

  private void application(Path distribution) throws IOException {
    OneSystem system = new OneSystem(System.getProperty("os.arch"));
    for (Path file : Stage.files(distribution)) {
      system.copy(file, stage, APPLICATION + "/" + distribution.relativize(file));
    }
    RuntimeImage.check(
        Stage.files(stage.at(APPLICATION)).stream()
            .filter(file -> file.toString().endsWith(".jar"))
            .toList());
  }

  private void shellAndManual(String version) throws IOException {
    CommandLine command = Commands.documented();
    for (Map.Entry<String, String> page : ManPages.of(command, daemonHelp(), version).entrySet()) {
      String section = page.getKey().substring(page.getKey().lastIndexOf('.') + 1);
      stage.writeCompressed("usr/share/man/man" + section + "/" + page.getKey(), page.getValue());
    }
    stage.write(
        "usr/share/bash-completion/completions/packhouse", AutoComplete.bash("packhouse", command));
    for (Path file : Stage.files(sources.resolve("client/packages/src/root"))) {
      stage.copy(file, sources.resolve("client/packages/src/root").relativize(file).toString());
    }
  }

  static String daemonHelp() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream printer = new PrintStream(out, true, StandardCharsets.UTF_8);
    Packhoused.run(List.of("--help"), Map.of(), printer, printer);
    return out.toString(StandardCharsets.UTF_8);
  }

  private void configuration() throws IOException {
    String page = Files.readString(sources.resolve("docs/configuration.md"));
    stage.write("etc/packhouse/packhoused.toml", SampleConfiguration.of(page));
  }

  /** Units, the files that make users and folders, and examples of drop-ins. */
  private void units() throws IOException {
    Path folder = sources.resolve("systemd");
    try (DirectoryStream<Path> units =
        Files.newDirectoryStream(folder, "*.{service,socket,timer,target}")) {
      for (Path unit : units) {
        stage.copy(unit, "usr/lib/systemd/system/" + unit.getFileName());
      }
    }
    for (String kind : List.of("sysusers", "tmpfiles")) {
      stage.copy(
          folder.resolve("packhouse." + kind + ".conf"), "usr/lib/" + kind + ".d/packhouse.conf");
    }
    stage.copyTree(folder.resolve("examples"), DOCUMENTATION + "/examples");
  }

  /** The scripts of the packages: each with what they share before it. */
  private void scripts(Path target) throws IOException {
    Path folder = sources.resolve("client/packages/src/scripts");
    String shared = Files.readString(folder.resolve("functions"));
    Stage scripts = new Stage(target);
    for (Path script : Stage.files(folder)) {
      String[] name = script.getFileName().toString().split("\\.", -1);
      if (name.length == 2) {
        scripts.write(
            name[0] + "/" + name[1], "#!/bin/sh\nset -e\n" + shared + Files.readString(script));
      }
    }
    scripts.copyTree(sources.resolve("client/packages/src/deb"), "deb");
  }

  private void documentation(Path bill, Path libraries) throws IOException {
    stage.writeCompressed(
        DOCUMENTATION + "/changelog", Files.readString(sources.resolve("CHANGELOG.md")));
    stage.copy(sources.resolve("README.md"), DOCUMENTATION + "/README.md");
    try (Stream<Path> pages = Files.list(sources.resolve("docs"))) {
      for (Path page : pages.filter(file -> file.toString().endsWith(".md")).sorted().toList()) {
        stage.copy(page, DOCUMENTATION + "/docs/" + page.getFileName());
      }
    }
    stage.copy(sources.resolve("daemon/engine/FORMAT.md"), DOCUMENTATION + "/FORMAT.md");
    stage.copy(bill, DOCUMENTATION + "/packhouse.cdx.json");
    Licenses.collect(
        bill, libraries, sources.resolve("client/packages/src/licenses"), stage, DOCUMENTATION);
  }
}
