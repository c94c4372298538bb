package io.packhouse.plugins.generic;

import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Lock files that are counted line by line: their tools write them, in one form each. */
final class LineLocks {

  private static final Pattern TOML_VERSION =
      Pattern.compile("(?:version|lock-version|lock_version)\\s*=\\s*\"?([0-9][0-9.]*)\"?\\s*");
  private static final Pattern YARN_VERSION = Pattern.compile("# yarn lockfile v([0-9]+).*");
  private static final Pattern BERRY_VERSION = Pattern.compile(" +version: \"?([0-9]+)\"?");
  private static final Pattern PNPM_VERSION =
      Pattern.compile("lockfileVersion: *['\"]?([0-9.]+)['\"]?.*");
  private static final Pattern GEM = Pattern.compile(" {4}[^ (]+ \\([^)]*\\)");
  private static final Pattern BUNDLED = Pattern.compile(" +([0-9][0-9A-Za-z.]*)");
  private static final Pattern GRADLE = Pattern.compile("[^#:=]+:[^:=]+:[^:=]+=.*");

  private final LockFiles.Found found;

  /** The section, or line of one's own, that the lines are in. */
  private String section = "";

  private LineLocks(LockFiles.Found found) {
    this.found = found;
  }

  static void read(PackageFile file, String tool, LockFiles.Found found) throws IOException {
    LineLocks locks = new LineLocks(found);
    Lines lines = new Lines(file);
    for (String line = lines.next(); line != null; line = lines.next()) {
      switch (tool) {
        case "yarn" -> locks.yarn(line);
        case "pnpm" -> locks.pnpm(line);
        case "bundler" -> locks.bundler(line);
        case "go" -> locks.go(line);
        case "gradle" -> locks.gradle(line);
        default -> locks.toml(line);
      }
    }
  }

  /** Of a version, only what is above the first package, or in {@code [metadata]}, counts. */
  private void toml(String line) {
    if (line.startsWith("[")) {
      section = line.strip();
      found.recognised |= section.equals("[metadata]");
      if (section.equals("[[package]]")) {
        found.count++;
        found.recognised = true;
      }
    } else if (section.isEmpty() || section.equals("[metadata]")) {
      version(TOML_VERSION, line);
    }
  }

  private void yarn(String line) {
    if (version(YARN_VERSION, line) || line.isEmpty() || line.startsWith("#")) {
      return;
    }
    if (line.charAt(0) == ' ') {
      if (section.equals("__metadata:")) {
        version(BERRY_VERSION, line);
      }
    } else if (line.endsWith(":")) {
      section = line;
      found.recognised = true;
      found.count += section.equals("__metadata:") ? 0 : 1;
    }
  }

  private void pnpm(String line) {
    if (version(PNPM_VERSION, line) || line.isEmpty()) {
      return;
    }
    if (line.charAt(0) != ' ') {
      section = line;
      return;
    }
    // Keys too long for a line begin with "? ", and their value with ":".
    boolean key = line.startsWith("  ") && line.length() > 2 && " :#".indexOf(line.charAt(2)) < 0;
    found.count += key && section.startsWith("packages:") ? 1 : 0;
  }

  private void bundler(String line) {
    if (!line.isEmpty() && line.charAt(0) != ' ') {
      section = line.strip();
      found.recognised |= section.equals("GEM") || section.equals("DEPENDENCIES");
    } else if (section.equals("BUNDLED WITH")) {
      version(BUNDLED, line);
    } else if (GEM.matcher(line).matches()) {
      found.count++;
    }
  }

  /** Each module has a line for its contents, and one for its go.mod. */
  private void go(String line) {
    String[] fields = line.strip().split(" +", 4);
    if (fields.length == 3 && fields[2].startsWith("h1:")) {
      found.recognised = true;
      found.count += fields[1].endsWith("/go.mod") ? 0 : 1;
    }
  }

  private void gradle(String line) {
    boolean module = GRADLE.matcher(line).matches();
    found.count += module ? 1 : 0;
    found.recognised |= module || line.startsWith("empty=");
  }

  private boolean version(Pattern pattern, String line) {
    String version = line.length() > 200 ? null : first(pattern.matcher(line));
    if (version != null && found.version == null) {
      found.version = version;
      found.recognised = true;
    }
    return version != null;
  }

  private static @Nullable String first(Matcher matcher) {
    return matcher.matches() ? matcher.group(1) : null;
  }
}
