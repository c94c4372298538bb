package io.packhouse.plugins.maven;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a file's name says of artifact and version: {@code lib-1.0-sources.jar}.
 *
 * @param artifact not empty
 */
record JarFileName(String artifact, @Nullable String version, @Nullable String classifier) {

  private static final Pattern VERSION_START = Pattern.compile("[-_](?=[vV]?\\d)");

  /** {@code -word-} before a digit: of a version where the word is one of those, else of a name. */
  private static final Pattern LATER_NAME = Pattern.compile("-([A-Za-z]+)-(?=\\d)");

  private static final Set<String> QUALIFIERS =
      Set.of("alpha", "beta", "rc", "cr", "m", "milestone", "b", "build", "ea", "snapshot", "pre");

  private static final Pattern CLASSIFIER =
      Pattern.compile(
          "-(sources|javadoc|tests|test-sources|test-javadoc|test-fixtures|jar-with-dependencies"
              + "|all|shaded|uber|bin|exec|fat|api|client|no_aop|jdk\\d+|(?:linux|osx|windows)[-_].*)$");

  /**
   * @param extension what the name ends with after a dot
   */
  static JarFileName parse(String fileName, String extension) {
    int end = fileName.length() - extension.length() - 1;
    String stem = end > 0 ? fileName.substring(0, end) : fileName;
    String classifier = null;
    Matcher tail = CLASSIFIER.matcher(stem);
    if (tail.find()) {
      classifier = tail.group(1);
      stem = stem.substring(0, tail.start());
    }
    Matcher start = VERSION_START.matcher(stem);
    for (int from = 1; from < stem.length() && start.find(from); from = start.end()) {
      String version = stem.substring(start.end());
      if (!hasLaterName(version) && MavenCoordinates.isVersion(version)) {
        return new JarFileName(stem.substring(0, start.start()), version, classifier);
      }
    }
    return new JarFileName(stem, null, classifier);
  }

  private static boolean hasLaterName(String version) {
    Matcher later = LATER_NAME.matcher(version);
    return later.find() && !QUALIFIERS.contains(later.group(1).toLowerCase(Locale.ROOT));
  }

  /** Whether a file of this name can be of an artifact: one name begins with the other. */
  boolean fits(String otherArtifact) {
    return artifact.startsWith(otherArtifact) || otherArtifact.startsWith(artifact);
  }
}
