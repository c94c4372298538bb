package io.packhouse.engine.restore;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BlobCodec;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.SlicedDigest;
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
  private final Job job;
  final PlannedFile planned;
  final SlicedDigest digest;

  private final AtomicInteger left;

  @GuardedBy("this")
  private @Nullable NewFile file;

  @GuardedBy("this")
  private @Nullable OpenDirectory directory;

  @GuardedBy("this")
  private @Nullable Throwable failure;

  private SlicedFile(Job job, PlannedFile planned, SlicedDigest digest) {
    this.job = job;
    this.planned = planned;
    this.digest = digest;
    this.left = new AtomicInteger(planned.entry().extentCount());
  }

  /** The file as slices, null where its extents are none, or there is only one. */
  static @Nullable SlicedFile of(Job job, PlannedFile planned) {
    SlicedDigest digest = SlicedDigest.of(planned.entry());
    return digest == null ? null : new SlicedFile(job, planned, digest);
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
        byte[] expected = planned.entry().blake3();
        byte[] actual = digest.digest(worker.hasher);
        if (!Arrays.equals(expected, actual)) {
          fail(damage(BlobTask.wrongDigest(expected, actual)));
        }
      }
    }
    end();
  }

  /** Why the file's digest is wrong: the first of its blobs that is damaged, if any. */
  private IOException damage(String wrongDigest) {
    Entry entry = planned.entry();
    try {
      for (int i = 0; i < entry.extentCount(); i++) {
        long blob = entry.extentBlob(i);
        // Others were checked as they were decoded.
        if (blob != ArchiveFormat.ZEROS && job.reader().blob(blob).codec() == BlobCodec.RAW) {
          job.reader().checkBlob(blob);
        }
      }
    } catch (IOException e) {
      return e;
    }
    return new CorruptArchiveException(job.reader().path(), -1, entry.path() + ": " + wrongDigest);
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
