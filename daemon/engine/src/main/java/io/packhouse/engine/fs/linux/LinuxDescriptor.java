package io.packhouse.engine.fs.linux;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * A file descriptor that is closed when its last holder leaves: handles, and calls that run. So a
 * descriptor's number is never reused by the system under a call. Thread-safe.
 */
final class LinuxDescriptor {

  private static final AtomicIntegerFieldUpdater<LinuxDescriptor> HOLDERS =
      AtomicIntegerFieldUpdater.newUpdater(LinuxDescriptor.class, "holders");

  private final int number;
  private volatile int holders = 1;

  /** Whether the directory's cursor has moved; guarded by this. */
  private boolean listed;

  LinuxDescriptor(int number) {
    this.number = number;
  }

  /**
   * Adds a holder.
   *
   * @return the descriptor's number, valid until {@link #leave}
   */
  int enter() {
    while (true) {
      int count = holders;
      if (count == 0) {
        throw new IllegalStateException("handle is closed");
      }
      if (HOLDERS.compareAndSet(this, count, count + 1)) {
        return number;
      }
    }
  }

  /** Ends a holder; returns the result of the close if that was the last, else 0. */
  long leave() {
    return HOLDERS.decrementAndGet(this) == 0 ? LinuxCalls.close(number) : 0;
  }

  /** Whether a listing must rewind first. To be called while synchronized on this. */
  boolean beginListing() {
    boolean moved = listed;
    listed = true;
    return moved;
  }
}
