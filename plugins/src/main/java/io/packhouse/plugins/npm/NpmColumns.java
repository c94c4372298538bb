package io.packhouse.plugins.npm;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import io.packhouse.spi.ColumnType.StructOf;
import java.util.List;

/** The own columns of npm packages. */
final class NpmColumns {

  private static final ColumnType STRINGS = new ListOf(Scalar.STRING);

  static final List<ColumnSpec> ALL =
      List.of(
          new ColumnSpec("scope", Scalar.STRING, "The name's scope with its @, else null."),
          new ColumnSpec(
              "type",
              Scalar.STRING,
              "How .js files are loaded, module or commonjs, as type of the manifest says."),
          new ColumnSpec("main", Scalar.STRING, "The entry point, from main of the manifest."),
          new ColumnSpec(
              "module",
              Scalar.STRING,
              "The entry point for bundlers, from module of the manifest."),
          new ColumnSpec("has_exports", Scalar.BOOL, "Whether the manifest has exports."),
          new ColumnSpec(
              "has_types", Scalar.BOOL, "Whether the manifest names type declarations (types)."),
          new ColumnSpec(
              "engines",
              listOf(
                  new ColumnSpec("name", Scalar.STRING, "The engine: node, npm, vscode, ..."),
                  new ColumnSpec("requirement", Scalar.STRING, "The versions that will do.")),
              "The engines that the manifest asks for."),
          new ColumnSpec(
              "os", STRINGS, "Operating systems from the manifest, those excluded with a !."),
          new ColumnSpec("cpu", STRINGS, "Processors from the manifest, those excluded with a !."),
          new ColumnSpec("libc", STRINGS, "C libraries from the manifest, glibc or musl."),
          new ColumnSpec(
              "bin",
              listOf(
                  new ColumnSpec("name", Scalar.STRING, "The command."),
                  new ColumnSpec("path", Scalar.STRING, "Its file within the package.")),
              "The commands that installing the package provides, from bin of the manifest."),
          new ColumnSpec("scripts", STRINGS, "The names of the manifest's scripts."),
          new ColumnSpec(
              "install_hooks",
              listOf(
                  new ColumnSpec("name", Scalar.STRING, "preinstall, install or postinstall."),
                  new ColumnSpec("command", Scalar.STRING, "What is run."),
                  new ColumnSpec(
                      "implicit",
                      Scalar.BOOL,
                      "Whether npm runs it because of a binding.gyp, with no script declared.")),
              "What npm runs when it installs the package from a registry. A binding.gyp far behind"
                  + " the manifest may be missing where file_count is null."),
          new ColumnSpec(
              "bundled", STRINGS, "The dependencies declared as bundled with the package."),
          new ColumnSpec(
              "aliases",
              listOf(
                  new ColumnSpec("alias", Scalar.STRING, "The name it is installed under."),
                  new ColumnSpec("name", Scalar.STRING, "The name of the package.")),
              "Dependencies that are installed under another name than their own."),
          new ColumnSpec(
              "deprecated", Scalar.STRING, "The deprecation message in the manifest, if any."),
          new ColumnSpec("keywords", STRINGS, "The keywords of the manifest."),
          new ColumnSpec(
              "repository_directory",
              Scalar.STRING,
              "Where in its source repository the package lies, from repository.directory."),
          new ColumnSpec(
              "git_head", Scalar.STRING, "The commit it was published from, from gitHead."),
          new ColumnSpec(
              "shrinkwrap",
              Scalar.BOOL,
              "Whether it has an npm-shrinkwrap.json, which pins what it depends on; null where"
                  + " none was found and the archive was not read to its end."),
          new ColumnSpec(
              "file_count",
              Scalar.INT64,
              "How many files the archive has, directories and links not counted; null where it was"
                  + " not read to its end, which is done if it ends within 256 KiB behind the"
                  + " manifest."),
          new ColumnSpec(
              "unpacked_size",
              Scalar.INT64,
              "The sum of the lengths of those files in bytes; null with file_count."));

  private NpmColumns() {}

  private static ColumnType listOf(ColumnSpec... fields) {
    return new ListOf(new StructOf(List.of(fields)));
  }
}
