package io.packhouse.server.access;

import java.util.List;
import java.util.stream.Stream;

/**
 * What somebody may do.
 *
 * @param role the most that they may do
 * @param folders catalog folders that exist for them; empty for all
 */
public record Grant(Role role, List<String> folders) {
  public Grant {
    folders = List.copyOf(folders);
  }

  /** What who has both may do, which are of the same role. */
  Grant and(Grant other) {
    boolean all = folders.isEmpty() || other.folders.isEmpty();
    return new Grant(
        role,
        all
            ? List.of()
            : Stream.concat(folders.stream(), other.folders.stream()).distinct().toList());
  }

  Caller caller(String id) {
    return new Caller(id, role, java.util.Set.copyOf(folders));
  }
}
