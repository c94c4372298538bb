package io.packhouse.benchmarks.parts;

import io.packhouse.engine.memory.SlotPool;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What taking a slot and handing it on costs: once a slot, which holds many small files. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HandOff {
  private static final int SLOTS = 24;
  private static final int STOP = -1;

  private final SlotPool pool = new SlotPool(SLOTS, 4096);
  private final ArrayBlockingQueue<Integer> queue = new ArrayBlockingQueue<>(SLOTS);
  private final Thread receiver = new Thread(this::releaseAll, "receiver");

  /** Starts the thread that slots are handed to. */
  @Setup
  public void start() {
    receiver.start();
  }

  private void releaseAll() {
    try {
      for (int slot = queue.take(); slot != STOP; slot = queue.take()) {
        pool.release(slot);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("the receiver was interrupted", e);
    }
  }

  /** Within one thread, while no other wants any. */
  @Benchmark
  public int takeAndRelease() throws InterruptedException {
    int slot = pool.take();
    pool.release(slot);
    return slot;
  }

  /** To another thread, which releases it; waits for that one when all slots are under way. */
  @Benchmark
  public int takeAndHandOn() throws InterruptedException {
    int slot = pool.take();
    queue.put(slot);
    return slot;
  }

  /** Ends the receiver. */
  @TearDown
  public void stop() throws InterruptedException {
    queue.put(STOP);
    receiver.join();
    pool.close();
  }
}
