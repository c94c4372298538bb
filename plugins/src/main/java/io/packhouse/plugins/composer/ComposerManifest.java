package io.packhouse.plugins.composer;

import com.fasterxml.jackson.databind.JsonNode;
import io.packhouse.plugins.common.Json;
import io.packhouse.plugins.common.Licenses;
import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.PackageMetadata;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes metadata of a {@code composer.json}. */
final class ComposerManifest {

  private static final int MAX_NAME = 512;

  /** Letters, digits and single separators between them; of upper case too, as old names have. */
  private static final Pattern NAME =
      Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*+/[a-zA-Z0-9][a-zA-Z0-9_.-]*+");

  private static final Pattern EXACT = Pattern.compile("[v=]*(\\d{1,9}(?:\\.\\d{1,9}){2,3})");

  private static final Pattern FILE_VERSION =
      Pattern.compile(
          "[-_@]v?(\\d{1,9}(?:\\.\\d{1,9}){1,3}(?:-(?i:alpha|beta|rc|patch|dev)[.\\d]*)?)"
              + "(?:-[0-9a-f]{6,40})?\\.zip");

  private ComposerManifest() {}

  /** Whether {@code name} is of the form vendor/name. */
  static boolean isName(String name) {
    return name.length() <= MAX_NAME && NAME.matcher(name).matches();
  }

  /**
   * The metadata.
   *
   * @param name of the form vendor/name
   * @param fileName may tell the version
   */
  static PackageMetadata read(JsonNode manifest, String name, String fileName) {
    int slash = name.indexOf('/');
    String declared = Json.scalar(manifest, "version");
    String version = declared == null ? fileVersion(name, fileName) : declared;
    String source = declared == null ? "file name" : "composer.json";
    List<String> licenses = Json.texts(manifest, "license");
    PackageMetadata.Builder builder =
        PackageMetadata.builder(ComposerColumns.ALL)
            .purl(purl(name, version))
            .namespace(Purl.namespace("composer", name.substring(0, slash)))
            .name(Purl.name("composer", name.substring(slash + 1)))
            .version(version)
            .license(Licenses.all(licenses, "OR"))
            .description(Limits.description(Json.text(manifest, "description")))
            .homepage(Json.text(manifest, "homepage"))
            .vcsUrl(Json.text(manifest.path("support"), "source"))
            .publishedNanos(published(Json.text(manifest, "time")))
            .column("declared_name", name)
            .column("version_source", version == null ? null : source);
    licenses.forEach(builder::addLicenseDeclared);
    authors(manifest, builder);
    dependencies(manifest, builder);
    columns(manifest, builder);
    return builder.build();
  }

  private static String purl(String name, @Nullable String version) {
    int slash = name.indexOf('/');
    return Purl.of(
        "composer",
        name.substring(0, slash),
        name.substring(slash + 1),
        version,
        Collections.emptySortedMap());
  }

  /** Of {@code name-1.2.3.zip} or {@code vendor-name-1.2.3.zip}, also with a commit behind. */
  private static @Nullable String fileVersion(String name, String fileName) {
    String lower = fileName.toLowerCase(Locale.ROOT);
    String whole = name.toLowerCase(Locale.ROOT);
    for (String start : List.of(whole.replace('/', '-'), whole.substring(whole.indexOf('/') + 1))) {
      if (lower.startsWith(start)) {
        Matcher matcher = FILE_VERSION.matcher(fileName.substring(start.length()));
        if (matcher.matches()) {
          return matcher.group(1);
        }
      }
    }
    return null;
  }

  private static @Nullable Long published(@Nullable String time) {
    if (time == null || time.length() > 40) {
      return null;
    }
    try {
      String iso = time.length() == 10 ? time + "T00:00:00" : time.replace(' ', 'T');
      boolean zoned = iso.endsWith("Z") || iso.indexOf('+') > 0 || iso.lastIndexOf('-') > 10;
      OffsetDateTime instant =
          zoned ? OffsetDateTime.parse(iso) : LocalDateTime.parse(iso).atOffset(ZoneOffset.UTC);
      return Math.addExact(
          Math.multiplyExact(instant.toEpochSecond(), 1_000_000_000L), (long) instant.getNano());
    } catch (DateTimeException | ArithmeticException e) {
      // Free text to us: no time is told.
      return null;
    }
  }

  private static void authors(JsonNode manifest, PackageMetadata.Builder builder) {
    int count = 0;
    for (JsonNode author : manifest.path("authors")) {
      String name = Json.text(author, "name");
      String mail = Json.text(author, "email");
      String url = Json.text(author, "homepage");
      String text =
          author.isTextual()
              ? Limits.text(author.textValue())
              : Limits.text(
                  (name == null ? "" : name)
                      + (mail == null ? "" : " <" + mail + ">")
                      + (url == null ? "" : " (" + url + ")"));
      if (text != null && count++ < Limits.ITEMS) {
        builder.addAuthor(text);
      }
    }
  }

  private static void dependencies(JsonNode manifest, PackageMetadata.Builder builder) {
    List<String> extensions = new ArrayList<>();
    int count = 0;
    for (String scope : List.of("require", "require-dev")) {
      for (Map.Entry<String, JsonNode> entry : manifest.path(scope).properties()) {
        String name = Limits.text(entry.getKey());
        String requirement = Json.scalar(manifest.path(scope), entry.getKey());
        if (name == null || requirement == null || count++ >= Limits.ITEMS) {
          continue;
        }
        boolean vendored = isName(name);
        Matcher exact = EXACT.matcher(requirement);
        String purl = vendored ? purl(name, exact.matches() ? exact.group(1) : null) : null;
        builder.addDependency(new Dependency(purl, name, requirement, scope, false));
        if (scope.equals("require") && name.equals("php")) {
          builder.column("php", requirement);
        } else if (scope.equals("require") && name.startsWith("ext-")) {
          extensions.add(name.substring(4));
        }
      }
    }
    builder.column("extensions", list(extensions));
  }

  private static void columns(JsonNode manifest, PackageMetadata.Builder builder) {
    JsonNode autoload = manifest.path("autoload");
    Set<String> namespaces = new LinkedHashSet<>();
    namespaces.addAll(keys(autoload.path("psr-4")));
    namespaces.addAll(keys(autoload.path("psr-0")));
    String abandoned = Json.scalar(manifest, "abandoned");
    builder
        .column("type", Json.text(manifest, "type"))
        .column("autoload", list(keys(autoload)))
        .column("autoload_dev", list(keys(manifest.path("autoload-dev"))))
        .column("namespaces", list(List.copyOf(namespaces)))
        .column("suggest", list(pairs(manifest.path("suggest"), "reason")))
        .column("conflict", list(pairs(manifest.path("conflict"), "requirement")))
        .column("replace", list(pairs(manifest.path("replace"), "requirement")))
        .column("provide", list(pairs(manifest.path("provide"), "requirement")))
        .column("bin", list(Json.texts(manifest, "bin")))
        .column("scripts", list(keys(manifest.path("scripts"))))
        .column("plugin_class", pluginClass(manifest))
        .column("keywords", list(Json.texts(manifest, "keywords")))
        .column("abandoned", "false".equals(abandoned) ? null : abandoned)
        .column("minimum_stability", Json.text(manifest, "minimum-stability"));
  }

  private static @Nullable String pluginClass(JsonNode manifest) {
    List<String> classes = Json.texts(manifest.path("extra"), "class");
    return "composer-plugin".equals(Json.text(manifest, "type")) && !classes.isEmpty()
        ? classes.getFirst()
        : null;
  }

  private static List<String> keys(JsonNode node) {
    List<String> keys = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String key = Limits.text(entry.getKey());
      if (key != null && keys.size() < Limits.ITEMS) {
        keys.add(key);
      }
    }
    return keys;
  }

  private static List<Map<String, Object>> pairs(JsonNode node, String value) {
    List<Map<String, Object>> pairs = new ArrayList<>();
    for (String name : keys(node)) {
      Map<String, Object> pair = new LinkedHashMap<>();
      pair.put("name", name);
      String text = Json.scalar(node, name);
      if (text != null) {
        pair.put(value, text);
      }
      pairs.add(pair);
    }
    return pairs;
  }

  private static @Nullable List<?> list(List<?> values) {
    return values.isEmpty() ? null : values;
  }
}
