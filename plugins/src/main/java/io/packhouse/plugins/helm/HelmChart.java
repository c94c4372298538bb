package io.packhouse.plugins.helm;

import io.packhouse.plugins.common.Licenses;
import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.common.Yaml;
import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageMetadata;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes metadata of a chart's files. */
final class HelmChart {

  private static final Pattern EXACT =
      Pattern.compile("[=v]*\\d{1,18}\\.\\d{1,18}\\.\\d{1,18}(?:[-+][0-9A-Za-z.+-]*)?");

  private HelmChart() {}

  /**
   * The metadata of one chart, without its subcharts and images.
   *
   * @throws ExtractionException where Chart.yaml or requirements.yaml cannot be read
   */
  static PackageMetadata.Builder read(HelmArchive.Chart files) throws ExtractionException {
    byte[] bytes = files.chart;
    if (bytes == null) {
      throw new ExtractionException("has no Chart.yaml");
    }
    Object chart = Yaml.read(bytes, "Chart.yaml");
    if (!(chart instanceof Map)) {
      throw new ExtractionException("Chart.yaml is not a map");
    }
    String name = Yaml.text(chart, "name");
    String version = Yaml.text(chart, "version");
    PackageMetadata.Builder builder =
        PackageMetadata.builder(HelmColumns.ALL)
            .name(name)
            .version(version)
            .purl(
                name == null
                    ? null
                    : Purl.of("helm", null, name, version, Collections.emptySortedMap()))
            .description(Limits.description(Yaml.text(chart, "description")))
            .homepage(Yaml.text(chart, "home"))
            .column("api_version", apiVersion(chart))
            .column("app_version", Yaml.text(chart, "appVersion"))
            .column("kube_version", Yaml.text(chart, "kubeVersion"))
            .column("type", Yaml.text(chart, "type"))
            .column("deprecated", Yaml.get(chart, "deprecated") instanceof Boolean is ? is : null)
            .column("keywords", list(Yaml.texts(Yaml.get(chart, "keywords"))))
            .column("has_schema", files.schema)
            .column("has_crds", files.crds)
            .column("has_lock", files.lock);
    List<String> sources = Yaml.texts(Yaml.get(chart, "sources"));
    builder.vcsUrl(sources.isEmpty() ? null : sources.getFirst()).column("sources", list(sources));
    maintainers(chart, builder);
    annotations(Yaml.get(chart, "annotations"), builder);
    dependencies(chart, files, builder);
    return builder;
  }

  /**
   * Adds the images of the values.
   *
   * @throws ExtractionException where they cannot be read
   */
  static void images(HelmArchive.Chart files, PackageMetadata.Builder builder)
      throws ExtractionException {
    byte[] values = files.values;
    if (values != null) {
      builder.column("images", list(HelmImages.in(Yaml.read(values, "values.yaml"))));
    }
  }

  /** Charts older than the field are v1 to Helm. */
  private static String apiVersion(Object chart) {
    String version = Yaml.text(chart, "apiVersion");
    return version == null ? "v1" : version;
  }

  private static void maintainers(Object chart, PackageMetadata.Builder builder) {
    int count = 0;
    for (Object maintainer : Yaml.list(Yaml.get(chart, "maintainers"))) {
      String name = Yaml.text(maintainer, "name");
      String mail = Yaml.text(maintainer, "email");
      String url = Yaml.text(maintainer, "url");
      String text =
          Limits.text(
              (name == null ? "" : name)
                  + (mail == null ? "" : " <" + mail + ">")
                  + (url == null ? "" : " (" + url + ")"));
      if (text != null && count++ < Limits.ITEMS) {
        builder.addAuthor(text);
      }
    }
  }

  /** License and images, for which Chart.yaml itself has no fields. */
  private static void annotations(@Nullable Object annotations, PackageMetadata.Builder builder) {
    for (String key : List.of("artifacthub.io/license", "licenses", "license")) {
      String license = Yaml.text(annotations, key);
      if (license != null) {
        builder.addLicenseDeclared(license).license(Licenses.expression(license));
        break;
      }
    }
    for (String key : List.of("artifacthub.io/images", "images")) {
      String images = Yaml.text(annotations, key);
      if (images == null) {
        continue;
      }
      List<String> declared = new ArrayList<>();
      try {
        Object list = Yaml.read(images.getBytes(StandardCharsets.UTF_8), key);
        for (Object image : Yaml.list(list)) {
          String reference = Yaml.text(image, "image");
          if (reference != null && declared.size() < Limits.ITEMS) {
            declared.add(reference);
          }
        }
      } catch (ExtractionException e) {
        // An annotation is free text to Helm: whatever it says, the chart is sound.
        declared.clear();
      }
      builder.column("images_declared", list(declared));
      break;
    }
  }

  /** From requirements.yaml where it has any, as Helm, else from Chart.yaml. */
  private static void dependencies(
      Object chart, HelmArchive.Chart files, PackageMetadata.Builder builder)
      throws ExtractionException {
    Object declared = Yaml.get(chart, "dependencies");
    byte[] requirements = files.requirements;
    if (requirements != null) {
      Object other = Yaml.get(Yaml.read(requirements, "requirements.yaml"), "dependencies");
      declared = other == null ? declared : other;
    }
    List<Map<String, Object>> details = new ArrayList<>();
    for (Object dependency : Yaml.list(declared)) {
      String name = Yaml.text(dependency, "name");
      if (name == null || details.size() == Limits.ITEMS) {
        continue;
      }
      String requirement = Yaml.text(dependency, "version");
      String repository = Yaml.text(dependency, "repository");
      String condition = Yaml.text(dependency, "condition");
      List<String> tags = Yaml.texts(Yaml.get(dependency, "tags"));
      builder.addDependency(
          new Dependency(
              purl(name, requirement, repository),
              name,
              requirement,
              null,
              condition != null || !tags.isEmpty()));
      Map<String, Object> detail = new LinkedHashMap<>();
      detail.put("name", name);
      put(detail, "alias", Yaml.text(dependency, "alias"));
      put(detail, "repository", repository);
      put(detail, "condition", condition);
      put(detail, "tags", list(tags));
      details.add(detail);
    }
    builder.column("subchart_requirements", list(details));
  }

  private static String purl(
      String name, @Nullable String requirement, @Nullable String repository) {
    SortedMap<String, String> qualifiers = new TreeMap<>();
    if (repository != null && repository.matches("(?:https?|oci)://.*")) {
      qualifiers.put("repository_url", repository);
    }
    boolean exact = requirement != null && EXACT.matcher(requirement).matches();
    String version = exact && requirement != null ? requirement.replaceFirst("^=", "") : null;
    return Purl.of("helm", null, name, version, qualifiers);
  }

  private static void put(Map<String, Object> values, String field, @Nullable Object value) {
    if (value != null) {
      values.put(field, value);
    }
  }

  private static @Nullable List<?> list(List<?> values) {
    return values.isEmpty() ? null : values;
  }
}
