package io.packhouse.engine.diff;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a package differs between two archives.
 *
 * @param kind what happened to it
 * @param purl without version and qualifiers
 * @param versions those that A has and B has not, sorted as text; of {@link Kind#RELICENSED} the
 *     one version that both have
 * @param newVersions those that B has and A has not, sorted as text; of {@link Kind#RELICENSED} the
 *     same one
 * @param license of {@link Kind#RELICENSED} the SPDX expression in A, null where it has none
 * @param newLicense of {@link Kind#RELICENSED} that in B
 */
public record PackageChange(
    Kind kind,
    String purl,
    List<String> versions,
    List<String> newVersions,
    @Nullable String license,
    @Nullable String newLicense) {

  /** What happened to a package. */
  public enum Kind {
    /** No version of it is in A. */
    ADDED,
    /** No version of it is in B. */
    REMOVED,
    /** Both have it, in other versions. */
    UPGRADED,
    /** Both have this version, under other licenses. */
    RELICENSED
  }

  /** Copies. */
  public PackageChange {
    versions = List.copyOf(versions);
    newVersions = List.copyOf(newVersions);
  }
}
