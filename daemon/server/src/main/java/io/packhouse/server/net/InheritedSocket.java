package io.packhouse.server.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * A socket that somebody else listens at, and whose connections this process takes. When the
 * process ends it stays, and connections wait there for the next.
 *
 * @param descriptor this process's; closed with what listens at it
 * @param name what who made it calls it; may be empty
 * @param endpoint where it is bound
 */
public record InheritedSocket(int descriptor, String name, Endpoint endpoint) {

  /**
   * The endpoints that are not inherited: these are to be bound.
   *
   * @throws UnknownHostException if a host has no address
   */
  public static List<Endpoint> others(List<Endpoint> wanted, List<InheritedSocket> inherited)
      throws UnknownHostException {
    List<Endpoint> others = new java.util.ArrayList<>();
    for (Endpoint endpoint : wanted) {
      boolean found = false;
      for (InheritedSocket socket : inherited) {
        found |= socket.covers(endpoint);
      }
      if (!found) {
        others.add(endpoint);
      }
    }
    return others;
  }

  /** Whether who connects there gets here. */
  private boolean covers(Endpoint other) throws UnknownHostException {
    if (!(endpoint instanceof Endpoint.Tcp here && other instanceof Endpoint.Tcp there)) {
      return endpoint.equals(other);
    }
    InetAddress address = InetAddress.getAllByName(here.host())[0];
    return here.port() == there.port()
        && (address.isAnyLocalAddress()
            || Arrays.asList(InetAddress.getAllByName(there.host())).contains(address));
  }
}
