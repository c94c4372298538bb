package io.packhouse.server.systemd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What systemd does with sockets, in a test: it binds them, listens, keeps them and receives. */
public final class TestSockets {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final MethodHandle BIND = handle("bind", INT, INT, ValueLayout.ADDRESS, INT);
  private static final MethodHandle LISTEN = handle("listen", INT, INT, INT);
  private static final MethodHandle DUP = handle("dup", INT, INT);
  private static final MethodHandle RECV =
      handle("recv", ValueLayout.JAVA_LONG, INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, INT);

  private TestSockets() {}

  @SuppressWarnings("restricted")
  private static MethodHandle handle(String name, ValueLayout result, ValueLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }

  private static byte[] unix(byte[] name) {
    return ByteBuffer.allocate(Short.BYTES + name.length)
        .order(ByteOrder.nativeOrder())
        .putShort((short) SystemCalls.AF_UNIX)
        .put(name)
        .array();
  }

  /** A datagram socket with this name, of which @ at the beginning stands for a NUL. */
  static int receiver(String name) throws IOException {
    int descriptor = SystemCalls.socket(SystemCalls.AF_UNIX, SystemCalls.SOCK_DGRAM);
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    bytes[0] = bytes[0] == '@' ? 0 : bytes[0];
    bind(descriptor, unix(bytes));
    return descriptor;
  }

  /** A socket that listens at a path. */
  public static int listener(Path path) throws IOException {
    return listener(SystemCalls.AF_UNIX, unix((path + "\0").getBytes(StandardCharsets.UTF_8)));
  }

  /** A socket that listens at a port, 0 for any, of 127.0.0.1 or of all addresses. */
  public static int tcpListener(boolean loopback, int port) throws IOException {
    byte[] address = new byte[16];
    ByteBuffer.wrap(address)
        .order(ByteOrder.nativeOrder())
        .putShort((short) SystemCalls.AF_INET)
        .order(ByteOrder.BIG_ENDIAN)
        .putShort((short) port)
        .putInt(loopback ? 0x7F000001 : 0);
    return listener(SystemCalls.AF_INET, address);
  }

  static int listener(int family, byte[] address) throws IOException {
    int descriptor = SystemCalls.socket(family, SystemCalls.SOCK_STREAM);
    bind(descriptor, address);
    call("listen", () -> (int) LISTEN.invokeExact(descriptor, 100));
    return descriptor;
  }

  static int bound(Path path) throws IOException {
    int descriptor = SystemCalls.socket(SystemCalls.AF_UNIX, SystemCalls.SOCK_STREAM);
    bind(descriptor, unix((path + "\0").getBytes(StandardCharsets.UTF_8)));
    return descriptor;
  }

  static int abstractListener(String name) throws IOException {
    return listener(SystemCalls.AF_UNIX, unix(("\0" + name).getBytes(StandardCharsets.UTF_8)));
  }

  /** What a service gets: systemd keeps the other. */
  public static int copy(int descriptor) throws IOException {
    return call("dup", () -> (int) DUP.invokeExact(descriptor));
  }

  public static void close(int descriptor) throws IOException {
    SystemCalls.close(descriptor);
  }

  /** Waits for a datagram. */
  static String receive(int descriptor) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(4096);
      int length = call("recv", () -> (int) (long) RECV.invokeExact(descriptor, buffer, 4096L, 0));
      return new String(
          buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }
  }

  private static void bind(int descriptor, byte[] address) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocateFrom(ValueLayout.JAVA_BYTE, address);
      call("bind", () -> (int) BIND.invokeExact(descriptor, segment, address.length));
    }
  }

  private interface Call {
    int make() throws Throwable;
  }

  private static int call(String what, Call call) throws IOException {
    try {
      int result = call.make();
      if (result < 0) {
        throw new IOException(what + " failed");
      }
      return result;
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException(e);
    }
  }
}
