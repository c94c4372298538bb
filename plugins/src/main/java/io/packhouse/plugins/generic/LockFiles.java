package io.packhouse.plugins.generic;

import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lock files: of what tool, in which version, and of how many packages. Those in JSON are walked
 * through; the others are written by their tools line by line, and are counted so.
 */
final class LockFiles {

  private static final long MAX_BYTES = 128L << 20;

  /** What is found on the way through a file. */
  static final class Found {
    @Nullable String version;
    @Nullable String name;
    @Nullable String ownVersion;
    long count;
    boolean recognised;
  }

  private LockFiles() {}

  /**
   * Describes a file named as a lock file.
   *
   * @return null where it is not of a known name, or another kind of file by its contents
   */
  static @Nullable PackageMetadata read(PackageFile file, PackageMetadata.Builder target)
      throws ExtractionException, IOException {
    String tool = tool(file.fileName());
    if (tool == null) {
      return null;
    }
    target.column(GenericColumns.KIND, "lock-file").column(GenericColumns.FORMAT, tool);
    if (file.size() > MAX_BYTES) {
      throw new ExtractionException(
              "lock file is larger than the limit of " + MAX_BYTES + " bytes: " + file.size())
          .withPartial(target.build());
    }
    Found found = new Found();
    ExtractionException damage = null;
    try {
      if (JsonLocks.isJson(tool)) {
        JsonLocks.read(file, tool, found);
      } else {
        LineLocks.read(file, tool, found);
      }
    } catch (ExtractionException e) {
      damage = e;
    }
    target
        .name(Limits.text(found.name))
        .version(Limits.text(found.ownVersion))
        .column(GenericColumns.FORMAT_VERSION, Limits.text(found.version))
        .column(GenericColumns.COUNT, found.count);
    if (damage != null) {
      throw damage.withPartial(target.build());
    }
    return found.recognised ? target.build() : null;
  }

  private static @Nullable String tool(String fileName) {
    return switch (fileName) {
      case "package-lock.json", "npm-shrinkwrap.json" -> "npm";
      case "yarn.lock" -> "yarn";
      case "pnpm-lock.yaml" -> "pnpm";
      case "Cargo.lock" -> "cargo";
      case "poetry.lock" -> "poetry";
      case "uv.lock" -> "uv";
      case "pdm.lock" -> "pdm";
      case "Pipfile.lock" -> "pipenv";
      case "Gemfile.lock" -> "bundler";
      case "composer.lock" -> "composer";
      case "go.sum" -> "go";
      case "gradle.lockfile" -> "gradle";
      case "packages.lock.json" -> "nuget";
      default -> null;
    };
  }

  /** Whether a path has this many keys, of which the first is this. */
  static boolean isAt(List<String> path, int depth, String first) {
    return path.size() == depth && path.getFirst().equals(first);
  }
}
