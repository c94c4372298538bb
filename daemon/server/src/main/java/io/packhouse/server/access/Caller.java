package io.packhouse.server.access;

import io.grpc.Context;
import java.util.Objects;
import java.util.Set;

/**
 * Who makes a call.
 *
 * @param id tells callers apart, and owns operations: {@code uid:1000}, {@code token:ci}, {@code
 *     cert:CN=builder}, or {@code anonymous} where anybody may call
 * @param role the most that it may do
 * @param folders catalog folders that it may see; empty for all
 */
public record Caller(String id, Role role, Set<String> folders) {
  /** The caller of the call under way. */
  public static final Context.Key<Caller> KEY = Context.key("packhouse-caller");

  public Caller {
    folders = Set.copyOf(folders);
  }

  /**
   * The caller of the call under way.
   *
   * @throws NullPointerException if nobody has told who it is, which is a bug: no call comes so far
   */
  public static Caller current() {
    return Objects.requireNonNull(KEY.get(), "a call without a caller");
  }

  public boolean may(Role needed) {
    return role.includes(needed);
  }

  /** Whether archives of this catalog folder exist for the caller. */
  public boolean seesFolder(String folder) {
    return folders.isEmpty() || folders.contains(folder);
  }

  /** Whether what belongs to {@code owner} exists for the caller. */
  public boolean seesWorkOf(String owner) {
    return id.equals(owner) || may(Role.ADMIN);
  }
}
