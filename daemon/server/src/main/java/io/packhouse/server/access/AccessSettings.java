package io.packhouse.server.access;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may call.
 *
 * @param tokens the file of bearer tokens; null for none
 * @param insecureNoAuth whether anybody who reaches the daemon is an administrator
 * @param users what users may do who call over a Unix socket, by number or name. The daemon's own
 *     user and root are administrators whatever is said here.
 * @param groups what members of a group may do who call over a Unix socket and are not in {@code
 *     users}; of those with the highest role among a caller's groups, all folders
 * @param certificates what clients may do that show a certificate, by its common name
 */
public record AccessSettings(
    @Nullable Path tokens,
    boolean insecureNoAuth,
    Map<String, Grant> users,
    Map<String, Grant> groups,
    Map<String, Grant> certificates) {
  public static final AccessSettings DEFAULT =
      new AccessSettings(null, false, Map.of(), Map.of(), Map.of());

  public AccessSettings {
    users = Map.copyOf(users);
    groups = Map.copyOf(groups);
    certificates = Map.copyOf(certificates);
  }
}
