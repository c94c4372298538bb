package io.packhouse.benchmarks.service;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Makes calls from several threads at once for a time, and tells how long each took. */
final class Clients {
  /** What is called again and again. */
  interface Call {
    /**
     * Makes the call, and waits for its end.
     *
     * @param client which of the clients calls, from 0
     */
    void run(int client) throws Exception;
  }

  /**
   * What came of it.
   *
   * @param seconds from the first call to the end of the last
   */
  record Run(Latencies latencies, double seconds) {
    double rate() {
      return latencies.count() / seconds;
    }
  }

  private Clients() {}

  /** Each client calls again as soon as it has its answer. */
  static Run closed(int clients, double seconds, Call call)
      throws IOException, InterruptedException {
    return run(clients, seconds, 0, call);
  }

  /**
   * Each client calls at times that are told by chance (a Poisson process), whether the last answer
   * was late or not: a call's time counts from when it was due.
   *
   * @param rate calls a second of all clients together
   */
  static Run paced(int clients, double seconds, double rate, Call call)
      throws IOException, InterruptedException {
    return run(clients, seconds, rate / clients, call);
  }

  private static Run run(int clients, double seconds, double ratePerClient, Call call)
      throws IOException, InterruptedException {
    List<Long> all = Collections.synchronizedList(new ArrayList<>());
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    List<Future<?>> ends = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
      for (int i = 0; i < clients; i++) {
        int client = i;
        ends.add(
            threads.submit(
                () -> {
                  SplittableRandom random = new SplittableRandom(client);
                  long due = System.nanoTime();
                  while (true) {
                    if (ratePerClient > 0) {
                      due += (long) (-Math.log1p(-random.nextDouble()) / ratePerClient * 1e9);
                      Thread.sleep(
                          java.time.Duration.ofNanos(Math.max(0, due - System.nanoTime())));
                    } else {
                      due = System.nanoTime();
                    }
                    if (due >= end) {
                      return null;
                    }
                    call.run(client);
                    all.add(System.nanoTime() - due);
                  }
                }));
      }
      for (Future<?> each : ends) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a call failed", e.getCause());
    }
    return new Run(new Latencies(all), (System.nanoTime() - start) / 1e9);
  }
}
