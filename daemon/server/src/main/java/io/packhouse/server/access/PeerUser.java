package io.packhouse.server.access;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerCall;
import java.util.Set;

/**
 * The user at the other end of a Unix socket, as the system said when the connection was made. The
 * caller cannot choose it.
 *
 * @param uid the user's number
 * @param groups the numbers of all its groups
 */
public record PeerUser(long uid, Set<Long> groups) {
  /** In the attributes of calls that came over a Unix socket. */
  @Grpc.TransportAttr
  public static final Attributes.Key<PeerUser> KEY =
      Attributes.Key.create("io.packhouse.server.peer-user");

  public PeerUser {
    groups = Set.copyOf(groups);
  }

  /** Who called or from where, for the log. */
  public static String describe(ServerCall<?, ?> call) {
    PeerUser user = call.getAttributes().get(KEY);
    if (user != null) {
      return "uid " + user.uid() + " on a Unix socket";
    }
    Object address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return address == null ? "an unknown address" : address.toString();
  }
}
