package io.packhouse.server.access;

/** What a caller may do. Each role may do what the ones before it may. */
public enum Role {
  /** Reads archives and the catalog. */
  READ,
  /** Also makes archives, and extracts and compares on the server. */
  PACK,
  /** Also sees and ends the work of others, removes archives, and looks after the daemon. */
  ADMIN;

  /**
   * Parses {@code read}, {@code pack} or {@code admin}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static Role parse(String text) {
    for (Role role : values()) {
      if (role.toString().equals(text)) {
        return role;
      }
    }
    throw new IllegalArgumentException("\"" + text + "\" is no role; there are read, pack, admin");
  }

  /** As users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Whether a caller with this role may do what needs {@code needed}. */
  public boolean includes(Role needed) {
    return compareTo(needed) >= 0;
  }
}
