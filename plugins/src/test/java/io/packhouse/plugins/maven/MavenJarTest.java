package io.packhouse.plugins.maven;

import static io.packhouse.plugins.maven.Jars.jar;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.NestedPackage;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a jar's members tell, and the ways in which jars are odd or hostile. */
class MavenJarTest {

  private static final byte[] CLASS_8 = {
    (byte) 0xCA, (byte) 0xFE, (byte) 0xBA, (byte) 0xBE, 0, 0, 0, 52, 0
  };
  private static final byte[] CLASS_25 = {
    (byte) 0xCA, (byte) 0xFE, (byte) 0xBA, (byte) 0xBE, 0, 0, 0, 69, 0
  };

  @Test
  void jarWithoutPomPropertiesIsToldByManifestAndFileName() throws Exception {
    Jars jar =
        manifest(
            "Bundle-SymbolicName: org.example.tools.lib-core;singleton:=true",
            "Bundle-Version: 9.9",
            "Implementation-Version: 2.1");
    PackageMetadata metadata = extract(jar.at("lib/lib-core-2.0.jar"));
    assertThat(metadata.purl()).isEqualTo("pkg:maven/org.example.tools/lib-core@2.0");
    assertThat(metadata.columns())
        .containsEntry("coordinates_source", "file name")
        .containsEntry("osgi_name", "org.example.tools.lib-core")
        .containsEntry("osgi_version", "9.9");
    assertThat(extract(jar.at("lib/lib-core.jar")).purl())
        .isEqualTo("pkg:maven/org.example.tools/lib-core@2.1");
  }

  @Test
  void embeddedPomWithoutPomPropertiesCounts() throws Exception {
    String pom =
        "<project><parent><groupId>org.p</groupId><artifactId>p</artifactId><version>3</version>"
            + "</parent><artifactId>lib</artifactId><licenses><license><name>MIT License</name>"
            + "</license></licenses></project>";
    PackageMetadata metadata =
        extract(jar().member("META-INF/maven/org.p/lib/pom.xml", pom).at("lib-3.jar"));
    assertThat(metadata.purl()).isEqualTo("pkg:maven/org.p/lib@3");
    assertThat(metadata.license()).isEqualTo("MIT");
    assertThat(metadata.columns())
        .containsEntry("coordinates_source", "pom")
        .containsEntry("parent", "org.p:p:3")
        .containsEntry("unresolved", List.of("parent"));
  }

  @Test
  void shadedPackageOfAnotherNameIsNotTheJarItself() throws Exception {
    PackageMetadata metadata =
        extract(jar().pomProperties("org.s", "shaded", "1.5").at("app-2.0.jar"));
    assertThat(metadata.name()).isEqualTo("app");
    assertThat(metadata.version()).isEqualTo("2.0");
    assertThat(metadata.purl()).isNull();
    assertThat(purls(metadata))
        .containsExactly(Map.entry("META-INF/maven/org.s/shaded", "pkg:maven/org.s/shaded@1.5"));
  }

  @Test
  void jenkinsPluginIsToldByItsManifest() throws Exception {
    Jars jar =
        manifest(
            "Group-Id: org.jenkins-ci.plugins", "Short-Name: git", "Plugin-Version: 5.2 (private)");
    assertThat(extract(jar.at("plugins/git.hpi")).purl())
        .isEqualTo("pkg:maven/org.jenkins-ci.plugins/git@5.2?type=hpi");
  }

  @Test
  void manifestWithContinuationsBlanksAndBadLinesIsRead() throws Exception {
    Jars jar =
        jar()
            .member(
                "META-INF/MANIFEST.MF",
                String.join(
                    "\r\n",
                    "",
                    " leading blank",
                    "Manifest-Version: 1.0",
                    "no colon here",
                    ": no name",
                    "bad name: x",
                    "MAIN-class: org.a.",
                    "  Ma",
                    " in",
                    "Import-Package: a.b;version=\"[1,2)\",c.d;e.f;resolut",
                    " ion:=optional",
                    "Multi-Release: true",
                    "",
                    "Name: x",
                    "Export-Package: later.section",
                    ""));
    PackageMetadata metadata = extract(jar.at("a-1.jar"));
    assertThat(metadata.columns())
        .containsEntry("main_class", "org.a. Main")
        .containsEntry("osgi_imports", List.of("a.b", "c.d", "e.f"))
        .containsEntry("multi_release", true)
        .doesNotContainKey("osgi_exports");
  }

  @Test
  void classesTellVersionsPackagesAndMarkers() throws Exception {
    Jars jar =
        jar()
            .member("org/apache/logging/log4j/core/lookup/JndiLookup.class", CLASS_8)
            .member("my/shade/org/apache/logging/log4j/core/lookup/JndiLookup.class", CLASS_8)
            .member("org/apache/logging/log4j/core/Logger.class", CLASS_8)
            .member("META-INF/versions/25/org/apache/logging/log4j/core/Logger.class", CLASS_25)
            .member("org/apache/NotJndiLookup.class", CLASS_8);
    assertThat(extract(jar.at("a-1.jar")).columns())
        .containsEntry("class_version_lowest", 52L)
        .containsEntry("class_version_highest", 69L)
        .containsEntry("top_packages", List.of("org.apache.logging", "my.shade.org", "org.apache"))
        .containsEntry(
            "marker_classes",
            List.of(
                "org/apache/logging/log4j/core/lookup/JndiLookup.class",
                "my/shade/org/apache/logging/log4j/core/lookup/JndiLookup.class"));
  }

  @Test
  void moduleIsNamedByItsDescriptor() throws Exception {
    byte[] descriptor;
    try (InputStream stream = Object.class.getModule().getResourceAsStream("module-info.class")) {
      descriptor = Objects.requireNonNull(stream).readAllBytes();
    }
    PackageMetadata metadata = extract(jar().member("module-info.class", descriptor).at("a-1.jar"));
    assertThat(metadata.columns()).containsEntry("module_name", "java.base");
    PackageMetadata damaged =
        extract(jar().member("module-info.class", Arrays.copyOf(descriptor, 40)).at("a-1.jar"));
    assertThat(damaged.columns()).doesNotContainKey("module_name");
  }

  @Test
  void jarsInAWarAreNestedPackagesOfTheirOwn() throws Exception {
    byte[] inner =
        jar().pomProperties("org.a", "lib", "1.0").pomProperties("org.s", "in", "4").bytes();
    Jars war =
        jar()
            .pomProperties("org.w", "web", "2")
            .member("WEB-INF/lib/lib-1.0.jar", inner)
            .member("../../etc/evil-1.jar", jar().bytes())
            .member("WEB-INF/lib/../lib/lib-1.0.jar", inner)
            .member("a/../..", "x")
            .member("WEB-INF/lib/cut-3.jar", Arrays.copyOf(inner, 40));
    ExtractionException e = failure(war.at("web-2.war"), ExtractionLimits.DEFAULT);
    assertThat(e.reason()).startsWith("WEB-INF/lib/cut-3.jar: not a zip");
    PackageMetadata metadata = Objects.requireNonNull(e.partial());
    assertThat(metadata.purl()).isEqualTo("pkg:maven/org.w/web@2?type=war");
    assertThat(metadata.nested())
        .extracting(NestedPackage::innerPath)
        .containsExactly(
            "WEB-INF/lib/lib-1.0.jar",
            "etc/evil-1.jar",
            "WEB-INF/lib/lib/lib-1.0.jar",
            "WEB-INF/lib/cut-3.jar");
    PackageMetadata lib = metadata.nested().getFirst().metadata();
    assertThat(lib.purl()).isEqualTo("pkg:maven/org.a/lib@1.0");
    assertThat(purls(lib))
        .containsExactly(Map.entry("META-INF/maven/org.s/in", "pkg:maven/org.s/in@4"));
    assertThat(metadata.nested().getLast().metadata().name()).isEqualTo("cut");
  }

  @Test
  void innerPathsDiffer() throws Exception {
    byte[] bytes = jar().member("x-1.jar", jar().bytes()).member("y-1.jar", jar().bytes()).bytes();
    replace(bytes, "y-1.jar", "x-1.jar");
    assertThat(extract(Jars.file("a-1.jar", bytes)).nested())
        .extracting(NestedPackage::innerPath)
        .containsExactly("x-1.jar", "x-1~2.jar");
  }

  @Test
  void jarNested100DeepEndsAtTheLimitWithWhatIsKnown() {
    byte[] bytes = jar().pomProperties("org.a", "leaf", "1").bytes();
    for (int depth = 0; depth < 100; depth++) {
      bytes = jar().pomProperties("org.a", "shell", "" + depth).member("inner.jar", bytes).bytes();
    }
    ExtractionException e = failure(Jars.file("shell-99.jar", bytes), ExtractionLimits.DEFAULT);
    assertThat(e.reason()).contains("archives nest deeper than the limit of 16");
    PackageMetadata metadata = Objects.requireNonNull(e.partial());
    for (int depth = 0; depth <= 16; depth++) {
      assertThat(metadata.purl()).isEqualTo("pkg:maven/org.a/shell@" + (99 - depth));
      metadata = metadata.nested().getFirst().metadata();
    }
    assertThat(metadata.name()).isEqualTo("inner");
    assertThat(metadata.nested()).isEmpty();
  }

  @Test
  void bombEndsAtTheLimitWithWhatIsKnown() {
    byte[] bomb = jar().member("big", new byte[4 << 20]).bytes();
    Jars war = jar().pomProperties("org.a", "war", "1");
    for (int i = 0; i < 20; i++) {
      war.member(
          "WEB-INF/lib/a" + i + "-1.jar", jar().member("f-1.jar", new byte[3 << 20]).bytes());
    }
    war.member("WEB-INF/lib/bomb-1.jar", bomb);
    ExtractionLimits limits = new ExtractionLimits(8 << 20, 1_000, 16, Duration.ofSeconds(30));
    ExtractionException e = failure(war.at("war-1.war"), limits);
    PackageMetadata metadata = Objects.requireNonNull(e.partial());
    assertThat(metadata.purl()).isEqualTo("pkg:maven/org.a/war@1?type=war");
    assertThat(metadata.nested()).hasSize(21);
  }

  @Test
  void entriesAreLimited() {
    Jars jar = jar();
    for (int i = 0; i < 200; i++) {
      jar.member("f" + i, "");
    }
    ExtractionLimits limits = new ExtractionLimits(8 << 20, 100, 16, Duration.ofSeconds(30));
    assertThat(failure(jar.at("org/a/lib/1/lib-1.jar"), limits))
        .satisfies(e -> assertThat(e.reason()).contains("limit of 100"))
        .satisfies(e -> assertThat(e.partial()).isNotNull());
  }

  @Test
  void encryptedMembersLeaveTheRestToBeTold() {
    byte[] bytes = jar().pomProperties("org.a", "lib", "1").member("a/B.class", CLASS_8).bytes();
    ByteBuffer zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < bytes.length - 46; at++) {
      if (zip.getInt(at) == 0x02014b50) {
        zip.putShort(at + 8, (short) (zip.getShort(at + 8) | 1));
      }
    }
    ExtractionException e =
        failure(Jars.file("org/a/lib/1/lib-1.jar", bytes), ExtractionLimits.DEFAULT);
    assertThat(e.reason()).contains("is encrypted");
    assertThat(Objects.requireNonNull(e.partial()).purl()).isEqualTo("pkg:maven/org.a/lib@1");
    assertThat(e.partial().columns()).containsEntry("top_packages", List.of("a"));
  }

  @Test
  void everyTenthOfAWarWithinTheLayoutKeepsItsCoordinates() {
    byte[] inner = jar().pomProperties("org.a", "lib", "1.0").bytes();
    byte[] war = jar().member("WEB-INF/lib/lib-1.0.jar", inner).bytes();
    for (int tenth = 0; tenth < 10; tenth++) {
      byte[] cut = Arrays.copyOf(war, war.length * tenth / 10);
      ExtractionException e =
          failure(Jars.file("org/w/web/2/web-2.war", cut), ExtractionLimits.DEFAULT);
      assertThat(Objects.requireNonNull(e.partial()).purl())
          .isEqualTo("pkg:maven/org.w/web@2?type=war");
    }
  }

  @Test
  void repositoryMetadataListsVersions() throws Exception {
    String xml =
        """
        <metadata><groupId>org.a</groupId><artifactId>lib</artifactId><versioning>
        <latest>2-SNAPSHOT</latest><release>1.1</release>
        <versions><version>1.0</version><version>1.1</version></versions>
        <lastUpdated>20240102030405</lastUpdated></versioning></metadata>
        """;
    PackageMetadata metadata = extract(Jars.file("org/a/lib/maven-metadata.xml", xml));
    assertThat(metadata.purl()).isEqualTo("pkg:maven/org.a/lib");
    assertThat(metadata.columns())
        .containsEntry("versions", List.of("1.0", "1.1"))
        .containsEntry("latest", "2-SNAPSHOT")
        .containsEntry("release", "1.1")
        .containsEntry("last_updated", 1_704_164_645_000_000_000L);
    ExtractionException e =
        failure(Jars.file("maven-metadata.xml", xml.substring(0, 90)), ExtractionLimits.DEFAULT);
    assertThat(e.reason())
        .isEqualTo("maven-metadata.xml is not well-formed XML, or nests too deep");
  }

  private static Jars manifest(String... lines) {
    return jar()
        .member(
            "META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n" + String.join("\n", lines) + "\n");
  }

  private static List<Map.Entry<String, String>> purls(PackageMetadata metadata) {
    return metadata.nested().stream()
        .map(nested -> Map.entry(nested.innerPath(), String.valueOf(nested.metadata().purl())))
        .toList();
  }

  private static void replace(byte[] bytes, String from, String to) {
    byte[] old = from.getBytes(StandardCharsets.US_ASCII);
    byte[] now = to.getBytes(StandardCharsets.US_ASCII);
    for (int at = 0; at + old.length <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + old.length, old, 0, old.length)) {
        System.arraycopy(now, 0, bytes, at, now.length);
      }
    }
  }

  private static PackageMetadata extract(PackageFile file) throws Exception {
    return Objects.requireNonNull(new MavenExtractor().extract(file, Tree.EMPTY.context(file)));
  }

  private static ExtractionException failure(PackageFile file, ExtractionLimits limits) {
    return catchThrowableOfType(
        ExtractionException.class,
        () -> new MavenExtractor().extract(file, Tree.EMPTY.context(file, limits)));
  }
}
