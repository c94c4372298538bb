package io.packhouse.client;

import static io.packhouse.client.Cli.packhouse;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.client.Cli.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Digests besides BLAKE3: recorded, listed, searched for, verified. */
class DigestsTest {
  @TempDir Path temp;
  private Path tree;
  private Path out;

  @BeforeEach
  void makeTree() throws IOException {
    tree = Files.createDirectory(temp.resolve("tree"));
    Files.writeString(tree.resolve("a"), "some contents");
    Files.writeString(tree.resolve("b"), "other contents");
    Files.writeString(tree.resolve("c"), "some contents");
    out = temp.resolve("a.pkh");
  }

  private static String digest(String algorithm, String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
  }

  @Test
  void theOptionAloneRecordsAllAndTakesNoOperandForItsValue() throws Exception {
    assertThat(packhouse("pack", "--digests", tree, out).code()).isZero();
    assertThat(packhouse("ls", "--json", out, "b").out())
        .contains("\"sha1\":\"" + digest("SHA-1", "other contents") + "\"")
        .contains("\"sha256\":\"" + digest("SHA-256", "other contents") + "\"")
        .contains("\"sha512\":\"" + digest("SHA-512", "other contents") + "\"");
    assertThat(packhouse("info", out).out())
        .containsPattern("format 1\\.[13]")
        .contains("digests=sha1,sha256,sha512");
  }

  @Test
  void namesAfterAnEqualsSignChoose() {
    assertThat(packhouse("pack", tree, "--digests=sha256", out).code()).isZero();
    assertThat(packhouse("ls", "--json", out, "b").out())
        .contains("\"sha256\":")
        .doesNotContain("\"sha1\":")
        .doesNotContain("\"sha512\":");
  }

  @Test
  void unknownNamesAreRefused() {
    for (String names : new String[] {"md5", "SHA-1", "", "sha1,", "sha1,blake3"}) {
      Result result = packhouse("pack", "--digests=" + names, tree, out);
      assertThat(result.code()).as(names).isEqualTo(2);
      assertThat(result.err()).contains("--digests takes some of sha1,sha256,sha512, not");
    }
  }

  @Test
  void filesAreFoundByAnyDigestThatIsRecorded() throws Exception {
    assertThat(packhouse("pack", "--digests=sha1,sha256", tree, out).code()).isZero();
    for (String algorithm : new String[] {"SHA-1", "SHA-256"}) {
      String hex = digest(algorithm, "some contents");
      assertThat(packhouse("ls", "--digest", hex, out).lines()).containsExactly("a", "c");
      assertThat(packhouse("ls", "--digest", hex.toUpperCase(Locale.ROOT), out, "c").lines())
          .containsExactly("c");
    }
    String json = packhouse("ls", "--json", out, "b").out();
    int at = json.indexOf("\"blake3\":\"") + 10;
    assertThat(packhouse("ls", "--digest", json.substring(at, at + 64), out).lines())
        .containsExactly("b");
    assertThat(packhouse("ls", "--digest", "00".repeat(20), out).out()).isEmpty();
    Result missing = packhouse("ls", "--digest", "00".repeat(64), out);
    assertThat(missing.code()).isEqualTo(3);
    assertThat(missing.err()).contains("records no SHA-512; pack --digests does");
    for (String wrong : new String[] {"00", "xy", "0", "", "00".repeat(33)}) {
      assertThat(packhouse("ls", "--digest", wrong, out).code()).as(wrong).isEqualTo(2);
    }
  }

  @Test
  void verifyComputesThemAgainWhereTheyAreRecorded() {
    assertThat(packhouse("pack", "--digests", tree, out).code()).isZero();
    assertThat(packhouse("verify", "--digests", out).out()).contains("intact");
    assertThat(packhouse("verify", "--digests", out, "a").out()).contains("intact");
    assertThat(packhouse("pack", "-f", tree, out).code()).isZero();
    Result none = packhouse("verify", "--digests", out);
    assertThat(none.code()).isEqualTo(3);
    assertThat(none.err()).contains("records no digests but BLAKE3");
  }

  @Test
  void theSystemsImplementationIsTold() {
    assertThat(packhouse("info", "--system").out()).containsPattern("digests +(native \\(|java)");
  }
}
