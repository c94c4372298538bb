package io.packhouse.engine.restore;

import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.BlobInfo;
import io.packhouse.engine.read.Entry;
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
          reader.path(),
          blob.offset(),
          entry.path()
              + ": extent "
              + extent
              + " is ["
              + offset
              + ", +"
              + length
              + ") of blob "
              + blob.ordinal()
              + ", which has "
              + blob.decodedLength()
              + " bytes");
    }
    BlobBuffers.Buffer buffer = job.buffers().take(blob.decodedLength());
    try {
      reader.readBlob(blob.ordinal(), buffer.segment);
      open.write(buffer.segment, offset, length, position);
      hash(worker, buffer.segment, offset, length, position);
    } finally {
      job.buffers().give(buffer);
    }
  }

  private void hashZeros(Worker worker) throws InterruptedException {
    Job job = worker.job;
    BlobBuffers.Buffer buffer = job.buffers().take(file.sliceLength);
    try {
      MemorySegment zeros = buffer.segment.asSlice(0, file.sliceLength).fill((byte) 0);
      long end = position + file.planned.entry().extentLength(extent);
      for (long at = position; at < end && !job.tally().isStopped(); at += file.sliceLength) {
        hash(worker, zeros, 0, Math.min(file.sliceLength, end - at), at);
      }
    } finally {
      job.buffers().give(buffer);
    }
  }

  private void hash(Worker worker, MemorySegment source, long offset, long length, long at) {
    worker.hasher.chainingValue(
        source, offset, length, at / Blake3.CHUNK_LENGTH, file.values(), file.valueOffset(at));
  }

  @Override
  public void abandon() {
    file.abandoned();
  }
}
