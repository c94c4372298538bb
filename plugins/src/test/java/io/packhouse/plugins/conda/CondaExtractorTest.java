package io.packhouse.plugins.conda;

import static io.packhouse.plugins.conda.CondaPackages.empty;
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
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CondaExtractorTest extends ExtractorContract {

  private static final String STEM = "absl-py-0.4.1-py36h06a4308_0";

  private static final String INDEX =
      """
      {
        "arch": "x86_64",
        "build": "py36h06a4308_0",
        "build_number": 0,
        "constrains": ["six >=1.10"],
        "depends": ["python >=3.6,<3.7.0a0", "zlib 1.2.11", "libgcc-ng 9.3.0 h1_2", "bare"],
        "license": "Apache-2.0",
        "license_family": "Apache",
        "name": "absl-py",
        "platform": "linux",
        "subdir": "linux-64",
        "timestamp": 1534347840123,
        "track_features": "a b",
        "version": "0.4.1"
      }
      """;

  private static final String ABOUT =
      """
      {
        "channels": ["https://example.org/main"],
        "conda_build_version": "3.12.0",
        "description": "long",
        "dev_url": ["https://example.org/src", "https://example.org/other"],
        "doc_url": "https://example.org/doc",
        "extra": {"recipe-maintainers": ["ann", "bob"]},
        "home": "https://example.org/",
        "license": "Apache 2.0",
        "summary": "Common libraries"
      }
      """;

  @Override
  protected PackageExtractor extractor() {
    return new CondaExtractor();
  }

  @Override
  protected ExtractionContext context() {
    return StandaloneContext.of(ExtractionLimits.DEFAULT);
  }

  @Override
  protected List<PackageFile> samples() {
    return List.of(
        sample().conda("linux-64/" + STEM + ".conda", STEM),
        sample().conda("by-digest/0a1b.conda", STEM),
        sample().tarBz2("linux-64/" + STEM + ".tar.bz2"),
        empty()
            .member("info/index.json", "{\"name\": \"a\", \"version\": \"1\"}")
            .tarBz2("renamed.tar.bz2"));
  }

  private static CondaPackages sample() {
    return empty()
        .member("info/files", "lib/a.py\n")
        .member("info/index.json", INDEX)
        .member("info/about.json", ABOUT)
        .member("lib/a.py", "x = 1\n");
  }

  @ParameterizedTest
  @CsvSource({"conda", "tar.bz2"})
  void bothFormsAreDescribedByIndexAndAbout(String format) throws Exception {
    String path = "linux-64/" + STEM + "." + format;
    PackageMetadata metadata =
        extract(format.equals("conda") ? sample().conda(path, STEM) : sample().tarBz2(path));
    assertThat(metadata.purl())
        .isEqualTo("pkg:conda/absl-py@0.4.1?build=py36h06a4308_0&subdir=linux-64&type=" + format);
    assertThat(metadata.name()).isEqualTo("absl-py");
    assertThat(metadata.version()).isEqualTo("0.4.1");
    assertThat(metadata.license()).isEqualTo("Apache-2.0");
    assertThat(metadata.licensesDeclared()).containsExactly("Apache-2.0", "Apache 2.0");
    assertThat(metadata.description()).isEqualTo("Common libraries");
    assertThat(metadata.homepage()).isEqualTo("https://example.org/");
    assertThat(metadata.vcsUrl()).isEqualTo("https://example.org/src");
    assertThat(metadata.publishedNanos()).isEqualTo(1_534_347_840_123_000_000L);
    assertThat(metadata.dependencies())
        .containsExactly(
            new Dependency("pkg:conda/python", "python", ">=3.6,<3.7.0a0", "depends", false),
            new Dependency("pkg:conda/zlib@1.2.11", "zlib", "1.2.11", "depends", false),
            new Dependency(
                "pkg:conda/libgcc-ng@9.3.0", "libgcc-ng", "9.3.0 h1_2", "depends", false),
            new Dependency("pkg:conda/bare", "bare", null, "depends", false),
            new Dependency("pkg:conda/six", "six", ">=1.10", "constrains", true));
    assertThat(metadata.columns())
        .containsEntry("format", format)
        .containsEntry("build", "py36h06a4308_0")
        .containsEntry("build_number", 0L)
        .containsEntry("subdir", "linux-64")
        .containsEntry("license_family", "Apache")
        .containsEntry("track_features", List.of("a", "b"))
        .containsEntry("recipe_maintainers", List.of("ann", "bob"))
        .containsEntry("constrains", List.of("six >=1.10"))
        .doesNotContainKey("noarch");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "numpy;numpy;;",
        "numpy 1.8*;numpy;1.8*;",
        "numpy >=1.8,<2;numpy;>=1.8,<2;",
        "numpy>=1.8;numpy;>=1.8;",
        "numpy ==1.8.1;numpy;==1.8.1;1.8.1",
        "numpy=1.8;numpy;=1.8;",
        "numpy=1.8=py27_0;numpy;=1.8=py27_0;1.8",
        "conda-forge::numpy 1.8.1 py27_0;numpy;1.8.1 py27_0;1.8.1",
        "numpy[version='>=1.8'];numpy;[version='>=1.8'];",
        "numpy 1.8.1|1.8.2;numpy;1.8.1|1.8.2;",
        "_openmp_mutex >=4.5;_openmp_mutex;>=4.5;",
      })
  void matchSpecsAreToldApart(
      String text, String name, @Nullable String requirement, @Nullable String version) {
    Dependency found = Objects.requireNonNull(MatchSpec.parse(text)).dependency("depends", false);
    assertThat(found.name()).isEqualTo(name);
    assertThat(found.requirement()).isEqualTo(requirement);
    assertThat(found.purl())
        .isEqualTo("pkg:conda/" + name + (version == null ? "" : "@" + version));
  }

  @Test
  void noarchIsNamedOrTrue() throws Exception {
    assertThat(indexed("{\"name\":\"a\",\"noarch\":\"python\"}").columns())
        .containsEntry("noarch", "python");
    assertThat(indexed("{\"name\":\"a\",\"noarch\":true}").columns())
        .containsEntry("noarch", "generic");
    assertThat(indexed("{\"name\":\"a\",\"noarch\":null}").columns()).doesNotContainKey("noarch");
  }

  @Test
  void timestampsAreInSecondsOrMilliseconds() throws Exception {
    assertThat(indexed("{\"name\":\"a\",\"timestamp\":1534347840}").publishedNanos())
        .isEqualTo(1_534_347_840_000_000_000L);
    for (String wrong : List.of("9223372036854775807", "-1", "1e400", "\"x\"", "[]", "1.5")) {
      assertThat(indexed("{\"name\":\"a\",\"timestamp\":" + wrong + "}").publishedNanos()).isNull();
    }
  }

  @Test
  void wrongTypesAndDuplicateKeysAreTolerated() throws Exception {
    PackageMetadata metadata =
        indexed(
            "\uFEFF{\"name\":\"b\",\"name\":\"a\",\"version\":1.5,\"build\":[],\"depends\":"
                + "{\"x\":1},\"constrains\":[1,null,\"\",\"ok\"],\"license\":{},\"subdir\":7}");
    assertThat(metadata.purl()).isEqualTo("pkg:conda/a@1.5?type=tar.bz2");
    assertThat(metadata.license()).isNull();
    assertThat(metadata.dependencies()).extracting(Dependency::name).containsExactly("ok");
  }

  @Test
  void brokenIndexIsAnErrorWithWhatTheNameSays() {
    ExtractionException e =
        failure(empty().member("info/index.json", "{").tarBz2(STEM + ".tar.bz2"));
    assertThat(e.reason()).startsWith("info/index.json is not valid JSON");
    assertThat(Objects.requireNonNull(e.partial()).purl())
        .isEqualTo("pkg:conda/absl-py@0.4.1?build=py36h06a4308_0&type=tar.bz2");
    assertThat(failure(empty().member("info/index.json", "[]").conda("a-1-0.conda", "x")).reason())
        .isEqualTo("info/index.json is no JSON object");
  }

  @Test
  void brokenAboutLeavesTheIndex() {
    ExtractionException e =
        failure(
            empty()
                .member("info/index.json", INDEX)
                .member("info/about.json", "nonsense")
                .conda("x.conda", "x"));
    assertThat(e.reason()).startsWith("info/about.json is not valid JSON");
    assertThat(Objects.requireNonNull(e.partial()).dependencies()).hasSize(5);
  }

  @Test
  void condaWithoutIndexSaysSo() throws Exception {
    ExtractionException e = failure(empty().member("a", "b").conda("a-1-0.conda", "a-1-0"));
    assertThat(e.reason()).isEqualTo("conda package has no info/index.json");
    assertThat(Objects.requireNonNull(e.partial()).version()).isEqualTo("1");
    PackageFile zip =
        PackageFile.of("x.conda", ByteBuffer.wrap(CondaPackages.stored(Map.of("a", new byte[1]))));
    assertThat(extractOrNull(zip)).isNull();
  }

  @Test
  void truncatedCondaSaysWhatTheNameSays() throws Exception {
    PackageFile whole = sample().conda(STEM + ".conda", STEM);
    ByteBuffer half = whole.slice(0, (int) whole.size() / 2);
    ExtractionException e = failure(PackageFile.of(STEM + ".conda", half));
    assertThat(e.reason()).isNotBlank();
    assertThat(Objects.requireNonNull(e.partial()).name()).isEqualTo("absl-py");
  }

  @Test
  void infoBehindFilesIsFoundWhereTheNameIsAPackages() throws Exception {
    CondaPackages old =
        empty().member("lib/data", new byte[5 << 20]).member("info/index.json", INDEX);
    assertThat(extract(old.tarBz2("a-1.0-py27_0.tar.bz2")).name()).isEqualTo("absl-py");
    assertThat(extractOrNull(old.tarBz2("renamed.tar.bz2"))).isNull();
    CondaPackages many = empty();
    for (int i = 0; i < 70; i++) {
      many.member("lib/" + i, "");
    }
    many.member("info/index.json", INDEX);
    assertThat(extract(many.tarBz2("a-1.0-py27_0.tar.bz2")).name()).isEqualTo("absl-py");
    assertThat(extractOrNull(many.tarBz2("renamed.tar.bz2"))).isNull();
  }

  @Test
  void tarsOfSourcesAreRefused() throws Exception {
    assertThat(
            extractOrNull(
                empty()
                    .member("a-1.0-2/README", "x")
                    .member("info/index.json", INDEX)
                    .tarBz2("a-1.0-2.tar.bz2")))
        .isNull();
    byte[] random = new byte[1_000];
    new Random(1).nextBytes(random);
    assertThat(extractOrNull(PackageFile.of("a-1.0-2.tar.bz2", ByteBuffer.wrap(random)))).isNull();
  }

  private PackageMetadata indexed(String index) throws Exception {
    return extract(empty().member("info/index.json", index).tarBz2("renamed.tar.bz2"));
  }

  private PackageMetadata extract(PackageFile file) throws Exception {
    return Objects.requireNonNull(extractOrNull(file), file.path());
  }

  private @Nullable PackageMetadata extractOrNull(PackageFile file) throws Exception {
    return new CondaExtractor().extract(file, context());
  }

  private ExtractionException failure(PackageFile file) {
    return catchThrowableOfType(
        ExtractionException.class, () -> new CondaExtractor().extract(file, context()));
  }
}
