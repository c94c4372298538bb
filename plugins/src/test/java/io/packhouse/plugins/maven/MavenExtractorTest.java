package io.packhouse.plugins.maven;

import static io.packhouse.plugins.maven.Jars.jar;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.ExtractorContract;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MavenExtractorTest extends ExtractorContract {

  private static final String POM =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <project xmlns="http://maven.apache.org/POM/4.0.0">
        <parent><groupId>org.a</groupId><artifactId>parent</artifactId><version>7</version></parent>
        <artifactId> lib </artifactId>
        <build><plugins><plugin><artifactId>other</artifactId></plugin></plugins></build>
        <dependencies><dependency><groupId>org.b</groupId><version>9</version></dependency>
        </dependencies>
      </project>
      """;

  @Override
  protected PackageExtractor extractor() {
    return new MavenExtractor();
  }

  @Override
  protected ExtractionContext context() {
    return StandaloneContext.of(ExtractionLimits.DEFAULT);
  }

  @Override
  protected List<PackageFile> samples() {
    return List.of(
        jar().pomProperties("org.a", "lib", "1.0").at("org/a/lib/1.0/lib-1.0.jar"),
        jar().pomProperties("org.a", "lib", "1.0").at("apps/lib.jar"),
        jar().pomProperties("org.a", "lib", "1.0").stored().comment("hello").at("lib-1.0.war"),
        jar()
            .pomProperties("org.b", "shaded", "2")
            .pomProperties("org.a", "lib", "1.0")
            .at("lib-1.0-all.ear"),
        Jars.file("org/a/lib/1.0/lib-1.0.pom", POM),
        Jars.file("poms/lib.pom", POM));
  }

  @Test
  void jarInTheLayoutIsConfirmedByItsPomProperties() throws Exception {
    PackageMetadata metadata =
        extract(jar().pomProperties("org.a", "lib", "1.0").at("org/a/lib/1.0/lib-1.0-x-y.jar"));
    assertThat(metadata.purl()).isEqualTo("pkg:maven/org.a/lib@1.0?classifier=x-y");
    assertThat(metadata.namespace()).isEqualTo("org.a");
    assertThat(metadata.name()).isEqualTo("lib");
    assertThat(metadata.version()).isEqualTo("1.0");
    assertThat(metadata.columns())
        .containsEntry("group_id", "org.a")
        .containsEntry("artifact_id", "lib")
        .containsEntry("version", "1.0")
        .containsEntry("packaging", "jar")
        .containsEntry("classifier", "x-y")
        .containsEntry("coordinates_source", "both")
        .doesNotContainKey("base_version");
  }

  @Test
  void jarInTheLayoutNeedsNoPomProperties() throws Exception {
    PackageMetadata metadata = extract(jar().at("org/a/lib/1.0/lib-1.0.war"));
    assertThat(metadata.purl()).isEqualTo("pkg:maven/org.a/lib@1.0?type=war");
    assertThat(metadata.columns()).containsEntry("coordinates_source", "layout");
  }

  @Test
  void layoutWinsOverPomPropertiesThatDisagree() throws Exception {
    for (Jars jar :
        List.of(
            jar().pomProperties("org.b", "lib", "1.0"),
            jar().pomProperties("org.a", "lib", "1.1"),
            jar().pomProperties("org.a", "other", "1.0"),
            jar().pomProperties("g.a", "lib", "1.0"))) {
      PackageMetadata metadata = extract(jar.at("org/a/lib/1.0/lib-1.0.jar"));
      assertThat(metadata.purl()).isEqualTo("pkg:maven/org.a/lib@1.0");
      assertThat(metadata.columns()).containsEntry("coordinates_source", "layout");
    }
  }

  @Test
  void pomPropertiesTakeDirectoriesAboveTheRepositoryOffTheGroup() throws Exception {
    PackageMetadata metadata =
        extract(
            jar().pomProperties("org.a", "lib", "1.0").at("mirror/m2/org/a/lib/1.0/lib-1.0.jar"));
    assertThat(metadata.purl()).isEqualTo("pkg:maven/org.a/lib@1.0");
    assertThat(metadata.columns()).containsEntry("coordinates_source", "both");
  }

  @Test
  void timestampedSnapshotIsConfirmedByItsBaseVersion() throws Exception {
    PackageMetadata metadata =
        extract(
            jar()
                .pomProperties("org.a", "lib", "1-SNAPSHOT")
                .at("org/a/lib/1-SNAPSHOT/lib-1-20240102.030405-6.jar"));
    assertThat(metadata.purl()).isEqualTo("pkg:maven/org.a/lib@1-20240102.030405-6");
    assertThat(metadata.columns())
        .containsEntry("base_version", "1-SNAPSHOT")
        .containsEntry("coordinates_source", "both");
  }

  @Test
  void onlyPomPropertiesNamesAJarOutsideTheLayout() throws Exception {
    PackageMetadata metadata =
        extract(jar().pomProperties("org.a", "lib", "1.0").at("WEB-INF/lib/lib-1.0-tests.jar"));
    assertThat(metadata.purl()).isEqualTo("pkg:maven/org.a/lib@1.0?classifier=tests");
    assertThat(metadata.columns()).containsEntry("coordinates_source", "pom.properties");
  }

  @Test
  void ofSeveralPomPropertiesTheOneOfTheFileNameCounts() throws Exception {
    Jars shaded =
        jar()
            .pomProperties("org.b", "li", "1.0")
            .pomProperties("org.a", "lib", "1.0")
            .pomProperties("org.c", "lib", "1.0.5");
    assertThat(extract(shaded.at("lib-1.0.jar")).purl()).isEqualTo("pkg:maven/org.a/lib@1.0");
    assertThat(extract(shaded.at("lib-1.0.jar")).nested())
        .extracting(nested -> nested.innerPath() + " " + nested.metadata().purl())
        .containsExactly(
            "META-INF/maven/org.b/li pkg:maven/org.b/li@1.0",
            "META-INF/maven/org.c/lib pkg:maven/org.c/lib@1.0.5");
    assertThat(extract(shaded.at("app.jar")).purl()).isNull();
    assertThat(extract(shaded.at("app.jar")).nested()).hasSize(3);
    shaded.pomProperties("org.d", "lib", "1.0");
    assertThat(extract(shaded.at("lib-1.0.jar")).purl()).isNull();
  }

  @Test
  void jarWithNothingToGoByIsNamedByItsFile() throws Exception {
    PackageMetadata app = extract(jar().at("app.jar"));
    assertThat(app.purl()).isNull();
    assertThat(app.name()).isEqualTo("app");
    assertThat(app.columns()).containsEntry("coordinates_source", "file name");
    assertThat(extract(jar().pomProperties("${g}", "a", "1").at("a.jar")).purl()).isNull();
    String malformed = "groupId=a\\u00zz";
    Jars jar = jar().member("META-INF/maven/g/a/pom.properties", malformed);
    assertThat(extract(jar.at("a.jar")).purl()).isNull();
    jar = jar().member("META-INF/maven/g/a/b/pom.properties", "groupId=g");
    assertThat(extract(jar.at("a.jar")).purl()).isNull();
  }

  @Test
  void damagedJarKeepsTheCoordinatesOfItsPath() {
    byte[] bytes = jar().pomProperties("org.a", "lib", "1.0").bytes();
    for (int tenth = 0; tenth < 10; tenth++) {
      byte[] cut = Arrays.copyOf(bytes, bytes.length * tenth / 10);
      ExtractionException e = failure(Jars.file("org/a/lib/1.0/lib-1.0.jar", cut));
      PackageMetadata partial = Objects.requireNonNull(e.partial());
      assertThat(partial.purl()).isEqualTo("pkg:maven/org.a/lib@1.0");
      assertThat(failure(Jars.file("lib-1.0.jar", cut)).partial()).isNull();
    }
  }

  @Test
  void pomInTheLayoutIsNamedByIt() throws Exception {
    PackageMetadata metadata = extract(Jars.file("org/x/y/2/y-2.pom", POM));
    assertThat(metadata.purl()).isEqualTo("pkg:maven/org.x/y@2?type=pom");
    assertThat(metadata.columns()).containsEntry("coordinates_source", "layout");
  }

  @Test
  void pomElsewhereIsNamedByItsTextAndParent() throws Exception {
    PackageMetadata metadata = extract(Jars.file("lib.pom", POM));
    assertThat(metadata.purl()).isEqualTo("pkg:maven/org.a/lib@7?type=pom");
    assertThat(metadata.columns()).containsEntry("coordinates_source", "pom");
    String own =
        POM.replace("<build>", "<version>${revision}</version><groupId>o</groupId><build>");
    assertThat(extract(Jars.file("lib.pom", own)).purl()).isEqualTo("pkg:maven/o/lib?type=pom");
  }

  @Test
  void pomsThatSayNothingOrAreNoneAreRefused() throws Exception {
    assertThat(extractOrNull(Jars.file("a.pom", "<settings/>"))).isNull();
    assertThat(failure(Jars.file("a.pom", "<project/>")).reason()).contains("groupId");
    assertThat(failure(Jars.file("a.pom", "<project><x></project>")).reason()).contains("XML");
    String deep = "<project>" + "<x>".repeat(100_000);
    assertThat(failure(Jars.file("a.pom", deep)).reason()).contains("XML");
  }

  @Test
  void pomsAreReadInTheirEncoding() throws Exception {
    for (Charset charset :
        List.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1, StandardCharsets.UTF_16)) {
      String pom = POM.replace("UTF-8", charset.name()).replace("lib", "l<!--é-->ib");
      byte[] bytes = pom.getBytes(charset);
      assertThat(extract(Jars.file("a.pom", bytes)).name()).isEqualTo("lib");
    }
    assertThat(extract(Jars.file("a.pom", "\uFEFF" + POM)).name()).isEqualTo("lib");
    byte[] wrong = POM.replace("lib", "l<!--é-->ib").getBytes(StandardCharsets.ISO_8859_1);
    assertThat(extract(Jars.file("a.pom", wrong)).name()).isEqualTo("lib");
    String unknown = POM.replace("UTF-8", "EBCDIC-XY");
    assertThat(failure(Jars.file("a.pom", unknown)).reason()).contains("EBCDIC-XY");
  }

  @Test
  void entitiesOfAPomAreNotFollowed() {
    for (String definition :
        List.of("SYSTEM \"file:///etc/hostname\"", "SYSTEM \"http://127.0.0.1:9/\"", "\"org.a\"")) {
      String pom =
          "<!DOCTYPE project [<!ENTITY e "
              + definition
              + ">]><project><groupId>&e;</groupId><artifactId>a</artifactId></project>";
      assertThat(failure(Jars.file("a.pom", pom)).reason()).isNotBlank();
    }
  }

  private static PackageMetadata extract(PackageFile file) throws Exception {
    return Objects.requireNonNull(extractOrNull(file));
  }

  private static @Nullable PackageMetadata extractOrNull(PackageFile file)
      throws ExtractionException, IOException {
    return new MavenExtractor().extract(file, Tree.EMPTY.context(file));
  }

  private static ExtractionException failure(PackageFile file) {
    return catchThrowableOfType(ExtractionException.class, () -> extractOrNull(file));
  }
}
