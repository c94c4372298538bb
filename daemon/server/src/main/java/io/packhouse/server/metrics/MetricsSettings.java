package io.packhouse.server.metrics;

import io.packhouse.server.net.Endpoint;
import io.packhouse.server.net.SocketSettings;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the daemon's figures are served to whoever asks.
 *
 * @param listen addresses; empty for none, and nothing is counted then
 * @param mode permission bits of a Unix socket, in octal
 * @param group of a Unix socket; null for the daemon's
 */
public record MetricsSettings(List<String> listen, String mode, @Nullable String group) {
  public static final MetricsSettings DEFAULT = new MetricsSettings(List.of(), "0660", null);

  public MetricsSettings {
    listen = List.copyOf(listen);
    listen.forEach(Endpoint::parse);
    SocketSettings checked = new SocketSettings(mode, group);
    mode = checked.mode();
  }

  /** Whether anybody is to be told. */
  public boolean isOn() {
    return !listen.isEmpty();
  }

  /** Who may connect to Unix sockets. */
  public SocketSettings socket() {
    return new SocketSettings(mode, group);
  }

  /**
   * {@link #listen}, parsed.
   *
   * @throws IllegalArgumentException if other machines get there: anybody is answered
   * @throws IOException if a host has no address
   */
  public List<Endpoint> endpoints() throws IOException {
    List<Endpoint> endpoints = listen.stream().map(Endpoint::parse).toList();
    for (Endpoint endpoint : endpoints) {
      if (endpoint instanceof Endpoint.Tcp tcp && !tcp.isLoopback()) {
        throw new IllegalArgumentException(
            "metrics.listen: "
                + endpoint
                + ": anybody is answered there, so it must be loopback, such as tcp://127.0.0.1:"
                + tcp.port()
                + ", or a Unix socket");
      }
    }
    return endpoints;
  }
}
