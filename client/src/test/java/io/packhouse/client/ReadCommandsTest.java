package io.packhouse.client;

import static io.packhouse.client.Cli.packhouse;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.client.Cli.Result;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ls, cat and info. */
class ReadCommandsTest {
  @TempDir Path temp;
  private Path tree;
  private Path archive;

  @BeforeEach
  void pack() throws IOException {
    tree = Trees.small(temp);
    archive = Cli.pack(tree, temp.resolve("a.pkh"));
  }

  @Test
  void listsPathsInByteOrderAndSafely() {
    assertThat(packhouse("ls", archive).lines())
        .containsExactly(
            ".",
            "back\\\\slash",
            "docs",
            "docs-old",
            "docs-old/readme.txt",
            "docs/deep",
            "docs/deep/er",
            "docs/deep/notes.txt",
            "docs/readme.txt",
            "docs/up",
            "empty",
            "link",
            "noise-again.bin",
            "noise.bin",
            "nothing",
            "out",
            "two\\nlines",
            "zhard");
  }

  @Test
  void drawsTreesWithDirectoriesBeforeWhatTheyHold() {
    assertThat(packhouse("ls", "--tree", archive).lines())
        .containsSubsequence(
            "./",
            "  docs-old/",
            "    readme.txt",
            "  docs/",
            "    deep/",
            "      er/",
            "      notes.txt",
            "    up -> ../noise.bin",
            "  empty/");
    assertThat(packhouse("ls", "--tree", archive, "docs/deep", "noise*").lines())
        .containsExactly("docs/deep/", "  er/", "  notes.txt", "noise-again.bin", "noise.bin");
  }

  @Test
  void longListingsTellModesSizesTimesAndLinks() {
    assertThat(packhouse("ls", "-l", archive).lines())
        .anyMatch(line -> line.matches("-rwxr-x--- .* 100000 2024-05-06 \\d\\d:\\d\\d noise.bin"))
        .anyMatch(
            line -> line.startsWith("lrwxrwxrwx ") && line.endsWith("link -> docs/readme.txt"))
        .anyMatch(line -> line.startsWith("h") && line.endsWith("zhard link to docs/readme.txt"))
        .anyMatch(line -> line.startsWith("d") && line.endsWith(" empty"));
  }

  @Test
  void nullListingsAreRawBytes() {
    Result result = packhouse("ls", "-0", archive);
    assertThat(result.out().split("\0")).contains("two\nlines", "back\\slash").hasSize(18);
  }

  @Test
  void directoriesStandForAllBelowAndNothingElse() {
    assertThat(packhouse("ls", archive, "docs").lines())
        .containsExactly(
            "docs",
            "docs/deep",
            "docs/deep/er",
            "docs/deep/notes.txt",
            "docs/readme.txt",
            "docs/up");
    assertThat(packhouse("ls", archive, "./docs/").lines()).hasSize(6);
    assertThat(packhouse("ls", archive, ".").lines()).hasSize(18);
  }

  @Test
  void globsMatchNamesAnywhereAndPathsWithASlash() {
    assertThat(packhouse("ls", archive, "*.txt").lines())
        .containsExactly("docs-old/readme.txt", "docs/deep/notes.txt", "docs/readme.txt");
    assertThat(packhouse("ls", archive, "docs/*.txt").lines()).containsExactly("docs/readme.txt");
    assertThat(packhouse("ls", archive, "docs/**.txt").lines()).hasSize(2);
    assertThat(packhouse("ls", archive, "docs/d*").lines())
        .containsExactly("docs/deep", "docs/deep/er", "docs/deep/notes.txt");
    assertThat(packhouse("ls", archive, "empty", "noise.*").lines())
        .containsExactly("empty", "noise.bin");
  }

  @Test
  void catWritesTheBytes() throws IOException {
    assertThat(packhouse("cat", archive, "noise.bin").bytes())
        .isEqualTo(Files.readAllBytes(tree.resolve("noise.bin")));
    assertThat(packhouse("cat", archive, "nothing").bytes()).isEmpty();
  }

  @Test
  void catFollowsLinksInsideTheArchive() {
    assertThat(packhouse("cat", archive, "link").out()).isEqualTo("read me\n");
    assertThat(packhouse("cat", archive, "zhard").out()).isEqualTo("read me\n");
    assertThat(packhouse("cat", archive, "docs/up").bytes()).hasSize(100_000);
    Result outside = packhouse("cat", archive, "out");
    assertThat(outside.code()).isEqualTo(3);
    assertThat(outside.err()).contains("../outside").contains("not in the archive");
  }

  @Test
  void catTakesPathsAsTheyAreAndAsTheyAreShown() {
    assertThat(packhouse("cat", archive, "two\nlines").out()).isEqualTo("odder");
    assertThat(packhouse("cat", archive, "two\\nlines").out()).isEqualTo("odder");
    assertThat(packhouse("cat", archive, "back\\slash").out()).isEqualTo("odd");
    assertThat(packhouse("cat", archive, "back\\\\slash").out()).isEqualTo("odd");
  }

  @Test
  void catWritesRanges() throws IOException {
    byte[] all = Files.readAllBytes(tree.resolve("noise.bin"));
    assertThat(packhouse("cat", "--offset", 1000, "--length", 50, archive, "noise.bin").bytes())
        .isEqualTo(Arrays.copyOfRange(all, 1000, 1050));
    assertThat(packhouse("cat", "--offset", "97K", archive, "noise.bin").bytes())
        .isEqualTo(Arrays.copyOfRange(all, 97 * 1024, all.length));
    assertThat(packhouse("cat", "--offset", all.length, archive, "noise.bin").bytes()).isEmpty();
    Result past = packhouse("cat", "--offset", all.length + 1, archive, "noise.bin");
    assertThat(past.code()).isEqualTo(2);
    assertThat(past.err()).contains("--offset").contains("100000").contains("100001");
  }

  @Test
  void namesThatAreNotUtf8AreShownAndTaken() throws Exception {
    Process touch =
        new ProcessBuilder("/bin/sh", "-c", "printf x > \"$(printf 'raw\\377name')\"")
            .directory(tree.toFile())
            .start();
    assertThat(touch.waitFor()).isZero();
    Cli.pack(tree, archive, "--force");
    assertThat(packhouse("ls", archive).lines()).contains("raw\\xffname");
    assertThat(packhouse("cat", archive, "raw\\xffname").out()).isEqualTo("x");
    assertThat(packhouse("verify", archive, "raw\\xffname").code()).isZero();
    assertThat(packhouse("ls", archive, "raw\\xffname").lines()).containsExactly("raw\\xffname");
    Result json = packhouse("ls", "--json", archive, "raw\\xffname");
    assertThat(json.out())
        .contains("\"path\":\"raw\\\\xffname\"")
        .contains("\"path_raw\":\"cmF3/25hbWU=\"");
  }

  @Test
  void infoTellsWhatAnArchiveIs() {
    assertThat(packhouse("info", archive).out())
        // 1.3 where the extractors are in jars, as they are installed; a folder of classes is not
        // told apart.
        .containsPattern("format 1\\.[03]")
        .contains("8 files, 6 directories, 3 symbolic links, 1 hard link, 0 special files")
        .contains("level=3")
        .containsPattern("id +[0-9a-f]{64}\n");
  }

  @Test
  void infoTellsOfTheSystem() {
    assertThat(packhouse("info", "--system").out()).contains("blake3").contains("processors");
  }

  @Test
  void coloursAreForTerminalsAndByNoColor() {
    assertThat(new Cli().withTerminalOut().run("ls", archive).out()).contains("\u001b[1;34mdocs");
    assertThat(packhouse("ls", archive).out()).doesNotContain("\u001b");
    assertThat(packhouse("ls", "--color", "always", archive).out()).contains("\u001b[");
    Cli noColor = new Cli().withTerminalOut().with("NO_COLOR", "1");
    assertThat(noColor.run("ls", archive).out()).doesNotContain("\u001b");
    assertThat(new Cli().withTerminalOut().run("ls", "--color=never", archive).out())
        .doesNotContain("\u001b");
  }

  @Test
  void nothingOnAPipeIsAControlCharacter() throws IOException {
    Files.writeString(tree.resolve("bell\u0007\u001b[31m\u202egpj.exe"), "x");
    Cli.pack(tree, archive, "--force");
    for (Object[] args :
        new Object[][] {
          {"ls", archive},
          {"ls", "-l", archive},
          {"ls", "--tree", archive},
          {"ls", "--json", archive},
          {"info", archive},
          {"verify", archive},
          {"cat", archive, "bel"},
          {"--help"},
          {"help", "pack"}
        }) {
      Result result = packhouse(args);
      assertThat(result.out() + result.err())
          .as(Arrays.toString(args))
          .matches("(?s)[^\\p{Cntrl}]*(\n[^\\p{Cntrl}]*)*");
    }
  }

  @Test
  void aReaderThatLeavesIsNoError() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    Result result = new Cli().run(closed, new ByteArrayOutputStream(), "ls", archive);
    assertThat(result.code()).isEqualTo(141);
    assertThat(result.err()).isEmpty();
  }

  @Test
  void aFullDeviceAtStandardOutputIsAnError() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    for (Object[] args :
        new Object[][] {
          {"ls", archive}, {"cat", archive, "link"}, {"pack", tree, "-"}, {"--help"}
        }) {
      Result result = new Cli().run(full, new ByteArrayOutputStream(), args);
      assertThat(result.code()).isEqualTo(4);
      assertThat(result.err())
          .isEqualTo("packhouse: cannot write standard output: No space left on device\n");
    }
  }

  @Test
  void manyEntriesAreListedInFewWrites() throws IOException {
    Path many = Files.createDirectory(temp.resolve("many"));
    for (int i = 0; i < 3000; i++) {
      Files.createFile(many.resolve("file-" + i));
    }
    Path big = Cli.pack(many, temp.resolve("many.pkh"));
    int[] writes = {0};
    ByteArrayOutputStream counted =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void write(byte[] b, int off, int len) {
            writes[0]++;
            super.write(b, off, len);
          }
        };
    Result result = new Cli().run(counted, counted, "ls", big);
    assertThat(new String(result.bytes(), StandardCharsets.UTF_8).lines()).hasSize(3001);
    assertThat(writes[0]).isLessThan(20);
  }
}
