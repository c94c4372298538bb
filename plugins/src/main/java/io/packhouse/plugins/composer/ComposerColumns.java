package io.packhouse.plugins.composer;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import io.packhouse.spi.ColumnType.StructOf;
import java.util.List;

/** The own columns of Composer packages. */
final class ComposerColumns {

  private static final ColumnType STRINGS = new ListOf(Scalar.STRING);

  static final List<ColumnSpec> ALL =
      List.of(
          new ColumnSpec(
              "type",
              Scalar.STRING,
              "The kind of package, such as library or composer-plugin, as declared."),
          new ColumnSpec(
              "declared_name",
              Scalar.STRING,
              "Vendor and name as composer.json spells them; the common columns have lower case."),
          new ColumnSpec(
              "version_source",
              Scalar.STRING,
              "What the version was told by: composer.json, or the file's name."),
          new ColumnSpec(
              "autoload", STRINGS, "The kinds of autoload: psr-4, psr-0, classmap, files."),
          new ColumnSpec("autoload_dev", STRINGS, "The kinds of autoload-dev."),
          new ColumnSpec(
              "namespaces", STRINGS, "PHP namespaces that psr-4 and psr-0 of autoload map."),
          new ColumnSpec("php", Scalar.STRING, "The versions of PHP that require asks for."),
          new ColumnSpec("extensions", STRINGS, "The PHP extensions that require asks for (ext-)."),
          new ColumnSpec("suggest", pairs("reason", "Why."), "Packages that are suggested."),
          new ColumnSpec(
              "conflict", pairs("requirement", "Versions."), "Packages that it conflicts with."),
          new ColumnSpec(
              "replace", pairs("requirement", "Versions."), "Packages that it takes the place of."),
          new ColumnSpec(
              "provide",
              pairs("requirement", "Versions."),
              "Packages, often virtual ones, that it implements."),
          new ColumnSpec("bin", STRINGS, "The files that become commands."),
          new ColumnSpec("scripts", STRINGS, "The names of the scripts."),
          new ColumnSpec(
              "plugin_class",
              Scalar.STRING,
              "The class that Composer itself runs when it installs, of a composer-plugin"
                  + " (extra.class)."),
          new ColumnSpec("keywords", STRINGS, "The keywords."),
          new ColumnSpec(
              "abandoned",
              Scalar.STRING,
              "The package to use instead, or true, where it says that it is abandoned."),
          new ColumnSpec(
              "minimum_stability", Scalar.STRING, "The minimum-stability, as declared."));

  private ComposerColumns() {}

  private static ColumnType pairs(String value, String meaning) {
    return new ListOf(
        new StructOf(
            List.of(
                new ColumnSpec("name", Scalar.STRING, "The package."),
                new ColumnSpec(value, Scalar.STRING, meaning))));
  }
}
