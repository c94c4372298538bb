package io.packhouse.plugins.cargo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.map;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.ExtractorContract;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CargoExtractorTest extends ExtractorContract {

  private static final String MANIFEST =
      """
      [package]
      name = "deep-sea"
      version = "1.2.3-rc.1+b5"
      edition = "2021"
      rust-version = "1.70"
      authors = ["Ann <ann@example.org>", "Bob"]
      build = "build/main.rs"
      links = "sea"
      description = "  Salt water.\\n"
      homepage = "https://example.org/"
      documentation = "https://example.org/doc"
      keywords = ["salt", "water"]
      categories = ["science"]
      license = "MIT OR Apache-2.0"
      license-file = "LICENSE.txt"
      repository = "https://example.org/repo"

      [lib]
      name = "sea"
      proc-macro = true

      [[bin]]
      name = "dive"
      path = "src/bin/dive.rs"

      [features]
      default = ["std"]
      std = ["alloc", "dep:libc"]

      [dependencies.libc]
      version = "0.2"
      optional = true
      default-features = false
      features = ["extra"]

      [dependencies.json]
      version = "=1.0.4"
      package = "serde_json"

      [dependencies.inner]
      version = "2"
      registry-index = "https://index.example.org/git"

      [dependencies.forked]
      git = "https://example.org/forked"
      rev = "abc"

      [dev-dependencies]
      trybuild = "1.0.49"

      [build-dependencies.cc]
      version = "1"

      [target.'cfg(windows)'.dependencies.winapi]
      version = "0.3"

      [target.x86_64-unknown-linux-gnu.dev_dependencies]
      nix = "*"
      """;

  private static final String VCS =
      """
      {"git": {"sha1": "9c337ca1a306be38e3474082be14bdef4bcb45b5", "dirty": true},
       "path_in_vcs": "crates/sea"}
      """;

  private static TarBuilder crate(String directory, String manifest) {
    return new TarBuilder()
        .member(directory + "/.cargo_vcs_info.json", VCS)
        .member(directory + "/Cargo.lock", "")
        .member(directory + "/Cargo.toml", manifest)
        .member(directory + "/Cargo.toml.orig", manifest)
        .member(directory + "/src/lib.rs", "//! Sea.");
  }

  private static PackageFile sample() {
    return TarBuilder.file(
        "crates/deep-sea/deep-sea-1.2.3-rc.1+b5.crate",
        crate("deep-sea-1.2.3-rc.1+b5", MANIFEST).tarGz());
  }

  private static PackageFile manifest(String manifest) {
    return TarBuilder.file("a-1.0.0.crate", crate("a-1.0.0", manifest).tarGz());
  }

  @Override
  protected PackageExtractor extractor() {
    return new CargoExtractor();
  }

  @Override
  protected ExtractionContext context() {
    return StandaloneContext.of(ExtractionLimits.DEFAULT);
  }

  @Override
  protected List<PackageFile> samples() {
    return List.of(sample(), manifest("[project]\nname='a'\nversion='1.0.0'\n"));
  }

  private @Nullable PackageMetadata extract(PackageFile file) throws Exception {
    return extractor().extract(file, context());
  }

  private PackageMetadata metadata(PackageFile file) throws Exception {
    return Objects.requireNonNull(extract(file));
  }

  private ExtractionException failure(PackageFile file) {
    return catchThrowableOfType(ExtractionException.class, () -> extract(file));
  }

  @Test
  void allOfTheManifestIsRead() throws Exception {
    PackageMetadata sea = metadata(sample());
    assertThat(sea.purl()).isEqualTo("pkg:cargo/deep-sea@1.2.3-rc.1%2Bb5");
    assertThat(sea.namespace()).isNull();
    assertThat(sea.name()).isEqualTo("deep-sea");
    assertThat(sea.version()).isEqualTo("1.2.3-rc.1+b5");
    assertThat(sea.license()).isEqualTo("MIT OR Apache-2.0");
    assertThat(sea.licensesDeclared()).containsExactly("MIT OR Apache-2.0");
    assertThat(sea.description()).isEqualTo("Salt water.");
    assertThat(sea.homepage()).isEqualTo("https://example.org/");
    assertThat(sea.vcsUrl()).isEqualTo("https://example.org/repo");
    assertThat(sea.authors()).containsExactly("Ann <ann@example.org>", "Bob");
    assertThat(sea.columns())
        .containsEntry("edition", "2021")
        .containsEntry("rust_version", "1.70")
        .containsEntry("links", "sea")
        .containsEntry("license_file", "LICENSE.txt")
        .containsEntry("documentation", "https://example.org/doc")
        .containsEntry("keywords", List.of("salt", "water"))
        .containsEntry("categories", List.of("science"))
        .containsEntry("build_script", "build/main.rs")
        .containsEntry("proc_macro", true)
        .containsEntry("library", "sea")
        .containsEntry("binaries", List.of("dive"))
        .containsEntry("vcs_commit", "9c337ca1a306be38e3474082be14bdef4bcb45b5")
        .containsEntry("vcs_dirty", true)
        .containsEntry("vcs_path", "crates/sea")
        .containsEntry("lock_file", true)
        .containsEntry("normalized", true)
        .containsEntry(
            "features",
            List.of(
                Map.of("name", "default", "enables", List.of("std")),
                Map.of("name", "std", "enables", List.of("alloc", "dep:libc"))));
  }

  @Test
  void dependenciesOfEveryKindAreTold() throws Exception {
    PackageMetadata sea = metadata(sample());
    assertThat(sea.dependencies())
        .containsExactly(
            new Dependency("pkg:cargo/libc", "libc", "0.2", "normal", true),
            new Dependency("pkg:cargo/serde_json@1.0.4", "serde_json", "=1.0.4", "normal", false),
            new Dependency(
                "pkg:cargo/inner?repository_url=https:%2F%2Findex.example.org%2Fgit",
                "inner", "2", "normal", false),
            new Dependency(null, "forked", null, "normal", false),
            new Dependency("pkg:cargo/trybuild", "trybuild", "1.0.49", "dev", false),
            new Dependency("pkg:cargo/cc", "cc", "1", "build", false),
            new Dependency("pkg:cargo/winapi", "winapi", "0.3", "normal", false),
            new Dependency("pkg:cargo/nix", "nix", "*", "dev", false));
    List<?> details = (List<?>) sea.columns().get("dependency_details");
    assertThat(details).hasSameSizeAs(sea.dependencies());
    assertThat(details.get(0))
        .isEqualTo(
            Map.of(
                "name",
                "libc",
                "kind",
                "normal",
                "features",
                List.of("extra"),
                "default_features",
                false));
    assertThat(details.get(1))
        .asInstanceOf(map(Object.class, Object.class))
        .containsEntry("rename", "json");
    assertThat(details.get(2))
        .asInstanceOf(map(Object.class, Object.class))
        .containsEntry("registry", "https://index.example.org/git");
    assertThat(details.get(3))
        .asInstanceOf(map(Object.class, Object.class))
        .containsEntry("git", "https://example.org/forked")
        .containsEntry("git_ref", "abc");
    assertThat(details.get(6))
        .asInstanceOf(map(Object.class, Object.class))
        .containsEntry("target", "cfg(windows)");
    assertThat(details.get(7))
        .asInstanceOf(map(Object.class, Object.class))
        .containsEntry("target", "x86_64-unknown-linux-gnu")
        .containsEntry("kind", "dev");
  }

  @Test
  void oldManifestLeavesItsTargetsToTheFiles() throws Exception {
    PackageFile file =
        TarBuilder.file(
            "old_one-0.1.0.crate",
            new TarBuilder()
                .member(
                    "old_one-0.1.0/Cargo.toml",
                    "[project]\nname = \"old-one\"\nversion = \"0.1.0\"\nlicense = \"MIT/GPL-2.0\"")
                .member("old_one-0.1.0/build.rs", "")
                .member("old_one-0.1.0/src/lib.rs", "")
                .member("old_one-0.1.0/src/main.rs", "")
                .tarGz());
    PackageMetadata old = metadata(file);
    assertThat(old.purl()).isEqualTo("pkg:cargo/old-one@0.1.0");
    assertThat(old.license()).isEqualTo("MIT OR GPL-2.0");
    assertThat(old.licensesDeclared()).containsExactly("MIT/GPL-2.0");
    assertThat(old.columns())
        .containsEntry("edition", "2015")
        .containsEntry("build_script", "build.rs")
        .containsEntry("library", "old_one")
        .containsEntry("binaries", List.of("old-one"))
        .containsEntry("proc_macro", false)
        .containsEntry("normalized", false)
        .doesNotContainKeys("vcs_commit", "features", "dependency_details");
  }

  @Test
  void buildFalseMeansNoBuildScript() throws Exception {
    byte[] crate =
        new TarBuilder()
            .member("a-1.0.0/Cargo.toml", "[package]\nname='a'\nversion='1.0.0'\nbuild=false")
            .member("a-1.0.0/build.rs", "")
            .tarGz();
    assertThat(metadata(TarBuilder.file("a.crate", crate)).columns())
        .doesNotContainKey("build_script");
  }

  @Test
  void valuesOfOtherTypesCountAsAbsent() throws Exception {
    PackageMetadata metadata =
        metadata(
            manifest(
                """
                bin = 5
                features = []
                target = "x"
                dependencies = {a = 1, b = [], c = {version = 7}, " " = "1"}
                [package]
                name = "a"
                version.workspace = true
                authors = {x = 1}
                license = ["MIT"]
                build = 3
                keywords = [1, "", "k"]
                """));
    assertThat(metadata.purl()).isEqualTo("pkg:cargo/a");
    assertThat(metadata.version()).isNull();
    assertThat(metadata.authors()).isEmpty();
    assertThat(metadata.licensesDeclared()).isEmpty();
    assertThat(metadata.columns()).containsEntry("keywords", List.of("k"));
    assertThat(metadata.dependencies()).extracting(Dependency::name).containsExactly("a", "b", "c");
    assertThat(metadata.dependencies()).extracting(Dependency::requirement).containsOnlyNulls();
  }

  @Test
  void manifestThatIsNoTomlLeavesNameAndVersionToTheDirectory() {
    ExtractionException failure = failure(manifest("[package\nname"));
    assertThat(failure.reason()).startsWith("Cargo.toml is not valid TOML, line 1");
    assertThat(Objects.requireNonNull(failure.partial()).purl()).isEqualTo("pkg:cargo/a@1.0.0");
  }

  @Test
  void manifestWithoutNameIsRefused() {
    ExtractionException failure = failure(manifest("[package]\nversion='2.0.0'"));
    assertThat(failure.reason()).isEqualTo("Cargo.toml does not state the package's name");
  }

  @Test
  void vcsInfoThatIsNoJsonTellsNothing() throws Exception {
    byte[] crate =
        crate("a-1.0.0", "[package]\nname='a'\nversion='1.0.0'")
            .member("a-1.0.0/.cargo_vcs_info.json", "{")
            .tarGz();
    assertThat(metadata(TarBuilder.file("a.crate", crate)).columns())
        .doesNotContainKey("vcs_commit");
  }

  @Test
  void membersOutsideTheCrateDirectoryAreIgnored() throws Exception {
    byte[] crate =
        crate("a-1.0.0", "[package]\nname='a'\nversion='1.0.0'")
            .member("b-1.0.0/build.rs", "")
            .member("../Cargo.toml", "[package]\nname='evil'")
            .tarGz();
    PackageMetadata metadata = metadata(TarBuilder.file("a.crate", crate));
    assertThat(metadata.name()).isEqualTo("a");
    assertThat(metadata.columns()).doesNotContainKey("build_script");
  }

  @Test
  void truncatedAtEveryTenthSaysSo() throws Exception {
    byte[] noise = new byte[40_000];
    new Random(5).nextBytes(noise);
    byte[] crate =
        crate("a-1.0.0", "[package]\nname='a'\nversion='1.0.0'").member("a-1.0.0/z", noise).tarGz();
    for (int tenth = 0; tenth < 10; tenth++) {
      byte[] part = Arrays.copyOf(crate, crate.length * tenth / 10);
      ExtractionException failure = failure(TarBuilder.file("a-1.0.0.crate", part));
      assertThat(failure).as("tenth " + tenth).isNotNull();
      assertThat(failure.reason()).isNotBlank().doesNotContain("\n");
      if (tenth > 0) {
        assertThat(Objects.requireNonNull(failure.partial()).purl()).isEqualTo("pkg:cargo/a@1.0.0");
      }
    }
  }

  @Test
  void otherArchivesAreNoCrates() throws Exception {
    assertThat(extract(TarBuilder.file("a.crate", new TarBuilder().member("x", "").tarGz())))
        .isNull();
    assertThat(extract(TarBuilder.file("a.tar.gz", sampleBytes()))).isNull();
  }

  private static byte[] sampleBytes() {
    return crate("a-1.0.0", "[package]\nname='a'").tarGz();
  }

  @Test
  void crateThatInflatesPastTheLimitSaysSoAndIsNamed() {
    byte[] bomb =
        crate("a-1.0.0", "[package]\nname='a'\nversion='1.0.0'")
            .member("a-1.0.0/zeros", new byte[4 << 20])
            .tarGz();
    ExtractionLimits limits = new ExtractionLimits(1 << 20, 100, 4, Duration.ofSeconds(30));
    ExtractionException failure =
        catchThrowableOfType(
            ExtractionException.class,
            () ->
                extractor()
                    .extract(TarBuilder.file("a.crate", bomb), StandaloneContext.of(limits)));
    assertThat(failure.reason()).contains("limit of 1048576 bytes");
    assertThat(Objects.requireNonNull(failure.partial()).name()).isEqualTo("a");
  }
}
