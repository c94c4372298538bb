package io.packhouse.extraction.plugins;

import java.io.Serial;

/** A plugin, or what is said of it, cannot be used at all. */
public final class PluginException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  PluginException(String message) {
    super(message);
  }

  PluginException(String message, Throwable cause) {
    super(message, cause);
  }
}
