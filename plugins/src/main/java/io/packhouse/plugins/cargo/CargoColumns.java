package io.packhouse.plugins.cargo;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import io.packhouse.spi.ColumnType.StructOf;
import java.util.List;

/** The own columns of crates. */
final class CargoColumns {

  private static final ListOf TEXTS = new ListOf(Scalar.STRING);

  static final List<ColumnSpec> ALL =
      List.of(
          new ColumnSpec(
              "edition",
              Scalar.STRING,
              "The Rust edition: edition of the manifest, 2015 where it has none."),
          new ColumnSpec(
              "rust_version",
              Scalar.STRING,
              "The oldest Rust it builds with: rust-version of the manifest."),
          new ColumnSpec(
              "features",
              new ListOf(
                  new StructOf(
                      List.of(
                          new ColumnSpec("name", Scalar.STRING, "The feature."),
                          new ColumnSpec(
                              "enables", TEXTS, "The features and dependencies it enables.")))),
              "The features declared in [features], without those that optional dependencies"
                  + " imply."),
          new ColumnSpec(
              "links", Scalar.STRING, "The native library it links: links of the manifest."),
          new ColumnSpec(
              "license_file",
              Scalar.STRING,
              "The file with the license's text: license-file of the manifest."),
          new ColumnSpec("documentation", Scalar.STRING, "The URL of its documentation."),
          new ColumnSpec("keywords", TEXTS, "The keywords of the manifest."),
          new ColumnSpec("categories", TEXTS, "The registry's categories, by slug."),
          new ColumnSpec(
              "build_script",
              Scalar.STRING,
              "The script that runs at build time: build of the manifest, else build.rs where there"
                  + " is that file."),
          new ColumnSpec(
              "proc_macro",
              Scalar.BOOL,
              "Whether its library is a procedural macro, which runs in the compiler: proc-macro of"
                  + " [lib]."),
          new ColumnSpec(
              "library",
              Scalar.STRING,
              "The library's name: that of [lib], else the crate's with underscores; null where"
                  + " there is no library."),
          new ColumnSpec(
              "crate_types", TEXTS, "What the library is built as: crate-type of [lib]."),
          new ColumnSpec(
              "binaries",
              TEXTS,
              "The programs by name: those of [[bin]], else the crate's where src/main.rs exists."),
          new ColumnSpec(
              "dependency_details",
              new ListOf(CargoDependencies.DETAIL),
              "What Cargo declares of each dependency beside the common columns, in their order."),
          new ColumnSpec(
              "vcs_commit",
              Scalar.STRING,
              "The git commit it was packed from: git.sha1 of .cargo_vcs_info.json."),
          new ColumnSpec(
              "vcs_dirty",
              Scalar.BOOL,
              "Whether files differed from that commit: git.dirty of .cargo_vcs_info.json."),
          new ColumnSpec(
              "vcs_path",
              Scalar.STRING,
              "Its directory in the repository: path_in_vcs of .cargo_vcs_info.json."),
          new ColumnSpec("lock_file", Scalar.BOOL, "Whether it carries a Cargo.lock of its own."),
          new ColumnSpec(
              "normalized",
              Scalar.BOOL,
              "Whether Cargo rewrote the manifest, which it kept as Cargo.toml.orig."));

  private CargoColumns() {}
}
