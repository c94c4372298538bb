package io.packhouse.engine.restore;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BlobCodec;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.BlobInfo;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decodes a blob once and writes the files that lie wholly in it, each after its digest fits. */
final class BlobTask implements Task {
  private final long number;
  private final List<PlannedFile> files;

  /** What is wrong with a raw blob, looked for once a file's digest is; null where nothing is. */
  private @Nullable IOException blobDamage;

  private boolean blobChecked;

  /**
   * @param number of the blob as extents have it; −1 for empty files, which need none
   * @param files each {@linkplain PlannedFile#isInOneBlob in that blob}, or empty
   */
  BlobTask(long number, List<PlannedFile> files) {
    this.number = number;
    this.files = files;
  }

  @Override
  public void run(Worker worker) throws InterruptedException {
    Job job = worker.job;
    ArchiveReader reader = job.reader();
    BlobBuffers.@Nullable Buffer buffer = null;
    try {
      BlobInfo blob = null;
      MemorySegment contents = MemorySegment.NULL;
      if (number != ArchiveFormat.ZEROS) {
        blob = reader.blob(number);
        buffer = job.buffers().take(blob.decodedLength());
        contents = buffer.segment.asSlice(0, blob.decodedLength());
        if (blob.codec() == BlobCodec.RAW) {
          // The digests of the files, all of which are checked, cover what is used of it.
          reader.readUnchecked(number, 0, contents);
        } else {
          reader.readBlob(number, contents);
        }
      }
      for (int from = 0; from < files.size() && !job.tally().isStopped(); from += Worker.BATCH) {
        write(worker, blob, contents, from, Math.min(from + Worker.BATCH, files.size()));
      }
    } catch (IOException e) {
      for (PlannedFile file : files) {
        job.tally().failed(file.path(), e);
      }
    } finally {
      if (buffer != null) {
        job.buffers().give(buffer);
      }
    }
  }

  private void write(
      Worker worker, @Nullable BlobInfo blob, MemorySegment contents, int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      PlannedFile file = files.get(i);
      long offset = blob == null ? 0 : file.entry().extentOffset(0);
      long length = file.entry().size();
      if (offset > contents.byteSize() - length) {
        damaged(
            worker,
            file,
            "its extent is ["
                + offset
                + ", +"
                + length
                + ") of blob "
                + number
                + ", which has "
                + contents.byteSize()
                + " bytes");
      } else {
        worker.files[count] = file;
        worker.offsets[count] = offset;
        worker.lengths[count] = (int) length;
        count++;
      }
    }
    if (count == 1) {
      // One large file is hashed over all lanes, not beside others.
      worker.hasher.hash(contents, worker.offsets[0], worker.lengths[0], worker.digests, 0);
    } else if (count > 0) {
      worker.hasher.hashMany(contents, worker.offsets, worker.lengths, count, worker.digests);
    }
    for (int i = 0; i < count; i++) {
      int at = i * ArchiveFormat.DIGEST_LENGTH;
      check(worker, blob, worker.files[i], contents, worker.offsets[i], at);
    }
    Arrays.fill(worker.files, 0, count, null);
  }

  private void check(
      Worker worker,
      @Nullable BlobInfo blob,
      PlannedFile file,
      MemorySegment contents,
      long offset,
      int at) {
    byte[] expected = file.entry().blake3();
    byte[] actual = worker.digests;
    int end = at + ArchiveFormat.DIGEST_LENGTH;
    if (expected == null
        || !Arrays.equals(expected, 0, ArchiveFormat.DIGEST_LENGTH, actual, at, end)) {
      IOException damage = damageOf(worker.job.reader(), blob);
      if (damage == null) {
        damaged(worker, file, wrongDigest(expected, Arrays.copyOfRange(actual, at, end)));
      } else {
        worker.job.tally().failed(file.path(), damage);
      }
    } else if (!worker.job.tally().isStopped()) {
      worker.write(file, contents, offset, file.entry().size());
    }
  }

  /** Others than raw blobs were checked as they were decoded. */
  private @Nullable IOException damageOf(ArchiveReader reader, @Nullable BlobInfo blob) {
    if (blob != null && blob.codec() == BlobCodec.RAW && !blobChecked) {
      blobChecked = true;
      try {
        reader.checkBlob(number);
      } catch (IOException e) {
        blobDamage = e;
      }
    }
    return blobDamage;
  }

  static String wrongDigest(byte @Nullable [] expected, byte[] actual) {
    HexFormat hex = HexFormat.of();
    return "BLAKE3: expected "
        + (expected == null ? "one" : hex.formatHex(expected))
        + ", found "
        + hex.formatHex(actual);
  }

  private static void damaged(Worker worker, PlannedFile file, String problem) {
    Job job = worker.job;
    job.tally()
        .failed(
            file.path(),
            new CorruptArchiveException(
                job.reader().path(), -1, file.entry().path() + ": " + problem));
  }

  @Override
  public void abandon() {}
}
