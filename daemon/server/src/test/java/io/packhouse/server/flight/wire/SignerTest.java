package io.packhouse.server.flight.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignerTest {
  private static final Clock NOW =
      Clock.fixed(Instant.parse("2026-06-01T00:00:00Z"), ZoneOffset.UTC);

  record One(String text, String caller, long expires) implements Signer.Signed {}

  record Other(String text, long more, String caller, long expires) implements Signer.Signed {}

  private final Signer signer = new Signer(new byte[32], NOW);
  private final ByteString ticket = signer.sign(new One("a", "me", signer.expiry()));

  @Test
  void aTicketIsReadByItsCallerUntilItExpires() {
    assertThat(signer.read(ticket, One.class, "me").text()).isEqualTo("a");
    assertThatThrownBy(() -> signer.read(ticket, One.class, "you"))
        .hasMessageContaining("another caller");
    Signer later =
        new Signer(new byte[32], Clock.offset(NOW, Signer.LIFETIME.plus(Duration.ofSeconds(1))));
    assertThatThrownBy(() -> later.read(ticket, One.class, "me")).hasMessageContaining("expired");
  }

  @Test
  void whatWasNotSignedSoIsNone() {
    for (int i = 0; i < ticket.size(); i++) {
      byte[] bytes = ticket.toByteArray();
      bytes[i] ^= 1;
      assertThatThrownBy(() -> signer.read(ByteString.copyFrom(bytes), One.class, "me"))
          .hasMessageContaining("none that this daemon made");
    }
    for (int length = 0; length < ticket.size(); length++) {
      ByteString cut = ticket.substring(0, length);
      assertThatThrownBy(() -> signer.read(cut, One.class, "me"))
          .hasMessageContaining("none that this daemon made");
    }
    byte[] otherKey = new byte[32];
    otherKey[0] = 1;
    assertThatThrownBy(() -> new Signer(otherKey, NOW).read(ticket, One.class, "me"))
        .hasMessageContaining("none that this daemon made");
  }

  @Test
  void aTicketOfAnotherKindIsNone() {
    ByteString other = signer.sign(new Other("a", 1, "me", signer.expiry()));
    assertThatThrownBy(() -> signer.read(other, One.class, "me")).hasMessageContaining("version");
    assertThatThrownBy(() -> signer.read(ticket, Other.class, "me"))
        .hasMessageContaining("version");
  }

  @Test
  void theKeyOutlivesARestart(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("key");
    ByteString made = Signer.ofKeyFile(file, NOW).sign(new One("a", "me", signer.expiry()));
    assertThat(Signer.ofKeyFile(file, NOW).read(made, One.class, "me").text()).isEqualTo("a");
    assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    Files.write(file, new byte[31]);
    assertThatThrownBy(() -> Signer.ofKeyFile(file, NOW)).hasMessageContaining("31 bytes");
  }
}
