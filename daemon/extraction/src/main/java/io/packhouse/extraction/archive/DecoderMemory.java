package io.packhouse.extraction.archive;

import org.tukaani.xz.ArrayCache;

/**
 * What the dictionaries of one extraction's xz and lzma decoders take up together. Each is bounded
 * by itself, but archives in archives have one open at every level. Keeps no arrays. For one
 * thread.
 */
final class DecoderMemory extends ArrayCache {

  /** 80 MiB: what {@code xz -9} makes, and in it what {@code xz} makes by default. */
  private static final long LIMIT = 80 << 20;

  private long held;

  @Override
  public byte[] getByteArray(int size, boolean fillWithZeros) {
    take(size);
    return new byte[size];
  }

  @Override
  public void putArray(byte[] array) {
    held -= array.length;
  }

  @Override
  public int[] getIntArray(int size, boolean fillWithZeros) {
    take((long) size * Integer.BYTES);
    return new int[size];
  }

  @Override
  public void putArray(int[] array) {
    held -= (long) array.length * Integer.BYTES;
  }

  /** How much may be taken yet. */
  long free() {
    return LIMIT - held;
  }

  /** Counts what a native decoder has taken within {@link #free}, or given back. */
  void add(long bytes) {
    held += bytes;
  }

  private void take(long bytes) {
    if (held + bytes > LIMIT) {
      throw new IllegalStateException(
          "its dictionary and those of the streams around it take more than the limit of "
              + LIMIT
              + " bytes");
    }
    held += bytes;
  }
}
