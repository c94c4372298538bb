package io.packhouse.engine.codec.blake3;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;

/** Messages and implementations for the tests of this package. */
final class Inputs {

  private Inputs() {}

  /** Both implementations; Java alone where no native one is usable. */
  static List<Blake3> implementations() {
    Blake3 system = Blake3.choose(null);
    return system.isNative() ? List.of(system, Blake3.java()) : List.of(Blake3.java());
  }

  /** The BLAKE3 team's test input. */
  static MemorySegment pattern(Arena arena, int length) {
    MemorySegment source = arena.allocate(length);
    for (int i = 0; i < length; i++) {
      source.set(ValueLayout.JAVA_BYTE, i, (byte) (i % 251));
    }
    return source;
  }

  static MemorySegment random(Arena arena, long length, Random random) {
    byte[] bytes = new byte[Math.toIntExact(length)];
    random.nextBytes(bytes);
    MemorySegment source = arena.allocate(length);
    source.copyFrom(MemorySegment.ofArray(bytes));
    return source;
  }

  /** The digest by an implementation that is not ours. */
  static byte[] oracle(MemorySegment source, long offset, long length) {
    io.github.rctcwyvrn.blake3.Blake3 oracle = io.github.rctcwyvrn.blake3.Blake3.newInstance();
    oracle.update(source.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
    return oracle.digest();
  }
}
