package io.packhouse.engine.read.verify;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BlobCodec;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.SlicedDigest;
import io.packhouse.engine.read.memory.BufferPool;
import io.packhouse.engine.read.memory.Decoder;
import io.packhouse.engine.read.memory.ReadMemory;
import io.packhouse.engine.read.parts.BlobChain;
import io.packhouse.engine.read.parts.BlobReader;
import io.packhouse.engine.read.parts.BlobTable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Checks a sliced file, extent by extent on any threads. Of several extents that are damaged the
 * first in the file is told, whoever came first. Thread-safe.
 */
final class SlicedCheck {
  private final Entry entry;
  private final SlicedDigest digest;
  private final BlobChain blobs;
  private final ReadMemory memory;
  private final AtomicInteger left;

  @GuardedBy("this")
  private @Nullable IOException failure;

  @GuardedBy("this")
  private int failedExtent = Integer.MAX_VALUE;

  /**
   * @param entry whose extents were checked, and which has a digest
   */
  SlicedCheck(Entry entry, SlicedDigest digest, BlobChain blobs, ReadMemory memory) {
    this.entry = entry;
    this.digest = digest;
    this.blobs = blobs;
    this.memory = memory;
    this.left = new AtomicInteger(entry.extentCount());
  }

  /**
   * Checks an extent.
   *
   * @param position of its first byte in the file
   * @return whether it was the last to be checked: then call {@link #finish}
   * @throws IOException if it cannot be read; damage is told at the end
   */
  boolean check(int extent, long position) throws IOException {
    try {
      hash(extent, position);
    } catch (CorruptArchiveException | UnsupportedFormatException e) {
      fail(extent, e);
    }
    return left.decrementAndGet() == 0;
  }

  private synchronized void fail(int extent, IOException damage) {
    if (extent < failedExtent) {
      failedExtent = extent;
      failure = damage;
    }
  }

  private void hash(int extent, long position) throws IOException {
    long blob = entry.extentBlob(extent);
    long length = entry.extentLength(extent);
    if (blob == ArchiveFormat.ZEROS) {
      hashZeros(position, position + length);
      return;
    }
    BlobReader from = blobs.reader(blob);
    long ordinal = blobs.ordinal(blob);
    BlobTable table = from.table();
    if (table.codec(ordinal) == BlobCodec.RAW && length == table.decodedLength(ordinal)) {
      long counter = SlicedDigest.chunkCounter(position);
      from.checkSlice(ordinal, counter, digest.values(), digest.valueOffset(position));
      return;
    }
    long offset = entry.extentOffset(extent);
    Decoder decoder = memory.decoders().take();
    try (BufferPool.Buffer buffer = from.acquire(ordinal, offset + length)) {
      digest.hash(decoder.hasher(), buffer.segment(), offset, length, position);
    } finally {
      memory.decoders().give(decoder);
    }
  }

  private void hashZeros(long start, long end) throws IOException {
    int slice = digest.sliceLength();
    Decoder decoder = memory.decoders().take();
    try (BufferPool.Buffer buffer = memory.buffers().take(slice)) {
      MemorySegment zeros = buffer.segment().fill((byte) 0);
      for (long at = start; at < end; at += slice) {
        // A hole reads nothing, and may be long: closing the archive must end it too.
        blobs.own().ensureOpen();
        digest.hash(decoder.hasher(), zeros, 0, Math.min(slice, end - at), at);
      }
    } finally {
      memory.decoders().give(decoder);
    }
  }

  /** Fails with the first damage, or where the whole file's digest is wrong. */
  synchronized void finish() throws IOException {
    if (failure != null) {
      throw failure;
    }
    Decoder decoder = memory.decoders().take();
    try {
      byte[] expected = entry.blake3();
      if (expected != null) {
        Decoder.requireEqual(expected, digest.digest(decoder.hasher()), entry.place());
      }
    } finally {
      memory.decoders().give(decoder);
    }
  }
}
