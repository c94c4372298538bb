package io.packhouse.plugins.generic;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.util.List;

/** Lock files in JSON. */
final class JsonLocks implements JsonWalk.Visitor {

  private final String tool;
  private final LockFiles.Found found;

  /** Packages of the tree that npm wrote before the flat list, and still writes in version 2. */
  private long treeCount;

  private JsonLocks(String tool, LockFiles.Found found) {
    this.tool = tool;
    this.found = found;
  }

  static boolean isJson(String tool) {
    return switch (tool) {
      case "npm", "pipenv", "composer", "nuget" -> true;
      default -> false;
    };
  }

  static void read(PackageFile file, String tool, LockFiles.Found found)
      throws ExtractionException, IOException {
    JsonLocks locks = new JsonLocks(tool, found);
    JsonWalk.walk(file, "lock file", locks);
    found.recognised = true;
    if (found.count == 0) {
      found.count = locks.treeCount;
    }
  }

  @Override
  public boolean enter(List<String> path) {
    String first = path.getFirst();
    int depth = path.size();
    return switch (tool) {
      case "npm" -> {
        // "" is the project itself.
        if (LockFiles.isAt(path, 2, "packages") && !path.get(1).isEmpty()) {
          found.count++;
          yield false;
        }
        if (first.equals("dependencies")) {
          treeCount += depth % 2 == 0 ? 1 : 0;
          yield depth % 2 == 0 || path.getLast().equals("dependencies");
        }
        yield depth == 1 && first.equals("packages");
      }
      case "composer" -> {
        boolean packages = first.equals("packages") || first.equals("packages-dev");
        found.count += packages && depth == 2 ? 1 : 0;
        yield packages && depth == 1;
      }
      case "pipenv" -> {
        boolean packages = !first.equals("_meta");
        found.count += packages && depth == 2 ? 1 : 0;
        yield depth == 1;
      }
      default -> {
        boolean packages = first.equals("dependencies");
        found.count += packages && depth == 3 ? 1 : 0;
        yield packages && depth <= 2;
      }
    };
  }

  @Override
  public void scalar(List<String> path, String value) {
    switch (String.join("/", path)) {
      case "lockfileVersion", "plugin-api-version", "_meta/pipfile-spec" -> found.version = value;
      case "name" -> found.name = tool.equals("npm") ? value : found.name;
      case "version" -> {
        if (tool.equals("npm")) {
          found.ownVersion = value;
        } else {
          found.version = value;
        }
      }
      default -> {}
    }
  }
}
