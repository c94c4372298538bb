package io.packhouse.plugins.maven;

import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The coordinates in one {@code META-INF/maven/group/artifact/pom.properties} of a jar.
 *
 * @param directory the member's, below which {@code pom.xml} is
 */
record PomProperties(String directory, String group, String artifact, String version) {

  private static final int MAX_CONTENT = 64 << 10;

  /** Null where the content states no coordinates that Maven would accept. */
  static @Nullable PomProperties read(ArchiveMember member)
      throws ExtractionException, IOException {
    byte[] content = member.bytes(MAX_CONTENT);
    Properties properties = new Properties();
    try {
      properties.load(new ByteArrayInputStream(content));
    } catch (IllegalArgumentException e) {
      // A malformed backslash-u escape.
      return null;
    }
    String group = properties.getProperty("groupId", "").strip();
    String artifact = properties.getProperty("artifactId", "").strip();
    String version = properties.getProperty("version", "").strip();
    if (!MavenCoordinates.isId(group)
        || !MavenCoordinates.isId(artifact)
        || !MavenCoordinates.isVersion(version)) {
      return null;
    }
    return new PomProperties(directory(member), group, artifact, version);
  }

  /** The directory that a descriptor lies in. */
  static String directory(ArchiveMember descriptor) {
    return descriptor.name().substring(0, descriptor.name().lastIndexOf('/'));
  }

  /** Whether a file in the layout can be of this artifact and version. */
  boolean agrees(MavenCoordinates layout) {
    return artifact.equals(layout.artifact())
        && (version.equals(layout.version()) || version.equals(layout.baseVersion()))
        && (group.equals(layout.group()) || layout.group().endsWith("." + group));
  }

  /** Whether a file's name begins with artifact and version. */
  boolean names(String fileName) {
    String start = artifact + "-" + version;
    return fileName.startsWith(start + ".") || fileName.startsWith(start + "-");
  }

  /** Coordinates of the file they are in; a classifier is told where the name begins with them. */
  MavenCoordinates coordinates(String fileName, String extension) {
    return coordinates(group, artifact, version, fileName, extension);
  }

  static MavenCoordinates coordinates(
      String group, String artifact, String version, String fileName, String extension) {
    String start = artifact + "-" + version + "-";
    int end = fileName.length() - extension.length() - 1;
    String classifier = null;
    if (fileName.startsWith(start) && start.length() < end) {
      String rest = fileName.substring(start.length(), end);
      classifier = MavenCoordinates.isVersion(rest) ? rest : null;
    }
    return new MavenCoordinates(group, artifact, version, null, classifier, extension);
  }
}
