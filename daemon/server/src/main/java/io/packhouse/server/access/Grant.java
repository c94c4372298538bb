package io.packhouse.server.access;

import java.util.List;

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

  Caller caller(String id) {
    return new Caller(id, role, java.util.Set.copyOf(folders));
  }
}
