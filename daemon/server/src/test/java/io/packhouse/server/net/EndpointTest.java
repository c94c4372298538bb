package io.packhouse.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"unix:/run/p.sock", "tcp://127.0.0.1:0", "tcp://[::1]:7070", "tcp://host:65535"})
  void addressesAreWrittenAsTheyAreRead(String text) {
    assertThat(Endpoint.parse(text)).hasToString(text);
  }

  @Test
  void unixPathsMayBeWrittenAsUrls() {
    assertThat(Endpoint.parse("unix:///run/x/../p.sock"))
        .isEqualTo(new Endpoint.Unix(Path.of("/run/p.sock")));
  }

  @ParameterizedTest
  @CsvSource({
    "unix:p.sock, absolute",
    "unix:, absolute",
    "unix:/, absolute",
    "tcp://127.0.0.1, no port",
    "tcp://127.0.0.1:, no port",
    "tcp://127.0.0.1:99999, 65535",
    "tcp://:1, needs a host",
    "tcp://::1:1, brackets",
    "http://x:1, no address",
    "/run/p.sock, no address",
  })
  void mistakesAreNamed(String text, String message) {
    assertThatThrownBy(() -> Endpoint.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void longestPathOfASocketIs107Bytes() {
    assertThat(Endpoint.parse("unix:/" + "a".repeat(106))).isNotNull();
    assertThatThrownBy(() -> Endpoint.parse("unix:/" + "a".repeat(107)))
        .hasMessageContaining("at most 107 bytes, this has 108");
    assertThatThrownBy(() -> Endpoint.parse("unix:/" + "ä".repeat(54)))
        .hasMessageContaining("at most 107 bytes, this has 109");
  }

  @Test
  void loopbackIsKnown() throws Exception {
    assertThat(new Endpoint.Tcp("127.0.0.1", 0).isLoopback()).isTrue();
    assertThat(new Endpoint.Tcp("127.3.2.1", 0).isLoopback()).isTrue();
    assertThat(new Endpoint.Tcp("::1", 0).isLoopback()).isTrue();
    assertThat(new Endpoint.Tcp("0.0.0.0", 0).isLoopback()).isFalse();
    assertThat(new Endpoint.Tcp("192.0.2.1", 0).isLoopback()).isFalse();
  }
}
