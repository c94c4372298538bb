package io.packhouse.engine.diff;

import io.packhouse.engine.diff.PackageChange.Kind;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.engine.read.EntryFilter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Tells how the packages of two archives differ, by their purls, wherever in the trees they lie and
 * packages inside files included. Holds the names, versions and licenses of all packages in memory,
 * some 300 bytes each.
 */
public final class PackageDiff {
  /** Of packages that have none. */
  private static final String NO_VERSION = "";

  private PackageDiff() {}

  /** What A and B have of a package: licenses by version, empty for those without one. */
  private record Versions(SortedMap<String, String> a, SortedMap<String, String> b) {
    Versions() {
      this(new TreeMap<>(), new TreeMap<>());
    }
  }

  /**
   * Compares two archives.
   *
   * @return in the order of purls; relicensed versions after an upgrade of the same package
   * @throws IOException if an index cannot be read
   */
  public static List<PackageChange> compare(ArchiveReader a, ArchiveReader b) throws IOException {
    SortedMap<String, Versions> packages = new TreeMap<>();
    collect(a, packages, true);
    collect(b, packages, false);
    List<PackageChange> changes = new ArrayList<>();
    packages.forEach((purl, versions) -> compare(purl, versions, changes));
    return changes;
  }

  private static void collect(
      ArchiveReader reader, SortedMap<String, Versions> packages, boolean isA) throws IOException {
    EntryCursor cursor = reader.entries(EntryFilter.ALL);
    for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
      String purl = entry.purl();
      if (purl == null) {
        continue;
      }
      Versions versions = packages.computeIfAbsent(base(purl), _ -> new Versions());
      String version = entry.version();
      String license = entry.license();
      // A jar and its pom are one package, and only one of them may tell the license.
      (isA ? versions.a : versions.b)
          .merge(
              version == null ? NO_VERSION : version,
              license == null ? "" : license,
              (known, more) -> known.isEmpty() ? more : known);
    }
  }

  /** Without version, qualifiers and subpath; purls encode these separators everywhere else. */
  private static String base(String purl) {
    int end = 0;
    while (end < purl.length() && "@?#".indexOf(purl.charAt(end)) < 0) {
      end++;
    }
    return purl.substring(0, end);
  }

  private static void compare(String purl, Versions versions, List<PackageChange> changes) {
    SortedSet<String> gone = new TreeSet<>(versions.a.keySet());
    gone.removeAll(versions.b.keySet());
    SortedSet<String> come = new TreeSet<>(versions.b.keySet());
    come.removeAll(versions.a.keySet());
    if (!gone.isEmpty() || !come.isEmpty()) {
      Kind kind =
          versions.a.isEmpty() ? Kind.ADDED : versions.b.isEmpty() ? Kind.REMOVED : Kind.UPGRADED;
      changes.add(new PackageChange(kind, purl, List.copyOf(gone), List.copyOf(come), null, null));
    }
    versions.a.forEach(
        (version, license) -> {
          String other = versions.b.get(version);
          if (other != null && !Objects.equals(license, other)) {
            changes.add(
                new PackageChange(
                    Kind.RELICENSED,
                    purl,
                    List.of(version),
                    List.of(version),
                    orNull(license),
                    orNull(other)));
          }
        });
  }

  private static @Nullable String orNull(String license) {
    return license.isEmpty() ? null : license;
  }
}
