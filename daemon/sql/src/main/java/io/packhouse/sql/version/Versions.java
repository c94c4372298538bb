package io.packhouse.sql.version;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.maven.artifact.versioning.ComparableVersion;

/**
 * The order of versions in each ecosystem. An ecosystem is named by its type of package URLs, or as
 * OSV names it ({@code PyPI}, {@code crates.io}, {@code Debian:12}), in any case. One that is not
 * known has Maven's order, which knows numbers, texts and the usual words for pre-releases, and in
 * which everything but the empty text is valid.
 */
public final class Versions {
  private static final Map<String, VersionOrder<?>> ORDERS = new HashMap<>();

  static {
    add(strict("v="), "npm");
    add(strict(""), "cargo", "crates.io");
    add(strict(""), "hex");
    add(strict(""), "semver");
    add(strict("v"), "golang", "go");
    add(new Semver("v", 3, false, true, false), "helm");
    add(new Semver("", 3, false, true, true), "pub", "dart");
    add(new Semver("", 4, false, false, false), "nuget");
    add(Composer::key, "composer", "packagist");
    add(Pep440::key, "pypi");
    add(Zeros::gem, "gem", "rubygems");
    add(Zeros::conda, "conda");
    add(Linux::deb, "deb", "debian", "ubuntu");
    add(Linux::rpm, "rpm", "red hat", "almalinux", "rocky linux", "suse", "opensuse");
    add(Linux::apk, "apk", "alpine", "wolfi", "chainguard");
    add("maven", maven("maven"));
    add("generic", maven("generic"));
  }

  private Versions() {}

  private static Semver strict(String prefixes) {
    return new Semver(prefixes, 3, true, true, false);
  }

  private static VersionOrder<ComparableVersion> maven(String ecosystem) {
    return new VersionOrder<>(
        ecosystem, version -> version.isBlank() ? null : new ComparableVersion(version));
  }

  private static void add(VersionOrder.Keys<String> keys, String ecosystem, String... aliases) {
    VersionOrder<String> order = new VersionOrder<>(ecosystem, keys);
    add(ecosystem, order);
    for (String alias : aliases) {
      add(alias, order);
    }
  }

  private static void add(String name, VersionOrder<?> order) {
    ORDERS.put(name, order);
  }

  /** Gives the order of an ecosystem, that of any ecosystem if it is not known. */
  public static VersionOrder<?> order(String ecosystem) {
    VersionOrder<?> order = ORDERS.get(ecosystem);
    if (order != null) {
      return order;
    }
    int colon = ecosystem.indexOf(':');
    String name =
        (colon < 0 ? ecosystem : ecosystem.substring(0, colon)).strip().toLowerCase(Locale.ROOT);
    order = ORDERS.get(name);
    return order != null ? order : maven(name);
  }

  /**
   * Compares two versions.
   *
   * @return -1, 0 or 1
   */
  public static int compare(String ecosystem, String a, String b) {
    return order(ecosystem).compare(a, b);
  }
}
