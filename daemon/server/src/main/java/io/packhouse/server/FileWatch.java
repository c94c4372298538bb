package io.packhouse.server;

import io.packhouse.server.net.TlsIdentity;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Notices new certificates: they are renewed by programs that do not know of the daemon. */
final class FileWatch implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(FileWatch.class.getName());
  private static final long PERIOD_SECONDS = 10;

  private @Nullable Future<?> looking;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "packhoused-watch");
            thread.setDaemon(true);
            return thread;
          });

  FileWatch(@Nullable TlsIdentity tls) {
    if (tls != null) {
      looking =
          timer.scheduleWithFixedDelay(
              () -> look(tls), PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static void look(TlsIdentity tls) {
    try {
      if (tls.reload()) {
        LOG.log(System.Logger.Level.INFO, "new certificates for TLS are in force");
      }
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.ERROR, "certificates for TLS stay as they were: {0}", e.getMessage());
    }
  }

  @Override
  public void close() {
    if (looking != null) {
      looking.cancel(false);
    }
    timer.shutdown();
  }
}
