package io.packhouse.server.access;

/** What a caller may do. Each role may do what the ones before it may. */
public enum Role {
  /** Reads archives and the catalog. */
  READ,
  /** Also makes archives, and extracts and compares on the server. */
  PACK,
  /** Also sees and ends the work of others, removes archives, and looks after the daemon. */
  ADMIN;

  /** Whether a caller with this role may do what needs {@code needed}. */
  public boolean includes(Role needed) {
    return compareTo(needed) >= 0;
  }
}
