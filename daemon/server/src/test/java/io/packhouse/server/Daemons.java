package io.packhouse.server;

import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.packhouse.server.access.AccessSettings;
import io.packhouse.server.audit.AuditSettings;
import io.packhouse.server.config.Configuration;
import io.packhouse.server.config.FolderSettings;
import io.packhouse.server.metrics.MetricsSettings;
import io.packhouse.server.net.CallLimits;
import io.packhouse.server.net.Endpoint;
import io.packhouse.server.roots.RootSettings;
import io.packhouse.server.sql.SqlSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** Daemons and clients of tests. */
public final class Daemons {
  private static final EventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

  private Daemons() {}

  /** A configuration that listens there. */
  public static Configuration configuration(String... endpoints) {
    Configuration other = Configuration.DEFAULT;
    return configuration(other.access(), other.calls(), endpoints);
  }

  public static Configuration configuration(
      AccessSettings access, CallLimits calls, String... endpoints) {
    Configuration other = Configuration.DEFAULT;
    return new Configuration(
        List.of(endpoints),
        null,
        null,
        Duration.ofSeconds(10),
        other.socket(),
        other.tls(),
        access,
        other.catalog(),
        other.roots(),
        other.work(),
        other.cache(),
        other.sql(),
        calls,
        other.keepalive(),
        other.metrics(),
        other.log(),
        other.audit());
  }

  /** One of a catalog with the folders a and b of a folder, which has the state too. */
  static Configuration inFolder(
      Path folder,
      AccessSettings access,
      Map<String, RootSettings> roots,
      SqlSettings sql,
      String endpoint) {
    Configuration other = configuration(access, CallLimits.DEFAULT, endpoint);
    return new Configuration(
        other.listen(),
        folder.resolve("state"),
        null,
        other.drainTimeout(),
        other.socket(),
        other.tls(),
        other.access(),
        Map.of(
            "a", new FolderSettings(folder.resolve("a"), true),
            "b", new FolderSettings(folder.resolve("b"), true)),
        roots,
        other.work(),
        other.cache(),
        sql,
        other.calls(),
        other.keepalive(),
        other.metrics(),
        other.log(),
        other.audit());
  }

  /** The same, watched. */
  public static Configuration watched(
      Configuration other, MetricsSettings metrics, AuditSettings audit) {
    return new Configuration(
        other.listen(),
        other.state(),
        other.plugins(),
        other.drainTimeout(),
        other.socket(),
        other.tls(),
        other.access(),
        other.catalog(),
        other.roots(),
        other.work(),
        other.cache(),
        other.sql(),
        other.calls(),
        other.keepalive(),
        metrics,
        other.log(),
        audit);
  }

  /** A connection without TLS; to be shut down. */
  public static ManagedChannel connect(Endpoint endpoint) {
    return switch (endpoint) {
      case Endpoint.Unix unix ->
          NettyChannelBuilder.forAddress(new DomainSocketAddress(unix.path().toFile()))
              .eventLoopGroup(LOOPS)
              .channelType(EpollDomainSocketChannel.class)
              .usePlaintext()
              .build();
      case Endpoint.Tcp tcp ->
          NettyChannelBuilder.forAddress(tcp.host(), tcp.port()).usePlaintext().build();
    };
  }

  /** Calls with a token. */
  public static CallCredentials bearer(String token) {
    return new CallCredentials() {
      @Override
      public void applyRequestMetadata(
          RequestInfo request, Executor executor, MetadataApplier applier) {
        Metadata headers = new Metadata();
        headers.put(
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        applier.apply(headers);
      }
    };
  }
}
