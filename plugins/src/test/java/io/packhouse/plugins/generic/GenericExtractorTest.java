package io.packhouse.plugins.generic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.spi.ArchiveOpener;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.ExtractorContract;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenericExtractorTest extends ExtractorContract {

  /** Digests of the four bytes {@code abc\n}. */
  private static final String MD5 = "0bee89b07a248e27c83fc3d5951213c1";

  private static final String SHA1 = "03cfd743661f07975fa2f1220c5194cbaff48451";
  private static final String SHA256 =
      "edeaaff3f1774ad2888673770c6d64097e391bc362d7d6fb34982ddf0efd18cb";

  private static final String CYCLONEDX =
      """
      {"bomFormat":"CycloneDX","specVersion":"1.5","serialNumber":"urn:uuid:1","version":1,
       "metadata":{"timestamp":"2024-01-02T03:04:05Z","tools":{"components":[{"name":"t"}]},
         "component":{"name":"app","version":"2","purl":"pkg:npm/app@2","components":[{}]}},
       "components":[{"name":"a","components":[{"name":"b"},{"name":"c"}]},
         {"name":"d","externalReferences":[{"url":"x"}],"properties":[{}]}],
       "dependencies":[{"ref":"a"}]}
      """;

  private static final String CYCLONEDX_XML =
      """
      <?xml version="1.0"?>
      <bom xmlns="http://cyclonedx.org/schema/bom/1.4" serialNumber="urn:uuid:2" version="1">
        <metadata><timestamp>2024-01-02T03:04:05Z</timestamp>
          <component type="application"><name>app</name><version>2</version></component></metadata>
        <components><component><name>a</name><components><component/></components></component>
          <component/></components>
      </bom>
      """;

  private static final String SPDX =
      """
      {"spdxVersion":"SPDX-2.3","name":"doc","documentNamespace":"https://example.org/doc",
       "creationInfo":{"created":"2024-01-02T03:04:05Z","creators":["Tool: x"]},
       "packages":[{"name":"a","checksums":[{}]},{"name":"b"}],"files":[{}]}
      """;

  private static final String TAG_VALUE =
      """
      SPDXVersion: SPDX-2.2
      DocumentName: doc
      DocumentNamespace: https://example.org/doc
      Created: 2024-01-02T03:04:05Z
      PackageName: a
      PackageName: b
      """;

  private static final String BUNDLE =
      "# v2 git bundle\n-%s first commit\n%s refs/heads/main\n%s HEAD\n\nPACK..."
          .formatted("1".repeat(40), "2".repeat(40), "2".repeat(40));

  private final Map<String, String> tree = new HashMap<>();

  @Override
  protected PackageExtractor extractor() {
    return new GenericExtractor();
  }

  @Override
  protected List<PackageFile> samples() {
    return List.of(
        file("a/b.jar.sha1", SHA1),
        file("a/b.jar.sha256", SHA256 + "  b.jar\n"),
        file("SHA256SUMS", SHA256 + "  b.jar\n" + SHA256 + " *c.jar\n"),
        file("b.jar.asc", "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n"),
        file("b.whl.publish.attestation", attestation("b.whl", SHA256)),
        file("app.cdx.json", CYCLONEDX),
        file("bom.xml", CYCLONEDX_XML),
        file("app.spdx.json", SPDX),
        file("app.spdx", TAG_VALUE),
        file("package-lock.json", "{\"lockfileVersion\":3,\"packages\":{\"\":{},\"a\":{}}}"),
        file("Cargo.lock", "version = 3\n[[package]]\nname = \"a\"\n"),
        file("repo.bundle", BUNDLE));
  }

  @Override
  protected ExtractionContext context() {
    return new TreeContext(tree);
  }

  @Test
  void checksumIsComparedWithTheFileItBelongsTo() throws Exception {
    tree.put("b.jar", "abc\n");
    assertThat(extract("a/b.jar.sha1", SHA1.toUpperCase(Locale.ROOT) + "\n").columns())
        .containsEntry("kind", "checksum")
        .containsEntry("format", "plain")
        .containsEntry("belongs_to", "a/b.jar")
        .containsEntry("digest_algorithm", "sha1")
        .containsEntry("digest", SHA1)
        .containsEntry("digest_ok", true)
        .doesNotContainKey("not_checked");
    tree.put("b.jar", "abd\n");
    assertThat(extract("a/b.jar.sha1", SHA1).columns()).containsEntry("digest_ok", false);
    tree.clear();
    PackageMetadata missing = extract("a/b.jar.sha1", SHA1);
    assertThat(missing.columns())
        .containsEntry("belongs_to", "a/b.jar")
        .containsEntry("not_checked", "missing")
        .doesNotContainKey("digest_ok");
    assertThat(missing.purl()).isNull();
  }

  @Test
  void theHostsDigestIsTakenWhateverTheSizeOfTheFile() throws Exception {
    ExtractionContext host =
        new ExtractionContext() {
          @Override
          public byte @Nullable [] digest(String relativePath, String algorithm) {
            return relativePath.equals("b.jar") && algorithm.equals("sha1")
                ? HexFormat.of().parseHex(SHA1)
                : null;
          }

          @Override
          public @Nullable PackageFile sibling(String relativePath) throws IOException {
            throw new IOException("is not asked for");
          }

          @Override
          public ArchiveOpener archives() {
            return ExtractionContext.NONE.archives();
          }

          @Override
          public ExtractionLimits limits() {
            return ExtractionLimits.DEFAULT;
          }
        };
    PackageFile checksum = file("a/b.jar.sha1", SHA1);
    PackageMetadata right = new GenericExtractor().extract(checksum, host);
    assertThat(right.columns()).containsEntry("digest_ok", true).doesNotContainKey("not_checked");
    checksum = file("a/b.jar.sha1", "0".repeat(40));
    assertThat(new GenericExtractor().extract(checksum, host).columns())
        .containsEntry("digest_ok", false);
  }

  @Test
  void withoutAHostsDigestOnlySmallFilesAreChecked() throws Exception {
    tree.put("b.jar", "x".repeat((int) DigestCheck.MAX_FILE_BYTES + 1));
    assertThat(extract("a/b.jar.sha1", SHA1).columns())
        .containsEntry("not_checked", "too-large")
        .doesNotContainKey("digest_ok");
    tree.put("b.jar", "x".repeat((int) DigestCheck.MAX_FILE_BYTES));
    assertThat(extract("a/b.jar.sha1", SHA1).columns()).containsEntry("digest_ok", false);
  }

  @Test
  void checksumsAreReadInTheFormsThatToolsWrite() throws Exception {
    tree.put("b.jar", "abc\n");
    Map<String, String> forms = new HashMap<>();
    forms.put("plain", SHA256 + "\r\n\n");
    forms.put("gnu", "# made by x\n" + SHA256 + " *build/b.jar");
    forms.put("bsd", "SHA256 (b.jar) = " + SHA256);
    forms.put(
        "gpg",
        "b.jar: EDEAAFF3 F1774AD2 88867377 0C6D6409\n       7E391BC3 62D7D6FB 34982DDF 0EFD18CB\n");
    for (Map.Entry<String, String> form : forms.entrySet()) {
      assertThat(extract("b.jar.sha256", form.getValue()).columns())
          .as(form.getKey())
          .containsEntry("format", form.getKey())
          .containsEntry("digest", SHA256)
          .containsEntry("belongs_to", "b.jar")
          .containsEntry("digest_ok", true);
    }
  }

  @Test
  void fileNamedInsideCountsOnlyWhereTheOneOfTheNameIsNotThere() throws Exception {
    tree.put("release.zip", "abc\n");
    assertThat(extract("x/checks.md5", MD5 + "  release.zip").columns())
        .containsEntry("belongs_to", "x/release.zip")
        .containsEntry("digest_ok", true);
    tree.put("checks", "other");
    assertThat(extract("x/checks.md5", MD5 + "  release.zip").columns())
        .containsEntry("belongs_to", "x/checks")
        .containsEntry("digest_ok", false);
    assertThat(extract("checks.md5", MD5 + "  ../../etc/passwd").columns())
        .containsEntry("belongs_to", "checks");
  }

  @Test
  void checksumWithoutItsDigestIsAnErrorThatKeepsWhatItBelongsTo() {
    for (String text : List.of("", "<html>not found</html>", SHA256, "g".repeat(40), MD5)) {
      ExtractionException e = failure("a/b.jar.sha1", text);
      assertThat(e.reason()).contains("expected sha1");
      assertThat(Objects.requireNonNull(e.partial()).columns())
          .containsEntry("belongs_to", "a/b.jar")
          .doesNotContainKey("digest");
    }
  }

  @Test
  void listChecksEveryFileThatIsThere() throws Exception {
    tree.put("a", "abc\n");
    tree.put("d/b c", "abc\n");
    PackageMetadata all =
        extract(
            "SHA256SUMS",
            "-----BEGIN PGP SIGNED MESSAGE-----\n\n"
                + (SHA256 + "  a\n")
                + (SHA256 + " *d/b c\n")
                + ("SHA256 (gone) = " + SHA256 + "\n"));
    assertThat(all.columns())
        .containsEntry("kind", "checksum-list")
        .containsEntry("format", "gnu")
        .containsEntry("digest_algorithm", "sha256")
        .containsEntry("count", 3L)
        .containsEntry("wrong_count", 0L)
        .containsEntry("digest_ok", true)
        .containsEntry("not_checked", "missing")
        .containsEntry(
            "checksums",
            List.of(
                Map.of("name", "a", "digest", SHA256, "ok", true),
                Map.of("name", "d/b c", "digest", SHA256, "ok", true),
                Map.of("name", "gone", "digest", SHA256)))
        .doesNotContainKey("belongs_to");
    tree.put("a", "changed");
    assertThat(extract("x.sha256", SHA256 + "  a\n" + SHA256 + "  d/b c\n").columns())
        .containsEntry("kind", "checksum-list")
        .containsEntry("digest_ok", false)
        .containsEntry("wrong_count", 1L);
    assertThat(failure("sha512sums.txt", "nothing\n").reason()).contains("no line");
  }

  @Test
  void longListsKeepTheFirstAndCountAll() throws Exception {
    PackageMetadata metadata = extract("SHA1SUMS", (SHA1 + "  x\n").repeat(10_005));
    assertThat(metadata.columns()).containsEntry("count", 10_005L);
    assertThat((List<?>) metadata.columns().get("checksums")).hasSize(10_000);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          -----BEGIN PGP SIGNATURE-----,         signature,  openpgp-armored,   a.jar
          -----BEGIN PGP PUBLIC KEY BLOCK-----,  public-key, openpgp-armored,
          -----BEGIN PGP SIGNED MESSAGE-----,    signature,  openpgp-cleartext,
          -----BEGIN SSH SIGNATURE-----,         signature,  ssh,               a.jar
          untrusted comment: x,                  signature,  minisign,          a.jar
          MEUCIQDabcdefghijklmnopqrstuvwxyz0123456789+/AAA=, signature, base64, a.jar
          """)
  void signaturesAreToldByTheirFirstLine(
      String text, String kind, String format, @Nullable String belongsTo) throws Exception {
    PackageMetadata metadata = extract("a.jar.asc", text + "\n");
    assertThat(metadata.columns()).containsEntry("kind", kind).containsEntry("format", format);
    assertThat(metadata.columns().get("belongs_to")).isEqualTo(belongsTo);
  }

  @Test
  void binarySignatureIsAnOpenPgpPacketAndAsciiDocIsNone() throws Exception {
    byte[] packet = {(byte) 0x89, 1, 51, 4};
    PackageFile signature = PackageFile.of("x/a.tar.gz.sig", ByteBuffer.wrap(packet));
    assertThat(extract(signature).columns())
        .containsEntry("format", "openpgp")
        .containsEntry("belongs_to", "x/a.tar.gz");
    assertThat(extractor().extract(file("guide.asc", "= A Guide\n\nText."), context())).isNull();
  }

  @Test
  void attestationOfPep740IsCheckedAgainstItsFile() throws Exception {
    tree.put("b.whl", "abc\n");
    String text = attestation("b.whl", SHA256);
    assertThat(extract("d/b.whl.publish.attestation", text).columns())
        .containsEntry("kind", "attestation")
        .containsEntry("format", "pep740")
        .containsEntry("format_version", "1")
        .containsEntry("belongs_to", "d/b.whl")
        .containsEntry("predicate_type", "https://docs.pypi.org/attestations/publish/v1")
        .containsEntry("digest_algorithm", "sha256")
        .containsEntry("digest", SHA256)
        .containsEntry("digest_ok", true);
    tree.put("b.whl", "changed");
    String provenance =
        "{\"version\":1,\"attestation_bundles\":[{\"publisher\":{\"kind\":\"GitHub\","
            + "\"repository\":\"a/b\"},\"attestations\":["
            + text
            + "]}]}";
    assertThat(extract("d/b.whl.provenance", provenance).columns())
        .containsEntry("format", "pep740-provenance")
        .containsEntry("publisher", "GitHub a/b")
        .containsEntry("count", 1L)
        .containsEntry("digest_ok", false);
  }

  @Test
  void sigstoreBundleIsCheckedAgainstItsFile() throws Exception {
    tree.put("a.tgz", "abc\n");
    byte[] digest = HexFormat.of().parseHex(SHA256);
    String bundle =
        "{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\",\"messageSignature\":"
            + "{\"messageDigest\":{\"algorithm\":\"SHA2_256\",\"digest\":\""
            + Base64.getEncoder().encodeToString(digest)
            + "\"}}}";
    assertThat(extract("a.tgz.sigstore.json", bundle).columns())
        .containsEntry("format", "sigstore")
        .containsEntry("format_version", "0.3")
        .containsEntry("belongs_to", "a.tgz")
        .containsEntry("digest_ok", true);
    assertThat(extractor().extract(file("a.attestation", "{}"), context())).isNull();
    assertThat(failure("a.attestation", "{").reason()).contains("not valid JSON");
  }

  @ParameterizedTest
  @CsvSource({
    "app.cdx.json, cyclonedx-json, 1.5, app, urn:uuid:1, 4",
    "bom.xml, cyclonedx-xml, 1.4, app, urn:uuid:2, 3",
    "x.spdx.json, spdx-json, 2.3, doc, https://example.org/doc, 2",
    "x.spdx, spdx-tag-value, 2.2, doc, https://example.org/doc, 2",
  })
  void billsOfMaterialsAreSummedUp(
      String path, String format, String version, String name, String serial, long count)
      throws Exception {
    String text =
        switch (format) {
          case "cyclonedx-json" -> CYCLONEDX;
          case "cyclonedx-xml" -> CYCLONEDX_XML;
          case "spdx-json" -> SPDX;
          default -> TAG_VALUE;
        };
    for (String written : List.of(text, "\uFEFF" + text)) {
      PackageMetadata metadata = extract(path, written);
      assertThat(metadata.name()).isEqualTo(name);
      assertThat(metadata.publishedNanos()).isEqualTo(1_704_164_645_000_000_000L);
      assertThat(metadata.columns())
          .containsEntry("kind", "sbom")
          .containsEntry("format", format)
          .containsEntry("format_version", version)
          .containsEntry("serial", serial)
          .containsEntry("count", count);
    }
  }

  @Test
  void sbomOfSpdx3IsAGraph() throws Exception {
    PackageMetadata metadata =
        extract(
            "a.spdx.json",
            """
            {"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
             {"type":"CreationInfo","specVersion":"3.0.1","created":"2024-01-02T03:04:05Z"},
             {"type":"software_Package","name":"a"},{"type":"software_Package","name":"b"}]}
            """);
    assertThat(metadata.columns())
        .containsEntry("format", "spdx-json")
        .containsEntry("format_version", "3.0.1")
        .containsEntry("count", 2L);
  }

  @Test
  void whatIsOnlyNamedAsAnSbomIsNone() throws Exception {
    String pom = "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><x></project>";
    assertThat(extractor().extract(file("my-bom.xml", pom), context())).isNull();
    assertThat(extractor().extract(file("bom.json", "{\"name\":\"x\"}"), context())).isNull();
    assertThat(extractor().extract(file("a.spdx", "MIT\n"), context())).isNull();
    ExtractionException cut = failure("bom.json", CYCLONEDX.substring(0, 300));
    assertThat(Objects.requireNonNull(cut.partial()).columns())
        .containsEntry("format", "cyclonedx-json");
    assertThat(failure("bom.json", "{\"a\":".repeat(100_000)).reason()).contains("depth");
  }

  @Test
  void lockFilesAreCounted() throws Exception {
    List<String[]> cases = new ArrayList<>();
    cases.add(
        new String[] {
          "package-lock.json",
          "npm",
          "3",
          "2",
          "{\"name\":\"p\",\"version\":\"9\",\"lockfileVersion\":3,\"packages\":"
              + "{\"\":{\"dependencies\":{\"a\":\"1\"}},\"node_modules/a\":{\"version\":\"1\"},"
              + "\"node_modules/a/node_modules/b\":{}},\"dependencies\":{\"a\":{}}}"
        });
    cases.add(
        new String[] {
          "npm-shrinkwrap.json",
          "npm",
          "1",
          "3",
          "{\"lockfileVersion\":1,\"dependencies\":{\"a\":{\"requires\":{\"c\":\"1\"},"
              + "\"dependencies\":{\"b\":{\"version\":\"1\"}}},\"c\":{}}}"
        });
    cases.add(
        new String[] {
          "yarn.lock",
          "yarn",
          "1",
          "2",
          """
          # THIS IS AN AUTOGENERATED FILE.
          # yarn lockfile v1


          "@a/b@^1", "@a/b@^1.1":
            version "1.2"
            dependencies:
              c "1"

          c@1:
            version "1"
          """
        });
    cases.add(
        new String[] {
          "yarn.lock",
          "yarn",
          "8",
          "1",
          "__metadata:\n  version: 8\n  cacheKey: 10\n\n\"a@npm:^1\":\n  version: 1.0.0\n"
        });
    cases.add(
        new String[] {
          "pnpm-lock.yaml",
          "pnpm",
          "9.0",
          "2",
          """
          lockfileVersion: '9.0'

          importers:

            .:
              x: y

          packages:

            '@a/b@1.0':
              resolution: {}

            c@2:
              x: y

          snapshots:

            c@2: {}
          """
        });
    cases.add(
        new String[] {
          "Cargo.lock",
          "cargo",
          "4",
          "2",
          "# generated\nversion = 4\n\n[[package]]\nname = \"a\"\nversion = \"1\"\n\n[[package]]\n"
        });
    cases.add(
        new String[] {
          "poetry.lock",
          "poetry",
          "2.1",
          "1",
          "[[package]]\nname = \"a\"\nversion = \"7\"\n\n[metadata]\nlock-version = \"2.1\"\n"
        });
    cases.add(
        new String[] {
          "uv.lock", "uv", "1", "1", "version = 1\nrevision = 2\n\n[[package]]\nname = \"a\"\n"
        });
    cases.add(
        new String[] {
          "Pipfile.lock",
          "pipenv",
          "6",
          "2",
          "{\"_meta\":{\"pipfile-spec\":6,\"hash\":{\"sha256\":\"x\"}},"
              + "\"default\":{\"a\":{\"version\":\"==1\"}},\"develop\":{\"b\":{}}}"
        });
    cases.add(
        new String[] {
          "Gemfile.lock",
          "bundler",
          "2.4.1",
          "2",
          """
          GEM
            remote: https://example.org/
            specs:
              a (1.0)
                b (>= 1)
              b (2.0)

          DEPENDENCIES
            a

          BUNDLED WITH
             2.4.1
          """
        });
    cases.add(
        new String[] {
          "composer.lock",
          "composer",
          "2.6.0",
          "2",
          "{\"packages\":[{\"name\":\"a/b\",\"require\":{\"x\":\"1\"}}],"
              + "\"packages-dev\":[{\"name\":\"c/d\"}],\"plugin-api-version\":\"2.6.0\"}"
        });
    cases.add(
        new String[] {
          "go.sum", "go", null, "1", "a.org/b v1.0.0 h1:x=\na.org/b v1.0.0/go.mod h1:y=\n"
        });
    cases.add(
        new String[] {
          "gradle.lockfile",
          "gradle",
          null,
          "1",
          "# This is a Gradle generated file\ncom.a:b:1.0=compileClasspath\nempty=annotations\n"
        });
    cases.add(
        new String[] {
          "packages.lock.json",
          "nuget",
          "1",
          "2",
          "{\"version\":1,\"dependencies\":{\"net8.0\":{\"A\":{\"resolved\":\"1\"},\"B\":{}}}}"
        });
    for (String[] one : cases) {
      PackageMetadata metadata = extract("x/" + one[0], one[4]);
      assertThat(metadata.columns())
          .as(one[0])
          .containsEntry("kind", "lock-file")
          .containsEntry("format", one[1])
          .containsEntry("count", Long.valueOf(one[3]));
      assertThat(metadata.columns().get("format_version")).as(one[0]).isEqualTo(one[2]);
    }
    assertThat(extractor().extract(file("apt.lock", "x"), context())).isNull();
    assertThat(extractor().extract(file("yarn.lock", "hello\n"), context())).isNull();
  }

  @Test
  void gitBundleTellsItsRefs() throws Exception {
    assertThat(extract("repo.bundle", BUNDLE).columns())
        .containsEntry("kind", "git-bundle")
        .containsEntry("format_version", "2")
        .containsEntry("count", 2L)
        .containsEntry(
            "refs", List.of("2".repeat(40) + " refs/heads/main", "2".repeat(40) + " HEAD"))
        .containsEntry("prerequisites", List.of("1".repeat(40)));
    String third = "# v3 git bundle\n@object-format=sha256\n" + "3".repeat(64) + " HEAD\n\nPACK";
    assertThat(extract("repo.bundle", third).columns()).containsEntry("format_version", "3");
    assertThat(failure("repo.bundle", "# v2 git bundle\nrubbish\n\n").reason())
        .contains("no ref: rubbish");
    assertThat(failure("repo.bundle", "# v2 git bundle\n").reason()).contains("in its header");
    assertThat(extractor().extract(file("a.bundle", "# v9 git bundle\n"), context())).isNull();
  }

  @Test
  void pathsOfSubjectsStayInTheTree() {
    Subject subject = new Subject(file("a/b/c.sha1", ""), context());
    assertThat(subject.path("x")).isEqualTo("a/b/x");
    assertThat(subject.path("./x//y")).isEqualTo("a/b/x/y");
    assertThat(subject.path("../../x")).isEqualTo("x");
    assertThat(subject.path("../../../x")).isNull();
    assertThat(subject.path("../..")).isNull();
    assertThat(subject.path("/etc/passwd")).isNull();
    assertThat(subject.nameWithout(".sha1")).isEqualTo("c");
    assertThat(new Subject(file(".sha1", ""), context()).nameWithout(".sha1")).isNull();
  }

  private static String attestation(String name, String sha256) {
    String statement =
        """
        {"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"%s","digest":{"sha256":"%s"}}],
        "predicateType":"https://docs.pypi.org/attestations/publish/v1","predicate":null}
        """
            .formatted(name, sha256);
    String encoded = Base64.getEncoder().encodeToString(statement.getBytes(StandardCharsets.UTF_8));
    return "{\"version\":1,\"verification_material\":{},\"envelope\":{\"statement\":\""
        + encoded
        + "\",\"signature\":\"eA==\"}}";
  }

  private PackageMetadata extract(String path, String text) throws Exception {
    return extract(file(path, text));
  }

  private PackageMetadata extract(PackageFile file) throws Exception {
    return Objects.requireNonNull(extractor().extract(file, context()));
  }

  private ExtractionException failure(String path, String text) {
    return catchThrowableOfType(
        ExtractionException.class, () -> extractor().extract(file(path, text), context()));
  }

  private static PackageFile file(String path, String text) {
    return PackageFile.of(path, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Siblings by their relative path. */
  private record TreeContext(Map<String, String> tree) implements ExtractionContext {
    @Override
    public @Nullable PackageFile sibling(String relativePath) throws IOException {
      String text = tree.get(relativePath);
      return text == null ? null : file(relativePath, text);
    }

    @Override
    public ArchiveOpener archives() {
      return StandaloneContext.of(limits()).archives();
    }

    @Override
    public ExtractionLimits limits() {
      return ExtractionLimits.DEFAULT;
    }
  }
}
