package io.packhouse.engine.fs.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.packhouse.engine.fs.Errno;
import io.packhouse.engine.fs.PathText;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Users, or groups, by the C library, which knows directory services. {@code struct passwd} and
 * {@code struct group} agree in what is needed: the name's address at 0, the number (u32) at 16.
 * Thread-safe; answers are kept.
 */
final class LinuxAccounts {

  private static final int FIRST_BUFFER = 1 << 12;
  private static final int LAST_BUFFER = 1 << 24;

  private final String byNumber;
  private final String byName;
  private final Map<Long, Optional<String>> names = new ConcurrentHashMap<>();
  private final Map<String, Long> numbers = new ConcurrentHashMap<>();

  /** The last answer: trees mostly have one owner. */
  private volatile @Nullable Answer last;

  private LinuxAccounts(String byNumber, String byName) {
    this.byNumber = byNumber;
    this.byName = byName;
  }

  static LinuxAccounts users() {
    return new LinuxAccounts("getpwuid_r", "getpwnam_r");
  }

  static LinuxAccounts groups() {
    return new LinuxAccounts("getgrgid_r", "getgrnam_r");
  }

  @Nullable String name(long number) {
    Answer answer = last;
    if (answer == null || answer.number != number) {
      Optional<String> name = names.computeIfAbsent(number, this::lookUp);
      answer = new Answer(number, name.orElse(null));
      last = answer;
    }
    return answer.name;
  }

  long find(String name) {
    return numbers.computeIfAbsent(name, this::lookUp);
  }

  private Optional<String> lookUp(long number) {
    if (number < 0 || number > 0xffff_ffffL) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      Account account = call(arena, byNumber, number);
      return account == null ? Optional.empty() : Optional.ofNullable(account.name);
    }
  }

  private long lookUp(String name) {
    if (name.isEmpty() || name.indexOf(0) >= 0) {
      return -1;
    }
    try (Arena arena = Arena.ofConfined()) {
      Account account = call(arena, byName, arena.allocateFrom(name).address());
      return account == null ? -1 : account.number;
    }
  }

  private static @Nullable Account call(Arena arena, String function, long key) {
    MemorySegment address = LinuxCalls.function(function);
    if (address == null) {
      return null;
    }
    MemorySegment struct = arena.allocate(64, 8);
    MemorySegment found = arena.allocate(8, 8);
    Scratch scratch = Scratch.take();
    try {
      for (int size = FIRST_BUFFER; size <= LAST_BUFFER; size *= 4) {
        MemorySegment buffer = arena.allocate(size);
        long result =
            LinuxCalls.invoke(
                address, scratch, key, struct.address(), buffer, size, found.address(), 0);
        if ((int) result == Errno.ERANGE || (int) result == Errno.EINTR) {
          continue;
        }
        if ((int) result != 0 || found.get(JAVA_LONG, 0) == 0) {
          return null;
        }
        long offset = struct.get(JAVA_LONG, 0) - buffer.address();
        boolean inside = offset >= 0 && offset < size;
        String name = inside ? text(buffer.asSlice(offset)) : null;
        return new Account(name, Integer.toUnsignedLong(struct.get(JAVA_INT, 16)));
      }
      return null;
    } finally {
      scratch.give();
    }
  }

  /** The C string at the segment's begin; null where it does not end or is not UTF-8. */
  private static @Nullable String text(MemorySegment segment) {
    for (long length = 0; length < segment.byteSize(); length++) {
      if (segment.get(JAVA_BYTE, length) == 0) {
        byte[] bytes = segment.asSlice(0, length).toArray(JAVA_BYTE);
        return PathText.isUtf8(bytes) ? new String(bytes, StandardCharsets.UTF_8) : null;
      }
    }
    return null;
  }

  private record Account(@Nullable String name, long number) {}

  private record Answer(long number, @Nullable String name) {}
}
