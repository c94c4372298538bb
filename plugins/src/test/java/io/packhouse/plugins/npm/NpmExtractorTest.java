package io.packhouse.plugins.npm;

import static io.packhouse.plugins.npm.Tarballs.tarball;
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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NpmExtractorTest extends ExtractorContract {

  private static final String MANIFEST =
      """
      {
        "name": "@acme/tool", "version": "v1.2.3", "license": "MIT", "type": "module",
        "description": "  Does things. ", "homepage": "https://acme.example",
        "author": "A <a@b.c>",
        "contributors": [{"name": "B", "email": "b@c.d", "url": "https://b"}, "A <a@b.c>"],
        "maintainers": [{"name": "C"}],
        "repository": {"type": "git", "url": "git+https://h/a.git", "directory": "tool"},
        "main": "a.js", "module": "a.mjs", "exports": {".": "./a.js"}, "types": "a.d.ts",
        "engines": {"node": ">=18", "npm": "*"},
        "os": ["!win32"], "cpu": "x64", "libc": ["glibc"],
        "bin": {"tool": "bin/tool.js"},
        "scripts": {"test": "t", "postinstall": "node p.js", "bad": 1},
        "keywords": ["k1", "k2"],
        "dependencies": {"a": "^1.0.0", "b": "1.2.3", "o": "1"},
        "devDependencies": {"d": "~4"},
        "peerDependencies": {"p": ">=1", "q": ">=2"},
        "peerDependenciesMeta": {"q": {"optional": true}},
        "optionalDependencies": {"o": "2.x"},
        "bundleDependencies": ["a"]
      }
      """;

  @Override
  protected PackageExtractor extractor() {
    return new NpmExtractor();
  }

  @Override
  protected List<PackageFile> samples() {
    return List.of(
        tarball().manifest(MANIFEST).file("package/a.js", "x").at("@acme/tool/-/tool-1.2.3.tgz"),
        tarball()
            .file("node/index.d.ts", "x")
            .file("node/package.json", "{\"name\":\"@types/node\",\"version\":\"1.0.0\"}")
            .at("node-1.0.0.tgz"),
        tarball()
            .manifest("{\"name\":\"b\",\"version\":\"1.0.0\",\"licenses\":[{\"type\":\"MIT\"}]}")
            .file("package/node_modules/@s/c/package.json", "{\"name\":\"@s/c\"}")
            .file("package/binding.gyp", "{}")
            .at("dir/b.tar.gz"));
  }

  @Override
  protected ExtractionContext context() {
    return StandaloneContext.of(ExtractionLimits.DEFAULT);
  }

  @Test
  void everyFieldOfAManifestIsRead() throws Exception {
    PackageMetadata metadata = extract(MANIFEST);
    assertThat(metadata.purl()).isEqualTo("pkg:npm/%40acme/tool@1.2.3");
    assertThat(metadata.namespace()).isEqualTo("@acme");
    assertThat(metadata.name()).isEqualTo("tool");
    assertThat(metadata.version()).isEqualTo("1.2.3");
    assertThat(metadata.license()).isEqualTo("MIT");
    assertThat(metadata.licensesDeclared()).containsExactly("MIT");
    assertThat(metadata.description()).isEqualTo("Does things.");
    assertThat(metadata.homepage()).isEqualTo("https://acme.example");
    assertThat(metadata.vcsUrl()).isEqualTo("git+https://h/a.git");
    assertThat(metadata.authors()).containsExactly("A <a@b.c>", "B <b@c.d> (https://b)", "C");
    assertThat(metadata.columns())
        .containsEntry("scope", "@acme")
        .containsEntry("type", "module")
        .containsEntry("main", "a.js")
        .containsEntry("module", "a.mjs")
        .containsEntry("has_exports", true)
        .containsEntry("has_types", true)
        .containsEntry(
            "engines",
            List.of(
                Map.of("name", "node", "requirement", ">=18"),
                Map.of("name", "npm", "requirement", "*")))
        .containsEntry("os", List.of("!win32"))
        .containsEntry("cpu", List.of("x64"))
        .containsEntry("libc", List.of("glibc"))
        .containsEntry("bin", List.of(Map.of("name", "tool", "path", "bin/tool.js")))
        .containsEntry("scripts", List.of("test", "postinstall"))
        .containsEntry("keywords", List.of("k1", "k2"))
        .containsEntry("bundled", List.of("a"))
        .containsEntry("repository_directory", "tool")
        .containsEntry("shrinkwrap", false)
        .containsEntry("file_count", 1L)
        .containsEntry("unpacked_size", (long) MANIFEST.getBytes(StandardCharsets.UTF_8).length);
  }

  @Test
  void dependenciesComeWithTheirScopesAndOptionalOnesOverride() throws Exception {
    assertThat(extract(MANIFEST).dependencies())
        .containsExactly(
            new Dependency("pkg:npm/a", "a", "^1.0.0", "prod", false),
            new Dependency("pkg:npm/b@1.2.3", "b", "1.2.3", "prod", false),
            new Dependency("pkg:npm/o", "o", "2.x", "optional", true),
            new Dependency("pkg:npm/p", "p", ">=1", "peer", false),
            new Dependency("pkg:npm/q", "q", ">=2", "peer", true),
            new Dependency("pkg:npm/d", "d", "~4", "dev", false));
  }

  @Test
  void aliasesAreDependenciesOnTheirTargets() throws Exception {
    PackageMetadata metadata =
        extract(
            "{\"name\":\"a\",\"version\":\"1.0.0\",\"dependencies\":{"
                + "\"x\":\"npm:other@^1\",\"y\":\"npm:@s/o@2.0.0\",\"z\":\"npm:plain\"}}");
    assertThat(metadata.dependencies())
        .containsExactly(
            new Dependency("pkg:npm/other", "other", "^1", "prod", false),
            new Dependency("pkg:npm/%40s/o@2.0.0", "@s/o", "2.0.0", "prod", false),
            new Dependency("pkg:npm/plain", "plain", null, "prod", false));
    assertThat(metadata.columns())
        .containsEntry(
            "aliases",
            List.of(
                Map.of("alias", "x", "name", "other"),
                Map.of("alias", "y", "name", "@s/o"),
                Map.of("alias", "z", "name", "plain")));
  }

  @Test
  void requirementsFromElsewhereHaveNoPurl() throws Exception {
    for (String requirement :
        List.of(
            "git+ssh://git@h/a/b.git#v1",
            "https://h/a.tgz",
            "file:../a",
            "link:a",
            "a/b#main",
            "github:a/b",
            "git@h.org:a/b.git",
            "a.tgz")) {
      assertThat(dependency(requirement))
          .isEqualTo(new Dependency(null, "d", requirement, "prod", false));
    }
    for (String requirement : List.of("workspace:^", "catalog:", "latest", ">=1 <2 || 3.x")) {
      assertThat(dependency(requirement).purl()).isEqualTo("pkg:npm/d");
    }
    assertThat(dependency("=v1.2.3+b").purl()).isEqualTo("pkg:npm/d@1.2.3");
    assertThat(dependency("").requirement()).isNull();
  }

  @Test
  void oldFormsOfDependenciesAreLists() throws Exception {
    PackageMetadata metadata =
        extract(
            "{\"name\":\"a\",\"version\":\"1.0.0\",\"dependencies\":[\"x@1\",\"y >=2\",3],"
                + "\"devDependencies\":\"v, w@2\",\"engines\":[\"node >= 0.4\"],"
                + "\"bin\":[\"bin/run\"]}");
    assertThat(metadata.dependencies())
        .containsExactly(
            new Dependency("pkg:npm/x", "x", "1", "prod", false),
            new Dependency("pkg:npm/y", "y", ">=2", "prod", false),
            new Dependency("pkg:npm/v", "v", null, "dev", false),
            new Dependency("pkg:npm/w", "w", "2", "dev", false));
    assertThat(metadata.columns())
        .containsEntry("engines", List.of(Map.of("name", "node", "requirement", ">= 0.4")))
        .containsEntry("bin", List.of(Map.of("name", "run", "path", "bin/run")));
  }

  @Test
  void licensesComeInManyForms() throws Exception {
    assertLicense("\"license\":{\"type\":\"mit\",\"url\":\"u\"}", "MIT", "mit");
    assertLicense("\"license\":[\"MIT\",{\"name\":\"ISC\"}]", "MIT OR ISC", "MIT", "ISC");
    assertLicense(
        "\"licenses\":[{\"type\":\"MIT\"},{\"type\":\"Apache-2.0\"}]",
        "MIT OR Apache-2.0",
        "MIT",
        "Apache-2.0");
    assertLicense("\"license\":\"MIT OR CC0-1.0\"", "MIT OR CC0-1.0", "MIT OR CC0-1.0");
    assertLicense("\"license\":\"SEE LICENSE IN L.txt\"", null, "SEE LICENSE IN L.txt");
    assertLicense("\"license\":\"UNLICENSED\"", null, "UNLICENSED");
    assertLicense("\"license\":7,\"licenses\":\"MIT\"", "MIT", "MIT");
    assertLicense("\"license\":\"\"", null);
  }

  @Test
  void repositoriesAreWrittenOut() throws Exception {
    assertRepository("\"a/b\"", "git+https://github.com/a/b.git");
    assertRepository("\"github:a/b\"", "git+https://github.com/a/b.git");
    assertRepository("\"gitlab:a/b\"", "git+https://gitlab.com/a/b.git");
    assertRepository("{\"url\":\"bitbucket:a/b\"}", "git+https://bitbucket.org/a/b.git");
    assertRepository("\"gist:11\"", "git+https://gist.github.com/11.git");
    assertRepository("[{\"url\":\"git://h/a\"}]", "git://h/a");
    assertRepository("\"./here\"", "./here");
    assertRepository("{\"url\":{}}", null);
  }

  @Test
  void installHooksAreDeclaredOrImpliedByABindingGyp() throws Exception {
    Map<String, Object> implied =
        Map.of("name", "install", "command", "node-gyp rebuild", "implicit", true);
    String start = "{\"name\":\"a\",\"version\":\"1.0.0\"";
    assertThat(hooks(start + "}", true)).isEqualTo(List.of(implied));
    assertThat(hooks(start + "}", false)).isNull();
    assertThat(hooks(start + ",\"gypfile\":false}", true)).isNull();
    assertThat(hooks(start + ",\"scripts\":{\"preinstall\":\"p\"}}", true))
        .isEqualTo(List.of(Map.of("name", "preinstall", "command", "p", "implicit", false)));
    assertThat(hooks(start + ",\"scripts\":{\"postinstall\":\"p\"}}", true))
        .isEqualTo(
            List.of(Map.of("name", "postinstall", "command", "p", "implicit", false), implied));
  }

  @Test
  void bundledPackagesAreNested() throws Exception {
    PackageMetadata metadata =
        extract(
            tarball()
                .file(
                    "package/node_modules/x/node_modules/@s/y/package.json", "{\"version\":\"3\"}")
                .manifest(
                    "{\"name\":\"a\",\"version\":\"1.0.0\",\"bundledDependencies\":true,"
                        + "\"dependencies\":{\"x\":\"1\"}}")
                .file(
                    "package/node_modules/x/package.json",
                    "{\"name\":\"real\",\"version\":\"2.0.0\"}")
                .file("package/node_modules/x/binding.gyp", "")
                .file("package/node_modules/bad/package.json", "{")
                .file("package/node_modules/x/test/node_modules/no/package.json", "{}")
                .file("package/node_modules/x/test/package.json", "{}")
                .file("package/node_modules/empty/index.js", "")
                .file("package/lib/node_modules/no/package.json", "{}")
                .at("a.tgz"));
    assertThat(metadata.columns()).containsEntry("bundled", List.of("x"));
    assertThat(metadata.nested())
        .extracting(nested -> nested.innerPath() + " " + nested.metadata().purl())
        .containsExactly(
            "package/node_modules/x/node_modules/@s/y/package.json pkg:npm/%40s/y@3",
            "package/node_modules/x/package.json pkg:npm/real@2.0.0",
            "package/node_modules/bad/package.json pkg:npm/bad");
    assertThat(metadata.nested().get(1).metadata().columns()).containsKey("install_hooks");
  }

  @Test
  void lastOfDuplicateKeysAndManifestsCountsAndAByteOrderMarkIsSkipped() throws Exception {
    PackageMetadata metadata =
        extract(
            tarball()
                .manifest("{\"name\":\"first\",\"version\":\"1.0.0\"}")
                .manifest("\uFEFF{\"name\":\"x\",\"version\":\"1.0.0\",\"name\":\"last\"}")
                .link("package/package.json", "/etc/hostname")
                .file("../package.json", "{}")
                .at("a.tgz"));
    assertThat(metadata.purl()).isEqualTo("pkg:npm/last@1.0.0");
  }

  @Test
  void bytesThatAreNoUtf8AreReplaced() throws Exception {
    byte[] manifest =
        "{\"name\":\"a\",\"version\":\"1.0.0\",\"author\":\"J\u00f6rg\"}"
            .getBytes(StandardCharsets.ISO_8859_1);
    PackageMetadata metadata =
        extract(tarball().file("package/package.json", manifest).at("a.tgz"));
    assertThat(metadata.authors()).containsExactly("J\uFFFDrg");
  }

  @Test
  void valuesOfWrongTypesAreLeftOut() throws Exception {
    String all =
        "type main module exports types typings engines os cpu libc bin scripts deprecated"
            + " keywords dependencies devDependencies peerDependencies peerDependenciesMeta"
            + " optionalDependencies bundleDependencies bundledDependencies description homepage"
            + " gitHead gypfile license licenses licence author contributors maintainers"
            + " repository repositories";
    for (String value :
        List.of(
            "null",
            "true",
            "7",
            "1e999",
            "\"\"",
            "[]",
            "{}",
            "[[[]]]",
            "[null,{},1]",
            "{\"\":{}}",
            "{\"a\":null,\"b\":[],\"c\":{\"d\":1}}",
            "\"\\ud800\"")) {
      StringBuilder json = new StringBuilder("{\"name\":\"a\",\"version\":\"1.0.0\"");
      for (String field : all.split(" ", -1)) {
        json.append(",\"").append(field).append("\":").append(value);
      }
      PackageMetadata metadata = extract(json.append('}').toString());
      assertThat(metadata.purl()).as(value).isEqualTo("pkg:npm/a@1.0.0");
    }
  }

  @Test
  void nameAndVersionOfWrongTypesComeFromTheLayout() throws Exception {
    String manifest = "{\"name\":[],\"version\":{},\"license\":\"MIT\"}";
    for (String path : List.of("m/@s/n/-/n-1.0.0-b.1.tgz", "@s/n/-/@s/n-1.0.0-b.1.tgz")) {
      PackageMetadata metadata = extract(tarball().manifest(manifest).at(path));
      assertThat(metadata.purl()).isEqualTo("pkg:npm/%40s/n@1.0.0-b.1");
      assertThat(metadata.license()).isEqualTo("MIT");
    }
    PackageMetadata metadata = extract(tarball().manifest(manifest).at("n-1.0.0.tgz"));
    assertThat(metadata.purl()).isNull();
    assertThat(metadata.license()).isEqualTo("MIT");
  }

  @Test
  void purlsAndNamesKeepTheirCase() throws Exception {
    PackageMetadata metadata = extract("{\"name\":\"JSONStream\",\"version\":\"1.0.0-Beta\"}");
    assertThat(metadata.purl()).isEqualTo("pkg:npm/JSONStream@1.0.0-Beta");
    assertThat(metadata.name()).isEqualTo("JSONStream");
    assertThat(extract("{\"name\":\"a b\",\"version\":\"1.0.0\"}").purl()).isNull();
  }

  @Test
  void versionsAreCleanedAsNpmDoes() {
    assertThat(NpmVersion.clean(" =v1.2.3 ")).isEqualTo("1.2.3");
    assertThat(NpmVersion.clean("01.02.003")).isEqualTo("1.2.3");
    assertThat(NpmVersion.clean("1.2.3beta.01+sha.5")).isEqualTo("1.2.3-beta.1");
    assertThat(NpmVersion.clean("1.2")).isNull();
    assertThat(NpmVersion.clean("^1.2.3")).isNull();
    assertThat(NpmVersion.clean("1".repeat(300) + ".0.0")).isNull();
  }

  @Test
  void otherTarballsAreRefused() throws Exception {
    String manifest = "{\"name\":\"a\",\"version\":\"1.0.0\"}";
    assertThat(extractOrNull(tarball().file("package.json", manifest).at("a.tgz"))).isNull();
    assertThat(extractOrNull(tarball().file("a/b/package.json", manifest).at("a.tgz"))).isNull();
    assertThat(extractOrNull(tarball().file("a/package.json", "{}").at("a.tgz"))).isNull();
    assertThat(extractOrNull(tarball().file("a/package.json", "{").at("a.tgz"))).isNull();
    for (String other : List.of("a/PKG-INFO", "a/Chart.yaml")) {
      PackageFile file = tarball().file("a/package.json", manifest).file(other, "x").at("a.tar.gz");
      assertThat(extractOrNull(file)).isNull();
    }
    Tarballs late = tarball();
    for (int i = 0; i < 64; i++) {
      late.file("a/" + i, "");
    }
    assertThat(extractOrNull(late.file("a/package.json", manifest).at("a.tgz"))).isNull();
    Tarballs big = tarball().file("a/big", new byte[5 << 20]);
    assertThat(extractOrNull(big.file("a/package.json", manifest).at("a.tgz"))).isNull();
    assertThat(extract(tarball().file("a/package.json", manifest).at("a.tgz")).name())
        .isEqualTo("a");
  }

  @Test
  void damageIsAnErrorWithWhatWasReadBefore() {
    byte[] bytes =
        tarball()
            .manifest("{\"name\":\"a\",\"version\":\"1.0.0\"}")
            .file("package/noise", noise(200_000))
            .bytes();
    ExtractionException e = failure(file("x.tgz", Arrays.copyOf(bytes, bytes.length / 2)));
    PackageMetadata partial = Objects.requireNonNull(e.partial());
    assertThat(partial.purl()).isEqualTo("pkg:npm/a@1.0.0");
    assertThat(partial.columns()).doesNotContainKey("file_count");
    e = failure(file("n/-/n-2.0.0.tgz", Arrays.copyOf(bytes, 12)));
    assertThat(Objects.requireNonNull(e.partial()).purl()).isEqualTo("pkg:npm/n@2.0.0");
    e = failure(tarball().file("package/index.js", "").at("x.tgz"));
    assertThat(e.reason()).isEqualTo("has no package.json in its top directory");
    assertThat(failure(tarball().manifest("[]").at("x.tgz")).reason()).contains("object");
    assertThat(failure(tarball().manifest("[".repeat(100_000)).at("x.tgz")).reason())
        .contains("package.json");
  }

  @Test
  void whatLiesFarBehindTheManifestIsNotReadUnlessThatHintsAtIt() throws Exception {
    assertThat(far("").columns())
        .doesNotContainKeys("file_count", "unpacked_size", "shrinkwrap", "install_hooks");
    for (String hint :
        List.of(
            ",\"gypfile\":true",
            ",\"dependencies\":{\"nan\":\"1\"}",
            ",\"bundleDependencies\":[\"b\"]")) {
      assertThat(far(hint).columns())
          .as(hint)
          .containsEntry("file_count", 4L)
          .containsEntry("shrinkwrap", true)
          .containsKey("install_hooks");
    }
    assertThat(far(",\"gypfile\":false,\"dependencies\":{\"nan\":\"1\"}").columns())
        .doesNotContainKey("file_count");
    assertThat(far(",\"scripts\":{\"install\":\"x\"},\"dependencies\":{\"nan\":\"1\"}").columns())
        .doesNotContainKey("file_count");
  }

  private static PackageMetadata far(String fields) throws Exception {
    return extract(
        tarball()
            .manifest("{\"name\":\"a\",\"version\":\"1.0.0\"" + fields + "}")
            .file("package/large", new byte[(int) NpmArchive.READ_ON_BYTES])
            .file("package/binding.gyp", "{}")
            .file("package/npm-shrinkwrap.json", "{}")
            .at("a.tgz"));
  }

  @Test
  void bombsEndAtTheLimitsOfTheHost() {
    ExtractionLimits limits = new ExtractionLimits(1 << 20, 100, 4, Duration.ofSeconds(10));
    PackageFile bomb =
        tarball()
            .manifest("{\"name\":\"a\",\"version\":\"1.0.0\",\"gypfile\":true}")
            .file("package/zeros", new byte[8 << 20])
            .at("a.tgz");
    ExtractionException e =
        catchThrowableOfType(
            ExtractionException.class,
            () -> new NpmExtractor().extract(bomb, StandaloneContext.of(limits)));
    assertThat(e.reason()).contains("limit");
    assertThat(Objects.requireNonNull(e.partial()).name()).isEqualTo("a");
    Tarballs bundle =
        tarball()
            .manifest("{\"name\":\"a\",\"version\":\"1.0.0\",\"bundleDependencies\":[\"m1\"]}");
    for (int i = 0; i <= 5_000; i++) {
      bundle.file("package/node_modules/m" + i + "/package.json", "{}");
    }
    e = failure(bundle.at("a.tgz"));
    assertThat(e.reason()).isEqualTo("bundles more than 5000 packages");
    assertThat(Objects.requireNonNull(e.partial()).nested()).hasSize(5_000);
  }

  private static byte[] noise(int length) {
    byte[] noise = new byte[length];
    new Random(42).nextBytes(noise);
    return noise;
  }

  private static void assertLicense(String field, @Nullable String license, String... declared)
      throws Exception {
    PackageMetadata metadata = extract("{\"name\":\"a\",\"version\":\"1.0.0\"," + field + "}");
    assertThat(metadata.license()).as(field).isEqualTo(license);
    assertThat(metadata.licensesDeclared()).as(field).containsExactly(declared);
  }

  private static void assertRepository(String value, @Nullable String url) throws Exception {
    PackageMetadata metadata =
        extract("{\"name\":\"a\",\"version\":\"1.0.0\",\"repository\":" + value + "}");
    assertThat(metadata.vcsUrl()).isEqualTo(url);
  }

  private static Dependency dependency(String requirement) throws Exception {
    return extract(
            "{\"name\":\"a\",\"version\":\"1.0.0\",\"dependencies\":{\"d\":\""
                + requirement
                + "\"}}")
        .dependencies()
        .getFirst();
  }

  private static @Nullable Object hooks(String manifest, boolean gyp) throws Exception {
    Tarballs tarball = tarball().manifest(manifest);
    if (gyp) {
      tarball.file("package/binding.gyp", "{}");
    }
    return extract(tarball.at("a.tgz")).columns().get("install_hooks");
  }

  private static PackageFile file(String path, byte[] bytes) {
    return PackageFile.of(path, ByteBuffer.wrap(bytes));
  }

  private static PackageMetadata extract(String manifest) throws Exception {
    return extract(tarball().manifest(manifest).at("a.tgz"));
  }

  private static PackageMetadata extract(PackageFile file) throws Exception {
    return Objects.requireNonNull(extractOrNull(file));
  }

  private static @Nullable PackageMetadata extractOrNull(PackageFile file)
      throws ExtractionException, IOException {
    return new NpmExtractor().extract(file, StandaloneContext.of(ExtractionLimits.DEFAULT));
  }

  private static ExtractionException failure(PackageFile file) {
    return catchThrowableOfType(ExtractionException.class, () -> extractOrNull(file));
  }
}
