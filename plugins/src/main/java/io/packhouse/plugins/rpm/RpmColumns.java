package io.packhouse.plugins.rpm;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import java.util.List;

/** The columns of RPM packages. */
final class RpmColumns {

  private static final ColumnType STRINGS = new ListOf(Scalar.STRING);

  static final List<ColumnSpec> ALL =
      List.of(
          number("epoch", "The tag Epoch; null where there is none, which counts as 0."),
          text("version", "The tag Version: that of the software."),
          text("release", "The tag Release: that of the packaging."),
          text(
              "architecture", "The tag Arch; that of the machine it was built on for source ones."),
          text("os", "The tag Os."),
          text("kind", "binary, or source where there is no tag SourceRpm."),
          text("source_rpm", "File name of the source package, by the tag SourceRpm."),
          text("summary", "The tag Summary, that of the C locale."),
          text("long_description", "The tag Description, that of the C locale, clipped."),
          text("group", "The tag Group."),
          text("vendor", "The tag Vendor, as declared."),
          text("distribution", "The tag Distribution."),
          text("packager", "The tag Packager."),
          text("build_host", "The tag BuildHost."),
          number("installed_size", "Bytes of all files, by the tags LongSize or Size."),
          text("payload_format", "The tag PayloadFormat, such as cpio."),
          text("payload_compressor", "The tag PayloadCompressor, such as zstd; gzip by default."),
          text("rpm_version", "Version of the rpm that built it, by the tag RpmVersion."),
          number(
              "format",
              "Version of the package format: the tag RpmFormat, else 4 where the main header has"
                  + " an immutable region, else that of the lead."),
          text("modularity_label", "The tag ModularityLabel: name:stream:version:context."),
          list("provides", "Capabilities of the tags Provide…, with versions."),
          list("rpmlib_requires", "Features of rpm itself that the tags Require… ask for."),
          list("conflicts", "Capabilities of the tags Conflict…."),
          list("obsoletes", "Capabilities of the tags Obsolete…."),
          list("supplements", "Capabilities of the tags Supplement…."),
          list("enhances", "Capabilities of the tags Enhance…."),
          list(
              "signatures",
              "Kinds of signatures that are there, not checked: dsa-header, rsa-header, pgp, gpg,"
                  + " openpgp, file-ima, file-verity."),
          list("digests", "Kinds of digests in the signature header."),
          list("scripts", "Scripts and triggers that are there, such as prein and postun."));

  private RpmColumns() {}

  private static ColumnSpec text(String name, String meaning) {
    return new ColumnSpec(name, Scalar.STRING, meaning);
  }

  private static ColumnSpec number(String name, String meaning) {
    return new ColumnSpec(name, Scalar.INT64, meaning);
  }

  private static ColumnSpec list(String name, String meaning) {
    return new ColumnSpec(name, STRINGS, meaning);
  }
}
