package io.packhouse.plugins.maven;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The coordinates in one {@code META-INF/maven/group/artifact/pom.properties} of a jar.
 *
 * <p>A shaded jar holds many of them, so which are read is decided by the artifact in their path.
 */
record PomProperties(String group, String artifact, String version) {

  private static final byte[] HEAD = "META-INF/maven/".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TAIL = "/pom.properties".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_NAME = 1024;
  private static final int MAX_MEMBERS = 10_000;
  private static final int MAX_READ = 16;
  private static final int MAX_CONTENT = 64 << 10;

  /**
   * The one that belongs to these coordinates by the layout: same artifact and version, and the
   * same group if there is one, else a group that the layout's ends with.
   */
  static @Nullable PomProperties fitting(
      PackageFile jar, MavenCoordinates layout, ExtractionLimits limits)
      throws ExtractionException, IOException {
    PomProperties best = null;
    int read = 0;
    for (ZipMember member : members(jar, limits)) {
      if (!artifactOf(member).equals(layout.artifact()) || read++ >= MAX_READ) {
        continue;
      }
      PomProperties candidate = read(jar, member, limits);
      if (candidate == null
          || !candidate.artifact.equals(layout.artifact())
          || !(candidate.version.equals(layout.version())
              || candidate.version.equals(layout.baseVersion()))) {
        continue;
      }
      if (candidate.group.equals(layout.group())) {
        return candidate;
      }
      if (best == null && layout.group().endsWith("." + candidate.group)) {
        best = candidate;
      }
    }
    return best;
  }

  /**
   * The one that belongs to a file of this name: the only one of the jar, or the only one whose
   * artifact and version the name begins with.
   */
  static @Nullable PomProperties fitting(PackageFile jar, ExtractionLimits limits)
      throws ExtractionException, IOException {
    List<ZipMember> members = members(jar, limits);
    if (members.size() == 1) {
      return read(jar, members.getFirst(), limits);
    }
    PomProperties best = null;
    int read = 0;
    for (ZipMember member : members) {
      if (!jar.fileName().startsWith(artifactOf(member)) || read++ >= MAX_READ) {
        continue;
      }
      PomProperties candidate = read(jar, member, limits);
      if (candidate == null || !candidate.names(jar.fileName())) {
        continue;
      }
      if (best != null && !best.equals(candidate)) {
        return null;
      }
      best = candidate;
    }
    return best;
  }

  /** Coordinates of the file they are in; a classifier is told where the name begins with them. */
  MavenCoordinates coordinates(String fileName, String extension) {
    String start = artifact + "-" + version + "-";
    int end = fileName.length() - extension.length() - 1;
    String classifier = null;
    if (fileName.startsWith(start) && start.length() < end) {
      String rest = fileName.substring(start.length(), end);
      classifier = MavenCoordinates.isVersion(rest) ? rest : null;
    }
    return new MavenCoordinates(group, artifact, version, null, classifier, extension);
  }

  private boolean names(String fileName) {
    String start = artifact + "-" + version;
    return fileName.startsWith(start + ".") || fileName.startsWith(start + "-");
  }

  private static List<ZipMember> members(PackageFile jar, ExtractionLimits limits)
      throws ExtractionException, IOException {
    List<ZipMember> members =
        CentralDirectory.locate(jar).find(HEAD, TAIL, MAX_NAME, MAX_MEMBERS, limits);
    members.removeIf(member -> artifactOf(member).isEmpty());
    return members;
  }

  /** The second directory below {@code META-INF/maven}; empty where there are not just two. */
  private static String artifactOf(ZipMember member) {
    String name = member.name();
    int end = name.length() - TAIL.length;
    int groupEnd = name.indexOf('/', HEAD.length);
    if (groupEnd <= HEAD.length || groupEnd >= end || name.indexOf('/', groupEnd + 1) != end) {
      return "";
    }
    return name.substring(groupEnd + 1, end);
  }

  /** Null where the content states no coordinates that Maven would accept. */
  private static @Nullable PomProperties read(
      PackageFile jar, ZipMember member, ExtractionLimits limits)
      throws ExtractionException, IOException {
    byte[] content = member.content(jar, Math.min(MAX_CONTENT, limits.maxInflatedBytes()));
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
    return new PomProperties(group, artifact, version);
  }
}
