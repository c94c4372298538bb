package io.packhouse.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs shell commands one at a time and measures them with wait4(2). Linux, 64 bit.
 *
 * <p>The peak of a process's memory counts what it had before its exec, which for a child of this
 * JVM is the JVM's own memory. So commands are started by a shell that ends at once; they fall to
 * this process, which asked to be the reaper of its orphans, and which waits for them. Commands
 * wait at a gate, a FIFO, until that shell has ended: it would reap those that end before it. The
 * time starts when the gate opens, so it has none of the cost of starting them. Each has a process
 * group of its own, by which it is ended where it takes too long.
 */
@SuppressWarnings("restricted") // C functions are called
public final class ProcessMeter {
  private static final int PR_SET_CHILD_SUBREAPER = 36;
  private static final int EINTR = 4;
  private static final int ECHILD = 10;
  private static final int SIGKILL = 9;

  /** {@code struct rusage}: two times of seconds and microseconds, and 14 numbers, see wait4(2). */
  private static final long RUSAGE_LENGTH = 18 * Long.BYTES;

  private static final int USER = 0;
  private static final int SYSTEM = 2;
  private static final int MAX_RSS_KIB = 4;
  private static final int VOLUNTARY_SWITCHES = 16;
  private static final int INVOLUNTARY_SWITCHES = 17;

  private static final String STARTER =
      """
      gate=$1 errors=$2 script=$3; shift 3
      { read -r opened < "$gate"; eval "$script"; } < /dev/null > /dev/null 2> "$errors" & echo $!
      """;

  private static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private final ScheduledThreadPoolExecutor clock =
      new ScheduledThreadPoolExecutor(
          1, task -> Thread.ofPlatform().daemon().name("limit").unstarted(task));
  private final MethodHandle wait4;
  private final MethodHandle kill;
  private final MethodHandle setpgid;
  private final Path gate;
  private final Path errors;
  private final Map<String, String> environment;

  /**
   * @param work a directory for the gate, and for the standard error of commands
   * @param environment what commands get besides this process's environment
   * @throws IOException if this is not a 64-bit Linux
   */
  public ProcessMeter(Path work, Map<String, String> environment)
      throws IOException, InterruptedException {
    if (!System.getProperty("os.name").equals("Linux") || ValueLayout.ADDRESS.byteSize() != 8) {
      throw new IOException(
          "the comparison measures processes with wait4 as 64-bit Linux has it; this is "
              + System.getProperty("os.name"));
    }
    this.errors = work.resolve("errors.txt");
    this.gate = work.resolve("gate");
    this.environment = Map.copyOf(environment);
    Files.deleteIfExists(gate);
    Shell.Result made = new Shell(environment).run("mkfifo \"$1\"", gate);
    if (!made.ok()) {
      throw new IOException("cannot make a FIFO: " + made.firstLine());
    }
    Linker linker = Linker.nativeLinker();
    wait4 =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("wait4"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS),
            Linker.Option.captureCallState("errno"));
    FunctionDescriptor twoInts =
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    kill = linker.downcallHandle(linker.defaultLookup().findOrThrow("kill"), twoInts);
    setpgid = linker.downcallHandle(linker.defaultLookup().findOrThrow("setpgid"), twoInts);
    MethodHandle prctl =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("prctl"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    try {
      if ((int) prctl.invokeExact(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L) != 0) {
        throw new IOException("the kernel refuses PR_SET_CHILD_SUBREAPER");
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("prctl cannot be called", e);
    }
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroy),
                "end-commands"));
  }

  /**
   * Runs a command to its end. Its standard output goes nowhere.
   *
   * @param script shell text
   * @param arguments its {@code $1} and so on
   * @param limitSeconds when to kill it with all that it started; 0 for never
   * @throws IOException if it cannot be started; that it fails is told by the result
   */
  public Usage run(String script, List<String> arguments, int limitSeconds)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("sh", "-c", STARTER, "sh", gate.toString(), errors.toString(), script));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment usage = arena.allocate(RUSAGE_LENGTH, Long.BYTES);
      MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment state = arena.allocate(CALL_STATE);
      Process starter = builder.start();
      String answer =
          new String(starter.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      int starterCode = starter.waitFor();
      if (starterCode != 0) {
        throw new IOException("cannot start commands: sh ended with code " + starterCode);
      }
      int pid = Integer.parseInt(answer.strip());
      if (call(setpgid, pid, pid) != 0) {
        throw new IOException("cannot give process " + pid + " a group of its own");
      }
      long started;
      // Opening waits until the command has come to the gate.
      try (OutputStream opened = Files.newOutputStream(gate, StandardOpenOption.WRITE)) {
        started = System.nanoTime();
        opened.write('\n');
      }
      boolean limited = limitSeconds > 0;
      AtomicBoolean killed = new AtomicBoolean();
      ScheduledFuture<?> end =
          clock.schedule(
              () -> {
                killed.set(limited);
                return limited ? call(kill, -pid, SIGKILL) : 0;
              },
              limited ? limitSeconds : Integer.MAX_VALUE,
              TimeUnit.SECONDS);
      await(pid, status, usage, state);
      long wall = System.nanoTime() - started;
      end.cancel(false);
      if (killed.get()) {
        reap(pid, status, usage, state);
      }
      int word = status.get(ValueLayout.JAVA_INT, 0);
      int signal = word & 0x7f;
      return new Usage(
          wall,
          nanos(usage, USER),
          nanos(usage, SYSTEM),
          number(usage, MAX_RSS_KIB) << 10,
          number(usage, VOLUNTARY_SWITCHES),
          number(usage, INVOLUNTARY_SWITCHES),
          signal == 0 ? word >> 8 & 0xff : 128 + signal,
          killed.get(),
          firstComplaint());
    }
  }

  private void await(int pid, MemorySegment status, MemorySegment usage, MemorySegment state)
      throws IOException {
    int waited = waitFor(pid, status, usage, state);
    if (waited != pid) {
      throw new IOException("wait4 of process " + pid + " gave " + waited);
    }
  }

  /** Waits for all that is left of a group that was killed. */
  private void reap(int group, MemorySegment status, MemorySegment usage, MemorySegment state)
      throws IOException {
    while (waitFor(-group, status, usage, state) > 0) {
      // Its members fall to this process one by one.
    }
  }

  /** Returns what wait4 does, or the negative error number. */
  private int waitFor(int pid, MemorySegment status, MemorySegment usage, MemorySegment state)
      throws IOException {
    while (true) {
      int waited;
      try {
        waited = (int) wait4.invokeExact(state, pid, status, 0, usage);
      } catch (Throwable e) {
        throw new IllegalStateException("wait4 cannot be called", e);
      }
      int errno = (int) ERRNO.get(state, 0L);
      if (waited >= 0) {
        return waited;
      }
      if (errno == ECHILD) {
        return -errno;
      }
      if (errno != EINTR) {
        throw new IOException("wait4 of process " + pid + " gave errno " + errno);
      }
    }
  }

  private static int call(MethodHandle function, int first, int second) {
    try {
      return (int) function.invokeExact(first, second);
    } catch (Throwable e) {
      throw new IllegalStateException("a C function cannot be called", e);
    }
  }

  private String firstComplaint() throws IOException {
    String text = new String(Files.readAllBytes(errors), StandardCharsets.UTF_8);
    return text.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
  }

  private static long nanos(MemorySegment usage, int at) {
    return number(usage, at) * 1_000_000_000L + number(usage, at + 1) * 1_000L;
  }

  private static long number(MemorySegment usage, int at) {
    return usage.getAtIndex(ValueLayout.JAVA_LONG, at);
  }
}
