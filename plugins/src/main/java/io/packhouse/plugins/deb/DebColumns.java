package io.packhouse.plugins.deb;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import java.util.List;

/** The columns of Debian packages. */
final class DebColumns {

  private static final ColumnType STRINGS = new ListOf(Scalar.STRING);

  static final List<ColumnSpec> ALL =
      List.of(
          text(
              "source",
              "Source package, from Source; the package's own name where that is absent."),
          text(
              "source_version",
              "Version of the source package, from the parentheses of Source; the package's own"
                  + " version where there are none."),
          new ColumnSpec("epoch", Scalar.INT64, "Epoch of the version; null where it has none."),
          text("upstream_version", "The version without its epoch and revision."),
          text("revision", "What follows the last hyphen of the version; null where it has none."),
          text("architecture", "The field Architecture."),
          text("multi_arch", "The field Multi-Arch: no, same, foreign or allowed."),
          text("section", "The field Section."),
          text("priority", "The field Priority."),
          new ColumnSpec("essential", Scalar.BOOL, "Whether the field Essential is yes."),
          text("kind", "deb, or udeb for an installer's package, by Package-Type or file name."),
          text("maintainer", "The field Maintainer."),
          text("original_maintainer", "The field Original-Maintainer, that of derived packages."),
          text("origin", "The field Origin."),
          new ColumnSpec(
              "installed_size_kib", Scalar.INT64, "The field Installed-Size, in KiB, as stated."),
          list("alternatives", "Groups of dependencies of which any one will do, as declared."),
          list("provides", "Relations of the field Provides, as declared."),
          list("conflicts", "Relations of the field Conflicts, as declared."),
          list("breaks", "Relations of the field Breaks, as declared."),
          list("replaces", "Relations of the field Replaces, as declared."),
          list("enhances", "Relations of the field Enhances, as declared."),
          list(
              "built_using",
              "Source packages, with versions, of the fields Built-Using and Static-Built-Using."),
          list(
              "maintainer_scripts",
              "Scripts of the control archive that run on installation or removal: preinst,"
                  + " postinst, prerm, postrm, config."),
          list("control_files", "Names of all files of the control archive, in its order."),
          list("conffiles", "Configuration files, from the control archive's conffiles."),
          new ColumnSpec(
              "has_md5sums", Scalar.BOOL, "Whether the control archive has digests of the files."),
          text(
              "data_compression", "Compression of the data archive: none, gz, xz, zst, bz2, lzma."),
          new ColumnSpec(
              "copyright_read",
              Scalar.BOOL,
              "Whether a machine-readable copyright file was found within the first 2 MiB of the"
                  + " data archive."));

  private DebColumns() {}

  private static ColumnSpec text(String name, String meaning) {
    return new ColumnSpec(name, Scalar.STRING, meaning);
  }

  private static ColumnSpec list(String name, String meaning) {
    return new ColumnSpec(name, STRINGS, meaning);
  }
}
