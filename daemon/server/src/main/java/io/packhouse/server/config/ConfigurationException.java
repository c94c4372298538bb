package io.packhouse.server.config;

import java.io.IOException;

/** The configuration cannot be used: the user's mistake. The message names the place. */
public final class ConfigurationException extends IOException {
  private static final long serialVersionUID = 1;

  public ConfigurationException(String message) {
    super(message);
  }

  ConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
