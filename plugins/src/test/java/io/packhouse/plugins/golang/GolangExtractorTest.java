package io.packhouse.plugins.golang;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.spi.ArchiveOpener;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GolangExtractorTest extends ExtractorContract {

  private static final String MOD =
      """
      // Deprecated: use example.org/New
      // instead.
      module "example.org/Azure/Sdk" // the module

      go 1.21.0
      toolchain go1.22.1

      require golang.org/x/text v0.3.0
      require (
      \tgithub.com/A/b v1.2.3+incompatible // indirect
      \t`example.org/q` v0.0.0-20240101000000-abcdefabcdef // indirect; why
      \tsingle v1.0.0 // not indirect
      )
      replace example.org/q => ../q
      replace (
      \texample.org/r v1.0.0 => example.org/s v1.1.0
      )
      exclude golang.org/x/text v0.2.0
      // They leak.
      retract (
      \tv1.0.0
      \t[v1.1.0, v1.2.0] // Worse.
      )
      tool golang.org/x/tools/cmd/stringer
      godebug default=go1.21
      """;

  private static final String INFO =
      """
      {"Version":"v1.2.0","Time":"2024-02-03T04:05:06Z","Origin":{"VCS":"git",
       "URL":"https://example.org/repo","Subdir":"sdk","Hash":"abc","Ref":"refs/tags/v1.2.0"}}
      """;

  private static final String LAYOUT = "cache/download/example.org/!azure/!sdk/@v/v1.2.0";

  private static PackageFile file(String path, String text) {
    return file(path, text.getBytes(StandardCharsets.UTF_8));
  }

  private static PackageFile file(String path, byte[] bytes) {
    return PackageFile.of(path, ByteBuffer.wrap(bytes));
  }

  private static byte[] zip(String... namesAndTexts) {
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
    return bytes.toByteArray();
  }

  private static byte[] module() {
    return zip(
        "example.org/Azure/Sdk@v1.2.0/sdk.go",
        "package sdk\n",
        "example.org/Azure/Sdk@v1.2.0/go.mod",
        MOD);
  }

  private record Beside(ExtractionContext outer, Map<String, PackageFile> files)
      implements ExtractionContext {
    @Override
    public @Nullable PackageFile sibling(String relativePath) {
      return files.get(relativePath);
    }

    @Override
    public ArchiveOpener archives() {
      return outer.archives();
    }

    @Override
    public ExtractionLimits limits() {
      return outer.limits();
    }
  }

  @Override
  protected PackageExtractor extractor() {
    return new GolangExtractor();
  }

  @Override
  protected ExtractionContext context() {
    return StandaloneContext.of(ExtractionLimits.DEFAULT);
  }

  @Override
  protected List<PackageFile> samples() {
    return List.of(
        file(LAYOUT + ".zip", module()),
        file("sdk.zip", module()),
        file(LAYOUT + ".mod", MOD),
        file(LAYOUT + ".info", INFO));
  }

  private PackageMetadata metadata(PackageFile file) throws Exception {
    return Objects.requireNonNull(extractor().extract(file, context()));
  }

  @Test
  void zipTellsAllWithWhatLiesBesideIt() throws Exception {
    ExtractionContext context =
        new Beside(
            context(),
            Map.of("v1.2.0.info", file("i", INFO), "v1.2.0.ziphash", file("h", "h1:other")));
    PackageMetadata sdk =
        Objects.requireNonNull(extractor().extract(file(LAYOUT + ".zip", module()), context));
    assertThat(sdk.purl()).isEqualTo("pkg:golang/example.org/azure/sdk@v1.2.0");
    assertThat(sdk.namespace()).isEqualTo("example.org/azure");
    assertThat(sdk.name()).isEqualTo("sdk");
    assertThat(sdk.version()).isEqualTo("v1.2.0");
    assertThat(sdk.vcsUrl()).isEqualTo("https://example.org/repo");
    assertThat(sdk.publishedNanos()).isEqualTo(1_706_933_106_000_000_000L);
    assertThat(sdk.columns())
        .containsEntry("file_kind", "zip")
        .containsEntry("module", "example.org/Azure/Sdk")
        .doesNotContainKey("declared_module")
        .containsEntry("go_version", "1.21.0")
        .containsEntry("toolchain", "go1.22.1")
        .containsEntry("deprecated", "use example.org/New\ninstead.")
        .containsEntry(
            "replaces",
            List.of(
                Map.of("module", "example.org/q", "with", "../q"),
                Map.of(
                    "module",
                    "example.org/r",
                    "version",
                    "v1.0.0",
                    "with",
                    "example.org/s",
                    "with_version",
                    "v1.1.0")))
        .containsEntry("excludes", List.of("golang.org/x/text@v0.2.0"))
        .containsEntry(
            "retracts",
            List.of(
                Map.of("low", "v1.0.0", "high", "v1.0.0", "rationale", "They leak."),
                Map.of("low", "v1.1.0", "high", "v1.2.0", "rationale", "Worse.")))
        .containsEntry("tools", List.of("golang.org/x/tools/cmd/stringer"))
        .containsEntry("vcs", "git")
        .containsEntry("vcs_ref", "refs/tags/v1.2.0")
        .containsEntry("vcs_commit", "abc")
        .containsEntry("vcs_path", "sdk")
        .containsEntry("h1_recorded", "h1:other")
        .containsEntry("h1_matches", false);
    assertThat(sdk.dependencies())
        .containsExactly(
            new Dependency(
                "pkg:golang/golang.org/x/text", "golang.org/x/text", "v0.3.0", "direct", false),
            new Dependency(
                "pkg:golang/github.com/a/b",
                "github.com/A/b",
                "v1.2.3+incompatible",
                "indirect",
                false),
            new Dependency(
                "pkg:golang/example.org/q",
                "example.org/q",
                "v0.0.0-20240101000000-abcdefabcdef",
                "indirect",
                false),
            new Dependency("pkg:golang/single", "single", "v1.0.0", "direct", false));
  }

  @Test
  void digestsAreThoseOfGo() throws Exception {
    // rsc.io/quote v1.5.2's go.mod, whose digest go.sum files all over the world have.
    PackageMetadata quote =
        metadata(
            file(
                "rsc.io/quote/@v/v1.5.2.mod",
                "module \"rsc.io/quote\"\n\nrequire \"rsc.io/sampler\" v1.3.0\n"));
    assertThat(quote.columns())
        .containsEntry("go_mod_h1", "h1:LzX7hefJvL54yjefDEDHNONDjII0t9xZLPXsUe+TKr0=");
  }

  @Test
  void layoutNamesWhatHasNoNameOfItsOwn() throws Exception {
    assertThat(
            metadata(file("proxy/host/github.com/!a/b/@v/v1.0.0+incompatible.info", INFO)).purl())
        .isEqualTo("pkg:golang/github.com/a/b@v1.0.0%2Bincompatible");
    // The directive says how much of the path is the module, even past a directory with a dot.
    PackageMetadata mod = metadata(file("go.proxy/x.org/m/@v/v1.0.0.mod", "module x.org/m"));
    assertThat(mod.purl()).isEqualTo("pkg:golang/x.org/m@v1.0.0");
    PackageMetadata fork = metadata(file("x.org/fork/@v/v1.0.0.mod", "module x.org/m"));
    assertThat(fork.purl()).isEqualTo("pkg:golang/x.org/fork@v1.0.0");
    assertThat(fork.columns()).containsEntry("declared_module", "x.org/m");
  }

  @Test
  void zipWithoutGoModIsAModule() throws Exception {
    PackageMetadata old = metadata(file("a.zip", zip("x.org/m@v1.0.0/a.go", "package a\n")));
    assertThat(old.purl()).isEqualTo("pkg:golang/x.org/m@v1.0.0");
    assertThat(old.columns()).containsKey("h1").doesNotContainKey("go_mod_h1");
  }

  @Test
  void otherZipsAreNoModules() throws Exception {
    assertThat(extractor().extract(file("a.zip", zip("a/b", "")), context())).isNull();
    assertThat(extractor().extract(file("a.zip", zip("a@b/c", "")), context())).isNull();
    assertThat(extractor().extract(file("go.mod", MOD), context())).isNull();
  }

  @Test
  void memberOutsideTheModuleIsDamage() {
    ExtractionException failure =
        failure(file("a.zip", zip("x.org/m@v1.0.0/a.go", "", "../evil", "")));
    assertThat(failure.reason()).isEqualTo("module zip has a member outside of x.org/m@v1.0.0/");
    assertThat(Objects.requireNonNull(failure.partial()).name()).isEqualTo("m");
  }

  @Test
  void malformedDirectiveIsNamedByItsLineAndTheRestIsRead() {
    ExtractionException failure =
        failure(
            file(
                "x.org/m/@v/v1.0.0.mod",
                "module x.org/m\nrequire a\nrequire x.org/b v1.0.0\nretract [v1\ngo \"1"));
    assertThat(failure.reason()).isEqualTo("go.mod line 2 has a require that makes no sense");
    assertThat(Objects.requireNonNull(failure.partial()).dependencies())
        .extracting(Dependency::name)
        .containsExactly("x.org/b");
  }

  @Test
  void truncatedZipInTheLayoutSaysSoAndIsNamed() {
    byte[] zip = module();
    for (int tenth = 0; tenth < 10; tenth++) {
      byte[] part = Arrays.copyOf(zip, zip.length * tenth / 10);
      ExtractionException failure = failure(file(LAYOUT + ".zip", part));
      assertThat(failure).as("tenth " + tenth).isNotNull();
      assertThat(Objects.requireNonNull(failure.partial()).purl())
          .isEqualTo("pkg:golang/example.org/azure/sdk@v1.2.0");
    }
  }

  private ExtractionException failure(PackageFile file) {
    return catchThrowableOfType(
        ExtractionException.class, () -> extractor().extract(file, context()));
  }
}
