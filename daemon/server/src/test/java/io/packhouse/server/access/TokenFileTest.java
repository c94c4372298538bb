package io.packhouse.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileTest {
  private static final Grant PACK = new Grant(Role.PACK, List.of("releases", "snapshots"));

  @TempDir Path folder;
  private final SecureRandom random = new SecureRandom();
  private Path path;

  @BeforeEach
  void path() {
    path = folder.resolve("tokens");
  }

  private TokenFile open() throws IOException {
    return TokenFile.open(path, Clock.systemUTC());
  }

  @Test
  void missingFileHasNoTokens() throws Exception {
    TokenFile file = open();
    assertThat(file.list()).isEmpty();
    assertThat(file.find(Token.hash("pkh_x"))).isNull();
  }

  @Test
  void tokenIsFoundByItsSecretAlone() throws Exception {
    Instant expires = Instant.parse("2030-01-01T00:00:00Z");
    String secret = open().create("ci", PACK, expires, random);
    Token found = open().find(Token.hash(secret));
    assertThat(found).isNotNull();
    assertThat(found.name()).isEqualTo("ci");
    assertThat(found.grant()).isEqualTo(PACK);
    assertThat(found.expires()).isEqualTo(expires);
    assertThat(secret).startsWith("pkh_").hasSizeGreaterThanOrEqualTo(47);
    assertThat(open().find(Token.hash(secret + "x"))).isNull();
  }

  @Test
  void secretIsInNoFile() throws Exception {
    String secret = open().create("ci", PACK, null, random);
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        assertThat(Files.readString(file))
            .doesNotContain(secret)
            .doesNotContain(secret.substring(4));
      }
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
  }

  @Test
  void revokedTokenIsGoneAndOthersStay() throws Exception {
    TokenFile file = open();
    String first = file.create("first", PACK, null, random);
    String second = file.create("second", new Grant(Role.READ, List.of()), null, random);
    assertThat(file.revoke("first")).isTrue();
    assertThat(file.revoke("first")).isFalse();
    assertThat(file.find(Token.hash(first))).isNull();
    assertThat(file.find(Token.hash(second)).grant().folders()).isEmpty();
  }

  @Test
  void nameIsTakenOnce() throws Exception {
    TokenFile file = open();
    file.create("ci", PACK, null, random);
    assertThatThrownBy(() -> file.create("ci", PACK, null, random))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("already");
    assertThatThrownBy(() -> file.create("c i", PACK, null, random))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name");
  }

  @Test
  void changeByAnotherProcessIsNoticed() throws Exception {
    TokenFile daemon = open();
    String secret = open().create("ci", PACK, null, random);
    Token found = null;
    for (int i = 0; i < 500 && found == null; i++) {
      found = daemon.find(Token.hash(secret));
      Thread.sleep(10);
    }
    assertThat(found).isNotNull();
  }

  @Test
  void brokenChangeLeavesTheOldTokens() throws Exception {
    TokenFile file = open();
    String secret = file.create("ci", PACK, null, random);
    Files.writeString(path, "nonsense\n");
    assertThatThrownBy(file::reload).isInstanceOf(IOException.class).hasMessageContaining("line 1");
    assertThat(file.find(Token.hash(secret))).isNotNull();
  }

  @Test
  void fileThatOthersMayReadIsRefused() throws Exception {
    open().create("ci", PACK, null, random);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("chmod 600");
  }

  @Test
  void badLinesAreNamed() throws Exception {
    String hash = Token.hash("x");
    for (String line :
        List.of(
            "ci pack",
            "ci chief * 2026-01-01T00:00:00Z never " + hash,
            "ci pack * yesterday never " + hash,
            "ci pack * 2026-01-01T00:00:00Z never abc")) {
      Files.writeString(path, "# comment\n\n" + line + "\n");
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(path + ", line 3: ");
    }
  }

  @Test
  void writersAtTheSameTimeLoseNothing() throws Exception {
    try (var executor = Executors.newFixedThreadPool(4)) {
      List<Callable<String>> tasks = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        String name = "t" + i;
        TokenFile shared = open();
        tasks.add(() -> shared.create(name, PACK, null, random));
      }
      for (var task : executor.invokeAll(tasks)) {
        task.get();
      }
    }
    assertThat(open().list()).hasSize(20);
  }
}
