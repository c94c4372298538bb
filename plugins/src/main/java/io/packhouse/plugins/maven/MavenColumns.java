package io.packhouse.plugins.maven;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import java.util.List;

/** The own columns of Maven packages. */
final class MavenColumns {

  static final List<ColumnSpec> ALL =
      List.of(
          text("group_id", "The groupId."),
          text("artifact_id", "The artifactId."),
          text("version", "The version, that of the one build of a timestamped snapshot."),
          text(
              "base_version",
              "The -SNAPSHOT version that a timestamped snapshot is a build of, else null."),
          text("packaging", "The packaging by the pom, else the file's extension."),
          text("extension", "The file's extension, such as jar or pom."),
          text("classifier", "The classifier, such as sources, from the file's name."),
          text(
              "coordinates_source",
              "What the coordinates were told by: layout (the path), pom.properties, pom, both"
                  + " (layout, and one of the other two that agrees), metadata"
                  + " (maven-metadata.xml), manifest or file name (the group then a guess or"
                  + " null)."),
          text("parent", "The parent as the pom states it, group:artifact:version."),
          texts("modules", "The modules that the pom lists."),
          texts(
              "unresolved",
              "Expressions of the pom that could not be resolved, and parent where a parent pom is"
                  + " not in the repository."),
          text("automatic_module_name", "Automatic-Module-Name of the manifest."),
          text("module_name", "The module's name by module-info.class."),
          text("osgi_name", "Bundle-SymbolicName of the manifest, without directives."),
          text("osgi_version", "Bundle-Version of the manifest."),
          texts("osgi_imports", "The packages of Import-Package of the manifest."),
          texts("osgi_exports", "The packages of Export-Package of the manifest."),
          new ColumnSpec(
              "multi_release", Scalar.BOOL, "Whether the manifest says Multi-Release: true."),
          text("main_class", "Main-Class of the manifest."),
          new ColumnSpec(
              "class_version_lowest",
              Scalar.INT64,
              "The lowest major class version of a sample: up to 17 classes spread over the jar,"
                  + " module-info, and one of each directory of META-INF/versions."),
          new ColumnSpec(
              "class_version_highest",
              Scalar.INT64,
              "The highest major class version of the same sample."),
          texts(
              "signers",
              "The subjects of the signers' certificates in META-INF; signatures are not checked."),
          texts(
              "top_packages",
              "Packages of its classes, or its sources where it has no classes, cut to three names;"
                  + " those with the most classes first, at most 32."),
          texts(
              "marker_classes",
              "Paths of classes such as JndiLookup.class that tell of vulnerable code, relocated"
                  + " copies too; at most 32."),
          texts("versions", "The versions that maven-metadata.xml lists."),
          text("latest", "The latest version by maven-metadata.xml."),
          text("release", "The latest release by maven-metadata.xml."),
          new ColumnSpec(
              "last_updated",
              Scalar.TIMESTAMP,
              "When maven-metadata.xml was changed, as it says."));

  private MavenColumns() {}

  private static ColumnSpec text(String name, String meaning) {
    return new ColumnSpec(name, Scalar.STRING, meaning);
  }

  private static ColumnSpec texts(String name, String meaning) {
    ColumnType list = new ListOf(Scalar.STRING);
    return new ColumnSpec(name, list, meaning);
  }
}
