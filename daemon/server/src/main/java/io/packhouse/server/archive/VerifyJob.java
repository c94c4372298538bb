package io.packhouse.server.archive;

import com.google.protobuf.Message;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.ReaderOptions;
import io.packhouse.engine.read.verify.ArchiveVerifier;
import io.packhouse.engine.read.verify.Damage;
import io.packhouse.engine.read.verify.VerifyOptions;
import io.packhouse.engine.read.verify.VerifyProgress;
import io.packhouse.engine.read.verify.VerifyReport;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.Catalog;
import io.packhouse.server.job.Job;
import io.packhouse.server.job.JobContext;
import io.packhouse.v1.Progress;
import io.packhouse.v1.VerifyArchiveResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Checks every digest of an archive. */
public final class VerifyJob implements Job {
  private static final int MAX_DAMAGES = 1_000;

  private final Catalog catalog;
  private final ArchiveName name;
  private final VerifyOptions options;

  public VerifyJob(Catalog catalog, ArchiveName name, VerifyOptions options) {
    this.catalog = catalog;
    this.name = name;
    this.options = options;
  }

  @Override
  public String verb() {
    return "verify";
  }

  @Override
  public String archive() {
    return name.toString();
  }

  @Override
  public long memoryBytes() {
    return ReaderOptions.DEFAULT.cacheBytes();
  }

  @Override
  public Message run(JobContext context) throws IOException {
    long start = System.nanoTime();
    try (ArchiveReader reader = catalog.openAlone(name)) {
      Closing.onCancel(context, reader);
      long bytes = options.sampleFraction() < 1 ? 0 : reader.summary().bytes();
      Meter meter = new Meter(context, reader.summary().rows(), bytes);
      VerifyReport report = new ArchiveVerifier(reader).verify(options.withProgress(meter));
      meter.tellAll(null);
      return response(reader.id(), report, System.nanoTime() - start);
    }
  }

  private Message response(String id, VerifyReport report, long nanos) {
    VerifyArchiveResponse.Builder response =
        VerifyArchiveResponse.newBuilder()
            .setArchive(name.toString())
            .setId(id)
            .setIntact(report.isIntact())
            .setRows(report.rows())
            .setFiles(report.files())
            .setBytes(report.bytes())
            .setBlobs(report.blobs())
            .setSampled(report.sampled())
            .setUncheckedFiles(report.uncheckedFiles())
            .setUncheckedBytes(report.uncheckedBytes())
            .setWallTime(Times.duration(nanos))
            .setDamageCount(report.damageCount());
    for (Damage damage : report.damages().stream().limit(MAX_DAMAGES).toList()) {
      var listed =
          response
              .addDamagesBuilder()
              .setKind(damage.kind().name().toLowerCase(Locale.ROOT))
              .setSubject(damage.subject())
              .setProblem(damage.problem());
      if (damage.offset() >= 0) {
        listed.setOffset(damage.offset());
      }
    }
    return response.build();
  }

  /** Counts what is checked, for callers. */
  private static final class Meter implements VerifyProgress {
    /** A message a file would cost more than checking a small one. */
    private static final long EVERY_NANOS = 50_000_000;

    private final JobContext context;
    private final long rows;
    private final long bytes;
    private final AtomicLong rowsDone = new AtomicLong();
    private final AtomicLong bytesDone = new AtomicLong();
    private final AtomicLong told = new AtomicLong(System.nanoTime());

    Meter(JobContext context, long rows, long bytes) {
      this.context = context;
      this.rows = rows;
      this.bytes = bytes;
    }

    @Override
    public void rowsChecked(long count) {
      rowsDone.addAndGet(count);
      tell(null);
    }

    @Override
    public void fileChecked(Entry file) {
      bytesDone.addAndGet(file.size());
      tell(file);
    }

    private void tell(@Nullable Entry file) {
      long last = told.get();
      long now = System.nanoTime();
      if (now - last < EVERY_NANOS || !told.compareAndSet(last, now)) {
        return;
      }
      tellAll(file);
    }

    /** How far it is, however little came since the last word on it. */
    void tellAll(@Nullable Entry file) {
      context.progress(
          Progress.newBuilder()
              .setStage(Progress.Stage.STAGE_WORKING)
              .setCurrentPath(file == null ? "" : PathText.display(file.pathBytes()))
              .setEntriesFound(rows)
              .setEntriesDone(rowsDone.get())
              .setBytesFound(bytes)
              .setBytesDone(bytesDone.get())
              .build());
    }
  }
}
