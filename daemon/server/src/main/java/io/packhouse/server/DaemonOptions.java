package io.packhouse.server;

import io.packhouse.server.access.Tokens;
import io.packhouse.server.config.Configuration;
import java.io.IOException;
import java.time.Clock;

/**
 * What a daemon is given beside its configuration.
 *
 * @param sessionTokens tokens that are in no file
 * @param source reads the configuration again
 * @param clock tells when tokens expire
 */
public record DaemonOptions(Tokens sessionTokens, ConfigurationSource source, Clock clock) {

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
