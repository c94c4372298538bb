package io.packhouse.plugins.pypi;

import static io.packhouse.plugins.pypi.Distributions.empty;
import static io.packhouse.plugins.pypi.Distributions.wheel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.ExtractorContract;
import io.packhouse.spi.NestedPackage;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PypiExtractorTest extends ExtractorContract {

  static final String METADATA =
      """
      Metadata-Version: 2.4
      Name: Demo.Pkg_x
      Version: 1.0RC1+Local
      Summary: A demonstration
      Home-page: UNKNOWN
      Author-email: Ann Author <ann@example.org>, bob@example.org
      Maintainer: Mia
      License-Expression: mit or apache-2.0
      License-File: LICENSE
      License-File: doc/NOTICE
      Keywords: one,two words , three
      Classifier: Programming Language :: Python :: 3
      Project-URL: Home Page, https://example.org/
      Project-URL: Source Code, https://example.org/src.git
      Project-URL: Homepage, https://example.org/home
      Requires-Python: >=3.9
      Provides-Extra: test
      Requires-Dist: requests[security]>=2,<3
      Requires-Dist: pytest==7.4.0; extra == "test"
      Requires-Dist: not/a requirement
      Requires-Dist: ???
      Dynamic: Version
      Import-Name: demo
      Import-Namespace: ns
      Description-Content-Type: text/plain

      Name: this is the description
      License: and not a field
      """;

  private static final long SEED = 20_261_123;

  private static final String REQUIRES =
      """
      base>=1
      # a comment

      [:python_version < "3"]
      old

      [docs]
      sphinx @ https://example.org/s.zip

      [docs:os_name == "nt" or os_name == "x"]
      win
      """;

  @Override
  protected PackageExtractor extractor() {
    return new PypiExtractor();
  }

  @Override
  protected ExtractionContext context() {
    return StandaloneContext.of(ExtractionLimits.DEFAULT);
  }

  @Override
  protected List<PackageFile> samples() {
    return List.of(
        demoWheel().zip("w/demo_pkg_x-1.0rc1+local-2-py3-none-any.whl"),
        sdist("demo-1.0", "1.1").tarGz("demo-1.0.tar.gz"),
        sdist("demo-1.0", "2.4").tarBz2("demo-1.0.tar.bz2"),
        sdist("demo-1.0", "1.1").zip("demo-1.0.zip"),
        empty()
            .member("demo.py", "")
            .member("EGG-INFO/PKG-INFO", "Metadata-Version: 1.0\nName: demo\nVersion: 1\n")
            .member("EGG-INFO/requires.txt", REQUIRES)
            .zip("demo-1-py2.7.egg"));
  }

  private static Distributions demoWheel() {
    return wheel("demo_pkg_x-1.0rc1+local", METADATA)
        .member(
            "demo_pkg_x-1.0rc1+local.dist-info/entry_points.txt",
            "\uFEFF[console_scripts]\r\ndemo = demo.main:run [test]\n; no\n[a.b]\nx=y:z\nnothing\n")
        .member("demo_pkg_x-1.0rc1+local.dist-info/top_level.txt", "demo\n_demo\n")
        .record("demo_pkg_x-1.0rc1+local");
  }

  private static Distributions sdist(String folder, String metadataVersion) {
    return empty()
        .member(folder + "/setup.py", "from setuptools import setup")
        .member(
            folder + "/PKG-INFO",
            "Metadata-Version: " + metadataVersion + "\nName: demo\nVersion: 1.0\n")
        .member(folder + "/src/other.egg-info/entry_points.txt", "[of]\nan=other\n")
        .member(folder + "/src/demo.egg-info/SOURCES.txt", "setup.py")
        .member(folder + "/src/demo.egg-info/requires.txt", REQUIRES)
        .member(folder + "/src/demo.egg-info/top_level.txt", "demo\n");
  }

  @Test
  void wheelIsDescribedByItsMetadata() throws Exception {
    PackageMetadata metadata =
        extract(demoWheel().zip("w/demo_pkg_x-1.0rc1+local-2-py3-none-any.whl"));
    assertThat(metadata.purl()).isEqualTo("pkg:pypi/demo.pkg-x@1.0rc1%2Blocal");
    assertThat(metadata.namespace()).isNull();
    assertThat(metadata.name()).isEqualTo("demo.pkg-x");
    assertThat(metadata.version()).isEqualTo("1.0RC1+Local");
    assertThat(metadata.license()).isEqualTo("MIT OR Apache-2.0");
    assertThat(metadata.licensesDeclared()).containsExactly("mit or apache-2.0");
    assertThat(metadata.description()).isEqualTo("A demonstration");
    assertThat(metadata.homepage()).isEqualTo("https://example.org/");
    assertThat(metadata.vcsUrl()).isEqualTo("https://example.org/src.git");
    assertThat(metadata.authors())
        .containsExactly("Ann Author <ann@example.org>", "bob@example.org");
    assertThat(metadata.publishedNanos()).isNull();
    assertThat(metadata.dependencies())
        .containsExactly(
            new Dependency("pkg:pypi/requests", "requests", ">=2,<3", null, false),
            new Dependency("pkg:pypi/pytest@7.4.0", "pytest", "==7.4.0", "extra:test", true),
            new Dependency("pkg:pypi/not", "not", "/a requirement", null, false));
    assertThat(metadata.columns())
        .containsEntry("kind", "wheel")
        .containsEntry("declared_name", "Demo.Pkg_x")
        .containsEntry("metadata_version", "2.4")
        .containsEntry("requires_python", ">=3.9")
        .containsEntry("extras", List.of("test"))
        .containsEntry("license_files", List.of("LICENSE", "doc/NOTICE"))
        .containsEntry("keywords", List.of("one", "two words", "three"))
        .containsEntry("maintainers", List.of("Mia"))
        .containsEntry("dynamic", List.of("Version"))
        .containsEntry("import_names", List.of("demo"))
        .containsEntry("import_namespaces", List.of("ns"))
        .containsEntry("top_level", List.of("demo", "_demo"))
        .containsEntry(
            "entry_points",
            List.of(
                Map.of("group", "console_scripts", "name", "demo", "value", "demo.main:run [test]"),
                Map.of("group", "a.b", "name", "x", "value", "y:z")))
        .containsEntry("tags", List.of(Map.of("python", "py3", "abi", "none", "platform", "any")))
        .containsEntry("build", "2")
        .containsEntry("generator", "test (1.0)")
        .containsEntry("wheel_version", "1.0")
        .containsEntry("root_is_purelib", true)
        .containsEntry("record_ok", true)
        .containsEntry("record_checked", "digests")
        .doesNotContainKey("record_error");
  }

  @Test
  void licenseFieldComesBeforeClassifiersAndAllAreDeclared() throws Exception {
    PackageMetadata metadata =
        licensed(
            """
            License: BSD-3-Clause
            Classifier: License :: OSI Approved
            Classifier: License :: OSI Approved :: MIT License
            """);
    assertThat(metadata.license()).isEqualTo("BSD-3-Clause");
    assertThat(metadata.licensesDeclared())
        .containsExactly("BSD-3-Clause", "License :: OSI Approved :: MIT License");
  }

  @Test
  void classifierTellsWhatTheLicenseFieldDoesNot() throws Exception {
    PackageMetadata metadata =
        licensed(
            """
            License: Some long text
                    |of a license
            Classifier: License :: OSI Approved :: Apache Software License
            """);
    assertThat(metadata.license()).isEqualTo("Apache-2.0");
    assertThat(metadata.licensesDeclared()).hasSize(2);
  }

  @Test
  void ambiguousClassifiersTellNothing() throws Exception {
    String bsd = "Classifier: License :: OSI Approved :: BSD License\n";
    String mit = "Classifier: License :: OSI Approved :: MIT License\n";
    assertThat(licensed(bsd).license()).isNull();
    assertThat(licensed(bsd + mit).license()).isNull();
    assertThat(licensed("License: UNKNOWN\n" + mit).license()).isEqualTo("MIT");
  }

  private PackageMetadata licensed(String fields) throws Exception {
    return extract(
        wheel("d-1", "Metadata-Version: 2.1\nName: d\nVersion: 1\n" + fields)
            .zip("d-1-py3-none-any.whl"));
  }

  @Test
  void repeatedAndMalformedHeadersAreTolerated() throws Exception {
    PackageMetadata metadata =
        extract(
            wheel(
                    "d-1",
                    """
                    \uFEFFMetadata-Version: 2.1
                    name: d
                    Name: second
                    this is no header
                    : nor this
                    VERSION:1
                    Version: 2
                    Summary:
                    Summary: late
                    Author: Ann
                    Author-email: ann@example.org
                    Requires-Dist:
                    Description: long
                            text

                            with an empty line
                    """)
                .zip("d-1-py3-none-any.whl"));
    assertThat(metadata.purl()).isEqualTo("pkg:pypi/d@1");
    assertThat(metadata.description()).isEqualTo("late");
    assertThat(metadata.authors()).containsExactly("Ann <ann@example.org>");
    assertThat(metadata.dependencies()).isEmpty();
  }

  @Test
  void nestedDistInfosAreNotTheWheelsOwnButPackagesInIt() throws Exception {
    PackageMetadata metadata =
        extract(
            empty()
                .member("x/_vendor/a-3.dist-info/METADATA", "Name: a\nVersion: 3\n")
                .member("b-2.dist-info/METADATA", "Name: b\nVersion: 2\n")
                .member("D-1.0.dist-info/METADATA", "Name: d\nVersion: 1.0\n")
                .member("../c-4.dist-info/METADATA", "Name: c\nVersion: 4\n")
                .zip("d-1_0-py3-none-any.whl"));
    assertThat(metadata.purl()).isEqualTo("pkg:pypi/d@1.0");
    assertThat(metadata.nested()).hasSize(1);
    NestedPackage vendored = metadata.nested().getFirst();
    assertThat(vendored.innerPath()).isEqualTo("x/_vendor/a-3.dist-info");
    assertThat(vendored.metadata().purl()).isEqualTo("pkg:pypi/a@3");
    assertThat(vendored.metadata().columns()).containsEntry("kind", "installed");
  }

  @Test
  void wheelWithoutMetadataIsKnownByItsName() {
    ExtractionException e =
        failure(empty().member("a", "b").zip("foo_x-1.0-1a-py2.py3-none-any.whl"));
    assertThat(e.reason()).isEqualTo("wheel has no .dist-info/METADATA at its top");
    PackageMetadata partial = Objects.requireNonNull(e.partial());
    assertThat(partial.purl()).isEqualTo("pkg:pypi/foo-x@1.0");
    assertThat(partial.columns()).containsEntry("build", "1a");
    assertThat((List<?>) partial.columns().get("tags")).hasSize(2);
  }

  @Test
  void zipThatOnlyEndsInWhlIsNoWheel() throws Exception {
    assertThat(extractOrNull(empty().member("a", "b").zip("thing.whl"))).isNull();
  }

  @Test
  void eggWithoutPkgInfoIsKnownByItsName() throws Exception {
    PackageMetadata metadata =
        extract(empty().member("a.py", "").zip("Foo_bar-1.0-py2.7-win32.egg"));
    assertThat(metadata.purl()).isEqualTo("pkg:pypi/foo-bar@1.0");
    assertThat(metadata.columns())
        .containsEntry("kind", "egg")
        .containsEntry("tags", List.of(Map.of("python", "py2.7", "platform", "win32")));
    assertThat(extractOrNull(empty().member("a.py", "").zip("foo.egg"))).isNull();
  }

  @Test
  void requirementsOfOldSdistsAreInTheEggInfo() throws Exception {
    for (PackageFile file :
        List.of(
            sdist("demo-1.0", "1.1").tarGz("demo-1.0.tar.gz"),
            sdist("demo-1.0", "1.1").tarBz2("renamed.tar.bz2"),
            sdist("demo-1.0", "1.1").zip("renamed.zip"))) {
      PackageMetadata metadata = extract(file);
      assertThat(metadata.purl()).isEqualTo("pkg:pypi/demo@1.0");
      assertThat(metadata.columns())
          .containsEntry("kind", "sdist")
          .containsEntry("extras", List.of("docs"))
          .doesNotContainKey("entry_points")
          .containsEntry("top_level", List.of("demo"));
      assertThat(metadata.dependencies())
          .containsExactly(
              new Dependency("pkg:pypi/base", "base", ">=1", null, false),
              new Dependency("pkg:pypi/old", "old", null, null, false),
              new Dependency(
                  "pkg:pypi/sphinx", "sphinx", "@ https://example.org/s.zip", "extra:docs", true),
              new Dependency("pkg:pypi/win", "win", null, "extra:docs", true));
    }
  }

  @Test
  void sdistThatNamesWhatIsDynamicIsNotReadOn() throws Exception {
    assertThat(extract(sdist("demo-1.0", "2.2").tarGz("demo-1.0.tar.gz")).dependencies()).isEmpty();
  }

  @Test
  void pkgInfoMayBeFarBehindPythonCode() throws Exception {
    byte[] big = new byte[6 << 20];
    Distributions sdist =
        empty()
            .member("demo-1.0/a.py", "")
            .member("demo-1.0/data", big)
            .member("demo-1.0/PKG-INFO", "Metadata-Version: 2.2\nName: demo\nVersion: 1.0\n");
    assertThat(extract(sdist.tarGz("Demo-1.0.tar.gz")).purl()).isEqualTo("pkg:pypi/demo@1.0");
    assertThat(extractOrNull(sdist.tarGz("other-1.0.tar.gz"))).isNull();
  }

  @Test
  void tarsOfOtherKindsAreRefused() throws Exception {
    Distributions c = empty().member("demo-1.0/a.c", new byte[5 << 20]).member("demo-1.0/b.py", "");
    assertThat(extractOrNull(c.tarGz("demo-1.0.tar.gz"))).isNull();
    assertThat(extractOrNull(empty().member("package/PKG-INFO", "Name: x").tarGz("x-1.tar.gz")))
        .isNull();
    assertThat(extractOrNull(empty().member("a-1/PKG-INFO", "no header").tarGz("a-1.tar.gz")))
        .isNull();
    assertThat(extractOrNull(empty().member("a/b", "").member("PKG-INFO", "").zip("a-1.zip")))
        .isNull();
  }

  @Test
  void sdistOfOldWithoutPkgInfoIsKnownByItsFolder() throws Exception {
    Distributions old = empty().member("Demo-1.0/setup.py", "").member("Demo-1.0/demo.py", "");
    PackageMetadata metadata = extract(old.tarBz2("Demo-1.0.tar.bz2"));
    assertThat(metadata.purl()).isEqualTo("pkg:pypi/demo@1.0");
    assertThat(metadata.columns()).doesNotContainKey("metadata_version");
    assertThat(extract(old.zip("Demo-1.0.zip")).purl()).isEqualTo("pkg:pypi/demo@1.0");
  }

  @Test
  void truncatedSdistSaysWhatIsWrongAndWhatIsKnown() throws Exception {
    Distributions sdist =
        empty()
            .member("demo-1.0/setup.py", "x".repeat(1_000))
            .member("demo-1.0/rest", random(100_000));
    byte[] bytes = bytes(sdist.tarGz("x"));
    ExtractionException e =
        failure(
            PackageFile.of("demo-1.0.tar.gz", ByteBuffer.wrap(bytes, 0, bytes.length * 8 / 10)));
    assertThat(e.reason()).isNotBlank();
    assertThat(Objects.requireNonNull(e.partial()).purl()).isEqualTo("pkg:pypi/demo@1.0");
  }

  @Test
  void whatIsNoZipIsAnErrorOfTheWheelItIsNamedAs() {
    ExtractionException e =
        failure(
            PackageFile.of(
                "six-1.16.0-py3-none-any.whl",
                ByteBuffer.wrap("<html>".getBytes(StandardCharsets.US_ASCII))));
    assertThat(Objects.requireNonNull(e.partial()).purl()).isEqualTo("pkg:pypi/six@1.16.0");
  }

  @Test
  void hugeMetadataIsRefused() {
    ExtractionException e = failure(wheel("d-1", "x".repeat(17 << 20)).zip("d-1-py3-none-any.whl"));
    assertThat(e.reason()).contains("larger than the limit");
  }

  @Test
  void listsAreBounded() throws Exception {
    PackageMetadata metadata = licensed("Requires-Dist: a\n".repeat(20_000));
    assertThat(metadata.dependencies()).hasSize(10_000);
  }

  @Test
  void anyTextInTheMetadataEndsWell() {
    Random random = new Random(SEED);
    String[] texts = {METADATA, REQUIRES, "Tag: py3-none-any\nBuild: 1\n", "[g]\na=b\n", "a,b,c\n"};
    String[] names = {"METADATA", "requires.txt", "WHEEL", "entry_points.txt", "RECORD"};
    for (int round = 0; round < 3_000; round++) {
      Distributions wheel = empty();
      Distributions egg = empty();
      for (int i = 0; i < texts.length; i++) {
        StringBuilder text = new StringBuilder(texts[i]);
        for (int change = random.nextInt(6); change > 0; change--) {
          int at = random.nextInt(text.length());
          String pieces = ":;=[]()<>!~,@#\"'\\\r\n\t \0\uFEFF\uD800é-._";
          text.replace(
              at, at + random.nextInt(2), pieces.charAt(random.nextInt(pieces.length())) + "");
        }
        wheel.member("d-1.dist-info/" + names[i], text.toString());
        egg.member("EGG-INFO/" + (i == 0 ? "PKG-INFO" : names[i]), text.toString());
      }
      for (PackageFile file : List.of(wheel.zip("d-1-py3-none-any.whl"), egg.zip("d-1.egg"))) {
        assertThatCode(() -> assertThat(extract(file).purl()).startsWith("pkg:pypi/"))
            .as("seed " + SEED + ", round " + round + ", " + file.path())
            .doesNotThrowAnyException();
      }
    }
  }

  @Test
  void shortTextsDoNotBecomeLong() throws Exception {
    String many = "a.".repeat(30_000) + "a";
    PackageMetadata metadata =
        extract(
            empty()
                .member("d-1.dist-info/METADATA", "Name: d\nVersion: 1\n")
                .member("d-1.dist-info/WHEEL", "Tag: %s-%s-%s\n".formatted(many, many, many))
                .member("d-1.dist-info/entry_points.txt", "[" + many + "]\nx = y\n")
                .zip("renamed.whl"));
    assertThat(metadata.columns()).doesNotContainKeys("tags", "entry_points");
    Distributions egg =
        empty()
            .member("EGG-INFO/PKG-INFO", "Name: d\nVersion: 1\n")
            .member("EGG-INFO/requires.txt", "[" + many + "]\n" + "b\n".repeat(20_000));
    List<Dependency> dependencies = extract(egg.zip("d-1.egg")).dependencies();
    assertThat(dependencies).hasSize(10_000);
    List<DistributionName.Tag> tags =
        DistributionName.tags(
            List.of("a.".repeat(50) + "-" + "b.".repeat(50) + "-" + "c.".repeat(50)));
    assertThat(tags).hasSizeLessThanOrEqualTo(1_000);
  }

  static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static byte[] bytes(PackageFile file) throws Exception {
    byte[] bytes = new byte[Math.toIntExact(file.size())];
    file.slice(0, bytes.length).get(bytes);
    return Arrays.copyOf(bytes, bytes.length);
  }

  private PackageMetadata extract(PackageFile file) throws Exception {
    return Objects.requireNonNull(extractOrNull(file), file.path());
  }

  private @Nullable PackageMetadata extractOrNull(PackageFile file) throws Exception {
    return new PypiExtractor().extract(file, context());
  }

  private ExtractionException failure(PackageFile file) {
    return catchThrowableOfType(
        ExtractionException.class, () -> new PypiExtractor().extract(file, context()));
  }
}
