package io.packhouse.benchmarks.daemon;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.packhouse.server.access.Caller;
import io.packhouse.server.access.Role;
import io.packhouse.server.catalog.CatalogFolder;
import io.packhouse.server.catalog.CatalogSettings;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.server.grpc.EntryGrpc;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * The other process of {@link Reads}: the entry service on a Unix socket, and beside it what {@code
 * cat} through a socket would do, to compare with. Ends with its standard input.
 */
final class ReadServer {
  private static final int CAT_BYTES = 128 << 10;

  private ReadServer() {}

  /** Arguments: the socket, the folder of archives, a file for the other socket, the executor. */
  public static void main(String[] arguments) throws Exception {
    Path socket = Path.of(arguments[0]);
    CatalogFolder folder = new CatalogFolder("bench", Path.of(arguments[1]), false);
    CatalogSettings defaults = CatalogSettings.of(List.of(folder));
    DirectoryCatalog catalog = DirectoryCatalog.start(defaults);
    catalog.rescan();
    serveCat(Path.of(arguments[0] + ".cat"), Path.of(arguments[2]));
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toString()))
            .channelType(EpollServerDomainSocketChannel.class)
            .bossEventLoopGroup(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
            .workerEventLoopGroup(new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory()))
            .executor(executor(arguments[3]))
            .addService(new EntryGrpc(catalog))
            .intercept(new Anybody());
    Server server = builder.build().start();
    System.out.println("ready");
    while (System.in.read() >= 0) {
      // Until the client is gone.
    }
    server.shutdownNow();
    catalog.close();
    System.exit(0);
  }

  private static Executor executor(String kind) {
    return switch (kind) {
      case "direct" -> Runnable::run;
      case "virtual" -> Executors.newVirtualThreadPerTaskExecutor();
      case "fixed" -> Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
      default -> Executors.newCachedThreadPool();
    };
  }

  private static final class Anybody implements ServerInterceptor {
    private static final Caller CALLER = new Caller("uid:0", Role.ADMIN, Set.of());

    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      return Contexts.interceptCall(
          Context.current().withValue(Caller.KEY, CALLER), call, headers, next);
    }
  }

  /** Sends the file to whoever connects. */
  private static void serveCat(Path socket, Path file) throws Exception {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              ByteBuffer buffer = ByteBuffer.allocateDirect(CAT_BYTES);
              while (true) {
                try (SocketChannel client = server.accept();
                    FileChannel from = FileChannel.open(file)) {
                  while (from.read(buffer.clear()) >= 0) {
                    buffer.flip();
                    while (buffer.hasRemaining()) {
                      client.write(buffer);
                    }
                  }
                } catch (Exception e) {
                  return;
                }
              }
            });
  }
}
