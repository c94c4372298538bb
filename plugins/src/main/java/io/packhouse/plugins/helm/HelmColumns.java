package io.packhouse.plugins.helm;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import io.packhouse.spi.ColumnType.StructOf;
import java.util.List;

/** The own columns of Helm charts. */
final class HelmColumns {

  private static final ColumnType STRINGS = new ListOf(Scalar.STRING);

  static final List<ColumnSpec> ALL =
      List.of(
          new ColumnSpec(
              "api_version",
              Scalar.STRING,
              "The form of the chart, v2 or else v1, from Chart.yaml."),
          new ColumnSpec(
              "app_version",
              Scalar.STRING,
              "The version of the application that the chart installs, from Chart.yaml."),
          new ColumnSpec(
              "kube_version",
              Scalar.STRING,
              "The versions of Kubernetes that will do, from Chart.yaml."),
          new ColumnSpec(
              "type", Scalar.STRING, "application or library, as type of Chart.yaml says."),
          new ColumnSpec(
              "deprecated", Scalar.BOOL, "Whether Chart.yaml says that the chart is deprecated."),
          new ColumnSpec("keywords", STRINGS, "The keywords of Chart.yaml."),
          new ColumnSpec("sources", STRINGS, "URLs of source code, from sources of Chart.yaml."),
          new ColumnSpec(
              "subchart_requirements",
              listOf(
                  new ColumnSpec("name", Scalar.STRING, "The chart."),
                  new ColumnSpec("alias", Scalar.STRING, "The name its values are under."),
                  new ColumnSpec("repository", Scalar.STRING, "Where it is taken from."),
                  new ColumnSpec("condition", Scalar.STRING, "The values that switch it on."),
                  new ColumnSpec("tags", STRINGS, "The tags that switch it on.")),
              "More of each dependency than the common column has."),
          new ColumnSpec(
              "images",
              listOf(
                  new ColumnSpec(
                      "path", Scalar.STRING, "Where in values.yaml, keys joined by dots."),
                  new ColumnSpec("image", Scalar.STRING, "registry/repository:tag@digest."),
                  new ColumnSpec("tag", Scalar.STRING, "The tag, null where none is given.")),
              "Images that values.yaml names, told by its usual shapes; templates may add others,"
                  + " and most put the app_version where a tag is missing."),
          new ColumnSpec(
              "images_declared",
              STRINGS,
              "Images listed in the annotations artifacthub.io/images or images of Chart.yaml."),
          new ColumnSpec(
              "has_schema", Scalar.BOOL, "Whether it has a values.schema.json for its values."),
          new ColumnSpec(
              "has_crds", Scalar.BOOL, "Whether it installs custom resource definitions (crds/)."),
          new ColumnSpec("has_lock", Scalar.BOOL, "Whether a lock file pins its dependencies."));

  private HelmColumns() {}

  private static ColumnType listOf(ColumnSpec... fields) {
    return new ListOf(new StructOf(List.of(fields)));
  }
}
