package io.packhouse.engine.restore;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.blake3.SliceTree;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.read.Entry;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A file whose extents are aligned slices of one power-of-two length (runs of zeros may be several
 * of them), so that workers write and hash them side by side. The first worker creates the file;
 * the last one merges the slices' chaining values into its digest and keeps or removes it.
 */
final class SlicedFile {
  private static final long MAX_SLICES = 1L << 24;

  private final Job job;
  final PlannedFile planned;
  final int sliceLength;

  /** Chaining values; each slice's is written by one worker and read by the last. */
  private final byte[] values;

  private final AtomicInteger left;

  @GuardedBy("this")
  private @Nullable NewFile file;

  @GuardedBy("this")
  private @Nullable OpenDirectory directory;

  @GuardedBy("this")
  private @Nullable Throwable failure;

  private SlicedFile(Job job, PlannedFile planned, int sliceLength) {
    this.job = job;
    this.planned = planned;
    this.sliceLength = sliceLength;
    long slices = (planned.entry().size() - 1) / sliceLength + 1;
    this.values = new byte[Math.toIntExact(slices * ArchiveFormat.DIGEST_LENGTH)];
    this.left = new AtomicInteger(planned.entry().extentCount());
  }

  /** The file as slices, null where its extents are none, or there is only one. */
  static @Nullable SlicedFile of(Job job, PlannedFile planned) {
    Entry entry = planned.entry();
    long slice = 0;
    for (int i = 0; i < entry.extentCount() && slice == 0; i++) {
      boolean last = i == entry.extentCount() - 1;
      slice = entry.extentBlob(i) >= 0 && !last ? entry.extentLength(i) : 0;
    }
    if (slice < Blake3.CHUNK_LENGTH
        || slice > ArchiveFormat.MAX_DECODED_BLOB_LENGTH
        || Long.bitCount(slice) != 1
        || entry.size() <= slice
        || (entry.size() - 1) / slice >= MAX_SLICES) {
      return null;
    }
    long position = 0;
    for (int i = 0; i < entry.extentCount(); i++) {
      long length = entry.extentLength(i);
      boolean zeros = entry.extentBlob(i) == ArchiveFormat.ZEROS;
      boolean last = position + length == entry.size();
      boolean whole = zeros ? length % slice == 0 : length == slice;
      if (length == 0
          || position % slice != 0
          || entry.extentBlob(i) < ArchiveFormat.ZEROS
          || !(whole || (last && (zeros || length < slice)))) {
        return null;
      }
      position += length;
    }
    return new SlicedFile(job, planned, (int) slice);
  }

  /**
   * The file to write to, created now if need be.
   *
   * @return null where it has failed already
   */
  synchronized @Nullable OpenFile open() {
    if (failure != null) {
      return null;
    }
    NewFile present = file;
    if (present == null) {
      try {
        Entry entry = planned.entry();
        OpenDirectory in = job.folders().open(planned.folder());
        directory = in;
        present =
            NewFile.create(
                in, planned.name(), job.attributes().createMode(entry), job.options().force());
        file = present;
        if (!planned.hasHoles()) {
          present.file.allocate(entry.size());
        }
      } catch (IOException e) {
        fail(e);
        return null;
      }
    }
    return present.file;
  }

  /** Where the chaining value of the slice at this position goes in {@link #values}. */
  int valueOffset(long position) {
    return (int) (position / sliceLength) * ArchiveFormat.DIGEST_LENGTH;
  }

  byte[] values() {
    return values;
  }

  /** Notes the first failure; the file will be removed. */
  synchronized void fail(IOException e) {
    if (failure == null) {
      failure = e;
      job.tally().failed(planned.path(), e);
    }
  }

  /** Says that an extent will not be written, since the restore has stopped. */
  void abandoned() {
    synchronized (this) {
      if (failure == null) {
        failure = new IOException("stopped");
      }
    }
    if (left.decrementAndGet() == 0) {
      end();
    }
  }

  /** Says that an extent is written, or has failed; the last one ends the file. */
  void extentDone(Worker worker) {
    if (left.decrementAndGet() > 0) {
      return;
    }
    synchronized (this) {
      if (failure == null) {
        SliceTree tree = new SliceTree(worker.hasher);
        for (int at = 0; at < values.length; at += ArchiveFormat.DIGEST_LENGTH) {
          tree.add(values, at);
        }
        tree.finish(worker.digest, 0);
        byte[] expected = planned.entry().blake3();
        if (!Arrays.equals(expected, worker.digest)) {
          fail(
              new CorruptArchiveException(
                  job.reader().path(),
                  -1,
                  planned.entry().path() + ": " + BlobTask.wrongDigest(expected, worker.digest)));
        }
      }
    }
    end();
  }

  private synchronized void end() {
    NewFile written = file;
    Throwable reason = failure;
    Entry entry = planned.entry();
    try {
      if (written != null && reason != null) {
        written.discard(reason);
      } else if (written != null) {
        if (planned.hasHoles()) {
          try {
            written.file.truncate(entry.size());
          } catch (IOException e) {
            written.discard(e);
            throw e;
          }
        }
        written.keep(job.attributes(), entry, job.options().sync());
        job.tally().restored(EntryType.FILE, entry.size());
      }
    } catch (IOException e) {
      fail(e);
    } finally {
      closeDirectory();
    }
  }

  private synchronized void closeDirectory() {
    OpenDirectory open = directory;
    directory = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        fail(e);
      }
    }
  }
}
