package io.packhouse.server;

import io.grpc.BindableService;
import io.packhouse.engine.read.SharedReadMemory;
import io.packhouse.server.catalog.CatalogEntry;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.server.catalog.Uploads;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.grpc.CatalogGrpc;
import io.packhouse.server.grpc.EntryGrpc;
import io.packhouse.server.grpc.TransferGrpc;
import io.packhouse.v1.GetStatsResponse;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The archives and what reads them; owns the catalog and the uploads. */
final class CatalogPart implements Part {
  private static final long TELL_MILLIS = 1_000;

  private final DirectoryCatalog catalog;
  private final Uploads uploads;
  private final List<BindableService> services;

  CatalogPart(DirectoryCatalog catalog, Uploads uploads, TransferGrpc transfers) {
    this.catalog = catalog;
    this.uploads = uploads;
    this.services = List.of(new CatalogGrpc(catalog), new EntryGrpc(catalog), transfers);
  }

  @Override
  public List<BindableService> services() {
    return services;
  }

  @Override
  public void awaitReady(Consumer<String> meanwhile) throws InterruptedException {
    int told = 0;
    while (!catalog.awaitScan(TELL_MILLIS)) {
      int known = catalog.known().size();
      // A scan that stands still is not to be given more time.
      if (known > told) {
        meanwhile.accept("looking at the catalog: " + known + " archives so far");
        told = known;
      }
    }
  }

  @Override
  public void addStats(GetStatsResponse.Builder stats) {
    long archives = 0;
    long unreadable = 0;
    // Without waiting for a first scan: figures are of what there is now.
    for (CatalogEntry entry : catalog.known()) {
      archives++;
      unreadable += entry.isReadable() ? 0 : 1;
    }
    SharedReadMemory memory = catalog.memory();
    stats
        .getCatalogBuilder()
        .setArchives(archives)
        .setUnreadable(unreadable)
        .setOpen(catalog.openArchives())
        .setLeases(catalog.leases())
        .setFolders(catalog.folders().size())
        .setCacheHits(memory.cacheHits())
        .setCacheMisses(memory.cacheMisses());
    stats
        .getMemoryBuilder()
        .setCacheBytes(memory.cachedBytes())
        .setReadBufferBytes(memory.bufferBytes());
  }

  @Override
  public Set<String> reload(Configuration configuration) {
    catalog.use(configuration.catalogSettings().folders());
    return Set.of("catalog");
  }

  @Override
  public void close() {
    uploads.close();
    catalog.close();
  }
}
