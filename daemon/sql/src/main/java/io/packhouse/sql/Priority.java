package io.packhouse.sql;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Lowers the priority of processes. Nobody but root can raise it again. Linux only. */
public final class Priority {
  private static final int PRIO_PROCESS = 0;

  /** A tenth of the share of others. */
  private static final int NICE = 10;

  private Priority() {}

  /**
   * All threads of a process, and those that they start from now on, get what others leave. Where
   * the system is not Linux nothing is done.
   *
   * @param pid ours, or of a process of the same user's; nothing is done for one that has ended
   * @throws IOException if the system refuses it
   */
  public static void lower(long pid) throws IOException {
    Path tasks = Path.of("/proc", Long.toString(pid), "task");
    if (!Files.isDirectory(tasks)) {
      return;
    }
    MethodHandle setpriority = setpriority();
    Set<Path> seen = new HashSet<>();
    // What a thread starts meanwhile may have its priority of before.
    for (boolean more = true; more; ) {
      more = false;
      for (Path thread : threads(tasks)) {
        if (seen.add(thread)) {
          more = true;
          lowerThread(thread, setpriority);
        }
      }
    }
  }

  private static List<Path> threads(Path tasks) throws IOException {
    try (Stream<Path> threads = Files.list(tasks)) {
      return threads.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle setpriority() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("setpriority"),
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT));
  }

  /**
   * @param thread its directory; the number of a thread that has ended is in no use so soon
   */
  private static void lowerThread(Path thread, MethodHandle setpriority) throws IOException {
    int id = Integer.parseInt(thread.getFileName().toString());
    try {
      if (nice(thread) >= NICE) {
        return; // and less would be more than it has, which is refused
      }
      if ((int) setpriority.invokeExact(PRIO_PROCESS, id, NICE) != 0 && Files.exists(thread)) {
        throw new IOException("the system does not lower the priority of thread " + id);
      }
    } catch (NoSuchFileException e) {
      return; // it has ended
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException("setpriority cannot be called", e);
    }
  }

  /** The 19th field of proc_pid_stat(5); the second, a name in parentheses, may hold anything. */
  private static int nice(Path thread) throws IOException {
    String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
    return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ", 18)[16]);
  }
}
