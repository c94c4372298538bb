package io.packhouse.client;

import static io.packhouse.client.Cli.packhouse;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.client.Cli.Result;
import io.packhouse.engine.read.ArchiveReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A delta in a daemon's catalog, with its base beside it and without. */
class RemoteDeltaTest {
  @TempDir static Path shared;
  private static RunningDaemon daemon;
  private static Path tree;

  /** A base that the daemon has not. */
  private static Path away;

  @TempDir Path temp;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    daemon = RunningDaemon.start(shared);
    tree = Trees.small(shared);
    Trees.maven(tree);
    Path base = Cli.pack(tree, daemon.archives().resolve("base.pkh"));
    Files.writeString(tree.resolve("docs/deep/notes.txt"), "another note\n");
    Files.delete(tree.resolve("noise-again.bin"));
    Cli.pack(tree, daemon.archives().resolve("delta.pkh"), "--base", base);
    away = Cli.pack(tree, shared.resolve("away.pkh"), "--exclude", "docs");
    Cli.pack(tree, daemon.archives().resolve("lonely.pkh"), "--base", away);
    assertThat(daemon.run("catalog", "rescan").code()).isZero();
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    daemon.close();
  }

  private static Result remote(Object... args) {
    return daemon.run(args);
  }

  @Test
  void contentsAreReadThroughTheBase() throws Exception {
    assertThat(remote("cat", "archives/delta.pkh", "noise.bin").bytes())
        .isEqualTo(Trees.noise(1, 100_000));
    assertThat(remote("cat", "archives/delta.pkh", "docs/deep/notes.txt").out())
        .isEqualTo("another note\n");
    Result verified = remote("verify", "archives/delta.pkh");
    assertThat(verified.code()).as(verified.out() + verified.err()).isZero();
    Path out = temp.resolve("out");
    Result extracted = remote("extract", "archives/delta.pkh", out);
    assertThat(extracted.code()).as(extracted.err()).isZero();
    assertThat(packhouse("diff", daemon.archives().resolve("delta.pkh"), out).out())
        .startsWith("0 added, 0 removed");
    Path part = temp.resolve("part");
    assertThat(remote("extract", "archives/delta.pkh", part, "noise.bin").code()).isZero();
    assertThat(part.resolve("noise.bin")).hasBinaryContent(Trees.noise(1, 100_000));
    Path lent = temp.resolve("lent");
    assertThat(remote("extract", "--base", away, "archives/lonely.pkh", lent).code()).isZero();
    assertThat(lent.resolve("noise.bin")).hasBinaryContent(Trees.noise(1, 100_000));
    assertThat(remote("diff", "archives/base.pkh", "archives/delta.pkh").out())
        .isEqualTo(
            packhouse(
                    "diff",
                    daemon.archives().resolve("base.pkh"),
                    daemon.archives().resolve("delta.pkh"))
                .out())
        .contains("noise-again.bin");
    assertThat(remote("ls", "--packages", "archives/delta.pkh").out())
        .isEqualTo(packhouse("ls", "--packages", daemon.archives().resolve("delta.pkh")).out());
  }

  @Test
  void aBaseThatIsMissingIsNamed() throws Exception {
    String id;
    try (ArchiveReader reader = ArchiveReader.open(away)) {
      id = reader.id();
    }
    for (Result failed :
        new Result[] {
          remote("cat", "archives/lonely.pkh", "noise.bin"),
          remote("verify", "archives/lonely.pkh"),
          remote("extract", "archives/lonely.pkh", temp.resolve("out"))
        }) {
      assertThat(failed.code()).as(failed.err()).isEqualTo(3);
      assertThat(failed.err() + failed.out()).contains(id).doesNotContain("\tat ");
    }
    assertThat(remote("ls", "archives/lonely.pkh").code()).isZero();
    assertThat(remote("cat", "archives/lonely.pkh", "docs/deep/notes.txt").out())
        .isEqualTo("another note\n");
    assertThat(remote("diff", "archives/base.pkh", "archives/lonely.pkh").out())
        .as("digests are enough to compare")
        .contains("noise-again.bin");
  }

  @Test
  void packsOfADaemonHaveNoBases() {
    Result refused = remote("pack", "--base", "archives/base.pkh", tree, "archives/new.pkh");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("--base").doesNotContain("\tat ");
    assertThat(daemon.archives().resolve("new.pkh")).doesNotExist();
  }
}
