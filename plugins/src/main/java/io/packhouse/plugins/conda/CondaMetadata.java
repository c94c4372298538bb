package io.packhouse.plugins.conda;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.packhouse.plugins.common.Json;
import io.packhouse.plugins.common.Licenses;
import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageMetadata;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Chooses among what a package says of itself. For one extraction. */
final class CondaMetadata {

  /** conda's own bound, the year 9999 in seconds: larger timestamps are in milliseconds. */
  private static final long MAX_SECONDS = 253_402_300_799L;

  private final String format;
  private final @Nullable CondaName named;
  private byte @Nullable [] index;
  private byte @Nullable [] about;

  /**
   * Nothing is read yet.
   *
   * @param format conda or tar.bz2
   */
  CondaMetadata(String format, @Nullable CondaName named) {
    this.format = format;
    this.named = named;
  }

  void index(byte[] bytes) {
    index = bytes;
  }

  void about(byte[] bytes) {
    about = bytes;
  }

  boolean hasIndex() {
    return index != null;
  }

  boolean isComplete() {
    return index != null && about != null;
  }

  /** What the file name says. */
  @Nullable PackageMetadata byName() {
    if (named == null) {
      return null;
    }
    return builder(named.name(), named.version(), named.build(), null)
        .column("build", named.build())
        .build();
  }

  /** All that is known. */
  PackageMetadata build() throws ExtractionException {
    JsonNode indexed = read(index, "info/index.json");
    String name = Json.text(indexed, "name");
    String version = Json.scalar(indexed, "version");
    String build = Json.scalar(indexed, "build");
    if (named != null) {
      name = name == null ? named.name() : name;
      version = version == null ? named.version() : version;
      build = build == null ? named.build() : build;
    }
    if (name == null) {
      throw new ExtractionException("info/index.json has no name");
    }
    String subdir = Json.text(indexed, "subdir");
    PackageMetadata.Builder builder = builder(name, version, build, subdir);
    index(builder, indexed);
    builder.column("build", build).column("subdir", subdir);
    try {
      about(builder, indexed, read(about, "info/about.json"));
    } catch (ExtractionException e) {
      throw e.withPartial(builder.build());
    }
    return builder.build();
  }

  private static JsonNode read(byte @Nullable [] bytes, String name) throws ExtractionException {
    if (bytes == null) {
      return MissingNode.getInstance();
    }
    JsonNode node = Json.read(bytes, name);
    if (!node.isObject()) {
      throw new ExtractionException(name + " is no JSON object");
    }
    return node;
  }

  private PackageMetadata.Builder builder(
      String name, @Nullable String version, @Nullable String build, @Nullable String subdir) {
    SortedMap<String, String> qualifiers = new TreeMap<>();
    if (build != null) {
      qualifiers.put("build", build);
    }
    if (subdir != null) {
      qualifiers.put("subdir", subdir);
    }
    qualifiers.put("type", format);
    return PackageMetadata.builder(CondaColumns.ALL)
        .purl(Purl.of("conda", null, name, version, qualifiers))
        .name(name)
        .version(version)
        .column("format", format);
  }

  private static void index(PackageMetadata.Builder builder, JsonNode index) {
    builder
        .publishedNanos(nanos(Json.number(index, "timestamp")))
        .column("build_number", Json.number(index, "build_number"))
        .column("noarch", noarch(index))
        .column("platform", Json.text(index, "platform"))
        .column("arch", Json.text(index, "arch"));
    List<String> depends = Json.texts(index, "depends");
    List<String> constrains = Json.texts(index, "constrains");
    dependencies(builder, depends, "depends", false);
    // A constraint holds only where something else asks for the package.
    dependencies(builder, constrains, "constrains", true);
    list(builder, "depends", depends);
    list(builder, "constrains", constrains);
    list(builder, "track_features", words(Json.texts(index, "track_features")));
    list(builder, "features", words(Json.texts(index, "features")));
  }

  private static void about(PackageMetadata.Builder builder, JsonNode index, JsonNode about) {
    String indexed = Json.text(index, "license");
    String declared = Json.text(about, "license");
    String license = Licenses.expression(indexed);
    builder.license(license == null ? Licenses.expression(declared) : license);
    if (indexed != null) {
      builder.addLicenseDeclared(indexed);
    }
    if (declared != null && !declared.equals(indexed)) {
      builder.addLicenseDeclared(declared);
    }
    String family = Json.text(index, "license_family");
    String summary = Json.text(about, "summary");
    builder
        .description(
            Limits.description(summary == null ? Json.text(about, "description") : summary))
        .homepage(first(about, "home"))
        .vcsUrl(first(about, "dev_url"))
        .column("license_family", family == null ? Json.text(about, "license_family") : family)
        .column("doc_url", first(about, "doc_url"))
        .column("conda_build_version", Json.text(about, "conda_build_version"));
    list(builder, "recipe_maintainers", Json.texts(about.path("extra"), "recipe-maintainers"));
    list(builder, "channels", Json.texts(about, "channels"));
  }

  private static @Nullable String noarch(JsonNode index) {
    Boolean truth = Json.truth(index, "noarch");
    if (truth != null) {
      return truth ? "generic" : null;
    }
    return Json.text(index, "noarch");
  }

  private static @Nullable Long nanos(@Nullable Long timestamp) {
    if (timestamp == null || timestamp < 0) {
      return null;
    }
    try {
      return Math.multiplyExact(timestamp, timestamp > MAX_SECONDS ? 1_000_000L : 1_000_000_000L);
    } catch (ArithmeticException e) {
      // Nobody's true time.
      return null;
    }
  }

  private static void dependencies(
      PackageMetadata.Builder builder, List<String> specs, String scope, boolean optional) {
    for (String text : specs) {
      MatchSpec spec = MatchSpec.parse(text);
      if (spec != null) {
        builder.addDependency(spec.dependency(scope, optional));
      }
    }
  }

  /** One text of many words, as of old, or a list of them. */
  private static List<String> words(List<String> texts) {
    return texts.stream()
        .flatMap(text -> Arrays.stream(text.split("[\\s,]+", -1)))
        .filter(word -> !word.isEmpty())
        .limit(Limits.ITEMS)
        .toList();
  }

  /** Addresses may be lists. */
  private static @Nullable String first(JsonNode about, String field) {
    return Json.texts(about, field).stream().findFirst().orElse(null);
  }

  private static void list(PackageMetadata.Builder builder, String column, List<String> values) {
    builder.column(column, values.isEmpty() ? null : values);
  }
}
