package io.packhouse.engine.read;

import io.github.rctcwyvrn.blake3.Blake3;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** BLAKE3 with 256 bits of output. Belongs to one thread at a time. */
final class Digester {
  private Blake3 state = Blake3.newInstance();

  byte[] digest(MemorySegment bytes) {
    reset();
    update(bytes);
    return finish();
  }

  void reset() {
    state = Blake3.newInstance();
  }

  void update(MemorySegment bytes) {
    state.update(bytes.toArray(ValueLayout.JAVA_BYTE));
  }

  byte[] finish() {
    return state.digest();
  }
}
