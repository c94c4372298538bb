package io.packhouse.plugins.maven;

import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds other poms of the repository that a file lies in. For one extraction.
 *
 * <p>Poms that are damaged or not there are not found: what depends on them stays open.
 */
final class PomFinder {

  /** Poms asked for by one extraction: parents, and what they import. */
  private static final int MAX_ASKED = 256;

  private final PomReader reader;
  private final ExtractionContext context;
  private final @Nullable String root;
  private final Map<String, @Nullable PomModel> asked = new HashMap<>();

  /**
   * @param root leads from the file's directory to that of the repository, ending with {@code /};
   *     null where it lies in none, and nothing is found
   */
  private PomFinder(PomReader reader, ExtractionContext context, @Nullable String root) {
    this.reader = reader;
    this.context = context;
    this.root = root;
  }

  /** For a file in the repository layout. */
  static PomFinder inLayout(
      PomReader reader, ExtractionContext context, MavenCoordinates coordinates) {
    int levels = 3;
    for (int at = coordinates.group().indexOf('.');
        at >= 0;
        at = coordinates.group().indexOf('.', at + 1)) {
      levels++;
    }
    return new PomFinder(reader, context, "../".repeat(levels));
  }

  /** Finds nothing. */
  static PomFinder none(PomReader reader, ExtractionContext context) {
    return new PomFinder(reader, context, null);
  }

  /** A pom in the directory of the file. */
  @Nullable PomModel beside(String fileName) throws IOException {
    return read(fileName);
  }

  /** The pom of these coordinates, null where there is none that can be read. */
  @Nullable PomModel find(String group, String artifact, String version) throws IOException {
    if (root == null
        || !MavenCoordinates.isId(group)
        || !MavenCoordinates.isId(artifact)
        || !MavenCoordinates.isVersion(version)) {
      return null;
    }
    String directory = root + group.replace('.', '/') + "/" + artifact + "/" + version + "/";
    return read(directory + artifact + "-" + version + ".pom");
  }

  private @Nullable PomModel read(String path) throws IOException {
    if (asked.containsKey(path) || asked.size() == MAX_ASKED) {
      return asked.get(path);
    }
    PomModel found = null;
    PackageFile file = context.sibling(path);
    if (file != null && file.size() > 0) {
      try {
        found = reader.read(file);
      } catch (ExtractionException e) {
        // Its own entry says what is wrong with it.
      }
    }
    asked.put(path, found);
    return found;
  }
}
