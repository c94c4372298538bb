package io.packhouse.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.client.Cli.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command and a daemon over TCP: with a token, with TLS, and with certificates on both sides.
 */
class RemoteTcpTest {
  @TempDir static Path keys;
  @TempDir Path temp;

  @BeforeAll
  static void makeKeys() throws Exception {
    Keys.make(keys, "server", "CN=localhost");
    Keys.make(keys, "ci", "CN=ci");
    Keys.make(keys, "stranger", "CN=stranger");
  }

  private String tls(String more) {
    return """
    [tls]
    certificate = "%s"
    key = "%s"
    %s
    """
        .formatted(keys.resolve("server.pem"), keys.resolve("server.key"), more);
  }

  private String token(Path tokens, String role) {
    Result made =
        Cli.packhouse("token", "create", "--file", tokens, "--role", role, "test-" + role);
    assertThat(made.code()).as(made.err()).isZero();
    return made.out().strip();
  }

  /** Sends a tree, lists it, verifies it and fetches it. */
  private void works(Cli cli, Object... options) throws IOException {
    Path tree = Trees.small(Files.createTempDirectory(temp, "tree"));
    Path out = temp.resolve("out-" + System.nanoTime());
    List<List<Object>> commands =
        List.of(
            List.of("pack", "-q", "-f", tree, "archives/a.pkh"),
            List.of("ls", "archives/a.pkh"),
            List.of("verify", "archives/a.pkh"),
            List.of("extract", "archives/a.pkh", out, "docs"),
            List.of("jobs"));
    for (List<Object> command : commands) {
      List<Object> args = new ArrayList<>(command);
      args.addAll(1, List.of(options));
      Result result = cli.run(args.toArray());
      assertThat(result.code()).as(command + ": " + result.err()).isZero();
    }
    assertThat(out.resolve("docs/readme.txt"))
        .hasSameBinaryContentAs(tree.resolve("docs/readme.txt"));
  }

  @Test
  void tokensAreTakenOnLoopback() throws Exception {
    Path tokens = temp.resolve("tokens");
    String secret = token(tokens, "pack");
    String reader = token(tokens, "read");
    RunningDaemon daemon = RunningDaemon.start(temp, "[access]\ntokens = \"" + tokens + "\"\n");
    try {
      works(new Cli().with("PACKHOUSE_DAEMON", daemon.tcp()).with("PACKHOUSE_TOKEN", secret));
      Path file = Files.writeString(temp.resolve("token"), reader + "\n");
      assertThat(
              Cli.packhouse("ls", "--daemon", daemon.tcp(), "--token-file", file, "archives/a.pkh")
                  .code())
          .isZero();
      Result refused =
          Cli.packhouse(
              "pack", "--daemon", daemon.tcp(), "--token-file", file, temp, "archives/b.pkh");
      assertThat(refused.code()).isEqualTo(8);
      assertThat(refused.err()).contains("needs the role pack");
      Result nobody = Cli.packhouse("ls", "--daemon", daemon.tcp(), "archives/a.pkh");
      assertThat(nobody.code()).isEqualTo(8);
      assertThat(nobody.err()).contains("token");
      Result tls =
          Cli.packhouse(
              "ls", "--daemon", daemon.tcp(), "--ca", keys.resolve("ci.pem"), "archives/a.pkh");
      assertThat(tls.code()).isEqualTo(8);
      assertThat(tls.err()).contains("does not speak TLS");
      Result wrong =
          new Cli()
              .with("PACKHOUSE_TOKEN", secret + "x")
              .run("ls", "--daemon", daemon.tcp(), "archives/a.pkh");
      assertThat(wrong.code()).isEqualTo(8);
      assertThat(wrong.err()).contains("not known").doesNotContain(secret);
    } finally {
      daemon.close();
    }
  }

  @Test
  void tlsGoesWithATokenAndWithTheRightAuthorityAlone() throws Exception {
    Path tokens = temp.resolve("tokens");
    String secret = token(tokens, "pack");
    RunningDaemon daemon = RunningDaemon.start(temp, tls("[access]\ntokens = \"" + tokens + "\""));
    try {
      Cli cli = new Cli().with("PACKHOUSE_DAEMON", daemon.tcp()).with("PACKHOUSE_TOKEN", secret);
      works(cli, "--ca", keys.resolve("server.pem"));
      Result other = cli.run("ls", "--ca", keys.resolve("ci.pem"), "archives/a.pkh");
      assertThat(other.code()).isEqualTo(8);
      assertThat(other.err()).contains("cannot be trusted");
      Result plain = cli.run("ls", "archives/a.pkh");
      assertThat(plain.code()).isEqualTo(8);
      assertThat(plain.err()).hasLineCount(1).doesNotContain("Pipeline");
      Result none = cli.run("ls", "--ca", keys.resolve("none.pem"), "archives/a.pkh");
      assertThat(none.code()).isNotZero();
      assertThat(none.err()).contains("none.pem: no such file");
      works(cli.with("PACKHOUSE_CA", keys.resolve("server.pem").toString()));
    } finally {
      daemon.close();
    }
  }

  @Test
  void certificatesTellWhoCalls() throws Exception {
    RunningDaemon daemon =
        RunningDaemon.start(
            temp,
            tls(
                "clients = \"required\"\nclient-certificates = \""
                    + keys.resolve("ci.pem")
                    + "\"\n[access.certificates.ci]\nrole = \"pack\""));
    try {
      Cli cli =
          new Cli()
              .with("PACKHOUSE_DAEMON", daemon.tcp())
              .with("PACKHOUSE_CA", keys.resolve("server.pem").toString());
      works(cli, "--cert", keys.resolve("ci.pem"), "--key", keys.resolve("ci.key"));
      Result nobody = cli.run("ls", "archives/a.pkh");
      assertThat(nobody.code()).isEqualTo(8);
      assertThat(nobody.err()).contains("certificate_required");
      Result stranger =
          cli.run(
              "ls",
              "--cert",
              keys.resolve("stranger.pem"),
              "--key",
              keys.resolve("stranger.key"),
              "archives/a.pkh");
      assertThat(stranger.code()).isEqualTo(8);
      Result half = cli.run("ls", "--cert", keys.resolve("ci.pem"), "archives/a.pkh");
      assertThat(half.code()).isEqualTo(2);
      assertThat(half.err()).contains("a certificate and its key go together");
      works(
          cli.with("PACKHOUSE_CERT", keys.resolve("ci.pem").toString())
              .with("PACKHOUSE_KEY", keys.resolve("ci.key").toString()));
    } finally {
      daemon.close();
    }
  }
}
