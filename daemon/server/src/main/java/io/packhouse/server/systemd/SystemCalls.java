package io.packhouse.server.systemd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;

/**
 * The calls of the system that Java has no way to. Linux; the numbers are the same on x86-64 and
 * ARM64. Descriptors are not blocking for long: none of these calls waits. Thread-safe.
 */
final class SystemCalls {
  static final int AF_UNIX = 1;
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int SOCK_STREAM = 1;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int SO_TYPE = 3;
  static final int SO_ACCEPTCONN = 30;
  static final int SO_DOMAIN = 39;

  private static final int SOL_SOCKET = 1;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int F_SETFD = 2;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int FD_CLOEXEC = 1;
  private static final int O_NONBLOCK = 0x800;
  private static final int CLOCK_MONOTONIC = 1;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final MemoryLayout POINTER = ValueLayout.ADDRESS;

  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle SOCKET =
      handle("socket", FunctionDescriptor.of(INT, INT, INT, INT));
  private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle SENDTO =
      handle("sendto", FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT, POINTER, INT));
  private static final MethodHandle GETSOCKOPT =
      handle("getsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, POINTER));
  private static final MethodHandle GETSOCKNAME =
      handle("getsockname", FunctionDescriptor.of(INT, INT, POINTER, POINTER));
  private static final MethodHandle FCNTL =
      handle("fcntl", FunctionDescriptor.of(INT, INT, INT, INT), Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOCK_GETTIME =
      handle("clock_gettime", FunctionDescriptor.of(INT, INT, POINTER));

  private SystemCalls() {}

  @SuppressWarnings("restricted")
  private static MethodHandle handle(
      String name, FunctionDescriptor shape, Linker.Option... further) {
    Linker linker = Linker.nativeLinker();
    Linker.Option[] options = new Linker.Option[further.length + 1];
    options[0] = Linker.Option.captureCallState("errno");
    System.arraycopy(further, 0, options, 1, further.length);
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape, options);
  }

  /** A call that has not been made yet, with where its errno goes. */
  private interface Call {
    long make(Arena arena, MemorySegment state) throws Throwable;
  }

  private static long call(String what, Call call) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
      long result = call.make(arena, state);
      if (result < 0) {
        throw new IOException(what + ": errno " + (int) ERRNO.get(state, 0L));
      }
      return result;
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(what + " cannot be called", e);
    }
  }

  /**
   * Makes a socket that children do not inherit.
   *
   * @return its descriptor
   */
  static int socket(int family, int type) throws IOException {
    return (int)
        call(
            "socket",
            (_, state) -> (int) SOCKET.invokeExact(state, family, type | SOCK_CLOEXEC, 0));
  }

  static void close(int descriptor) throws IOException {
    call("close", (_, state) -> (int) CLOSE.invokeExact(state, descriptor));
  }

  /**
   * Sends a datagram.
   *
   * @param address a {@code sockaddr} of just its length
   */
  static void send(int descriptor, byte[] message, byte[] address) throws IOException {
    call(
        "sendto",
        (arena, state) -> {
          MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, message);
          MemorySegment to = arena.allocateFrom(ValueLayout.JAVA_BYTE, address);
          return (long)
              SENDTO.invokeExact(
                  state,
                  descriptor,
                  bytes,
                  (long) message.length,
                  MSG_NOSIGNAL,
                  to,
                  address.length);
        });
  }

  /** The value of an option of {@code SOL_SOCKET} that is a number. */
  static int option(int descriptor, int option) throws IOException {
    return (int)
        call(
            "getsockopt",
            (arena, state) -> {
              MemorySegment value = arena.allocate(INT);
              MemorySegment length = arena.allocateFrom(INT, Integer.BYTES);
              int result =
                  (int)
                      GETSOCKOPT.invokeExact(state, descriptor, SOL_SOCKET, option, value, length);
              return result < 0 ? result : value.get(INT, 0);
            });
  }

  /**
   * Where a socket is bound.
   *
   * @return its {@code sockaddr}, of just its length
   */
  static byte[] name(int descriptor) throws IOException {
    byte[] address = new byte[128];
    int length =
        (int)
            call(
                "getsockname",
                (arena, state) -> {
                  MemorySegment name = arena.allocate(address.length);
                  MemorySegment size = arena.allocateFrom(INT, address.length);
                  int result = (int) GETSOCKNAME.invokeExact(state, descriptor, name, size);
                  MemorySegment.copy(name, ValueLayout.JAVA_BYTE, 0, address, 0, address.length);
                  return result < 0 ? result : size.get(INT, 0);
                });
    return java.util.Arrays.copyOf(address, Math.min(length, address.length));
  }

  /** Has a descriptor not be inherited by children, and not wait. */
  static void makeOurs(int descriptor) throws IOException {
    call("fcntl", (_, state) -> (int) FCNTL.invokeExact(state, descriptor, F_SETFD, FD_CLOEXEC));
    int flags =
        (int) call("fcntl", (_, state) -> (int) FCNTL.invokeExact(state, descriptor, F_GETFL, 0));
    call(
        "fcntl",
        (_, state) -> (int) FCNTL.invokeExact(state, descriptor, F_SETFL, flags | O_NONBLOCK));
  }

  /** Microseconds of the clock that systemd compares with. */
  static long monotonicMicros() throws IOException {
    return call(
        "clock_gettime",
        (arena, state) -> {
          MemorySegment time = arena.allocate(LONG, 2);
          int result = (int) CLOCK_GETTIME.invokeExact(state, CLOCK_MONOTONIC, time);
          return result < 0
              ? result
              : TimeUnit.SECONDS.toMicros(time.getAtIndex(LONG, 0))
                  + TimeUnit.NANOSECONDS.toMicros(time.getAtIndex(LONG, 1));
        });
  }
}
