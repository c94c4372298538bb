package io.packhouse.plugins.maven;

import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Describes a {@code maven-metadata.xml}, which lists the versions of an artifact, the builds of a
 * snapshot, or the plugins of a group (maven.apache.org/repositories/metadata.html).
 */
final class RepositoryMetadata {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss", Locale.ROOT);

  private RepositoryMetadata() {}

  /**
   * @return null where it is XML, but no such file
   * @throws ExtractionException where it is not well-formed, or says not what it is about
   */
  static @Nullable PackageMetadata read(PackageFile file, PomReader reader)
      throws ExtractionException, IOException {
    XmlNode metadata = reader.read(file, "maven-metadata.xml", "metadata");
    if (metadata == null) {
      return null;
    }
    String group = metadata.textOf("groupId");
    String artifact = metadata.textOf("artifactId");
    if (group == null || artifact == null) {
      // Those of a group list its plugins, and are about no package.
      return null;
    }
    if (!MavenCoordinates.isId(group) || !MavenCoordinates.isId(artifact)) {
      throw new ExtractionException("maven-metadata.xml states no usable groupId or artifactId");
    }
    String snapshot = metadata.textOf("version");
    XmlNode versioning = metadata.child("versioning");
    PackageMetadata.Builder target =
        PackageMetadata.builder(MavenColumns.ALL)
            .purl(Purl.of("maven", group, artifact, null, new TreeMap<>()))
            .namespace(group)
            .name(artifact)
            .column("group_id", group)
            .column("artifact_id", artifact)
            .column("base_version", Limits.text(snapshot))
            .column("coordinates_source", "metadata");
    if (versioning != null) {
      List<String> versions =
          versioning.childrenOf("versions").stream()
              .filter(node -> node.name().equals("version"))
              .map(XmlNode::text)
              .filter(text -> !text.isEmpty() && text.length() <= 1_000)
              .limit(Limits.ITEMS)
              .toList();
      target.column("versions", versions.isEmpty() ? null : versions);
      target.column("latest", Limits.text(versioning.textOf("latest")));
      target.column("release", Limits.text(versioning.textOf("release")));
      target.column("last_updated", nanos(versioning.textOf("lastUpdated")));
    }
    return target.build();
  }

  private static @Nullable Long nanos(@Nullable String time) {
    if (time == null) {
      return null;
    }
    try {
      long seconds = LocalDateTime.parse(time, TIME).toEpochSecond(ZoneOffset.UTC);
      return Math.multiplyExact(seconds, 1_000_000_000L);
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }
}
