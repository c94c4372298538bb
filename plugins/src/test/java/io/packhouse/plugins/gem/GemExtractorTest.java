package io.packhouse.plugins.gem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.plugins.cargo.TarBuilder;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.ExtractorContract;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class GemExtractorTest extends ExtractorContract {

  private static final String SPECIFICATION =
      """
      --- !ruby/object:Gem::Specification
      name: deep-sea
      version: !ruby/object:Gem::Version
        version: '1.10'
      platform: x86_64-linux
      authors:
      - Ann
      - Bob
      autorequire:
      bindir: exe
      cert_chain: []
      date: 2024-02-03 00:00:00.000000000 Z
      dependencies:
      - !ruby/object:Gem::Dependency
        name: rake
        requirement: &id001 !ruby/object:Gem::Requirement
          requirements:
          - - "~>"
            - !ruby/object:Gem::Version
              version: '13.0'
          - - ">="
            - !ruby/object:Gem::Version
              version: 13.0.1
        type: :development
        prerelease: false
        version_requirements: *id001
      - !ruby/object:Gem::Dependency
        name: json
        requirement: !ruby/object:Gem::Requirement
          requirements:
          - - '='
            - !ruby/object:Gem::Version
              version: 2.7.1
        type: :runtime
      description: |-
        Salt
        water.
      email:
      - ann@example.org
      executables:
      - dive
      extensions:
      - ext/extconf.rb
      homepage: https://example.org/
      licenses:
      - MIT
      - Ruby
      metadata:
        source_code_uri: https://example.org/repo
        rubygems_mfa_required: 'true'
      require_paths:
      - lib
      required_ruby_version: !ruby/object:Gem::Requirement
        requirements:
        - - ">="
          - !ruby/object:Gem::Version
            version: '2.7'
      required_rubygems_version: !ruby/object:Gem::Requirement
        requirements:
        - - ">="
          - !ruby/object:Gem::Version
            version: '0'
      rubygems_version: 3.5.3
      summary: Salt.
      """;

  private static TarBuilder gem(String specification) {
    byte[] metadata = TarBuilder.gzip(specification.getBytes(StandardCharsets.UTF_8));
    byte[] data = new TarBuilder().member("lib/a.rb", "1").tarGz();
    String checksums =
        "---\nSHA256:\n  metadata.gz: "
            + digest("SHA-256", metadata)
            + "\n  data.tar.gz: "
            + digest("SHA-256", data)
            + "\nSHA512:\n  data.tar.gz: "
            + digest("SHA-512", data)
            + "\n";
    return new TarBuilder()
        .member("metadata.gz", metadata)
        .member("data.tar.gz", data)
        .member("checksums.yaml.gz", TarBuilder.gzip(checksums.getBytes(StandardCharsets.UTF_8)));
  }

  private static String digest(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static PackageFile file(TarBuilder gem) {
    return TarBuilder.file("gems/deep-sea-1.10-x86_64-linux.gem", gem.tar());
  }

  @Override
  protected PackageExtractor extractor() {
    return new GemExtractor();
  }

  @Override
  protected ExtractionContext context() {
    return StandaloneContext.of(ExtractionLimits.DEFAULT);
  }

  @Override
  protected List<PackageFile> samples() {
    return List.of(file(gem(SPECIFICATION)));
  }

  private PackageMetadata metadata(TarBuilder gem) throws Exception {
    return Objects.requireNonNull(extractor().extract(file(gem), context()));
  }

  private ExtractionException failure(PackageFile file) {
    return catchThrowableOfType(
        ExtractionException.class, () -> extractor().extract(file, context()));
  }

  @Test
  void allOfTheSpecificationIsRead() throws Exception {
    PackageMetadata sea = metadata(gem(SPECIFICATION));
    assertThat(sea.purl()).isEqualTo("pkg:gem/deep-sea@1.10?platform=x86_64-linux");
    assertThat(sea.name()).isEqualTo("deep-sea");
    assertThat(sea.version()).isEqualTo("1.10");
    assertThat(sea.license()).isEqualTo("MIT OR Ruby");
    assertThat(sea.licensesDeclared()).containsExactly("MIT", "Ruby");
    assertThat(sea.description()).isEqualTo("Salt\nwater.");
    assertThat(sea.homepage()).isEqualTo("https://example.org/");
    assertThat(sea.vcsUrl()).isEqualTo("https://example.org/repo");
    assertThat(sea.authors()).containsExactly("Ann", "Bob");
    assertThat(sea.publishedNanos()).isEqualTo(1_706_918_400_000_000_000L);
    assertThat(sea.dependencies())
        .containsExactly(
            new Dependency("pkg:gem/rake", "rake", "~> 13.0, >= 13.0.1", "development", false),
            new Dependency("pkg:gem/json@2.7.1", "json", "= 2.7.1", "runtime", false));
    assertThat(sea.columns())
        .containsEntry("platform", "x86_64-linux")
        .containsEntry("required_ruby_version", ">= 2.7")
        .containsEntry("required_rubygems_version", ">= 0")
        .containsEntry("email", List.of("ann@example.org"))
        .containsEntry("executables", List.of("dive"))
        .containsEntry("extensions", List.of("ext/extconf.rb"))
        .containsEntry("rubygems_version", "3.5.3")
        .containsEntry("signed", false)
        .containsEntry("checksums_match", true)
        .containsEntry(
            "metadata",
            List.of(
                Map.of("key", "source_code_uri", "value", "https://example.org/repo"),
                Map.of("key", "rubygems_mfa_required", "value", "true")));
  }

  @Test
  void wrongChecksumIsTold() throws Exception {
    TarBuilder gem = gem(SPECIFICATION).member("data.tar.gz", new byte[] {1});
    assertThat(metadata(gem).columns()).containsEntry("checksums_match", false);
  }

  @Test
  void oldGemHasPlainMetadataAndNoChecksums() throws Exception {
    PackageMetadata old =
        metadata(
            new TarBuilder()
                .member("data.tar.gz", "")
                .member(
                    "metadata",
                    """
                    --- !ruby/object:Gem::Specification
                    name: old
                    version: !ruby/object:Gem::Version
                      version: 0.1.0
                    platform: !ruby/object:Gem::Platform
                      cpu: x86
                      os: mswin32
                      version: 60
                    date: 1980-01-02 00:00:00 Z
                    author: Ann
                    dependencies:
                    - !ruby/object:Gem::Dependency
                      name: hoe
                      version_requirement:
                      version_requirements: !ruby/object:Gem::Version::Requirement
                        requirements:
                        - - ">="
                          - !ruby/object:Gem::Version
                            version: 1.1.1
                        version:
                    """));
    assertThat(old.purl()).isEqualTo("pkg:gem/old@0.1.0?platform=x86-mswin32-60");
    assertThat(old.authors()).containsExactly("Ann");
    assertThat(old.publishedNanos()).isNull();
    assertThat(old.dependencies())
        .containsExactly(new Dependency("pkg:gem/hoe", "hoe", ">= 1.1.1", "runtime", false));
    assertThat(old.columns()).doesNotContainKey("checksums_match");
  }

  @Test
  void tagsInstantiateNothing() throws Exception {
    PackageMetadata evil =
        metadata(
            gem(
                """
                --- !ruby/object:Gem::Installer
                name: !!javax.script.ScriptEngineManager evil
                version: !ruby/object:Gem::Requirement
                  version: !ruby/hash:Net::WriteAdapter '1'
                authors: !ruby/object:Kernel {a: b}
                homepage: !!java.net.URL ["https://example.org/"]
                """));
    assertThat(evil.purl()).isEqualTo("pkg:gem/evil@1");
    assertThat(evil.authors()).isEmpty();
    assertThat(evil.homepage()).isNull();
  }

  @Test
  void aliasBombEndsAtOnce() throws Exception {
    StringBuilder bomb = new StringBuilder("name: bomb\nversion: '1'\na0: &a0 [x]\n");
    for (int i = 1; i < 2_000; i++) {
      String before = "*a" + (i - 1);
      bomb.append("a%d: &a%d [%s, %s, %s]\n".formatted(i, i, before, before, before));
    }
    bomb.append("authors: *a1999\ndependencies: *a1999\nmetadata: &m {m: *m}\n");
    PackageMetadata metadata = metadata(gem(bomb.toString()));
    assertThat(metadata.name()).isEqualTo("bomb");
    assertThat(metadata.authors()).isEmpty();
  }

  @Test
  void deepOrMalformedYamlIsRefused() {
    assertThat(failure(file(gem("name: " + "[".repeat(10_000)))).reason()).startsWith("metadata ");
    assertThat(failure(file(gem("name: 'a"))).reason()).startsWith("metadata is not valid YAML");
    assertThat(failure(file(gem("- name"))).reason())
        .isEqualTo("metadata does not state the gem's name");
  }

  @Test
  void valuesOfOtherTypesCountAsAbsent() throws Exception {
    PackageMetadata odd =
        metadata(gem("name: 5\nversion: [1]\ndependencies: x\nlicenses: {a: b}\nemail: a@b\n"));
    assertThat(odd.purl()).isEqualTo("pkg:gem/5");
    assertThat(odd.dependencies()).isEmpty();
    assertThat(odd.licensesDeclared()).isEmpty();
    assertThat(odd.columns()).containsEntry("email", List.of("a@b"));
  }

  @Test
  void truncatedAtEveryTenthSaysSo() {
    byte[] gem = gem(SPECIFICATION).tar();
    // Behind the last member there are only zeros.
    int length = gem.length - 1024;
    for (int tenth = 0; tenth < 10; tenth++) {
      ExtractionException failure =
          failure(TarBuilder.file("a.gem", Arrays.copyOf(gem, length * tenth / 10)));
      assertThat(failure).as("tenth " + tenth).isNotNull();
      assertThat(failure.reason()).isNotBlank().doesNotContain("\n");
    }
  }
}
