package io.packhouse.server;

import io.packhouse.server.access.Tokens;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.net.InheritedSocket;
import io.packhouse.server.systemd.ServiceState;
import java.io.IOException;
import java.time.Clock;
import java.util.List;

/**
 * What a daemon is given beside its configuration.
 *
 * @param sessionTokens tokens that are in no file
 * @param source reads the configuration again
 * @param clock tells when tokens expire
 * @param sockets that are bound already; closed with the daemon
 * @param state told of reloads and of the end
 */
public record DaemonOptions(
    Tokens sessionTokens,
    ConfigurationSource source,
    Clock clock,
    List<InheritedSocket> sockets,
    ServiceState state) {

  public DaemonOptions {
    sockets = List.copyOf(sockets);
  }

  /** With no sockets, for a daemon that nobody looks after. */
  public DaemonOptions(Tokens sessionTokens, ConfigurationSource source, Clock clock) {
    this(sessionTokens, source, clock, List.of(), ServiceState.NONE);
  }

  /** Where a configuration comes from. */
  @FunctionalInterface
  public interface ConfigurationSource {
    /**
     * Reads it.
     *
     * @throws IOException if it cannot be read or is wrong
     */
    Configuration read() throws IOException;
  }

  /** Without such tokens, and with a configuration that stays as it is. */
  public static DaemonOptions fixed(Configuration configuration) {
    return new DaemonOptions(Tokens.NONE, () -> configuration, Clock.systemUTC());
  }
}
