package io.packhouse.server.grpc;

import io.packhouse.v1.GetStatsResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What administrators have of a daemon. Thread-safe. */
public interface Administration {

  /**
   * How a drain stands.
   *
   * @param waitingFor calls and jobs under way
   * @param deadline when they are cancelled
   */
  record DrainState(long waitingFor, Instant deadline) {}

  /**
   * What became of a new configuration.
   *
   * @param applied keys whose new values are in force
   * @param needsRestart keys whose new values are not
   */
  record ReloadResult(List<String> applied, List<String> needsRestart) {
    public ReloadResult {
      applied = List.copyOf(applied);
      needsRestart = List.copyOf(needsRestart);
    }
  }

  /** The daemon's figures. */
  GetStatsResponse stats();

  /**
   * Ends the daemon once its work is done. Another drain goes on as the first was begun, sooner if
   * it gives less time.
   *
   * @param timeout how long work may go on; null for the configured time
   */
  DrainState drain(@Nullable Duration timeout);

  /**
   * Reads the configuration again.
   *
   * @throws IOException if it cannot be read or used, or there is no file; the old one goes on
   * @throws IllegalArgumentException if a value is out of range; the old one goes on
   */
  ReloadResult reload() throws IOException;

  /**
   * Says more or less in the log.
   *
   * @param level {@code error}, {@code warn}, {@code info}, {@code debug} or {@code trace}
   * @param logger empty for all
   * @return the level before
   * @throws IllegalArgumentException if there is no such level
   */
  String setLogLevel(String level, String logger);
}
