package io.packhouse.server.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves a few pages over HTTP/1.1, to few who ask now and then: on one thread of its own, which
 * makes the pages too, so that nobody's call waits for them. Thread-safe.
 */
public final class PageServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(PageServer.class.getName());
  private static final int CONNECTIONS = 16;
  private static final int MAX_LINE_CHARS = 1_024;
  private static final int MAX_HEADER_CHARS = 8_192;

  /** Requests have no content; some clients send a little nevertheless. */
  private static final int MAX_CONTENT_BYTES = 1_024;

  private static final int IDLE_SECONDS = 90;

  /** A page, whose bytes nobody changes. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Answer(String contentType, byte[] bytes) {}

  /** What is served. */
  @FunctionalInterface
  public interface Page {
    /**
     * Makes a page.
     *
     * @param path of the request, without what follows a question mark
     * @param accept which types the client takes, as it says; empty where it does not
     * @return null if there is no page at this path
     */
    @Nullable Answer get(String path, String accept) throws IOException;
  }

  private final EventLoopGroup loop =
      new BoundedEventLoops(
          1,
          Thread.ofPlatform().name("packhoused-pages-", 0).daemon().factory(),
          Listeners.io(),
          CONNECTIONS,
          new UserConnections(CONNECTIONS));
  private final EventLoopGroup acceptor =
      new MultiThreadIoEventLoopGroup(
          1,
          Thread.ofPlatform().name("packhoused-pages-accept-", 0).daemon().factory(),
          Listeners.io());
  private final List<UnixSocketFile> files = new ArrayList<>();
  private final List<Endpoint> endpoints = new ArrayList<>();
  private final Page page;

  private PageServer(Page page) {
    this.page = page;
  }

  /**
   * Listens.
   *
   * @param socket mode and group of Unix sockets
   * @throws IOException if an endpoint cannot be had; then there are none
   */
  public static PageServer start(List<Endpoint> endpoints, SocketSettings socket, Page page)
      throws IOException {
    PageServer server = new PageServer(page);
    try {
      for (Endpoint endpoint : endpoints) {
        server.endpoints.add(
            switch (endpoint) {
              case Endpoint.Unix unix -> server.listen(unix, socket);
              case Endpoint.Tcp tcp -> server.listen(tcp);
            });
      }
      return server;
    } catch (Throwable e) {
      server.close();
      throw e;
    }
  }

  private Endpoint listen(Endpoint.Unix unix, SocketSettings socket) throws IOException {
    if (!Epoll.isAvailable()) {
      throw new IOException(unix + ": Unix sockets need Linux, on x86-64 or ARM64");
    }
    UnixSocketFile file = UnixSocketFile.prepare(unix.path());
    files.add(file);
    DomainSocketAddress address = new DomainSocketAddress(file.bindPath().toFile());
    bind(unix, address, EpollServerDomainSocketChannel.class);
    file.publish(socket);
    return unix;
  }

  private Endpoint listen(Endpoint.Tcp tcp) throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getAllByName(tcp.host())[0], tcp.port());
    Channel channel =
        bind(
            tcp,
            address,
            Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class);
    return new Endpoint.Tcp(tcp.host(), ((InetSocketAddress) channel.localAddress()).getPort());
  }

  private Channel bind(
      Endpoint endpoint, SocketAddress address, Class<? extends ServerChannel> type)
      throws IOException {
    var bound =
        new ServerBootstrap()
            .group(acceptor, loop)
            .channel(type)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    prepare(channel);
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(endpoint + ": " + Listeners.reason(bound.cause()), bound.cause());
    }
    return bound.channel();
  }

  private void prepare(Channel channel) {
    channel
        .pipeline()
        .addLast(
            new IdleStateHandler(0, 0, IDLE_SECONDS),
            new HttpServerCodec(
                new HttpDecoderConfig()
                    .setMaxInitialLineLength(MAX_LINE_CHARS)
                    .setMaxHeaderSize(MAX_HEADER_CHARS)),
            new HttpContentCompressor(),
            new HttpObjectAggregator(MAX_CONTENT_BYTES, true),
            new Exchange());
  }

  /** Answers the requests of one connection. */
  private final class Exchange extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      boolean keep = HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
      FullHttpResponse response = answer(request);
      HttpUtil.setContentLength(response, response.content().readableBytes());
      HttpUtil.setKeepAlive(response, keep);
      var written = context.writeAndFlush(response);
      if (!keep) {
        written.addListener(ChannelFutureListener.CLOSE);
      }
    }

    private FullHttpResponse answer(FullHttpRequest request) {
      if (!request.decoderResult().isSuccess()) {
        return text(HttpResponseStatus.BAD_REQUEST);
      }
      if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
        FullHttpResponse refused = text(HttpResponseStatus.METHOD_NOT_ALLOWED);
        refused.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        return refused;
      }
      String path = request.uri();
      int query = path.indexOf('?');
      String accept = request.headers().get(HttpHeaderNames.ACCEPT);
      try {
        Answer answer =
            page.get(query < 0 ? path : path.substring(0, query), accept == null ? "" : accept);
        return answer == null
            ? text(HttpResponseStatus.NOT_FOUND)
            : response(HttpResponseStatus.OK, answer.contentType(), answer.bytes());
      } catch (IOException | RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "cannot make the page " + path, e);
        return text(HttpResponseStatus.INTERNAL_SERVER_ERROR);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof IdleStateEvent) {
        context.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      LOG.log(System.Logger.Level.DEBUG, "a connection to the pages broke", cause);
      context.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }
  }

  private static FullHttpResponse text(HttpResponseStatus status) {
    return response(
        status,
        "text/plain; charset=utf-8",
        (status.reasonPhrase() + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static FullHttpResponse response(HttpResponseStatus status, String type, byte[] bytes) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(bytes));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    return response;
  }

  /** Where it listens, with the ports that were free. */
  public List<Endpoint> endpoints() {
    return List.copyOf(endpoints);
  }

  /** Ends it, with requests under way. Idempotent. */
  @Override
  public void close() throws IOException {
    acceptor.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5_000);
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5_000);
    for (UnixSocketFile file : files) {
      file.close();
    }
  }
}
