package io.packhouse.engine.restore;

import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.blake3.Hasher;
import io.packhouse.engine.codec.blake3.PieceHasher;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.OpenDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** What a worker keeps from task to task. One thread. */
final class Worker implements AutoCloseable {
  /** Files that are hashed side by side. */
  static final int BATCH = 256;

  final Job job;
  final Hasher hasher = Blake3.system().newHasher();
  final PieceHasher pieces = new PieceHasher(hasher);
  final PlannedFile[] files = new PlannedFile[BATCH];
  final long[] offsets = new long[BATCH];
  final int[] lengths = new int[BATCH];
  final byte[] digests = new byte[BATCH * ArchiveFormat.DIGEST_LENGTH];

  private @Nullable Folder folder;
  private @Nullable OpenDirectory directory;

  Worker(Job job) {
    this.job = job;
  }

  /** The directory of a folder, open until the next call; files come in runs of one directory. */
  OpenDirectory directory(Folder of) throws IOException {
    OpenDirectory open = directory;
    if (folder == of && open != null) {
      return open;
    }
    leaveDirectory();
    open = job.folders().open(of);
    directory = open;
    folder = of;
    return open;
  }

  /** Writes a file whose contents were checked; what fails is noted. */
  void write(PlannedFile planned, MemorySegment contents, long offset, long length) {
    Job all = job;
    all.tally().current = planned.path();
    try {
      OpenDirectory in = directory(planned.folder());
      int mode = all.attributes().createMode(planned.entry());
      NewFile file = NewFile.create(in, planned.name(), mode, all.options().force());
      try {
        if (length > 0) {
          file.file.write(contents, offset, length, 0);
        }
      } catch (Throwable t) {
        file.discard(t);
        throw t;
      }
      file.keep(all.attributes(), planned.entry(), all.options().sync());
      all.tally().restored(EntryType.FILE, length);
    } catch (IOException e) {
      all.tally().failed(planned.path(), e);
    }
  }

  private void leaveDirectory() throws IOException {
    OpenDirectory open = directory;
    directory = null;
    folder = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() throws IOException {
    hasher.close();
    leaveDirectory();
  }
}
