package io.packhouse.plugins.helm;

import static io.packhouse.plugins.npm.Tarballs.tarball;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.plugins.npm.Tarballs;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.ExtractorContract;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HelmExtractorTest extends ExtractorContract {

  private static final String CHART =
      """
      apiVersion: v2
      name: web
      version: 1.2.3
      appVersion: "4.5"
      kubeVersion: ">=1.20.0-0"
      type: application
      deprecated: true
      description: Serves.
      home: https://web.example
      sources: [https://git.example/web, https://git.example/chart]
      keywords: [http, proxy]
      maintainers:
        - name: A
          email: a@b.c
          url: https://a
        - name: B
      annotations:
        artifacthub.io/license: Apache-2.0
        artifacthub.io/images: |
          - name: web
            image: registry.example/web:4.5
      dependencies:
        - name: common
          version: 2.x.x
          repository: oci://registry.example/charts
          tags: [all]
        - name: db
          version: 1.0.0
          alias: store
          repository: https://charts.example
          condition: db.enabled
        - name: local
          version: "=3.0.0"
          repository: file://../local
      """;

  private static final String VALUES =
      """
      image:
        registry: docker.example
        repository: acme/web
        tag: 4.5.1
        pullPolicy: Always
      sidecar:
        image: "acme/side:1.0"
      init:
        image: busybox
        tag: "1.36"
      metrics: {image: {repository: acme/metrics, tag: ""}}
      extra:
        - {repository: acme/x, tag: 2}
      kubectlImage: bitnami/kubectl@sha256:0123456789012345678901234567890123456789012345678901234567890123
      sourceCode: {repository: https://git.example/web, tag: v1}
      source: {repository: acme/not}
      templated: {image: "{{ .Values.x }}"}
      """;

  @Override
  protected PackageExtractor extractor() {
    return new HelmExtractor();
  }

  @Override
  protected List<PackageFile> samples() {
    byte[] db =
        tarball().file("db/Chart.yaml", "{apiVersion: v1, name: db, version: 1.0.0}").bytes();
    return List.of(
        tarball().file("web/Chart.yaml", CHART).file("web/values.yaml", VALUES).at("web-1.tgz"),
        tarball()
            .file("a/Chart.yaml", "apiVersion: v1\nname: a\nversion: 0.1.0\n")
            .file("a/requirements.yaml", "dependencies: [{name: db, version: 1.0.0}]")
            .file("a/charts/db-1.0.0.tgz", db)
            .file("a/charts/c/Chart.yaml", "name: c\nversion: 2.0.0")
            .at("charts/a-0.1.0.tgz"));
  }

  @Override
  protected ExtractionContext context() {
    return StandaloneContext.of(ExtractionLimits.DEFAULT);
  }

  @Test
  void everyFieldOfAChartIsRead() throws Exception {
    PackageMetadata metadata =
        extract(
            tarball()
                .file("web/Chart.yaml", CHART)
                .file("web/Chart.lock", "")
                .file("web/values.schema.json", "{}")
                .file("web/crds/a.yaml", "")
                .at("web-1.2.3.tgz"));
    assertThat(metadata.purl()).isEqualTo("pkg:helm/web@1.2.3");
    assertThat(metadata.license()).isEqualTo("Apache-2.0");
    assertThat(metadata.description()).isEqualTo("Serves.");
    assertThat(metadata.homepage()).isEqualTo("https://web.example");
    assertThat(metadata.vcsUrl()).isEqualTo("https://git.example/web");
    assertThat(metadata.authors()).containsExactly("A <a@b.c> (https://a)", "B");
    assertThat(metadata.dependencies())
        .containsExactly(
            new Dependency(
                "pkg:helm/common?repository_url=oci:%2F%2Fregistry.example%2Fcharts",
                "common", "2.x.x", null, true),
            new Dependency(
                "pkg:helm/db@1.0.0?repository_url=https:%2F%2Fcharts.example",
                "db", "1.0.0", null, true),
            new Dependency("pkg:helm/local@3.0.0", "local", "=3.0.0", null, false));
    assertThat(metadata.columns())
        .containsEntry("api_version", "v2")
        .containsEntry("app_version", "4.5")
        .containsEntry("kube_version", ">=1.20.0-0")
        .containsEntry("type", "application")
        .containsEntry("deprecated", true)
        .containsEntry("keywords", List.of("http", "proxy"))
        .containsEntry("images_declared", List.of("registry.example/web:4.5"))
        .containsEntry("has_schema", true)
        .containsEntry("has_crds", true)
        .containsEntry("has_lock", true);
    assertThat(metadata.columns().get("subchart_requirements"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .contains(
            Map.of(
                "name", "db",
                "alias", "store",
                "repository", "https://charts.example",
                "condition", "db.enabled"));
  }

  @Test
  void imagesAreToldByTheShapesOfValues() throws Exception {
    PackageMetadata metadata =
        extract(tarball().file("w/Chart.yaml", CHART).file("w/values.yaml", VALUES).at("web.tgz"));
    String digest = "sha256:0123456789012345678901234567890123456789012345678901234567890123";
    assertThat(metadata.columns().get("images"))
        .isEqualTo(
            List.of(
                image("image", "docker.example/acme/web:4.5.1", "4.5.1"),
                image("sidecar.image", "acme/side:1.0", "1.0"),
                image("init", "busybox:1.36", "1.36"),
                Map.of("path", "metrics.image", "image", "acme/metrics"),
                image("extra[0]", "acme/x:2", "2"),
                Map.of("path", "kubectlImage", "image", "bitnami/kubectl@" + digest)));
  }

  @Test
  void requirementsOfOldChartsReplaceThoseOfChartYaml() throws Exception {
    PackageMetadata metadata =
        extract(
            tarball()
                .file("a/Chart.yaml", "name: a\nversion: 1.0.0\ndependencies: [{name: not}]")
                .file("a/requirements.yaml", "dependencies: [{name: b, version: ~1}]")
                .at("a.tgz"));
    assertThat(metadata.dependencies())
        .containsExactly(new Dependency("pkg:helm/b", "b", "~1", null, false));
    assertThat(metadata.columns()).containsEntry("api_version", "v1");
  }

  @Test
  void subchartsAreNestedUnpackedOrNot() throws Exception {
    byte[] inner = tarball().file("i/Chart.yaml", "name: inner\nversion: 3.0.0").bytes();
    byte[] db =
        tarball()
            .file("db/Chart.yaml", "name: db\nversion: 1.0.0")
            .file("db/values.yaml", "image: db:1")
            .file("db/charts/inner.tgz", inner)
            .bytes();
    PackageMetadata metadata =
        extract(
            tarball()
                .file("a/Chart.yaml", "name: a\nversion: 1.0.0")
                .file("a/charts/c/charts/d/Chart.yaml", "name: d\nversion: 2.0.0")
                .file("a/charts/c/Chart.yaml", "name: c\nversion: 2.0.0")
                .file("a/charts/_no/Chart.yaml", "name: no")
                .file("a/charts/README.md", "")
                .file("a/charts/db-1.0.0.tgz", db)
                .at("a.tgz"));
    assertThat(metadata.nested())
        .extracting(nested -> nested.innerPath() + " " + nested.metadata().purl())
        .containsExactly(
            "a/charts/c/charts/d/Chart.yaml pkg:helm/d@2.0.0",
            "a/charts/c/Chart.yaml pkg:helm/c@2.0.0",
            "a/charts/db-1.0.0.tgz pkg:helm/db@1.0.0");
    PackageMetadata packed = metadata.nested().get(2).metadata();
    assertThat(packed.columns().get("images")).isEqualTo(List.of(image("image", "db:1", "1")));
    assertThat(packed.nested().getFirst().metadata().purl()).isEqualTo("pkg:helm/inner@3.0.0");
  }

  @Test
  void otherTarballsAreRefused() throws Exception {
    assertThat(extractOrNull(tarball().file("Chart.yaml", CHART).at("a.tgz"))).isNull();
    assertThat(extractOrNull(tarball().file("a/b/Chart.yaml", CHART).at("a.tgz"))).isNull();
    PackageFile npm =
        tarball().file("package/package.json", "{}").file("package/Chart.yaml", CHART).at("a.tgz");
    assertThat(extractOrNull(npm)).isNull();
    Tarballs late = tarball();
    for (int i = 0; i < 64; i++) {
      late.file("a/" + i, "");
    }
    assertThat(extractOrNull(late.file("a/Chart.yaml", CHART).at("a.tgz"))).isNull();
  }

  @Test
  void damageIsAnErrorWithWhatCanBeTold() {
    assertThat(failure(tarball().file("a/Chart.yaml", "- a").at("a.tgz")).reason())
        .isEqualTo("Chart.yaml is not a map");
    assertThat(failure(tarball().file("a/Chart.yaml", "a: [").at("a.tgz")).reason())
        .contains("Chart.yaml");
    ExtractionException e =
        failure(tarball().file("a/Chart.yaml", CHART).file("a/values.yaml", "{{ x").at("a.tgz"));
    assertThat(e.reason()).contains("values.yaml");
    assertThat(Objects.requireNonNull(e.partial()).purl()).isEqualTo("pkg:helm/web@1.2.3");
    e = failure(tarball().file("a/Chart.yaml", CHART).file("a/charts/x.tgz", "no tar").at("a.tgz"));
    assertThat(Objects.requireNonNull(e.partial()).name()).isEqualTo("web");
  }

  @Test
  void tagsThatConstructObjectsDoNot() {
    String chart = "name: !!javax.script.ScriptEngineManager [x]\nversion: 1.0.0";
    assertThat(failure(tarball().file("a/Chart.yaml", chart).at("a.tgz")).reason())
        .contains("Chart.yaml");
  }

  @Test
  void aliasesThatMultiplyDoNotHang() throws Exception {
    StringBuilder values = new StringBuilder("l0: &l0 [{image: a/b}]\n");
    for (int i = 1; i <= 25; i++) {
      String alias = "*l" + (i - 1);
      values.append("l" + i + ": &l" + i + " [" + alias + ", " + alias + ", " + alias + "]\n");
    }
    PackageFile file =
        tarball().file("a/Chart.yaml", CHART).file("a/values.yaml", values.toString()).at("a.tgz");
    Object outcome;
    try {
      outcome = extract(file).columns().get("images");
    } catch (ExtractionException e) {
      outcome = e.reason();
    }
    assertThat(outcome).isNotNull();
  }

  @Test
  void valuesOfWrongTypesAreLeftOut() throws Exception {
    for (String value : List.of("", "~", "[]", "{}", "7", "[[], {a: []}]", "{a: {b: c}}")) {
      StringBuilder chart = new StringBuilder("name: a\nversion: 1.0.0\n");
      for (String field :
          List.of(
              "apiVersion",
              "appVersion",
              "kubeVersion",
              "type",
              "deprecated",
              "description",
              "home",
              "sources",
              "keywords",
              "maintainers",
              "annotations",
              "dependencies")) {
        chart.append(field).append(": ").append(value).append('\n');
      }
      PackageFile file =
          tarball().file("a/Chart.yaml", chart.toString()).file("a/values.yaml", value).at("a.tgz");
      assertThat(extract(file).purl()).isEqualTo("pkg:helm/a@1.0.0");
    }
    PackageFile nameless = tarball().file("a/Chart.yaml", "{name: []}").at("a.tgz");
    assertThat(extract(nameless).purl()).isNull();
  }

  private static Map<String, Object> image(String path, String image, String tag) {
    return Map.of("path", path, "image", image, "tag", tag);
  }

  private static PackageMetadata extract(PackageFile file) throws Exception {
    return Objects.requireNonNull(extractOrNull(file));
  }

  private static @Nullable PackageMetadata extractOrNull(PackageFile file)
      throws ExtractionException, IOException {
    return new HelmExtractor().extract(file, StandaloneContext.of(ExtractionLimits.DEFAULT));
  }

  private static ExtractionException failure(PackageFile file) {
    return catchThrowableOfType(ExtractionException.class, () -> extractOrNull(file));
  }
}
