package io.packhouse.plugins.maven;

import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which package a jar is.
 *
 * <p>Where its path is in the repository layout, the coordinates of that, since they are what a
 * build resolves it by; a {@code pom.properties} in it that agrees confirms them, and corrects a
 * group that is too long because the tree was packed from a directory above its repository.
 *
 * <p>Else in the order of Syft ({@code syft/pkg/cataloger/java/archive_parser.go}, {@code
 * discoverMainPackage}): the {@code pom.properties} that fits the file's name, the embedded pom
 * that does, then by parts the file's name before the manifest.
 */
final class JarIdentity {

  /** Reads an embedded pom; null where it is none, or damaged. */
  @FunctionalInterface
  interface EmbeddedPoms {
    @Nullable PomModel read(ArchiveMember member) throws IOException;
  }

  /** Embedded poms looked into for one that fits. */
  private static final int MAX_READ = 16;

  private static final JarFileName NO_NAME = new JarFileName("", null, null);

  private final String fileName;
  private final String extension;
  private final JarScan scan;
  private final JarManifest manifest;
  private final Map<String, PomProperties> properties;
  private final Map<String, ArchiveMember> embedded;
  private final EmbeddedPoms poms;
  private @Nullable MavenCoordinates coordinates;
  private String source = "file name";
  private JarFileName named;
  private String artifact;
  private @Nullable String version;
  private String directory = "";
  private @Nullable PomModel pom;

  JarIdentity(
      String fileName,
      String extension,
      JarScan scan,
      JarManifest manifest,
      Map<String, PomProperties> properties,
      Map<String, ArchiveMember> embedded,
      EmbeddedPoms poms) {
    this.fileName = fileName;
    this.extension = extension;
    this.scan = scan;
    this.manifest = manifest;
    this.properties = properties;
    this.embedded = embedded;
    this.poms = poms;
    this.named = NO_NAME;
    this.artifact = "";
  }

  /**
   * Decides.
   *
   * @param layout the coordinates by the path, null where it has none
   */
  JarIdentity find(@Nullable MavenCoordinates layout) throws IOException {
    if (layout != null) {
      confirm(layout);
      return this;
    }
    named = JarFileName.parse(fileName, extension);
    artifact = named.artifact();
    version = named.version();
    if (!findProperties() && !findPom()) {
      guess();
    }
    return this;
  }

  /** The directory in the jar of the descriptors that are its own; may be none. */
  String directory() {
    return directory;
  }

  /** The embedded pom that told the coordinates, where one did. */
  @Nullable PomModel pom() {
    return pom;
  }

  /** Metadata with what is decided here. */
  PackageMetadata.Builder start() {
    MavenCoordinates found = coordinates;
    return found == null
        ? named(artifact, version, extension, named.classifier())
        : start(found, source);
  }

  /** Metadata with coordinates. */
  static PackageMetadata.Builder start(MavenCoordinates found, String source) {
    SortedMap<String, String> qualifiers = new TreeMap<>();
    String classifier = found.classifier();
    if (classifier != null) {
      qualifiers.put("classifier", classifier);
    }
    // The purl specification makes jar the default of this type.
    if (!found.extension().equals("jar")) {
      qualifiers.put("type", found.extension());
    }
    return PackageMetadata.builder(MavenColumns.ALL)
        .purl(Purl.of("maven", found.group(), found.artifact(), found.version(), qualifiers))
        .namespace(found.group())
        .name(found.artifact())
        .version(found.version())
        .column("group_id", found.group())
        .column("artifact_id", found.artifact())
        .column("version", found.version())
        .column("base_version", found.baseVersion())
        .column("packaging", found.extension())
        .column("extension", found.extension())
        .column("classifier", classifier)
        .column("coordinates_source", source);
  }

  /** Metadata of a file of which only the path is known. */
  static PackageMetadata.Builder named(String path, String extension) {
    JarFileName name = JarFileName.parse(path.substring(path.lastIndexOf('/') + 1), extension);
    return named(name.artifact(), name.version(), extension, name.classifier());
  }

  private static PackageMetadata.Builder named(
      String artifact, @Nullable String version, String extension, @Nullable String classifier) {
    return PackageMetadata.builder(MavenColumns.ALL)
        .name(artifact)
        .version(version)
        .column("artifact_id", artifact)
        .column("version", version)
        .column("packaging", extension)
        .column("extension", extension)
        .column("classifier", classifier)
        .column("coordinates_source", "file name");
  }

  private void confirm(MavenCoordinates layout) {
    coordinates = layout;
    source = "layout";
    directory = "META-INF/maven/" + layout.group() + "/" + layout.artifact();
    PomProperties best = null;
    for (ArchiveMember member : scan.pomProperties) {
      PomProperties candidate = properties.get(PomProperties.directory(member));
      if (candidate != null
          && candidate.agrees(layout)
          && (best == null || candidate.group().equals(layout.group()))) {
        best = candidate;
      }
    }
    if (best != null) {
      coordinates = layout.withGroup(best.group());
      source = "both";
      directory = best.directory();
    }
  }

  private boolean findProperties() {
    List<PomProperties> found = new ArrayList<>();
    for (PomProperties one : properties.values()) {
      if (one.names(fileName)) {
        found.add(one);
      }
    }
    if (found.isEmpty() && properties.size() == 1) {
      PomProperties only = properties.values().iterator().next();
      // A name with another artifact and a version is no chance: this one is only shaded in.
      if (named.version() == null || named.fits(only.artifact())) {
        found.add(only);
      }
    }
    if (found.isEmpty()) {
      for (PomProperties one : properties.values()) {
        if (one.artifact().equals(named.artifact())) {
          found.add(one);
        }
      }
    }
    if (found.size() != 1) {
      return false;
    }
    PomProperties one = found.getFirst();
    coordinates = one.coordinates(fileName, extension);
    source = "pom.properties";
    directory = one.directory();
    return true;
  }

  private boolean findPom() throws IOException {
    int read = 0;
    MavenCoordinates found = null;
    for (ArchiveMember member : scan.poms) {
      String place = PomProperties.directory(member);
      if (properties.containsKey(place)
          || !(embedded.size() == 1 || named.fits(place.substring(place.lastIndexOf('/') + 1)))
          || read++ == MAX_READ) {
        continue;
      }
      PomModel model = poms.read(member);
      MavenCoordinates stated = model == null ? null : coordinates(model);
      if (stated == null || !(embedded.size() == 1 || named.fits(stated.artifact()))) {
        continue;
      }
      if (found != null) {
        pom = null;
        return false;
      }
      found = stated;
      pom = model;
      directory = place;
    }
    String statedVersion = found == null || found.version() == null ? version : found.version();
    if (found == null || (named.version() != null && !named.fits(found.artifact()))) {
      pom = null;
      directory = "";
      return false;
    }
    coordinates =
        statedVersion == null
            ? new MavenCoordinates(found.group(), found.artifact(), null, null, null, extension)
            : PomProperties.coordinates(
                found.group(), found.artifact(), statedVersion, fileName, extension);
    source = "pom";
    return true;
  }

  private static @Nullable MavenCoordinates coordinates(PomModel model) {
    try {
      return model.coordinates();
    } catch (ExtractionException e) {
      return null;
    }
  }

  private void guess() {
    String statedName = null;
    if (extension.equals("hpi") || extension.equals("nar")) {
      // Jenkins' and NiFi's plugins for Maven write what they were built as.
      statedName = id(manifest, extension.equals("hpi") ? "Short-Name" : "Nar-Id");
      statedName = statedName == null ? id(manifest, "Extension-Name") : statedName;
    }
    if (statedName != null) {
      artifact = statedName;
      source = "manifest";
    }
    if (version == null || statedName != null) {
      for (String attribute :
          List.of(
              "Plugin-Version",
              "Nar-Version",
              "Implementation-Version",
              "Specification-Version",
              "Bundle-Version")) {
        String stated = manifest.value(attribute);
        String first = stated == null ? null : stated.split("[ (]", 2)[0];
        if (first != null && MavenCoordinates.isVersion(first)) {
          version = first;
          break;
        }
      }
    }
    JarPackages packages = scan.hasClasses ? scan.classes : scan.sources;
    String group = GroupGuess.of(artifact, version, manifest, packages.common());
    if (group != null && MavenCoordinates.isId(artifact)) {
      coordinates =
          new MavenCoordinates(group, artifact, version, null, named.classifier(), extension);
    }
  }

  private static @Nullable String id(JarManifest manifest, String attribute) {
    String value = manifest.value(attribute);
    return value != null && MavenCoordinates.isId(value) ? value : null;
  }
}
