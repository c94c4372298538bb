package io.packhouse.client.sbom;

import org.jspecify.annotations.Nullable;

/**
 * A dependency that a package of the bill meets.
 *
 * @param target ordinal of that package
 * @param byName whether what is required of the version was not compared with that package's
 */
record Edge(int target, Kind kind, boolean byName) {
  /** What it is needed for, the most needed first. */
  enum Kind {
    NEEDED,
    OPTIONAL,
    PROVIDED,
    BUILD,
    DEV,
    TEST;

    /** Whether it is needed to use the package, and not only to make it. */
    boolean ofUse() {
      return compareTo(BUILD) < 0;
    }

    /** By an ecosystem's own word for it. */
    static Kind of(@Nullable String scope, boolean optional) {
      return switch (scope) {
        case "test" -> TEST;
        case "dev", "development", "require-dev" -> DEV;
        case "build" -> BUILD;
        case "provided", "peer" -> PROVIDED;
        case null, default -> optional ? OPTIONAL : NEEDED;
      };
    }
  }

  /** Of two dependencies on one package, the one that asks more of it. */
  static Edge stronger(Edge a, Edge b) {
    return b.kind.compareTo(a.kind) < 0 ? b : a;
  }
}
