package io.packhouse.server.catalog;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a catalog holds and how much memory it may take.
 *
 * @param folders with distinct names
 * @param openArchives kept open when nobody reads them, at most; each is a file descriptor
 * @param cacheBytes of decoded index and contents, for all archives together
 * @param tableBytes that the blob table and the batch directory of one archive may each take;
 *     archives with larger ones are refused. All open archives that nobody reads have at most four
 *     times as much together
 * @param rescanInterval between looks at all folders, for what the system's notifications miss;
 *     zero for none
 */
public record CatalogSettings(
    List<CatalogFolder> folders,
    int openArchives,
    long cacheBytes,
    long tableBytes,
    Duration rescanInterval) {

  /** 256 open archives, 512 MiB of cache, tables up to 256 MiB, a look a minute. */
  public static CatalogSettings of(List<CatalogFolder> folders) {
    return new CatalogSettings(folders, 256, 512L << 20, 256L << 20, Duration.ofMinutes(1));
  }

  public CatalogSettings {
    folders = List.copyOf(folders);
    Set<String> names = new HashSet<>();
    for (CatalogFolder folder : folders) {
      if (!names.add(folder.name())) {
        throw new IllegalArgumentException("two catalog folders are named " + folder.name());
      }
    }
    if (openArchives < 0 || cacheBytes < 0 || tableBytes <= 0 || rescanInterval.isNegative()) {
      throw new IllegalArgumentException(
          "settings must not be negative, openArchives="
              + openArchives
              + ", cacheBytes="
              + cacheBytes
              + ", tableBytes="
              + tableBytes
              + ", rescanInterval="
              + rescanInterval);
    }
  }
}
