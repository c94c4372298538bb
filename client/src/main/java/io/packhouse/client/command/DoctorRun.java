package io.packhouse.client.command;

import io.grpc.StatusRuntimeException;
import io.packhouse.client.doctor.ConfigurationChecks;
import io.packhouse.client.doctor.Findings;
import io.packhouse.client.doctor.ProcessChecks;
import io.packhouse.client.doctor.SqlCheck;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.remote.RemoteException;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.config.DefaultPaths;
import io.packhouse.v1.Archive;
import io.packhouse.v1.GetStatsRequest;
import io.packhouse.v1.GetStatsResponse;
import io.packhouse.v1.ListArchivesRequest;
import io.packhouse.v1.ListArchivesResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that {@code doctor} looks at; apart from the command, which help makes where there are no
 * libraries that speak to daemons.
 */
final class DoctorRun {
  /** So many unreadable archives are named. */
  private static final int NAMED = 20;

  private final Session session;
  private final RemoteOptions remote;
  private final @Nullable Path config;

  /**
   * @param config the daemon's configuration, if the user names it
   */
  DoctorRun(Session session, RemoteOptions remote, @Nullable Path config) {
    this.session = session;
    this.remote = remote;
    this.config = config;
  }

  Findings look() throws InterruptedException {
    Findings found = new Findings();
    Map<String, String> environment = session.streams().environment();
    new ProcessChecks(environment).run(found);
    ConfigurationChecks checks = new ConfigurationChecks(config, environment, Clock.systemUTC());
    Configuration configuration = checks.run(found);
    long sqlBytes =
        Objects.requireNonNullElse(configuration, Configuration.DEFAULT).sql().memoryBytes();
    found.look("sql", all -> SqlCheck.run(all, sqlBytes));
    String address = address(configuration);
    boolean expected = remote.address(session.streams()) != null || checks.isConfigured();
    found.look("daemon", all -> daemon(all, address, expected));
    return found;
  }

  /** Where it is said to be, or where the configuration says that it listens. */
  private String address(@Nullable Configuration configuration) {
    if (remote.address(session.streams()) != null) {
      return Remote.address(remote, session);
    }
    return configuration == null || configuration.listen().isEmpty()
        ? DefaultPaths.ofProcess().socket().toString()
        : configuration.listen().getFirst();
  }

  private void daemon(Findings found, String address, boolean expected)
      throws IOException, InterruptedException {
    try (PackhouseClient client = Remote.connect(remote, session, address)) {
      GetStatsResponse stats = client.admin().getStats(GetStatsRequest.getDefaultInstance());
      String version = stats.getVersion();
      if (version.equals(Version.text())) {
        found.ok("daemon", "packhoused " + version + " at " + address);
      } else {
        found.warning(
            "daemon",
            "packhoused " + version + " at " + address + ", and this is " + Version.text(),
            "restart it (systemctl restart packhoused), or install the same of both");
      }
      if (stats.getDraining()) {
        found.warning("daemon", "it takes no more work: it is about to end", "start it anew");
      }
      archives(found, client);
      if (stats.getSql().getUnready() > 0) {
        found.note(
            "sql-tables",
            stats.getSql().getUnready() + " archives are not in SQL, or not yet",
            "SELECT * FROM unready_archives says why");
      }
    } catch (RemoteException | StatusRuntimeException e) {
      Failure failure = Remote.failure(e, address);
      if (expected) {
        found.problem(
            "daemon",
            String.valueOf(failure.getMessage()),
            "systemctl status packhoused, journalctl -u packhoused; who may call is set by"
                + " socket.group and access in its configuration");
      } else {
        found.note("daemon", "none runs at " + address, "packhouse daemon starts one");
      }
    }
  }

  private static void archives(Findings found, PackhouseClient client)
      throws IOException, InterruptedException {
    ListArchivesRequest request =
        ListArchivesRequest.newBuilder().setOnlyProblems(true).setPageSize(NAMED).build();
    ListArchivesResponse page = client.retrying(() -> client.catalog().listArchives(request));
    for (Archive archive : page.getArchivesList()) {
      found.problem(
          "archive",
          archive.getName() + " cannot be read: " + archive.getProblem(),
          "packhouse verify says more; put a good one there, or remove it");
    }
    if (!page.getNextPageToken().isEmpty()) {
      found.problem("archive", "and there are more", "packhouse catalog list names them");
    }
    if (page.getArchivesCount() == 0) {
      found.ok("archive", "all can be read");
    }
  }
}
