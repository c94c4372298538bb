package io.packhouse.plugins.maven;

import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType.Scalar;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells the coordinates of jars, wars, ears, aars and poms.
 *
 * <p>For all but poms, in this order:
 *
 * <ol>
 *   <li>Where the path is in the repository layout, its coordinates, since they are what a build
 *       resolves the file by. A {@code pom.properties} in the file that agrees confirms them. One
 *       that agrees but for a shorter group, with which the layout's ends, corrects it: the tree
 *       was packed from a directory above its repository.
 *   <li>Else the only {@code pom.properties} in the file, or the only one that fits its name.
 * </ol>
 *
 * <p>For poms the layout, else what the pom states of itself. A pom within the layout is not read.
 */
public final class MavenExtractor implements PackageExtractor {

  private static final List<String> SUFFIXES = List.of(".jar", ".pom", ".war", ".ear", ".aar");
  private static final Interest INTEREST = new Interest(SUFFIXES, List.of(), List.of());
  private static final String POM = "pom";

  private static final List<ColumnSpec> COLUMNS =
      List.of(
          new ColumnSpec("group_id", Scalar.STRING, "The groupId."),
          new ColumnSpec("artifact_id", Scalar.STRING, "The artifactId."),
          new ColumnSpec(
              "version",
              Scalar.STRING,
              "The version, that of the one build where the file is a timestamped snapshot."),
          new ColumnSpec(
              "base_version",
              Scalar.STRING,
              "The -SNAPSHOT version that a timestamped snapshot is a build of, else null."),
          new ColumnSpec(
              "packaging", Scalar.STRING, "The file's extension: jar, pom, war, ear or aar."),
          new ColumnSpec(
              "classifier", Scalar.STRING, "The classifier, such as sources, from the name."),
          new ColumnSpec(
              "coordinates_source",
              Scalar.STRING,
              "What the coordinates were told by: layout (the path), pom.properties, both where"
                  + " the two agree, or pom (the pom's own text)."));

  private final PomReader poms = new PomReader();

  /** For the service loader. */
  public MavenExtractor() {}

  @Override
  public String packageType() {
    return "maven";
  }

  @Override
  public String name() {
    return "maven";
  }

  @Override
  public List<ColumnSpec> columns() {
    return COLUMNS;
  }

  @Override
  public Interest interest() {
    return INTEREST;
  }

  @Override
  public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
      throws ExtractionException, IOException {
    String extension = extension(file);
    if (extension == null) {
      return null;
    }
    MavenCoordinates layout = MavenLayout.parse(file.path(), extension);
    try {
      if (file.size() == 0) {
        throw new ExtractionException("file is empty");
      }
      if (extension.equals(POM)) {
        return layout == null ? stated(file) : metadata(layout, "layout");
      }
      return layout == null ? packed(file, extension, context) : confirmed(file, layout, context);
    } catch (ExtractionException e) {
      throw layout == null ? e : e.withPartial(metadata(layout, "layout"));
    }
  }

  private static PackageMetadata confirmed(
      PackageFile jar, MavenCoordinates layout, ExtractionContext context)
      throws ExtractionException, IOException {
    PomProperties properties = PomProperties.fitting(jar, layout, context.limits());
    return properties == null
        ? metadata(layout, "layout")
        : metadata(layout.withGroup(properties.group()), "both");
  }

  private static @Nullable PackageMetadata packed(
      PackageFile jar, String extension, ExtractionContext context)
      throws ExtractionException, IOException {
    PomProperties properties = PomProperties.fitting(jar, context.limits());
    return properties == null
        ? null
        : metadata(properties.coordinates(jar.fileName(), extension), "pom.properties");
  }

  private @Nullable PackageMetadata stated(PackageFile pom)
      throws ExtractionException, IOException {
    MavenCoordinates coordinates = poms.read(pom);
    return coordinates == null ? null : metadata(coordinates, POM);
  }

  private static @Nullable String extension(PackageFile file) {
    for (String suffix : SUFFIXES) {
      if (file.path().endsWith(suffix)) {
        return suffix.substring(1);
      }
    }
    return null;
  }

  private static PackageMetadata metadata(MavenCoordinates found, String source) {
    SortedMap<String, String> qualifiers = new TreeMap<>();
    String classifier = found.classifier();
    if (classifier != null) {
      qualifiers.put("classifier", classifier);
    }
    // The purl specification makes jar the default of this type.
    if (!found.extension().equals("jar")) {
      qualifiers.put("type", found.extension());
    }
    return PackageMetadata.builder(COLUMNS)
        .purl(Purl.of("maven", found.group(), found.artifact(), found.version(), qualifiers))
        .namespace(found.group())
        .name(found.artifact())
        .version(found.version())
        .column("group_id", found.group())
        .column("artifact_id", found.artifact())
        .column("version", found.version())
        .column("base_version", found.baseVersion())
        .column("packaging", found.extension())
        .column("classifier", classifier)
        .column("coordinates_source", source)
        .build();
  }
}
