package io.packhouse.client.sbom;

import org.jspecify.annotations.Nullable;

/**
 * A dependency that a package of the bill meets.
 *
 * @param target ordinal of that package
 * @param how it was found
 */
record Edge(int target, Kind kind, Meeting.How how) {
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

  /** What a bill says of how it was found; null for nothing. */
  @Nullable String comment() {
    return comment(how);
  }

  static @Nullable String comment(Meeting.How how) {
    return switch (how) {
      case VERSION -> null;
      case RANGE -> "By range: the highest of the versions here that are in what is required";
      case NAME -> "By name: the version was not compared with what is required";
    };
  }

  /** Of two dependencies on one package, the one that asks more of it. */
  static Edge stronger(Edge a, Edge b) {
    return b.kind.compareTo(a.kind) < 0 ? b : a;
  }
}
