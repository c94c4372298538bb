package io.packhouse.client.sbom;

import io.packhouse.sql.version.Requirement;
import io.packhouse.sql.version.Versions;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which package of a bill meets a dependency: one of its URL; of a range of versions the highest
 * that is in it; of a range that is not understood, or of any version, the only one of that name.
 * Used by one thread.
 */
final class Meeting {
  /** How it was found. */
  enum How {
    /** It is what the dependency names. */
    VERSION,
    /** Its version is in the range that is required. */
    RANGE,
    /** It is the only one of that name; its version was not compared. */
    NAME
  }

  /** The package, by its ordinal. */
  record Met(int target, How how) {}

  private static final int REMEMBERED = 4_096;
  private static final Pattern TYPE = Pattern.compile("pkg:([^/]+)/");

  private final Dependencies packages;

  /** What was asked last, by URL and requirement: the same again and again. */
  private final Map<String, Optional<Met>> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Optional<Met>> eldest) {
          return size() > REMEMBERED;
        }
      };

  Meeting(Dependencies packages) {
    this.packages = packages;
  }

  /**
   * Finds it.
   *
   * @param requirement as the package has it
   */
  Optional<Met> find(String purl, @Nullable String requirement) throws IOException {
    int exact = packages.find(purl);
    if (exact >= 0) {
      boolean any = !Dependencies.hasVersion(purl) && requirement != null;
      return Optional.of(new Met(exact, any ? How.NAME : How.VERSION));
    }
    String key = purl + ' ' + requirement;
    Optional<Met> met = known.get(key);
    if (met == null) {
      met = among(purl, requirement);
      known.put(key, met);
    }
    return met;
  }

  private Optional<Met> among(String purl, @Nullable String requirement) throws IOException {
    Matcher matcher = TYPE.matcher(purl);
    String type = matcher.lookingAt() ? matcher.group(1) : "";
    Dependencies.Versions versions = packages.versions(purl, Versions.order(type));
    if (versions.isEmpty()) {
      return Optional.empty();
    }
    Optional<Requirement> range =
        requirement == null ? Optional.empty() : Requirement.parse(type, requirement);
    if (range.isEmpty()) {
      How how = requirement == null ? How.VERSION : How.NAME;
      return versions.size() == 1
          ? Optional.of(new Met(versions.ordinal(0), how))
          : Optional.empty();
    }
    int highest = range.get().highest(versions);
    return highest < 0
        ? Optional.empty()
        : Optional.of(new Met(versions.ordinal(highest), How.RANGE));
  }
}
