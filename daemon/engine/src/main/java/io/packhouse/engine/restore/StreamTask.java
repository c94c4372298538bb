package io.packhouse.engine.restore;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.read.ContentConsumer;
import io.packhouse.engine.read.Entry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Writes a file of any extents from front to back, which checks its digest on the way. */
final class StreamTask implements Task {
  private final PlannedFile planned;

  StreamTask(PlannedFile planned) {
    this.planned = planned;
  }

  @Override
  public void run(Worker worker) {
    Job job = worker.job;
    Entry entry = planned.entry();
    job.tally().current = planned.path();
    try {
      OpenDirectory directory = worker.directory(planned.folder());
      NewFile file =
          NewFile.create(
              directory, planned.name(), job.attributes().createMode(entry), job.options().force());
      try {
        boolean holes = planned.hasHoles();
        if (!holes) {
          file.file.allocate(entry.size());
        }
        job.reader().read(entry, new Writer(file, entry, job.tally()));
        if (holes) {
          file.file.truncate(entry.size());
        }
      } catch (Throwable t) {
        file.discard(t);
        throw t;
      }
      file.keep(job.attributes(), entry, job.options().sync());
      job.tally().restored(EntryType.FILE, entry.size());
    } catch (Stopped e) {
      // Nothing is wrong with this file; what stopped the restore is noted.
    } catch (IOException e) {
      job.tally().failed(planned.path(), e);
    }
  }

  @Override
  public void abandon() {}

  /** Ends a read once the restore has stopped. */
  private static final class Stopped extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** Writes chunks, but not those of holes. Chunks do not cross extents. */
  private static final class Writer implements ContentConsumer {
    private final NewFile file;
    private final Entry entry;
    private final Tally tally;
    private long position;
    private int extent;
    private long extentEnd;

    Writer(NewFile file, Entry entry, Tally tally) {
      this.file = file;
      this.entry = entry;
      this.tally = tally;
      this.extentEnd = entry.extentCount() == 0 ? 0 : entry.extentLength(0);
    }

    @Override
    public void accept(MemorySegment chunk) throws IOException {
      if (tally.isStopped()) {
        throw new Stopped();
      }
      while (position >= extentEnd) {
        extent++;
        extentEnd += entry.extentLength(extent);
      }
      if (entry.extentBlob(extent) != ArchiveFormat.ZEROS) {
        file.file.write(chunk, 0, chunk.byteSize(), position);
      }
      position += chunk.byteSize();
    }
  }
}
