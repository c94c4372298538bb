package io.packhouse.engine.restore;

import io.packhouse.engine.codec.blake3.PieceHasher;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BlobCodec;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.BlobInfo;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.SlicedDigest;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Writes and hashes one extent of a sliced file: a slice, or a hole of one or more. */
final class SliceTask implements Task {
  private final SlicedFile file;
  private final int extent;
  private final long position;

  SliceTask(SlicedFile file, int extent, long position) {
    this.file = file;
    this.extent = extent;
    this.position = position;
  }

  @Override
  public void run(Worker worker) throws InterruptedException {
    worker.job.tally().current = file.planned.path();
    try {
      OpenFile open = file.open();
      if (open != null) {
        if (file.planned.entry().extentBlob(extent) == ArchiveFormat.ZEROS) {
          hashZeros(worker);
        } else {
          writeBlob(worker, open);
        }
      }
    } catch (IOException e) {
      file.fail(e);
    } finally {
      file.extentDone(worker);
    }
  }

  private void writeBlob(Worker worker, OpenFile open) throws IOException, InterruptedException {
    Job job = worker.job;
    ArchiveReader reader = job.reader();
    Entry entry = file.planned.entry();
    BlobInfo blob = reader.blob(entry.extentBlob(extent));
    long offset = entry.extentOffset(extent);
    long length = entry.extentLength(extent);
    if (offset > blob.decodedLength() - length) {
      throw new CorruptArchiveException(
          blob.archive(),
          blob.offset(),
          entry.path()
              + ": extent "
              + extent
              + " is ["
              + offset
              + ", +"
              + length
              + ") of blob "
              + blob.number()
              + ", which has "
              + blob.decodedLength()
              + " bytes");
    }
    if (blob.codec() == BlobCodec.RAW) {
      copyRaw(worker, open, blob.number(), offset, length);
      return;
    }
    BlobBuffers.Buffer buffer = job.buffers().take(blob.decodedLength());
    try {
      reader.readBlob(blob.number(), buffer.segment);
      open.write(buffer.segment, offset, length, position);
      file.digest.hash(worker.hasher, buffer.segment, offset, length, position);
    } finally {
      job.buffers().give(buffer);
    }
  }

  /**
   * Copies a slice through a buffer that stays in the processor's cache. The blob's digest is left
   * unchecked, since that of the file covers the same bytes.
   */
  private void copyRaw(Worker worker, OpenFile open, long blob, long offset, long length)
      throws IOException, InterruptedException {
    Job job = worker.job;
    PieceHasher pieces = worker.pieces;
    pieces.begin(length, SlicedDigest.chunkCounter(position));
    BlobBuffers.Buffer buffer = job.buffers().take(Math.min(length, PieceHasher.PIECE_LENGTH));
    try {
      long done = 0;
      for (int piece = pieces.nextLength(); piece > 0; piece = pieces.nextLength()) {
        job.reader().readUnchecked(blob, offset + done, buffer.segment.asSlice(0, piece));
        pieces.add(buffer.segment, 0);
        open.write(buffer.segment, 0, piece, position + done);
        done += piece;
      }
    } finally {
      job.buffers().give(buffer);
    }
    pieces.chainingValue(file.digest.values(), file.digest.valueOffset(position));
  }

  private void hashZeros(Worker worker) throws InterruptedException {
    Job job = worker.job;
    int slice = file.digest.sliceLength();
    BlobBuffers.Buffer buffer = job.buffers().take(slice);
    try {
      MemorySegment zeros = buffer.segment.asSlice(0, slice).fill((byte) 0);
      long end = position + file.planned.entry().extentLength(extent);
      for (long at = position; at < end && !job.tally().isStopped(); at += slice) {
        long length = Math.min(slice, end - at);
        file.digest.hash(worker.hasher, zeros, 0, length, at);
      }
    } finally {
      job.buffers().give(buffer);
    }
  }

  @Override
  public void abandon() {
    file.abandoned();
  }
}
