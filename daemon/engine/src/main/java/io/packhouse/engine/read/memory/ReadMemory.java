package io.packhouse.engine.read.memory;

/**
 * What an open archive is read with: its buffers and its decoders. Safe for concurrent use; closing
 * frees what lies idle, and what is in use once it comes back.
 */
public record ReadMemory(BufferPool buffers, DecoderPool decoders) implements AutoCloseable {

  /** Memory that keeps up to this many bytes of buffers that nobody uses. */
  public static ReadMemory keeping(long idleBytes) {
    return new ReadMemory(new BufferPool(idleBytes), new DecoderPool());
  }

  @Override
  public void close() {
    buffers.close();
    decoders.close();
  }
}
