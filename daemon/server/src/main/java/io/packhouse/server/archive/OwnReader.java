package io.packhouse.server.archive;

import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.server.catalog.ArchiveLease;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.Catalog;
import io.packhouse.server.job.JobContext;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A reader for one job alone, since closing it is how a job that reads is cancelled, and so that
 * reading all of an archive does not empty the caches of who reads single entries.
 */
final class OwnReader {
  private OwnReader() {}

  /** Opens an archive of the catalog. */
  static ArchiveReader open(Catalog catalog, ArchiveName name) throws IOException {
    try (ArchiveLease lease = catalog.open(name)) {
      return ArchiveReader.open(lease.reader().path());
    }
  }

  /** Makes cancelling the job close these readers. */
  static void closeOnCancel(JobContext context, ArchiveReader... readers) {
    context.onCancel(
        () -> {
          for (ArchiveReader reader : readers) {
            try {
              reader.close();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        });
  }
}
