package io.packhouse.server;

import io.grpc.BindableService;
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

/** The archives and what reads them; owns the catalog and the uploads. */
final class CatalogPart implements Part {
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
  public void addStats(GetStatsResponse.Builder stats) {
    try {
      List<CatalogEntry> entries = catalog.entries();
      stats
          .getCatalogBuilder()
          .setArchives(entries.size())
          .setUnreadable(entries.stream().filter(entry -> !entry.isReadable()).count())
          .setOpen(catalog.openArchives())
          .setLeases(catalog.leases());
      stats
          .getMemoryBuilder()
          .setCacheBytes(catalog.cachedBytes())
          .setReadBufferBytes(catalog.bufferBytes());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
