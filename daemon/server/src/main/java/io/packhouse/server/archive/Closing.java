package io.packhouse.server.archive;

import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.server.job.JobContext;
import java.io.IOException;
import java.io.UncheckedIOException;

/** How jobs that read are cancelled: their readers are closed. */
final class Closing {
  private Closing() {}

  /** Makes cancelling the job close these readers. */
  static void onCancel(JobContext context, ArchiveReader... readers) {
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
