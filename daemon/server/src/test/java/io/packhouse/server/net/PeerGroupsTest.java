package io.packhouse.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerGroupsTest {
  @TempDir Path folder;

  @Test
  void groupsAreThoseOfTheProcessAtTheOtherEnd() throws Exception {
    Path socket = folder.resolve("s");
    CompletableFuture<Set<Long>> seen = new CompletableFuture<>();
    try (var loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory())) {
      Channel server =
          new ServerBootstrap()
              .group(loop)
              .channel(EpollServerDomainSocketChannel.class)
              .childHandler(
                  new ChannelInitializer<EpollDomainSocketChannel>() {
                    @Override
                    protected void initChannel(EpollDomainSocketChannel channel)
                        throws IOException {
                      seen.complete(PeerGroups.of(channel.fd().intValue()));
                    }
                  })
              .bind(new DomainSocketAddress(socket.toFile()))
              .sync()
              .channel();
      try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        client.connect(UnixDomainSocketAddress.of(socket));
        assertThat(seen.get(30, TimeUnit.SECONDS)).isEqualTo(ownGroups());
      }
      server.close().sync();
    }
  }

  @Test
  void whatIsNoSocketIsRefused() {
    assertThatThrownBy(() -> PeerGroups.of(-1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("errno 9");
  }

  private static Set<Long> ownGroups() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(one -> one.startsWith("Groups:"))
            .findFirst()
            .orElseThrow();
    return Arrays.stream(line.substring("Groups:".length()).strip().split(" +"))
        .filter(group -> !group.isEmpty())
        .map(Long::valueOf)
        .collect(Collectors.toSet());
  }
}
