package io.packhouse.server;

import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.PackResources;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.server.catalog.Uploads;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.grpc.ArchiveGrpc;
import io.packhouse.server.grpc.Failures;
import io.packhouse.server.grpc.PackStreams;
import io.packhouse.server.grpc.TransferGrpc;
import io.packhouse.server.job.JobSettings;
import io.packhouse.server.job.Operations;
import io.packhouse.server.plugin.Extractors;
import io.packhouse.server.roots.Roots;
import io.packhouse.server.sql.CatalogQueries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Makes the parts of a daemon. */
final class Parts {
  /** Slots are made and touched at the start for one part in this many of the memory of jobs. */
  private static final int TOUCHED_SHARE = 20;

  /** A pack or an extraction has one part in this many of it, unless its options need more. */
  private static final int JOB_SHARE = 5;

  private Parts() {}

  /**
   * All of them, in the order in which they are to be closed.
   *
   * @throws IOException if the state folder or the plugin folder cannot be used
   */
  static List<Part> of(Configuration configuration) throws IOException, InterruptedException {
    Deque<AutoCloseable> made = new ArrayDeque<>();
    try {
      int workers = configuration.work().workerCount();
      Extractors extractors = Extractors.load(configuration.plugins(), workers);
      made.push(extractors);
      DirectoryCatalog catalog = DirectoryCatalog.start(configuration.catalogSettings());
      made.push(catalog);
      Path state = configuration.stateFolder();
      // Requests are kept there: they are nobody else's.
      Files.createDirectories(
          state,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Operations operations =
          new Operations(
              configuration.work().jobs(state),
              Failures::toRpcStatus,
              archive -> catalog.sweepLeftovers(ArchiveName.parse(archive)));
      made.push(operations);
      PackResources resources = new PackResources(configuration.work().memoryBytes());
      made.push(resources);
      ArchiveGrpc.Work work = work(configuration, operations.settings(), resources);
      resources.touch(PackOptions.defaults(), configuration.work().memoryBytes() / TOUCHED_SHARE);
      Roots roots = new Roots(SystemFileAccess.instance(), configuration.roots().values());
      ArchiveGrpc archives = new ArchiveGrpc(operations, catalog, roots, extractors.host(), work);
      Path spool = Files.createDirectories(state.resolve("spool"));
      Uploads uploads = new Uploads(configuration.work().uploads(state), catalog);
      made.push(uploads);
      TransferGrpc transfers =
          new TransferGrpc(
              catalog,
              uploads,
              new PackStreams(operations, catalog, extractors.host(), work, spool));
      CatalogQueries queries =
          CatalogQueries.start(catalog, configuration.sql(), state.resolve("sql"));
      made.push(queries);
      // Jobs first: they use the others.
      return List.of(
          new JobPart(operations, archives, roots, resources),
          FlightPart.of(catalog, state, queries, configuration.sql().limits()),
          new SqlPart(queries),
          new CatalogPart(catalog, uploads, transfers),
          new PluginPart(extractors));
    } catch (Throwable e) {
      for (AutoCloseable part : made) {
        try {
          part.close();
        } catch (Exception suppressed) {
          e.addSuppressed(suppressed);
        }
      }
      throw e;
    }
  }

  private static ArchiveGrpc.Work work(
      Configuration configuration, JobSettings jobs, PackResources resources) {
    long share = jobs.memoryBytes() / JOB_SHARE;
    return new ArchiveGrpc.Work(
        configuration.work().workerCount(),
        jobs.mostBytes(),
        share,
        share,
        resources,
        "packhouse " + Version.text());
  }
}
