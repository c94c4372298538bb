package io.packhouse.plugins.golang;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import io.packhouse.spi.ColumnType.StructOf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The own columns of Go modules, and the lists in them. */
final class GolangColumns {

  private static final ListOf TEXTS = new ListOf(Scalar.STRING);

  static final List<ColumnSpec> ALL =
      List.of(
          new ColumnSpec("file_kind", Scalar.STRING, "What the file is: zip, mod or info."),
          new ColumnSpec(
              "module",
              Scalar.STRING,
              "The module path in its own case: the prefix of a zip's members, else the path in the"
                  + " proxy's layout, unescaped."),
          new ColumnSpec(
              "declared_module",
              Scalar.STRING,
              "The module directive of go.mod where it is another path, as in forks."),
          new ColumnSpec(
              "h1",
              Scalar.STRING,
              "The zip's digest as go.sum has it, computed over its files; null past 500 MiB,"
                  + " which Go refuses."),
          new ColumnSpec(
              "h1_recorded",
              Scalar.STRING,
              "The digest that Go recorded when it fetched the zip: the .ziphash beside it."),
          new ColumnSpec(
              "h1_matches", Scalar.BOOL, "Whether the computed and the recorded digest are equal."),
          new ColumnSpec(
              "go_mod_h1", Scalar.STRING, "The go.mod's digest as go.sum has it, computed."),
          new ColumnSpec("go_version", Scalar.STRING, "The go directive of go.mod."),
          new ColumnSpec("toolchain", Scalar.STRING, "The toolchain directive of go.mod."),
          new ColumnSpec(
              "deprecated",
              Scalar.STRING,
              "Why it is deprecated: the Deprecated: comment of the module directive."),
          new ColumnSpec(
              "replaces",
              new ListOf(
                  new StructOf(
                      List.of(
                          new ColumnSpec("module", Scalar.STRING, "The module replaced."),
                          new ColumnSpec("version", Scalar.STRING, "Its version; null for all."),
                          new ColumnSpec("with", Scalar.STRING, "A module path or directory."),
                          new ColumnSpec(
                              "with_version",
                              Scalar.STRING,
                              "Its version; null if a directory.")))),
              "The replace directives of go.mod, which count in the main module only."),
          new ColumnSpec("excludes", TEXTS, "The exclude directives of go.mod, module@version."),
          new ColumnSpec(
              "retracts",
              new ListOf(
                  new StructOf(
                      List.of(
                          new ColumnSpec("low", Scalar.STRING, "The first version retracted."),
                          new ColumnSpec("high", Scalar.STRING, "The last version retracted."),
                          new ColumnSpec("rationale", Scalar.STRING, "Why: its comment.")))),
              "The retract directives of go.mod."),
          new ColumnSpec("tools", TEXTS, "The tool directives of go.mod."),
          new ColumnSpec("vcs", Scalar.STRING, "The version control: Origin.VCS of .info."),
          new ColumnSpec("vcs_ref", Scalar.STRING, "The tag or branch: Origin.Ref of .info."),
          new ColumnSpec("vcs_commit", Scalar.STRING, "The commit: Origin.Hash of .info."),
          new ColumnSpec(
              "vcs_path",
              Scalar.STRING,
              "The directory in the repository: Origin.Subdir of .info."));

  private GolangColumns() {}

  static @Nullable List<Map<String, Object>> replaces(GoMod mod) {
    List<Map<String, Object>> values = new ArrayList<>();
    for (GoMod.Replace replace : mod.replaces) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("module", replace.module());
      put(value, "version", replace.version());
      value.put("with", replace.with());
      put(value, "with_version", replace.withVersion());
      values.add(value);
    }
    return orNull(values);
  }

  static @Nullable List<Map<String, Object>> retracts(GoMod mod) {
    List<Map<String, Object>> values = new ArrayList<>();
    for (GoMod.Retract retract : mod.retracts) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("low", retract.low());
      value.put("high", retract.high());
      put(value, "rationale", retract.rationale());
      values.add(value);
    }
    return orNull(values);
  }

  static <T> @Nullable List<T> orNull(List<T> list) {
    return list.isEmpty() ? null : list;
  }

  private static void put(Map<String, Object> map, String key, @Nullable Object value) {
    if (value != null) {
      map.put(key, value);
    }
  }
}
