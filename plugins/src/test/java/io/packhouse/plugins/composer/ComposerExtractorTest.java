package io.packhouse.plugins.composer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.ExtractorContract;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ComposerExtractorTest extends ExtractorContract {

  private static final String MANIFEST =
      """
      {
        "name": "Acme/Log", "description": "Logs.", "type": "composer-plugin",
        "version": "1.2.3", "time": "2024-01-02 03:04:05",
        "license": ["MIT", "GPL-2.0-or-later"], "homepage": "https://acme.example",
        "keywords": ["log"], "abandoned": "acme/new", "minimum-stability": "dev",
        "authors": [{"name": "A", "email": "a@b.c", "homepage": "https://a", "role": "Dev"}],
        "support": {"source": "https://git.example/log"},
        "require": {"php": ">=8.1", "ext-json": "*", "psr/log": "^3.0", "Acme/Pin": "v1.0.0"},
        "require-dev": {"phpunit/phpunit": "^10"},
        "suggest": {"ext-amqp": "for queues"}, "conflict": {"a/b": "<1"},
        "replace": {"acme/old": "self.version"}, "provide": {"psr/log-implementation": "3.0.0"},
        "autoload": {"psr-4": {"Acme\\\\Log\\\\": "src/"}, "files": ["f.php"]},
        "autoload-dev": {"classmap": ["t/"]},
        "bin": ["bin/log"], "scripts": {"test": "phpunit"}, "extra": {"class": "Acme\\\\Plugin"}
      }
      """;

  @Override
  protected PackageExtractor extractor() {
    return new ComposerExtractor();
  }

  @Override
  protected List<PackageFile> samples() {
    return List.of(
        zip("acme/log.zip", "composer.json", MANIFEST),
        zip("log-1.0.zip", "acme-log-1a2b3c/composer.json", "{\"name\":\"acme/log\"}"));
  }

  @Override
  protected ExtractionContext context() {
    return StandaloneContext.of(ExtractionLimits.DEFAULT);
  }

  @Test
  void everyFieldIsRead() throws Exception {
    PackageMetadata metadata = extract(MANIFEST);
    assertThat(metadata.purl()).isEqualTo("pkg:composer/acme/log@1.2.3");
    assertThat(metadata.namespace()).isEqualTo("acme");
    assertThat(metadata.name()).isEqualTo("log");
    assertThat(metadata.columns()).containsEntry("declared_name", "Acme/Log");
    assertThat(metadata.version()).isEqualTo("1.2.3");
    assertThat(metadata.license()).isEqualTo("MIT OR GPL-2.0-or-later");
    assertThat(metadata.licensesDeclared()).containsExactly("MIT", "GPL-2.0-or-later");
    assertThat(metadata.homepage()).isEqualTo("https://acme.example");
    assertThat(metadata.vcsUrl()).isEqualTo("https://git.example/log");
    assertThat(metadata.authors()).containsExactly("A <a@b.c> (https://a)");
    assertThat(metadata.publishedNanos())
        .isEqualTo(Instant.parse("2024-01-02T03:04:05Z").getEpochSecond() * 1_000_000_000L);
    assertThat(metadata.dependencies())
        .containsExactly(
            new Dependency(null, "php", ">=8.1", "require", false),
            new Dependency(null, "ext-json", "*", "require", false),
            new Dependency("pkg:composer/psr/log", "psr/log", "^3.0", "require", false),
            new Dependency("pkg:composer/acme/pin@1.0.0", "Acme/Pin", "v1.0.0", "require", false),
            new Dependency(
                "pkg:composer/phpunit/phpunit", "phpunit/phpunit", "^10", "require-dev", false));
    assertThat(metadata.columns())
        .containsEntry("type", "composer-plugin")
        .containsEntry("version_source", "composer.json")
        .containsEntry("autoload", List.of("psr-4", "files"))
        .containsEntry("autoload_dev", List.of("classmap"))
        .containsEntry("namespaces", List.of("Acme\\Log\\"))
        .containsEntry("php", ">=8.1")
        .containsEntry("extensions", List.of("json"))
        .containsEntry("suggest", List.of(Map.of("name", "ext-amqp", "reason", "for queues")))
        .containsEntry("conflict", List.of(Map.of("name", "a/b", "requirement", "<1")))
        .containsEntry(
            "replace", List.of(Map.of("name", "acme/old", "requirement", "self.version")))
        .containsEntry("bin", List.of("bin/log"))
        .containsEntry("scripts", List.of("test"))
        .containsEntry("plugin_class", "Acme\\Plugin")
        .containsEntry("abandoned", "acme/new")
        .containsEntry("minimum_stability", "dev");
  }

  @Test
  void versionComesFromTheFileNameWhereTheManifestHasNone() throws Exception {
    Map<String, String> versions =
        Map.of(
            "log-1.2.3.zip", "1.2.3",
            "acme-log-v2.0.0-RC1.zip", "2.0.0-RC1",
            "acme-log-2.0.0-1a2b3c4d.zip", "2.0.0");
    for (Map.Entry<String, String> version : versions.entrySet()) {
      PackageMetadata metadata =
          extract(zip("d/" + version.getKey(), "x/composer.json", "{\"name\":\"acme/log\"}"));
      assertThat(metadata.version()).isEqualTo(version.getValue());
      assertThat(metadata.columns()).containsEntry("version_source", "file name");
    }
    for (String name : List.of("log.zip", "other-1.0.0.zip", "log-1a2b3c4d.zip")) {
      PackageMetadata metadata = extract(zip(name, "x/composer.json", "{\"name\":\"acme/log\"}"));
      assertThat(metadata.purl()).isEqualTo("pkg:composer/acme/log");
      assertThat(metadata.columns()).doesNotContainKey("version_source");
    }
  }

  @Test
  void manifestAtTheRootComesBeforeThoseInDirectories() throws Exception {
    PackageFile file =
        zip("a.zip", "x/composer.json", "{\"name\":\"no/no\"}", "composer.json", MANIFEST);
    assertThat(extract(file).name()).isEqualTo("log");
    file =
        zip(
            "a.zip",
            "x/vendor/b/c/composer.json",
            "{\"name\":\"b/c\"}",
            "x/composer.json",
            MANIFEST);
    assertThat(extract(file).name()).isEqualTo("log");
    file = zip("a.zip", "x/composer.json", MANIFEST, "y/composer.json", MANIFEST);
    assertThat(extractOrNull(file)).isNull();
  }

  @Test
  void zipsWithoutAPackageAreRefused() throws Exception {
    assertThat(extractOrNull(zip("a.zip", "a.txt", "x"))).isNull();
    assertThat(extractOrNull(zip("a.zip", "a/b/composer.json", MANIFEST))).isNull();
    for (String manifest : List.of("{}", "[]", "{\"name\":\"log\"}", "{\"name\":[]}", "7")) {
      assertThat(extractOrNull(zip("a.zip", "composer.json", manifest))).isNull();
    }
    for (String manifest : List.of("", "{", "[".repeat(10_000))) {
      ExtractionException e =
          catchThrowableOfType(
              ExtractionException.class,
              () -> extractOrNull(zip("a.zip", "composer.json", manifest)));
      assertThat(e.reason()).contains("composer.json");
    }
  }

  @Test
  void valuesOfWrongTypesAreLeftOut() throws Exception {
    for (String value : List.of("null", "true", "7", "\"\"", "[]", "[[{}]]", "{\"a\":{\"b\":1}}")) {
      StringBuilder json = new StringBuilder("\uFEFF{\"name\":\"no/no\",\"name\":\"a/b\"");
      for (String field :
          List.of(
              "description",
              "type",
              "time",
              "license",
              "homepage",
              "keywords",
              "abandoned",
              "authors",
              "support",
              "require",
              "require-dev",
              "suggest",
              "conflict",
              "autoload",
              "bin",
              "scripts",
              "extra",
              "minimum-stability")) {
        json.append(",\"").append(field).append("\":").append(value);
      }
      assertThat(extract(json.append('}').toString()).purl()).isEqualTo("pkg:composer/a/b");
    }
  }

  private static PackageFile zip(String path, String... namesAndTexts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < namesAndTexts.length; i += 2) {
        zip.putNextEntry(new ZipEntry(namesAndTexts[i]));
        zip.write(namesAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return PackageFile.of(path, ByteBuffer.wrap(bytes.toByteArray()));
  }

  private static PackageMetadata extract(String manifest) throws Exception {
    return extract(zip("a.zip", "composer.json", manifest));
  }

  private static PackageMetadata extract(PackageFile file) throws Exception {
    return Objects.requireNonNull(extractOrNull(file));
  }

  private static @Nullable PackageMetadata extractOrNull(PackageFile file)
      throws ExtractionException, IOException {
    return new ComposerExtractor().extract(file, StandaloneContext.of(ExtractionLimits.DEFAULT));
  }
}
