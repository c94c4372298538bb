package io.packhouse.server;

import io.grpc.BindableService;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.job.JobListener;
import io.packhouse.server.systemd.Watchdog;
import io.packhouse.v1.GetStatsResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A part of the daemon that serves calls. Its methods may be called by any thread. */
public interface Part extends AutoCloseable {

  /** What it serves; always the same. */
  List<BindableService> services();

  /**
   * Waits until it can serve.
   *
   * @param meanwhile told now and then how far it is
   */
  default void awaitReady(Consumer<String> meanwhile) throws InterruptedException {}

  /**
   * Something that shows that it works, and not only that it is there; empty where calls show that.
   */
  default Optional<Watchdog.Trial> trial() {
    return Optional.empty();
  }

  /** Takes no more work; what is under way goes on. */
  default void stopAdmission() {}

  /** Work under way, beside calls. */
  default long underWay() {
    return 0;
  }

  /** Ends the work under way soon; returns without waiting. */
  default void cancel() {}

  /** Adds what it has to say to the daemon's figures. */
  default void addStats(GetStatsResponse.Builder stats) {}

  /** Has the ends of its jobs be told, if it has jobs. */
  default void onJobEnd(JobListener listener) {}

  /**
   * Takes what it can of a new configuration.
   *
   * @return the keys or tables whose values are in force now, such as {@code catalog}
   * @throws IOException if the new configuration cannot be used; then the old one goes on
   */
  default Set<String> reload(Configuration configuration) throws IOException {
    return Set.of();
  }

  /** Ends it; no call is under way. Idempotent. */
  @Override
  void close() throws IOException;
}
