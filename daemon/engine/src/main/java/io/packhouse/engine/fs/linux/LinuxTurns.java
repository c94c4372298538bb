package io.packhouse.engine.fs.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The time slice that a thread asks of Linux's scheduler. Since Linux 6.12 threads of the ordinary
 * policy have their own ({@code sched_runtime} of {@code sched_setattr(2)}, 0.1 to 100 ms); one
 * that wakes up takes the processor from one whose slice is longer, if it has had less than its
 * share. Older kernels pass it over. Thread-safe.
 *
 * <p>Layout of {@code struct sched_attr}: {@code linux/sched/types.h}, of which the first version,
 * 48 bytes, is used.
 */
final class LinuxTurns {
  private static final int ATTRIBUTE_BYTES = 48;
  private static final int POLICY = 4;
  private static final int FLAGS = 8;
  private static final int RUNTIME = 24;
  private static final int SCHED_OTHER = 0;

  /**
   * Threads that this one starts have the usual slice. Only root can take it back, which nobody
   * needs.
   */
  private static final long SCHED_FLAG_RESET_ON_FORK = 1;

  private static final long LONG_NANOS = 100_000_000;
  private static final long DEFAULT = 0;

  private LinuxTurns() {}

  /** Sets the slice of the calling thread, and leaves its policy and priority as they are. */
  static void set(boolean preferLong) {
    Scratch scratch = Scratch.take();
    try {
      MemorySegment attributes = read(scratch);
      // Another policy has no slice of this kind; whoever chose it knows better.
      if (attributes == null || attributes.get(JAVA_INT, POLICY) != SCHED_OTHER) {
        return;
      }
      attributes.set(JAVA_LONG, FLAGS, SCHED_FLAG_RESET_ON_FORK);
      attributes.set(JAVA_LONG, RUNTIME, preferLong ? LONG_NANOS : DEFAULT);
      // Refused, as by a seccomp profile, it is as with an older kernel.
      LinuxCalls.call(scratch, LinuxCalls.SCHED_SETATTR, 0, attributes, 0, 0, 0);
    } finally {
      scratch.give();
    }
  }

  /** The slice of the calling thread, in nanoseconds; 0 where the system does not tell. */
  static long nanos() {
    Scratch scratch = Scratch.take();
    try {
      MemorySegment attributes = read(scratch);
      return attributes == null ? 0 : attributes.get(JAVA_LONG, RUNTIME);
    } finally {
      scratch.give();
    }
  }

  private static @Nullable MemorySegment read(Scratch scratch) {
    MemorySegment attributes = scratch.small.asSlice(0, ATTRIBUTE_BYTES);
    int length = ATTRIBUTE_BYTES;
    long result = LinuxCalls.call(scratch, LinuxCalls.SCHED_GETATTR, 0, attributes, length, 0, 0);
    return result < 0 ? null : attributes;
  }
}
