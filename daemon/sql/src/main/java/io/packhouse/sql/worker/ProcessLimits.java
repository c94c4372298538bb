package io.packhouse.sql.worker;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/**
 * Has the system refuse memory to this process. DuckDB's own limit is of what its buffer manager
 * knows; a {@code repeat('x', 2e9)} goes past it.
 */
final class ProcessLimits {
  /**
   * Linux counts private writable memory, as it is handed out, and not what is merely reserved: the
   * JVM reserves gigabytes.
   */
  private static final int RLIMIT_DATA = 2;

  private static final int RLIMIT_CORE = 4;

  private ProcessLimits() {}

  /** From now on the process gets no more than this, and leaves no core; nothing can undo it. */
  static void set(long memoryBytes) throws IOException {
    if (System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux")) {
      set(RLIMIT_DATA, memoryBytes);
      set(RLIMIT_CORE, 0);
    }
  }

  @SuppressWarnings("restricted")
  private static void set(int resource, long limit) throws IOException {
    Linker linker = Linker.nativeLinker();
    MethodHandle setrlimit =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("setrlimit"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment both = arena.allocateFrom(ValueLayout.JAVA_LONG, limit, limit);
      if ((int) setrlimit.invokeExact(resource, both) != 0) {
        throw new IOException("the system does not limit resource " + resource + " to " + limit);
      }
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException("setrlimit cannot be called", e);
    }
  }
}
