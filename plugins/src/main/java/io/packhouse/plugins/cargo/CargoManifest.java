package io.packhouse.plugins.cargo;

import com.fasterxml.jackson.databind.JsonNode;
import io.packhouse.plugins.common.Json;
import io.packhouse.plugins.common.Licenses;
import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells metadata from a parsed manifest. */
final class CargoManifest {

  private CargoManifest() {}

  /**
   * The metadata of a crate.
   *
   * @throws ExtractionException where the manifest does not name the package
   */
  static PackageMetadata metadata(JsonNode toml, CrateFiles files) throws ExtractionException {
    JsonNode stated = toml.path("package");
    // What [package] was called before Rust 1.0.
    JsonNode own = stated.isObject() ? stated : toml.path("project");
    String name = Json.text(own, "name");
    if (name == null) {
      throw new ExtractionException("Cargo.toml does not state the package's name");
    }
    String version = Json.text(own, "version");
    String license = Json.text(own, "license");
    PackageMetadata.Builder builder =
        PackageMetadata.builder(CargoColumns.ALL)
            .purl(CargoExtractor.purl(name, version))
            .name(name)
            .version(version)
            .description(Limits.description(Json.text(own, "description")))
            .homepage(Json.text(own, "homepage"))
            .vcsUrl(Json.text(own, "repository"));
    if (license != null) {
      builder.addLicenseDeclared(license);
      // Cargo's old notation for a choice.
      builder.license(Licenses.expression(license.replaceAll("\\s*/\\s*", " OR ")));
    }
    Json.texts(own, "authors").forEach(builder::addAuthor);
    CargoDependencies dependencies = CargoDependencies.of(toml);
    dependencies.dependencies().forEach(builder::addDependency);
    if (!dependencies.details().isEmpty()) {
      builder.column("dependency_details", dependencies.details());
    }
    String edition = Json.text(own, "edition");
    builder
        .column("edition", edition == null ? "2015" : edition)
        .column("rust_version", Json.text(own, "rust-version"))
        .column("features", orNull(features(toml.path("features"))))
        .column("links", Json.text(own, "links"))
        .column("license_file", Json.text(own, "license-file"))
        .column("documentation", Json.text(own, "documentation"))
        .column("keywords", orNull(Json.texts(own, "keywords")))
        .column("categories", orNull(Json.texts(own, "categories")))
        .column("build_script", buildScript(own, files))
        .column("lock_file", files.has("Cargo.lock"))
        .column("normalized", files.has("Cargo.toml.orig"));
    addTargets(builder, toml, own, name, files);
    addVcs(builder, files);
    return builder.build();
  }

  private static void addTargets(
      PackageMetadata.Builder builder, JsonNode toml, JsonNode own, String name, CrateFiles files) {
    JsonNode lib = toml.path("lib");
    boolean library =
        lib.isObject()
            || (files.has("src/lib.rs") && !Boolean.FALSE.equals(Json.truth(own, "autolib")));
    if (library) {
      String stated = Json.text(lib, "name");
      builder.column("library", stated == null ? name.replace('-', '_') : stated);
    }
    Boolean macro = Json.truth(lib, "proc-macro");
    if (macro == null) {
      macro = Json.truth(lib, "proc_macro");
    }
    List<String> types = Json.texts(lib, lib.has("crate-type") ? "crate-type" : "crate_type");
    builder
        .column("proc_macro", Boolean.TRUE.equals(macro) || types.contains("proc-macro"))
        .column("crate_types", orNull(types));
    List<String> binaries = new ArrayList<>();
    for (JsonNode binary : toml.path("bin")) {
      String binaryName = Json.text(binary, "name");
      if (binaryName != null && binaries.size() < Limits.ITEMS) {
        binaries.add(binaryName);
      }
    }
    if (binaries.isEmpty()
        && files.has("src/main.rs")
        && !Boolean.FALSE.equals(Json.truth(own, "autobins"))) {
      binaries.add(name);
    }
    builder.column("binaries", orNull(binaries));
  }

  private static @Nullable String buildScript(JsonNode own, CrateFiles files) {
    JsonNode build = own.path("build");
    if (build.isTextual()) {
      return Limits.text(build.textValue());
    }
    boolean refused = build.isBoolean() && !build.booleanValue();
    return !refused && files.has("build.rs") ? "build.rs" : null;
  }

  private static List<Map<String, Object>> features(JsonNode table) {
    List<Map<String, Object>> features = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : table.properties()) {
      String feature = Limits.text(entry.getKey());
      if (feature != null && features.size() < Limits.ITEMS) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("name", feature);
        value.put("enables", Json.texts(table, entry.getKey()));
        features.add(value);
      }
    }
    return features;
  }

  /** What is known of the repository's state; a file that is no JSON tells nothing. */
  private static void addVcs(PackageMetadata.Builder builder, CrateFiles files) {
    byte[] bytes = files.vcsInfo();
    if (bytes == null) {
      return;
    }
    JsonNode info;
    try {
      info = Json.read(bytes, ".cargo_vcs_info.json");
    } catch (ExtractionException e) {
      return;
    }
    JsonNode git = info.path("git");
    builder
        .column("vcs_commit", Json.text(git, "sha1"))
        .column("vcs_dirty", Json.truth(git, "dirty"))
        .column("vcs_path", Json.text(info, "path_in_vcs"));
  }

  private static <T> @Nullable List<T> orNull(List<T> list) {
    return list.isEmpty() ? null : list;
  }
}
