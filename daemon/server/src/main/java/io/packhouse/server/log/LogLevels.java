package io.packhouse.server.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** How much is logged, of {@code java.util.logging}, where the JDK's own loggers end up. */
public final class LogLevels {
  private static final Map<String, Level> LEVELS =
      Map.of(
          "error", Level.SEVERE,
          "warn", Level.WARNING,
          "info", Level.INFO,
          "debug", Level.FINE,
          "trace", Level.FINER);

  /** Loggers whose levels were set: they are forgotten with their levels if nobody holds them. */
  private final List<Logger> held = new ArrayList<>();

  /**
   * Sets a level.
   *
   * @param name of a logger; empty for all that have no level of their own
   * @return the level before
   * @throws IllegalArgumentException if there is no such level
   */
  public synchronized String set(String level, String name) {
    Level wanted = LEVELS.get(level);
    if (wanted == null) {
      throw new IllegalArgumentException(
          "\"" + level + "\" is no level; there are error, warn, info, debug, trace");
    }
    Logger logger = Logger.getLogger(name);
    String previous = word(effective(logger));
    held.add(logger);
    logger.setLevel(wanted);
    // Handlers have levels too, which would keep back what loggers let pass.
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      handler.setLevel(Level.ALL);
    }
    return previous;
  }

  private static Level effective(Logger logger) {
    @Nullable Logger at = logger;
    while (at != null) {
      if (at.getLevel() != null) {
        return at.getLevel();
      }
      at = at.getParent();
    }
    return Level.INFO;
  }

  static String word(Level level) {
    int value = level.intValue();
    if (value >= Level.SEVERE.intValue()) {
      return "error";
    } else if (value >= Level.WARNING.intValue()) {
      return "warn";
    } else if (value >= Level.CONFIG.intValue()) {
      return "info";
    }
    return value >= Level.FINE.intValue() ? "debug" : "trace";
  }
}
