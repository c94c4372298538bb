package io.packhouse.plugins.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.spi.ArchiveOpener;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OciExtractorTest extends ExtractorContract {

  private static final String BASE_DIGEST = "sha256:" + "b".repeat(64);
  private static final String BASE =
      "\"org.opencontainers.image.base.name\":\"docker.io/library/Debian:12\","
          + "\"org.opencontainers.image.base.digest\":\""
          + BASE_DIGEST
          + "\"";

  private Map<String, byte[]> siblings = single().files;

  @Override
  protected PackageExtractor extractor() {
    return new OciExtractor();
  }

  @Override
  protected List<PackageFile> samples() {
    return List.of(
        PackageFile.of("img/index.json", file(single(), "index.json")),
        PackageFile.of("img.tar", ByteBuffer.wrap(multi().tar())),
        PackageFile.of("saved.tar", ByteBuffer.wrap(saved().tar())));
  }

  @Override
  protected ExtractionContext context() {
    return new LayoutContext(siblings);
  }

  @Test
  void onlyImageOfALayoutIsTheRowOfItsIndex() throws Exception {
    Layouts layout = new Layouts();
    String image = layout.image("amd64", BASE);
    layout.finish(
        Layouts.descriptor(
            Layouts.MANIFEST_TYPE,
            image,
            "\"annotations\":{\"org.opencontainers.image.ref.name\":\"ghcr.io/Org/App:1.0\"}"));
    PackageMetadata metadata = folder(layout);
    assertThat(metadata.purl())
        .isEqualTo(
            "pkg:oci/app@" + image + "?arch=amd64&repository_url=ghcr.io%2FOrg%2FApp&tag=1.0");
    assertThat(metadata.name()).isEqualTo("app");
    assertThat(metadata.version()).isEqualTo(image);
    assertThat(metadata.license()).isEqualTo("Apache-2.0");
    assertThat(metadata.vcsUrl()).isEqualTo("https://example.org/src");
    assertThat(metadata.publishedNanos()).isEqualTo(1_704_164_645_000_000_000L);
    assertThat(metadata.nested()).isEmpty();
    assertThat(metadata.dependencies())
        .containsExactly(
            new Dependency(
                "pkg:oci/debian@"
                    + BASE_DIGEST
                    + "?repository_url=docker.io%2Flibrary%2FDebian&tag=12",
                "docker.io/library/Debian:12",
                BASE_DIGEST,
                "base",
                false));
    assertThat(metadata.columns())
        .containsEntry("format", "oci-layout")
        .containsEntry("layout_version", "1.0.0")
        .containsEntry("media_type", Layouts.MANIFEST_TYPE)
        .containsEntry("digest", image)
        .containsEntry("digest_ok", true)
        .containsEntry("config_ok", true)
        .containsEntry("references", List.of("ghcr.io/Org/App:1.0"))
        .containsEntry("tag", "1.0")
        .containsEntry("os", "linux")
        .containsEntry("architecture", "amd64")
        .containsEntry("platforms", List.of("linux/amd64"))
        .containsEntry("layer_count", 2L)
        .containsEntry("layer_bytes", 123L)
        .containsEntry("base_name", "docker.io/library/Debian:12")
        .containsEntry("base_digest", BASE_DIGEST)
        .containsEntry("entrypoint", List.of("/bin/app"))
        .containsEntry("command", List.of("--serve"))
        .containsEntry("user", "app")
        .containsEntry("exposed_ports", List.of("443/tcp", "8080/tcp"));
    assertThat((List<?>) metadata.columns().get("labels")).hasSize(3);
    assertThat((List<?>) metadata.columns().get("layers")).hasSize(2);
  }

  @Test
  void imagesOfAnIndexAreNested() throws Exception {
    PackageMetadata metadata = tar(multi());
    assertThat(metadata.name()).isEqualTo("app");
    assertThat(metadata.purl()).startsWith("pkg:oci/app@sha256:").endsWith("&tag=2");
    assertThat(metadata.columns())
        .containsEntry("format", "oci-archive")
        .containsEntry("media_type", Layouts.INDEX_TYPE)
        .containsEntry("digest_ok", true)
        .containsEntry("platforms", List.of("linux/amd64", "linux/arm64/v8"));
    assertThat(metadata.nested()).hasSize(2);
    NestedPackage second = metadata.nested().get(1);
    assertThat(second.innerPath())
        .isEqualTo(
            "blobs/" + Objects.requireNonNull(second.metadata().version()).replace(':', '/'));
    assertThat(second.metadata().purl()).contains("pkg:oci/app@sha256:").contains("arch=arm64");
    assertThat(second.metadata().columns())
        .containsEntry("variant", "v8")
        .containsEntry("digest_ok", true);
  }

  @Test
  void layoutOfSeveralImagesHasARowForEachDigest() throws Exception {
    Layouts layout = new Layouts();
    String first = layout.image("amd64", "");
    String second = layout.image("s390x", "");
    layout.finish(
        Layouts.descriptor(Layouts.MANIFEST_TYPE, first, ref("a")),
        Layouts.descriptor(Layouts.MANIFEST_TYPE, second, ref("b")),
        Layouts.descriptor(Layouts.MANIFEST_TYPE, first, ref("c")));
    PackageMetadata metadata = folder(layout);
    assertThat(metadata.purl()).isNull();
    assertThat(metadata.nested()).hasSize(2);
    assertThat(metadata.nested().getFirst().metadata().columns())
        .containsEntry("references", List.of("a", "c"))
        .containsEntry("tag", "a");
    assertThat(metadata.nested().getFirst().metadata().purl()).isNull();
  }

  @Test
  void blobsWithOtherContentsThanTheirDigestAreTold() throws Exception {
    Layouts layout = single();
    String manifest =
        layout.files.keySet().stream()
            .filter(name -> text(layout, name).contains("schemaVersion") && name.contains("blobs"))
            .findFirst()
            .orElseThrow();
    layout.file(manifest, text(layout, manifest) + " ");
    assertThat(folder(layout).columns())
        .containsEntry("digest_ok", false)
        .containsEntry("config_ok", true);
    layout.files.remove(manifest);
    PackageMetadata absent = folder(layout);
    assertThat(absent.columns()).doesNotContainKeys("digest_ok", "layers");
    assertThat(absent.version()).startsWith("sha256:");
    layout.file(manifest, "{");
    siblings = layout.files;
    ExtractionException e = failure(PackageFile.of("img/index.json", file(layout, "index.json")));
    assertThat(e.reason()).contains("manifest sha256:").contains("not valid JSON");
    assertThat(Objects.requireNonNull(e.partial()).columns()).containsEntry("digest_ok", false);
  }

  @Test
  void artifactsThatAreNoImagesKeepTheirType() throws Exception {
    Layouts layout = new Layouts();
    String config = layout.blob("{\"name\":\"chart\"}");
    String manifest =
        layout.blob(
            "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/vnd.cncf.helm.config.v1+json\""
                + ",\"digest\":\""
                + config
                + "\"},\"layers\":[]}");
    layout.finish(Layouts.descriptor(Layouts.MANIFEST_TYPE, manifest, ""));
    assertThat(folder(layout).columns())
        .containsEntry("artifact_type", "application/vnd.cncf.helm.config.v1+json")
        .containsEntry("config_ok", true)
        .doesNotContainKey("os");
  }

  @Test
  void dockerArchiveIsNamedByItsTags() throws Exception {
    PackageMetadata metadata = tar(saved());
    assertThat(metadata.purl())
        .isEqualTo("pkg:oci/app?arch=amd64&repository_url=localhost:5000%2Fteam%2Fapp&tag=1");
    assertThat(metadata.version()).isNull();
    assertThat(metadata.columns())
        .containsEntry("format", "docker-archive")
        .containsEntry("references", List.of("localhost:5000/team/app:1", "app:latest"))
        .containsEntry("layer_count", 1L)
        .containsEntry("config_ok", true)
        .containsEntry("platforms", List.of("linux/amd64"));
    Layouts two = saved();
    String entry = text(two, "manifest.json");
    two.file(
        "manifest.json",
        entry.replace("]}]", "]},{\"Config\":\"../x\"},{\"Config\":\"gone.json\"}]"));
    assertThat(tar(two).nested()).hasSize(2);
  }

  @Test
  void layoutIsPreferredInATarOfBothKinds() throws Exception {
    Layouts both = single().file("manifest.json", text(saved(), "manifest.json"));
    assertThat(tar(both).columns()).containsEntry("format", "oci-archive");
  }

  @Test
  void otherFilesOfTheNameAreRefused() throws Exception {
    siblings = Map.of();
    for (String text : List.of("{\"a\":1}", "[]", Layouts.index())) {
      ByteBuffer bytes = ByteBuffer.wrap(Layouts.bytes(text));
      assertThat(extract(PackageFile.of("x/index.json", bytes))).isNull();
    }
    byte[] tar = new Layouts().file("src/a.c", "x").tar();
    assertThat(extract(PackageFile.of("a.tar", ByteBuffer.wrap(tar)))).isNull();
    assertThat(extract(PackageFile.of("a.tar", ByteBuffer.wrap(new byte[600])))).isNull();
    byte[] late = new Layouts().file("index.json", "{}").file("README", "x").tar();
    assertThat(extract(PackageFile.of("a.tar", ByteBuffer.wrap(late)))).isNull();
  }

  @Test
  void tarThatEndsEarlySaysSo() {
    byte[] tar = multi().tar();
    ExtractionException e =
        failure(PackageFile.of("a.tar", ByteBuffer.wrap(Arrays.copyOf(tar, 2_000))));
    assertThat(e.reason()).isNotBlank();
  }

  @Test
  void digestsThatAreNoDigestsReachNoFile() throws Exception {
    Layouts layout =
        new Layouts()
            .finish(Layouts.descriptor(Layouts.MANIFEST_TYPE, "sha256:../../../etc/passwd", ""));
    siblings = layout.files;
    ExtractionException e = failure(PackageFile.of("img/index.json", file(layout, "index.json")));
    assertThat(e.reason()).isEqualTo("index has a descriptor without a usable digest");
  }

  @Test
  void indexThatLeadsDeepEnds() throws Exception {
    Layouts layout = new Layouts();
    String inner = layout.blob(Layouts.index());
    for (int depth = 0; depth < 10; depth++) {
      inner = layout.blob(Layouts.index(Layouts.descriptor(Layouts.INDEX_TYPE, inner, "")));
    }
    layout.finish(Layouts.descriptor(Layouts.INDEX_TYPE, inner, ""));
    siblings = layout.files;
    ExtractionException e = failure(PackageFile.of("img/index.json", file(layout, "index.json")));
    assertThat(e.reason()).isEqualTo("indices nest deeper than 4");
  }

  @ParameterizedTest
  @CsvSource({
    "debian, debian, , debian",
    "debian:12, debian, 12, debian",
    "localhost:5000/a/B, localhost:5000/a/B, , b",
    "localhost:5000/a/b:t, localhost:5000/a/b, t, b",
    "ghcr.io/a/b@sha256:00, ghcr.io/a/b, , b",
    "a/b:bad tag, a/b, , b",
  })
  void referencesAreParsed(
      String text, String repository, @Nullable String tag, @Nullable String name) {
    Reference reference = Reference.parse(text);
    assertThat(reference.repository()).isEqualTo(repository);
    assertThat(reference.tag()).isEqualTo(tag);
    assertThat(reference.name()).isEqualTo(name);
  }

  private static Layouts single() {
    Layouts layout = new Layouts();
    return layout.finish(
        Layouts.descriptor(Layouts.MANIFEST_TYPE, layout.image("amd64", BASE), ref("latest")));
  }

  private static Layouts multi() {
    Layouts layout = new Layouts();
    String amd = layout.image("amd64", "");
    String arm = layout.image("arm64", "");
    String index =
        layout.blob(
            Layouts.index(
                Layouts.descriptor(
                    Layouts.MANIFEST_TYPE,
                    amd,
                    "\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}"),
                Layouts.descriptor(
                    Layouts.MANIFEST_TYPE,
                    arm,
                    "\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\"}")));
    return layout.finish(
        Layouts.descriptor(
            Layouts.INDEX_TYPE,
            index,
            "\"annotations\":{\"io.containerd.image.name\":\"docker.io/team/app:2\"}"));
  }

  /** As {@code docker save} wrote before it knew layouts. */
  private static Layouts saved() {
    String config = "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{}}";
    String path = Blobs.sha256(Layouts.bytes(config)).substring(7) + ".json";
    return new Layouts()
        .file("a".repeat(64) + "/layer.tar", "x")
        .file(path, config)
        .file(
            "manifest.json",
            "[{\"Config\":\"%s\",\"RepoTags\":[\"localhost:5000/team/app:1\",\"app:latest\"],\"Layers\":[\"%s/layer.tar\"]}]"
                .formatted(path, "a".repeat(64)));
  }

  private static String ref(String name) {
    return "\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + name + "\"}";
  }

  private static ByteBuffer file(Layouts layout, String name) {
    return ByteBuffer.wrap(Objects.requireNonNull(layout.files.get(name)));
  }

  private static String text(Layouts layout, String name) {
    return new String(Objects.requireNonNull(layout.files.get(name)), StandardCharsets.UTF_8);
  }

  private PackageMetadata folder(Layouts layout) throws Exception {
    siblings = layout.files;
    PackageFile index = PackageFile.of("img/index.json", file(layout, "index.json"));
    return Objects.requireNonNull(extract(index));
  }

  private PackageMetadata tar(Layouts layout) throws Exception {
    return Objects.requireNonNull(extract(PackageFile.of("a.tar", ByteBuffer.wrap(layout.tar()))));
  }

  private @Nullable PackageMetadata extract(PackageFile file) throws Exception {
    return extractor().extract(file, context());
  }

  private ExtractionException failure(PackageFile file) {
    return catchThrowableOfType(ExtractionException.class, () -> extract(file));
  }

  /** Siblings by their relative path. */
  private record LayoutContext(Map<String, byte[]> files, ArchiveOpener archives)
      implements ExtractionContext {
    LayoutContext(Map<String, byte[]> files) {
      this(files, StandaloneContext.of(ExtractionLimits.DEFAULT).archives());
    }

    @Override
    public @Nullable PackageFile sibling(String relativePath) {
      byte[] bytes = files.get(relativePath);
      return bytes == null ? null : PackageFile.of(relativePath, ByteBuffer.wrap(bytes));
    }

    @Override
    public ExtractionLimits limits() {
      return ExtractionLimits.DEFAULT;
    }
  }
}
