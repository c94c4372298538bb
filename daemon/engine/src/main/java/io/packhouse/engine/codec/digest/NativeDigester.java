package io.packhouse.engine.codec.digest;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;

/** A digester of libcrypto: a context of its own, and room for a digest. */
final class NativeDigester extends Digester {
  private final NativeDigests library;
  private final long type;

  // Automatic, since closing a shared arena stops all threads for a moment, once a big file.
  private final MemorySegment out = Arena.ofAuto().allocate(DigestAlgorithm.MAX_LENGTH);

  /** 0 once it is closed. */
  private long context;

  private boolean begun;

  /**
   * @param type the library's implementation of the algorithm, never freed
   */
  NativeDigester(NativeDigests library, DigestAlgorithm algorithm, long type) {
    super(algorithm);
    this.library = library;
    this.type = type;
    context = library.newContext();
  }

  private void begin() {
    if (context == 0) {
      throw new IllegalStateException("the digester is closed");
    }
    if (!begun) {
      library.begin(context, type);
      begun = true;
    }
  }

  @Override
  void updateChecked(MemorySegment source, long offset, long length) {
    begin();
    try {
      library.update(context, source.address() + offset, length);
    } finally {
      // Only the address went in: memory of an automatic arena must outlive the call.
      Reference.reachabilityFence(source);
    }
  }

  @Override
  void finishChecked(byte[] target, int targetOffset) {
    begin();
    begun = false;
    library.finish(context, out.address());
    MemorySegment.copy(out, ValueLayout.JAVA_BYTE, 0, target, targetOffset, algorithm().length());
  }

  @Override
  public void reset() {
    begun = false;
  }

  @Override
  public void close() {
    long open = context;
    context = 0;
    if (open != 0) {
      library.freeContext(open);
    }
  }
}
