package io.packhouse.plugins.npm;

import com.fasterxml.jackson.databind.JsonNode;
import io.packhouse.plugins.common.Json;
import io.packhouse.plugins.common.Licenses;
import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageMetadata;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes metadata of a {@code package.json} and what lies beside it. */
final class NpmManifest {

  private static final List<String> HOOKS = List.of("preinstall", "install", "postinstall");

  /** What packages that are built at installation depend on. */
  private static final Set<String> BUILDERS =
      Set.of(
          "nan",
          "node-addon-api",
          "napi-macros",
          "bindings",
          "node-gyp",
          "node-gyp-build",
          "node-pre-gyp",
          "@mapbox/node-pre-gyp",
          "prebuild-install");

  private NpmManifest() {}

  /**
   * Whether behind the manifest there is likely to be a {@code binding.gyp} that npm would build,
   * or bundled packages.
   */
  static boolean hintsAtMore(byte[] bytes) {
    JsonNode manifest;
    try {
      manifest = parse(bytes);
    } catch (ExtractionException e) {
      return false;
    }
    NpmDependencies dependencies = new NpmDependencies(manifest);
    JsonNode scripts = manifest.path("scripts");
    Boolean gyp = Json.truth(manifest, "gypfile");
    boolean builds =
        Json.text(scripts, "install") == null
            && Json.text(scripts, "preinstall") == null
            && (gyp == null
                ? dependencies.found().stream().anyMatch(found -> BUILDERS.contains(found.name()))
                : gyp);
    return builds || !dependencies.bundled().isEmpty();
  }

  private static JsonNode parse(byte[] bytes) throws ExtractionException {
    // npm takes bytes that are no UTF-8 for U+FFFD; Jackson would refuse them.
    byte[] utf8 = new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
    return Json.read(utf8, "package.json");
  }

  /**
   * The metadata of the package in a directory.
   *
   * @param name what it is called where the manifest has no name
   * @param version its version where the manifest has none
   * @throws ExtractionException where the manifest is no JSON object
   */
  static PackageMetadata.Builder read(
      NpmArchive.Contents contents, @Nullable String name, @Nullable String version)
      throws ExtractionException {
    byte[] bytes = contents.manifest;
    if (bytes == null) {
      throw new ExtractionException("has no package.json in its top directory");
    }
    JsonNode manifest = parse(bytes);
    if (!manifest.isObject()) {
      throw new ExtractionException("package.json is not a JSON object");
    }
    PackageMetadata.Builder builder = named(name(manifest, name), version(manifest, version));
    texts(manifest, builder);
    columns(manifest, contents, name(manifest, name), builder);
    NpmDependencies dependencies = new NpmDependencies(manifest);
    dependencies.found().forEach(builder::addDependency);
    return builder
        .column("bundled", list(dependencies.bundled().stream().toList()))
        .column("aliases", list(dependencies.aliases()));
  }

  /** Metadata that says no more than a name and version, either of which may be missing. */
  static PackageMetadata.Builder named(@Nullable String name, @Nullable String version) {
    PackageMetadata.Builder builder = PackageMetadata.builder(NpmColumns.ALL).version(version);
    NpmName parsed = name == null ? null : NpmName.parse(name);
    if (parsed == null) {
      return builder.name(name);
    }
    return builder
        .purl(parsed.purl(version))
        .namespace(parsed.scope())
        .name(parsed.name())
        .column("scope", parsed.scope());
  }

  private static @Nullable String name(JsonNode manifest, @Nullable String other) {
    String name = Json.text(manifest, "name");
    return name == null ? other : name;
  }

  private static @Nullable String version(JsonNode manifest, @Nullable String other) {
    String declared = Json.text(manifest, "version");
    if (declared == null) {
      return other;
    }
    String clean = NpmVersion.clean(declared);
    return clean == null ? declared : clean;
  }

  private static void texts(JsonNode manifest, PackageMetadata.Builder builder) {
    List<String> licenses = NpmText.licenses(manifest);
    licenses.forEach(builder::addLicenseDeclared);
    NpmText.people(manifest).forEach(builder::addAuthor);
    builder
        .license(Licenses.all(licenses, "OR"))
        .description(Limits.description(Json.text(manifest, "description")))
        .homepage(Json.text(manifest, "homepage"))
        .vcsUrl(NpmText.repository(manifest))
        .column("repository_directory", NpmText.repositoryDirectory(manifest))
        .column("git_head", Json.text(manifest, "gitHead"));
  }

  private static void columns(
      JsonNode manifest,
      NpmArchive.Contents contents,
      @Nullable String name,
      PackageMetadata.Builder builder) {
    builder
        .column("type", Json.text(manifest, "type"))
        .column("main", Json.text(manifest, "main"))
        .column("module", Json.text(manifest, "module"))
        .column("has_exports", manifest.hasNonNull("exports"))
        .column(
            "has_types",
            Json.text(manifest, "types") != null || Json.text(manifest, "typings") != null)
        .column("engines", list(NpmText.engines(manifest)))
        .column("os", list(Json.texts(manifest, "os")))
        .column("cpu", list(Json.texts(manifest, "cpu")))
        .column("libc", list(Json.texts(manifest, "libc")))
        .column("bin", list(NpmText.commands(manifest, name == null ? null : NpmName.parse(name))))
        .column("scripts", list(scripts(manifest)))
        .column("install_hooks", list(hooks(manifest, contents.gyp)))
        .column("deprecated", Json.text(manifest, "deprecated"))
        .column("keywords", list(Json.texts(manifest, "keywords")))
        .column("shrinkwrap", contents.shrinkwrap);
  }

  private static List<String> scripts(JsonNode manifest) {
    List<String> names = new ArrayList<>();
    for (Map.Entry<String, JsonNode> script : manifest.path("scripts").properties()) {
      String name = Limits.text(script.getKey());
      if (name != null && script.getValue().isTextual() && names.size() < Limits.ITEMS) {
        names.add(name);
      }
    }
    return names;
  }

  /** What is run at installation; npm's rule for {@code binding.gyp} is the last case. */
  private static List<Map<String, Object>> hooks(JsonNode manifest, boolean gyp) {
    Map<String, Map<String, Object>> hooks = new LinkedHashMap<>();
    for (String hook : HOOKS) {
      String command = Json.text(manifest.path("scripts"), hook);
      if (command != null) {
        hooks.put(hook, Map.of("name", hook, "command", command, "implicit", false));
      }
    }
    boolean allowed = !Boolean.FALSE.equals(Json.truth(manifest, "gypfile"));
    if (gyp && allowed && !hooks.containsKey("preinstall") && !hooks.containsKey("install")) {
      hooks.put("", Map.of("name", "install", "command", "node-gyp rebuild", "implicit", true));
    }
    return List.copyOf(hooks.values());
  }

  private static @Nullable List<?> list(List<?> values) {
    return values.isEmpty() ? null : values;
  }
}
