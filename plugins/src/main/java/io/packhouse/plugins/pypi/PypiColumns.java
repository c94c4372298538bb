package io.packhouse.plugins.pypi;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import io.packhouse.spi.ColumnType.StructOf;
import java.util.List;

/** The columns of Python packages. */
final class PypiColumns {

  private static final ColumnType STRINGS = new ListOf(Scalar.STRING);

  static final List<ColumnSpec> ALL =
      List.of(
          text(
              "kind",
              "The form of the file: wheel, sdist or egg; installed for a .dist-info folder of"
                  + " another project within a wheel."),
          text("declared_name", "The name as the core metadata, or else the file name, spells it."),
          text("metadata_version", "Metadata-Version of METADATA or PKG-INFO."),
          text("requires_python", "Requires-Python: the versions of Python that it runs on."),
          list(
              "requires_dist",
              "The requirements with extras and markers, as Requires-Dist or requires.txt has"
                  + " them."),
          list("extras", "Provides-Extra, or else the sections of requires.txt."),
          struct(
              "entry_points",
              "What entry_points.txt names, in its order.",
              text("group", "The group, such as console_scripts."),
              text("name", "The name within the group."),
              text("value", "The object, module:name, with extras where it has them.")),
          list("top_level", "The packages and modules that top_level.txt names."),
          list("import_names", "Import-Name: the modules that the package gives."),
          list("import_namespaces", "Import-Namespace: the namespaces that it adds modules to."),
          list("classifiers", "Classifier: the trove classifiers."),
          list("keywords", "Keywords, one by one."),
          struct(
              "project_urls",
              "Project-URL, one by one.",
              text("label", "What the address is for, as declared."),
              text("url", "The address.")),
          list("maintainers", "Maintainer and Maintainer-email."),
          list("license_files", "License-File: paths of license texts in the package."),
          list("dynamic", "Dynamic: fields of an sdist that a build may change."),
          struct(
              "tags",
              "What it runs on: Tag of WHEEL, or else by the file name; of an egg by the file"
                  + " name.",
              text("python", "The Python tag, such as py3 or cp311."),
              text("abi", "The ABI tag, such as none or abi3; null for eggs."),
              text("platform", "The platform tag, such as any; null for eggs without one.")),
          text("build", "The build tag: Build of WHEEL, or else by the file name."),
          text("generator", "Generator of WHEEL: the tool that made the wheel."),
          text("wheel_version", "Wheel-Version of WHEEL."),
          new ColumnSpec(
              "root_is_purelib",
              Scalar.BOOL,
              "Root-Is-Purelib of WHEEL: whether the top folder goes to purelib."),
          new ColumnSpec(
              "record_ok",
              Scalar.BOOL,
              "Whether all members and RECORD agree, as far as record_checked says; null where"
                  + " there is no RECORD, or the wheel has more than 250,000 members."),
          text(
              "record_checked",
              "What record_ok is about: digests (names, sizes and digests) or sizes (names and"
                  + " sizes, the wheel being large)."),
          text("record_error", "The first thing in which RECORD is wrong, and how many more."));

  private PypiColumns() {}

  private static ColumnSpec text(String name, String meaning) {
    return new ColumnSpec(name, Scalar.STRING, meaning);
  }

  private static ColumnSpec list(String name, String meaning) {
    return new ColumnSpec(name, STRINGS, meaning);
  }

  private static ColumnSpec struct(String name, String meaning, ColumnSpec... fields) {
    return new ColumnSpec(name, new ListOf(new StructOf(List.of(fields))), meaning);
  }
}
