package io.packhouse.plugins.maven;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads coordinates from the path of a file in the repository layout.
 *
 * <p>A path is believed where it is consistent: the file's name begins with the names of the two
 * directories around it. The group is every directory above them. A tree may be packed from above
 * its repository; what can be told from the path alone is taken off: directories that cannot be
 * part of a group because they hold a dot or other sign, with all above them, and {@code
 * .m2/repository}.
 */
final class MavenLayout {

  private static final String SNAPSHOT = "SNAPSHOT";
  private static final Pattern TIMESTAMP = Pattern.compile("\\d{8}\\.\\d{6}-\\d+");

  private MavenLayout() {}

  /**
   * The coordinates of {@code path}.
   *
   * @param extension what the path ends with after a dot; the caller knows it, since a classifier
   *     can hold dots too
   * @return null where the path is not in the layout
   */
  static @Nullable MavenCoordinates parse(String path, String extension) {
    int fileAt = path.lastIndexOf('/') + 1;
    int versionAt = path.lastIndexOf('/', fileAt - 2) + 1;
    int artifactAt = path.lastIndexOf('/', versionAt - 2) + 1;
    if (artifactAt < 2 || versionAt <= artifactAt || fileAt <= versionAt) {
      return null;
    }
    String group = group(path.substring(0, artifactAt - 1));
    String artifact = path.substring(artifactAt, versionAt - 1);
    String directory = path.substring(versionAt, fileAt - 1);
    String file = path.substring(fileAt);
    if (group == null
        || !MavenCoordinates.isId(artifact)
        || !MavenCoordinates.isVersion(directory)
        || !file.startsWith(artifact + "-")
        || !file.endsWith("." + extension)) {
      return null;
    }
    int restAt = artifact.length() + 1;
    int restEnd = file.length() - extension.length() - 1;
    if (restAt > restEnd) {
      return null;
    }
    return versioned(group, artifact, directory, file.substring(restAt, restEnd), extension);
  }

  /** Splits {@code rest}, a file name without artifact and extension, by its directory. */
  private static @Nullable MavenCoordinates versioned(
      String group, String artifact, String directory, String rest, String extension) {
    if (rest.startsWith(directory)) {
      String tail = rest.substring(directory.length());
      return classified(group, artifact, directory, null, tail, extension);
    }
    if (!directory.endsWith(SNAPSHOT)) {
      return null;
    }
    String stem = directory.substring(0, directory.length() - SNAPSHOT.length());
    int from = Math.min(stem.length(), rest.length());
    Matcher timestamp = TIMESTAMP.matcher(rest).region(from, rest.length());
    if (!rest.startsWith(stem) || !timestamp.lookingAt()) {
      return null;
    }
    String version = rest.substring(0, timestamp.end());
    String tail = rest.substring(timestamp.end());
    return classified(group, artifact, version, directory, tail, extension);
  }

  private static @Nullable MavenCoordinates classified(
      String group,
      String artifact,
      String version,
      @Nullable String baseVersion,
      String tail,
      String extension) {
    if (tail.isEmpty()) {
      return new MavenCoordinates(group, artifact, version, baseVersion, null, extension);
    }
    String classifier = tail.substring(1);
    if (tail.charAt(0) != '-' || !MavenCoordinates.isVersion(classifier)) {
      return null;
    }
    return new MavenCoordinates(group, artifact, version, baseVersion, classifier, extension);
  }

  private static @Nullable String group(String directories) {
    String[] names = directories.split("/", -1);
    int first = names.length;
    while (first > 0
        && names[first - 1].indexOf('.') < 0
        && MavenCoordinates.isId(names[first - 1])) {
      first--;
    }
    if (first > 0
        && first < names.length
        && names[first - 1].equals(".m2")
        && names[first].equals("repository")) {
      first++;
    }
    if (first == names.length) {
      return null;
    }
    return String.join(".", Arrays.asList(names).subList(first, names.length));
  }
}
