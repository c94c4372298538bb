package io.packhouse.remote;

import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Makes calls again that failed for a passing reason: the daemon restarts, or is busy. Only for
 * calls that may be made twice.
 */
final class Retries {
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final int attempts;
  private final Duration firstPause;

  Retries(ClientOptions options) {
    this.attempts = options.attempts();
    this.firstPause = options.firstPause();
  }

  /**
   * Makes a call.
   *
   * @throws RemoteException if it fails for good, or each time
   */
  <T> T call(Callable<T> call) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return call.call();
      } catch (StatusException | StatusRuntimeException e) {
        RemoteException failure = RemoteException.of(e);
        if (attempt >= attempts || !failure.isTransient()) {
          throw failure;
        }
        Thread.sleep(pause(attempt, failure));
      } catch (IOException | InterruptedException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
  }

  /** Twice as long each time, a random part of it shorter so that clients do not come at once. */
  Duration pause(int attempt, RemoteException failure) {
    Duration told = failure.retryAfter();
    Duration pause = firstPause.multipliedBy(1L << Math.min(attempt - 1, 16));
    if (told != null && told.compareTo(pause) > 0) {
      pause = told;
    }
    pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    long millis = pause.toMillis();
    return Duration.ofMillis(millis - ThreadLocalRandom.current().nextLong(millis / 4 + 1));
  }

  int attempts() {
    return attempts;
  }
}
