package io.packhouse.server.config;

import io.packhouse.server.access.AccessSettings;
import io.packhouse.server.audit.AuditSettings;
import io.packhouse.server.catalog.CatalogSettings;
import io.packhouse.server.log.LogSettings;
import io.packhouse.server.metrics.MetricsSettings;
import io.packhouse.server.net.CallLimits;
import io.packhouse.server.net.Endpoint;
import io.packhouse.server.net.KeepaliveSettings;
import io.packhouse.server.net.SocketSettings;
import io.packhouse.server.net.TlsSettings;
import io.packhouse.server.roots.RootSettings;
import io.packhouse.server.sql.SqlSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that a daemon is told when it starts. Each component is a key or a table of the file, its
 * name in lower case with dashes.
 *
 * @param listen where to listen; empty for the socket of {@link DefaultPaths}
 * @param state what the daemon keeps of its own; null for the folder of {@link DefaultPaths}
 * @param plugins the folder of third-party extractors; null for none
 * @param drainTimeout how long work goes on when the daemon is told to end
 * @param socket Unix sockets
 * @param tls TCP connections
 * @param access who may call
 * @param catalog folders of archives, by name
 * @param roots directories that callers may name, by name
 * @param work what jobs share
 * @param cache what is kept of archives
 * @param sql SQL over the catalog
 * @param calls how much calls may ask for
 * @param keepalive how idle connections are kept
 * @param metrics where the figures are served
 * @param log how the log is written
 * @param audit what is noted of who does what
 */
public record Configuration(
    List<String> listen,
    @Nullable Path state,
    @Nullable Path plugins,
    Duration drainTimeout,
    SocketSettings socket,
    TlsSettings tls,
    AccessSettings access,
    Map<String, FolderSettings> catalog,
    Map<String, RootSettings> roots,
    WorkSettings work,
    CacheSettings cache,
    SqlSettings sql,
    CallLimits calls,
    KeepaliveSettings keepalive,
    MetricsSettings metrics,
    LogSettings log,
    AuditSettings audit) {
  public static final Configuration DEFAULT =
      new Configuration(
          List.of(),
          null,
          null,
          Duration.ofSeconds(30),
          SocketSettings.DEFAULT,
          TlsSettings.DEFAULT,
          AccessSettings.DEFAULT,
          Map.of(),
          Map.of(),
          WorkSettings.DEFAULT,
          CacheSettings.DEFAULT,
          SqlSettings.DEFAULT,
          CallLimits.DEFAULT,
          KeepaliveSettings.DEFAULT,
          MetricsSettings.DEFAULT,
          LogSettings.DEFAULT,
          AuditSettings.DEFAULT);

  public Configuration {
    listen = List.copyOf(listen);
    listen.forEach(Endpoint::parse);
    if (drainTimeout.isNegative()) {
      throw new IllegalArgumentException("drain-timeout must not be negative");
    }
    catalog = sorted(catalog);
    for (String folder : catalog.keySet()) {
      if (!folder.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
        throw new IllegalArgumentException(
            "the name of a catalog folder is 1 to 64 letters, digits, '-', '_' or '.', and begins"
                + " with a letter or digit, not \""
                + folder
                + "\"");
      }
    }
    roots = sorted(roots);
  }

  private static <T> Map<String, T> sorted(Map<String, T> map) {
    return java.util.Collections.unmodifiableMap(new TreeMap<>(map));
  }

  /** {@link #listen}, parsed. */
  public List<Endpoint> endpoints() {
    return listen.stream().map(Endpoint::parse).toList();
  }

  /** The catalog, with what is kept of it. */
  public CatalogSettings catalogSettings() {
    return cache.catalog(
        catalog.entrySet().stream()
            .map(folder -> folder.getValue().named(folder.getKey()))
            .toList());
  }

  /** {@link #state}, or where it is if it is not said. */
  public Path stateFolder() {
    return state == null ? DefaultPaths.ofProcess().state() : state;
  }
}
