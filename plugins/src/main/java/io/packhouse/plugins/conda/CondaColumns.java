package io.packhouse.plugins.conda;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import java.util.List;

/** The columns of conda packages. */
final class CondaColumns {

  private static final ColumnType STRINGS = new ListOf(Scalar.STRING);

  static final List<ColumnSpec> ALL =
      List.of(
          text("format", "The form of the file: conda or tar.bz2."),
          text("build", "build of info/index.json, or else by the file name."),
          new ColumnSpec(
              "build_number", Scalar.INT64, "build_number of info/index.json: later ones win."),
          text("subdir", "subdir of info/index.json: the platform, such as linux-64 or noarch."),
          text(
              "noarch",
              "noarch of info/index.json: generic or python; generic for true, as it was once"
                  + " written."),
          text("platform", "platform of info/index.json, such as linux."),
          text("arch", "arch of info/index.json, such as x86_64."),
          text("license_family", "license_family of info/index.json, or else info/about.json."),
          list("depends", "depends of info/index.json, as declared."),
          list("constrains", "constrains of info/index.json, as declared."),
          list("track_features", "track_features of info/index.json, one by one."),
          list("features", "features of info/index.json, one by one."),
          text("doc_url", "doc_url of info/about.json."),
          list("recipe_maintainers", "extra.recipe-maintainers of info/about.json."),
          list("channels", "channels of info/about.json: those that the build took from."),
          text("conda_build_version", "conda_build_version of info/about.json."));

  private CondaColumns() {}

  private static ColumnSpec text(String name, String meaning) {
    return new ColumnSpec(name, Scalar.STRING, meaning);
  }

  private static ColumnSpec list(String name, String meaning) {
    return new ColumnSpec(name, STRINGS, meaning);
  }
}
