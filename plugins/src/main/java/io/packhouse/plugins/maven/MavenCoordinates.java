package io.packhouse.plugins.maven;

import org.jspecify.annotations.Nullable;

/**
 * What names one file of a Maven repository.
 *
 * @param version null only where a pom leaves it to properties
 * @param baseVersion the {@code -SNAPSHOT} version where {@code version} is one build of it, else
 *     null
 * @param extension without a dot
 */
record MavenCoordinates(
    String group,
    String artifact,
    @Nullable String version,
    @Nullable String baseVersion,
    @Nullable String classifier,
    String extension) {

  MavenCoordinates withGroup(String newGroup) {
    return new MavenCoordinates(newGroup, artifact, version, baseVersion, classifier, extension);
  }

  /** Whether {@code text} can be a group (with dots) or an artifact: what Maven itself accepts. */
  static boolean isId(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isOfIds(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Whether {@code text} can be a version or a classifier: what Maven itself accepts. */
  static boolean isVersion(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isOfIds(c)
          && (c <= ' ' || c == 0x7F || c == 0xFFFD || "\\/:\"<>|?*[](){},$".indexOf(c) >= 0)) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean isOfIds(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '.';
  }
}
