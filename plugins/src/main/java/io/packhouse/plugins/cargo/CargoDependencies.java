package io.packhouse.plugins.cargo;

import com.fasterxml.jackson.databind.JsonNode;
import io.packhouse.plugins.common.Json;
import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import io.packhouse.spi.ColumnType.StructOf;
import io.packhouse.spi.Dependency;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The dependency tables of a manifest, those of targets included. */
final class CargoDependencies {

  static final StructOf DETAIL =
      new StructOf(
          List.of(
              new ColumnSpec("name", Scalar.STRING, "The name of the crate depended on."),
              new ColumnSpec("kind", Scalar.STRING, "What for: normal, dev or build."),
              new ColumnSpec(
                  "rename",
                  Scalar.STRING,
                  "The name that the code knows it by where that is another one: the key of a"
                      + " dependency with package = …"),
              new ColumnSpec(
                  "target",
                  Scalar.STRING,
                  "The platform it is for, a triple or cfg(…): the key below [target]."),
              new ColumnSpec(
                  "features", new ListOf(Scalar.STRING), "The features asked for by name."),
              new ColumnSpec(
                  "default_features",
                  Scalar.BOOL,
                  "Whether its default features are asked for: default-features, else true."),
              new ColumnSpec(
                  "registry",
                  Scalar.STRING,
                  "The index or name of the registry where that is not the default one:"
                      + " registry-index, else registry."),
              new ColumnSpec("git", Scalar.STRING, "The repository of a git dependency."),
              new ColumnSpec(
                  "git_ref", Scalar.STRING, "The rev, tag or branch of a git dependency."),
              new ColumnSpec("path", Scalar.STRING, "The path of a path dependency.")));

  private static final Pattern PINNED =
      Pattern.compile("=\\s*(\\d+\\.\\d+\\.\\d+(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?)");

  /** Tables by kind; the names with an underscore are Cargo's old ones. */
  private static final String[][] TABLES = {
    {"normal", "dependencies", "dependencies"},
    {"dev", "dev-dependencies", "dev_dependencies"},
    {"build", "build-dependencies", "build_dependencies"},
  };

  private final List<Dependency> dependencies = new ArrayList<>();
  private final List<Map<String, Object>> details = new ArrayList<>();

  private CargoDependencies() {}

  /** Reads the tables of a manifest, at most {@link Limits#ITEMS} dependencies. */
  static CargoDependencies of(JsonNode manifest) {
    CargoDependencies all = new CargoDependencies();
    all.addTables(manifest, null);
    manifest
        .path("target")
        .properties()
        .forEach(target -> all.addTables(target.getValue(), target.getKey()));
    return all;
  }

  List<Dependency> dependencies() {
    return dependencies;
  }

  /** Values of {@link #DETAIL}, one for each dependency in the same order. */
  List<Map<String, Object>> details() {
    return details;
  }

  private void addTables(JsonNode owner, @Nullable String target) {
    for (String[] table : TABLES) {
      JsonNode entries = owner.path(table[1]);
      if (!entries.isObject()) {
        entries = owner.path(table[2]);
      }
      for (Map.Entry<String, JsonNode> entry : entries.properties()) {
        if (dependencies.size() < Limits.ITEMS) {
          add(entry.getKey(), entry.getValue(), table[0], target);
        }
      }
    }
  }

  private void add(String key, JsonNode value, String kind, @Nullable String target) {
    String known = Limits.text(key);
    if (known == null) {
      return;
    }
    String stated = Json.text(value, "package");
    String name = stated == null ? known : stated;
    String requirement =
        value.isTextual() ? Limits.text(value.textValue()) : Json.text(value, "version");
    String registry = first(value, "registry-index", "registry");
    String git = Json.text(value, "git");
    boolean optional = Boolean.TRUE.equals(Json.truth(value, "optional"));
    // Of a dependency that is only in git or beside the crate no registry has a package.
    boolean elsewhere = requirement == null && (git != null || value.has("path"));
    String purl = elsewhere ? null : purl(name, requirement, registry);
    dependencies.add(new Dependency(purl, name, requirement, kind, optional));
    Boolean defaults = Json.truth(value, "default-features");
    Map<String, Object> detail = new LinkedHashMap<>();
    detail.put("name", name);
    detail.put("kind", kind);
    put(detail, "rename", name.equals(known) ? null : known);
    put(detail, "target", Limits.text(target));
    detail.put("features", Json.texts(value, "features"));
    detail.put(
        "default_features",
        defaults != null ? defaults : !Boolean.FALSE.equals(Json.truth(value, "default_features")));
    put(detail, "registry", registry);
    put(detail, "git", git);
    put(detail, "git_ref", first(value, "rev", "tag", "branch"));
    put(detail, "path", Json.text(value, "path"));
    details.add(detail);
  }

  private static String purl(String name, @Nullable String requirement, @Nullable String registry) {
    Matcher pinned = PINNED.matcher(requirement == null ? "" : requirement);
    TreeMap<String, String> qualifiers = new TreeMap<>();
    if (registry != null && registry.contains("://")) {
      qualifiers.put("repository_url", registry);
    }
    return Purl.of("cargo", null, name, pinned.matches() ? pinned.group(1) : null, qualifiers);
  }

  private static @Nullable String first(JsonNode value, String... fields) {
    for (String field : fields) {
      String text = Json.text(value, field);
      if (text != null) {
        return text;
      }
    }
    return null;
  }

  private static void put(Map<String, Object> map, String key, @Nullable Object value) {
    if (value != null) {
      map.put(key, value);
    }
  }
}
