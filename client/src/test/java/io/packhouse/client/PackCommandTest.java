package io.packhouse.client;

import static io.packhouse.client.Cli.packhouse;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.client.Cli.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackCommandTest {
  @TempDir Path temp;

  private Path out() {
    return temp.resolve("out.pkh");
  }

  @Test
  void reportsWhatWasPackedOnStandardOutput() throws IOException {
    Result result = packhouse("pack", Trees.small(temp), out());
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .startsWith(out() + ": ")
        .contains("8 files, 6 directories, 3 symbolic links, 1 hard link")
        .contains("97.7 KiB stored once already")
        .contains("walk ")
        .contains("sync ");
  }

  @Test
  void quietSaysNothing() throws IOException {
    Result result = packhouse("pack", "--quiet", Trees.small(temp), out());
    assertThat(result.out() + result.err()).isEmpty();
    assertThat(out()).exists();
  }

  @Test
  void aSingleDirectoryIsTheRoot() throws IOException {
    Cli.pack(Trees.maven(temp), out());
    assertThat(packhouse("ls", out()).lines()).startsWith(".", "org");
  }

  @Test
  void aSingleNamedDirectoryIsMountedUnderItsName() throws IOException {
    assertThat(packhouse("pack", "central=" + Trees.maven(temp), out()).code()).isZero();
    assertThat(packhouse("ls", out()).lines()).contains("central", "central/org");
    assertThat(packhouse("ls", "--repository", "central", out()).lines())
        .contains("central/org/acme/tool/1.2/tool-1.2.pom");
  }

  @Test
  void severalDirectoriesGoByTheirNames() throws IOException {
    Path tree = Trees.small(temp);
    Path maven = Trees.maven(temp);
    assertThat(packhouse("pack", tree, "central=" + maven, out()).code()).isZero();
    assertThat(packhouse("ls", out()).lines()).contains("central/org", "tree/docs", "tree/link");
  }

  @Test
  void aPathWithASlashBeforeTheEqualsSignIsNoName() throws IOException {
    Path odd = Files.createDirectory(temp.resolve("a=b"));
    Files.writeString(odd.resolve("c"), "c");
    assertThat(packhouse("pack", odd, out()).code()).isZero();
    assertThat(packhouse("ls", out()).lines()).containsExactly(".", "c");
  }

  @Test
  void twoInputsOfOneNameAreRefused() throws IOException {
    Path tree = Trees.small(temp);
    Result result = packhouse("pack", "tree=" + temp, tree, out());
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("would both be tree/").contains("NAME=DIR");
  }

  @Test
  void repositoryNamesInputsWithoutAName() throws IOException {
    Cli.pack(Trees.maven(temp), out(), "--repository", "mine");
    assertThat(packhouse("ls", "--json", out(), "org").out()).contains("\"repository\":\"mine\"");
  }

  @Test
  void excludesIncludesAndExcludeFilesChoose() throws IOException {
    Path tree = Trees.small(temp);
    Path globs = Files.writeString(temp.resolve("globs"), "# no noise\n\nnoise*\n");
    Cli.pack(tree, out(), "--exclude", "deep/", "--exclude-from", globs);
    assertThat(packhouse("ls", out()).lines())
        .contains("docs/readme.txt")
        .doesNotContain("docs/deep", "noise.bin", "noise-again.bin");

    Cli.pack(tree, out(), "--force", "--include", "*.txt");
    assertThat(packhouse("ls", out()).lines())
        .containsExactly(
            ".",
            "docs",
            "docs-old",
            "docs-old/readme.txt",
            "docs/deep",
            "docs/deep/notes.txt",
            "docs/readme.txt");

    Result piped =
        new Cli().withInput("*.txt\n").run("pack", "-q", "-f", "--exclude-from", "-", tree, out());
    assertThat(piped.code()).isZero();
    assertThat(packhouse("ls", out()).out()).doesNotContain(".txt");
  }

  @Test
  void badGlobsNameTheirLine() throws IOException {
    Path globs = Files.writeString(temp.resolve("globs"), "fine\n[bad\n");
    Result result = packhouse("pack", "--exclude-from", globs, Trees.small(temp), out());
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains(globs + ":2").contains("[bad");
    assertThat(out()).doesNotExist();
  }

  @Test
  void workersDoNotChangeTheBytes() throws IOException {
    Path tree = Trees.small(temp);
    Cli.pack(tree, out(), "--workers", 1);
    Path other = Cli.pack(tree, temp.resolve("other.pkh"), "--workers", 5);
    assertThat(other).hasSameBinaryContentAs(out());
  }

  @Test
  void reproducibleClampsTimesAndDropsOwners() throws IOException {
    Path tree = Trees.small(temp);
    Cli cli = new Cli().with("SOURCE_DATE_EPOCH", "1000000000");
    assertThat(cli.run("pack", "-q", "--reproducible", tree, out()).code()).isZero();
    assertThat(packhouse("ls", "--json", out()).lines())
        .allSatisfy(
            line -> assertThat(line).contains("2001-09-09T01:46:40Z").doesNotContain("uid"));
  }

  @Test
  void timesBeforeTheClampStay() throws IOException {
    Path tree = Trees.maven(temp);
    Files.setLastModifiedTime(
        tree.resolve("org"), FileTime.from(Instant.parse("1999-01-01T00:00:00Z")));
    Cli cli = new Cli().with("SOURCE_DATE_EPOCH", "1000000000");
    cli.run("pack", "-q", "--reproducible", tree, out());
    assertThat(packhouse("ls", "--json", out()).out()).contains("1999-01-01T00:00:00Z");
  }

  @Test
  void aBadSourceDateEpochIsRefused() throws IOException {
    Path tree = Trees.small(temp);
    for (String bad : new String[] {"yesterday", "-1", "9999999999999", "1.5"}) {
      Result result =
          new Cli().with("SOURCE_DATE_EPOCH", bad).run("pack", "--reproducible", tree, out());
      assertThat(result.code()).isEqualTo(2);
      assertThat(result.err()).contains("SOURCE_DATE_EPOCH").contains(bad).contains("unset it");
    }
    Result unused = new Cli().with("SOURCE_DATE_EPOCH", "nonsense").run("pack", "-q", tree, out());
    assertThat(unused.code()).isZero();
  }

  @Test
  void aPipeTakesTheArchiveAndStandardErrorTheReport() throws IOException {
    Path tree = Trees.small(temp);
    Result result = packhouse("pack", tree, "-");
    assertThat(result.code()).isZero();
    assertThat(result.err()).startsWith("standard output: ");
    Cli.pack(tree, out());
    assertThat(result.bytes()).isEqualTo(Files.readAllBytes(out()));
  }

  @Test
  void aTerminalIsNoPlaceForAnArchive() throws IOException {
    Result result = new Cli().withTerminalOut().run("pack", Trees.small(temp), "-");
    assertThat(result.code()).isEqualTo(4);
    assertThat(result.err()).contains("terminal");
    assertThat(result.bytes()).isEmpty();
  }

  @Test
  void metadataCanBeLeftOut() throws IOException {
    Path maven = Trees.maven(temp);
    Cli.pack(maven, out());
    assertThat(packhouse("ls", "--type", "maven", out()).lines()).hasSize(1);
    Cli.pack(maven, out(), "--force", "--no-metadata");
    assertThat(packhouse("ls", "--type", "maven", out()).lines()).isEmpty();
  }

  @Test
  void progressIsForTerminalsOnlyAndWipedThere() throws IOException {
    Path tree = Trees.small(temp);
    for (int i = 0; i < 8; i++) {
      Files.write(tree.resolve("much" + i), Trees.noise(i, 8_000_000));
    }
    assertThat(packhouse("pack", "-f", tree, out()).err()).isEmpty();
    Cli dumb = new Cli().withTerminalErr().with("TERM", "dumb");
    assertThat(dumb.run("pack", "-f", tree, out()).err()).isEmpty();
    assertThat(new Cli().withTerminalErr().run("pack", "-q", "-f", tree, out()).err()).isEmpty();
    // Whether a line is drawn depends on how fast this machine is; what is drawn must be wiped.
    String seen = new Cli().withTerminalErr().run("pack", "-f", tree, out()).err();
    assertThat(seen.isEmpty() || seen.endsWith("\r\u001b[K")).isTrue();
  }

  @Test
  void whatTheBaseHasIsLeftOut() throws IOException {
    Path tree = Trees.maven(temp);
    Path base = Cli.pack(tree, temp.resolve("base.pkh"));
    Files.writeString(tree.resolve("news.txt"), "as of Tuesday");
    Result result = packhouse("pack", "--base", base, tree, out());
    assertThat(result.code()).as(result.toString()).isZero();
    assertThat(result.out()).contains("in the base ");
    assertThat(packhouse("cat", out(), "news.txt").out()).isEqualTo("as of Tuesday");
    assertThat(packhouse("verify", out()).code()).isZero();
    assertThat(packhouse("pack", "--json", "--force", "--base", base, tree, out()).out())
        .contains("\"base_files\":");
  }

  @Test
  void aBaseThatIsNoneIsNamedWithWhatIsWrong() throws IOException {
    Path tree = Trees.small(temp);
    Path base = Cli.pack(tree, temp.resolve("base.pkh"));
    Result missing = packhouse("pack", "--base", temp.resolve("none.pkh"), tree, out());
    assertThat(missing.code()).as(missing.toString()).isEqualTo(3);
    assertThat(missing.err()).contains("none.pkh", "no such file");
    Result itself = packhouse("pack", "--force", "--base", base, tree, base);
    assertThat(itself.code()).as(itself.toString()).isEqualTo(4);
    assertThat(itself.err()).contains("base.pkh is the base itself");
    byte[] bytes = Files.readAllBytes(base);
    bytes[bytes.length - 100]++;
    Result damaged = packhouse("pack", "--base", Files.write(base, bytes), tree, out());
    assertThat(damaged.code()).as(damaged.toString()).isEqualTo(5);
    assertThat(damaged.err()).contains("base.pkh");
    Result there = packhouse("pack", "--daemon", "unix:/none", "--base", base, tree, out());
    assertThat(there.code()).as(there.toString()).isEqualTo(2);
    assertThat(there.err()).contains("--base");
    assertThat(out()).doesNotExist();
  }
}
