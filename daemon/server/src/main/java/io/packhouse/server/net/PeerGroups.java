package io.packhouse.server.net;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.HashSet;
import java.util.Set;

/**
 * The supplementary groups of the process at the other end of a Unix socket, as they were when it
 * connected: {@code SO_PEERGROUPS} of socket(7), Linux 4.13 and later. Netty tells the first group
 * alone.
 */
final class PeerGroups {
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERGROUPS = 59;
  private static final int ERANGE = 34;
  private static final int ENOPROTOOPT = 92;

  /** Most have fewer; the system lets a process have 65,536. */
  private static final int USUAL = 64;

  private static final int MOST = 65_536;

  private static final MethodHandle GETSOCKOPT = getsockopt();
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private PeerGroups() {}

  @SuppressWarnings("restricted") // the launcher lets us call native code
  private static MethodHandle getsockopt() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("getsockopt"),
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.ADDRESS),
        Linker.Option.captureCallState("errno"));
  }

  /**
   * The groups, in a set of the caller's.
   *
   * @param socket the file descriptor of the connection
   * @throws IOException if the system does not tell
   */
  static Set<Long> of(int socket) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment length = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
      int room = USUAL;
      while (true) {
        MemorySegment groups = arena.allocate(ValueLayout.JAVA_INT, room);
        length.set(ValueLayout.JAVA_INT, 0, Math.toIntExact(groups.byteSize()));
        int result =
            (int) GETSOCKOPT.invokeExact(errno, socket, SOL_SOCKET, SO_PEERGROUPS, groups, length);
        int count = length.get(ValueLayout.JAVA_INT, 0) / Integer.BYTES;
        if (result == 0) {
          Set<Long> found = new HashSet<>();
          for (int i = 0; i < Math.min(count, room); i++) {
            found.add(Integer.toUnsignedLong(groups.getAtIndex(ValueLayout.JAVA_INT, i)));
          }
          return found;
        }
        int error = (int) ERRNO.get(errno, 0L);
        if (error == ENOPROTOOPT) {
          return new HashSet<>(); // an older system: it lets in fewer, not more
        }
        if (error != ERANGE || count <= room || count > MOST) {
          throw new IOException("the groups of a caller cannot be told, errno " + error);
        }
        room = count;
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
