package io.packhouse.server.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.server.net.Endpoint;
import io.packhouse.server.net.InheritedSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is taken of the sockets that somebody hands over. */
class InheritedSocketsTest {
  @TempDir Path folder;
  private final List<Integer> open = new ArrayList<>();

  private int opened(int descriptor) {
    open.add(descriptor);
    return descriptor;
  }

  @AfterEach
  void close() throws IOException {
    for (int descriptor : open) {
      SystemCalls.close(descriptor);
    }
  }

  @Test
  void listenersAreKnownByTheirAddress() throws Exception {
    Path path = folder.resolve("a.sock");
    int unix = opened(TestSockets.listener(path));
    assertThat(InheritedSockets.take(unix, "calls"))
        .isEqualTo(new InheritedSocket(unix, "calls", new Endpoint.Unix(path)));
    InheritedSocket tcp = InheritedSockets.take(opened(TestSockets.tcpListener(true, 0)), "");
    assertThat(tcp.endpoint())
        .isInstanceOfSatisfying(
            Endpoint.Tcp.class,
            endpoint -> {
              assertThat(endpoint.host()).isEqualTo("127.0.0.1");
              assertThat(endpoint.port()).isPositive();
            });
  }

  @Test
  void whatTakesNoConnectionsIsRefusedByName() throws Exception {
    int datagrams = opened(TestSockets.receiver(folder.resolve("d").toString()));
    int silent = opened(TestSockets.bound(folder.resolve("b")));
    for (int descriptor : List.of(datagrams, silent)) {
      assertThatThrownBy(() -> InheritedSockets.take(descriptor, "odd"))
          .hasMessageContaining("socket odd (descriptor " + descriptor + ")")
          .hasMessageContaining("takes no connections");
    }
    int named = opened(TestSockets.abstractListener("packhouse-" + ProcessHandle.current().pid()));
    assertThatThrownBy(() -> InheritedSockets.take(named, ""))
        .hasMessageContaining("abstract name");
    assertThatThrownBy(() -> InheritedSockets.take(1 << 20, "")).hasMessageContaining("errno 9");
  }

  @Test
  void socketsOfAnotherProcessAreNotOurs() throws Exception {
    String pid = Long.toString(ProcessHandle.current().pid());
    assertThat(InheritedSockets.take(Map.of())).isEmpty();
    assertThat(InheritedSockets.take(Map.of("LISTEN_FDS", "1"))).isEmpty();
    assertThat(InheritedSockets.take(Map.of("LISTEN_FDS", "1", "LISTEN_PID", pid + "0"))).isEmpty();
    for (String count : List.of("-1", "x", "65", "999999999999")) {
      assertThatThrownBy(
              () -> InheritedSockets.take(Map.of("LISTEN_FDS", count, "LISTEN_PID", pid)))
          .hasMessageContaining("LISTEN_FDS");
    }
  }

  @Test
  void configuredAddressesThatAreInheritedAreNotBoundAgain() throws Exception {
    InheritedSocket unix = new InheritedSocket(3, "", Endpoint.parse("unix:/run/p.sock"));
    InheritedSocket loopback = new InheritedSocket(4, "", Endpoint.parse("tcp://127.0.0.1:1"));
    InheritedSocket all = new InheritedSocket(5, "", Endpoint.parse("tcp://[::]:2"));
    assertThat(
            InheritedSocket.others(
                List.of(
                    Endpoint.parse("unix:/run/p.sock"),
                    Endpoint.parse("unix:/run/q.sock"),
                    Endpoint.parse("tcp://127.0.0.1:1"),
                    Endpoint.parse("tcp://127.0.0.2:1"),
                    Endpoint.parse("tcp://127.0.0.1:0"),
                    Endpoint.parse("tcp://0.0.0.0:2")),
                List.of(unix, loopback, all)))
        .extracting(Endpoint::toString)
        .containsExactly("unix:/run/q.sock", "tcp://127.0.0.2:1", "tcp://127.0.0.1:0");
  }
}
