package io.packhouse.server.catalog;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How uploads are kept until they are whole.
 *
 * @param folder where; of the daemon alone, created if it is not there. Best on the file system of
 *     the catalog's folders, since a whole archive is then renamed and not copied
 * @param keep how long what has arrived is kept after the last byte
 * @param maxBytes of an archive that is taken
 * @param verifyWorkers threads that check an archive that has arrived
 */
public record UploadSettings(Path folder, Duration keep, long maxBytes, int verifyWorkers) {
  public static final Duration DEFAULT_KEEP = Duration.ofDays(1);

  /** A day, archives of any size, two threads. */
  public static UploadSettings in(Path folder) {
    return new UploadSettings(folder, DEFAULT_KEEP, Long.MAX_VALUE, 2);
  }

  /** The same with another time to keep what has arrived. */
  public UploadSettings keeping(Duration time) {
    return new UploadSettings(folder, time, maxBytes, verifyWorkers);
  }

  public UploadSettings {
    if (!keep.isPositive() || maxBytes <= 0 || verifyWorkers <= 0) {
      throw new IllegalArgumentException(
          "settings must be positive, keep="
              + keep
              + ", maxBytes="
              + maxBytes
              + ", verifyWorkers="
              + verifyWorkers);
    }
  }
}
