package io.packhouse.server.log;

import io.packhouse.server.log.LogSettings.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What writes the log. */
public final class LogOutput {
  private static final String STANDARD_ERROR = "/proc/self/fd/2";

  private LogOutput() {}

  /** Begins to write it for people, until {@link #use} says more. */
  public static void begin(Map<String, String> environment) {
    NetworkNoise.keepDown();
    use(LogSettings.DEFAULT, environment);
  }

  /**
   * Writes it in another way from the next line on.
   *
   * @param environment tells whether the system's journal reads standard error
   */
  public static void use(LogSettings settings, Map<String, String> environment) {
    boolean journal = isJournal(environment.get("JOURNAL_STREAM"));
    LineFormatter formatter =
        settings.format() == Format.JSON ? new JsonLines(journal) : new TextLines(journal);
    if (System.getProperty("java.util.logging.config.file") != null) {
      return; // whoever says so knows better
    }
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      handler.setFormatter(formatter);
    }
  }

  /**
   * Whether standard error is what systemd says its journal reads: what it says may be inherited
   * together with another standard error.
   *
   * @param stream device and inode, separated by a colon; null where systemd says nothing
   */
  private static boolean isJournal(@Nullable String stream) {
    if (stream == null) {
      return false;
    }
    try {
      Map<String, Object> attributes =
          Files.readAttributes(Path.of(STANDARD_ERROR), "unix:dev,ino");
      return stream.equals(attributes.get("dev") + ":" + attributes.get("ino"));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return false;
    }
  }
}
