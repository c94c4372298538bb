package io.packhouse.server.config;

import io.packhouse.server.catalog.CatalogFolder;
import io.packhouse.server.catalog.CatalogSettings;
import java.time.Duration;
import java.util.List;

/**
 * What is kept of archives that are read.
 *
 * @param archives archives that stay open when nobody reads them
 * @param memoryBytes most that decoded contents and columns take
 * @param tablesBytes most that the blob table and the batch directory of one archive may each take
 * @param rescanInterval between looks at all folders, for what the system does not tell; 0 for none
 */
public record CacheSettings(
    int archives, long memoryBytes, long tablesBytes, Duration rescanInterval) {
  public static final CacheSettings DEFAULT = of(CatalogSettings.of(List.of()));

  public CacheSettings {
    if (archives < 0 || memoryBytes < 0 || tablesBytes < 1 || rescanInterval.isNegative()) {
      throw new IllegalArgumentException(
          "archives, memory, tables and rescan-interval must not be negative, nor tables 0");
    }
  }

  private static CacheSettings of(CatalogSettings catalog) {
    return new CacheSettings(
        catalog.openArchives(),
        catalog.cacheBytes(),
        catalog.tableBytes(),
        catalog.rescanInterval());
  }

  /** What the catalog is told of it. */
  public CatalogSettings catalog(List<CatalogFolder> folders) {
    return new CatalogSettings(folders, archives, memoryBytes, tablesBytes, rescanInterval);
  }
}
