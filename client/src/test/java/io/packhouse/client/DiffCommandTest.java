package io.packhouse.client;

import static io.packhouse.client.Cli.packhouse;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.client.Cli.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiffCommandTest {
  @TempDir Path temp;
  private Path tree;
  private Path archive;

  @BeforeEach
  void pack() throws IOException {
    tree = Trees.small(temp);
    archive = Cli.pack(tree, temp.resolve("a.pkh"));
  }

  private void change() throws IOException {
    Files.writeString(tree.resolve("docs/deep/notes.txt"), "b note\n".repeat(200));
    Files.delete(tree.resolve("out"));
    Files.writeString(tree.resolve("fresh"), "fresh");
    Files.move(tree.resolve("docs-old/readme.txt"), tree.resolve("empty/moved.txt"));
    Files.setPosixFilePermissions(
        tree.resolve("noise.bin"), PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void anArchiveIsTheSameAsItsTreeInEitherOrder() {
    for (Object[] args :
        new Object[][] {
          {"diff", archive, tree}, {"diff", tree, archive}, {"diff", archive, archive}
        }) {
      Result result = packhouse(args);
      assertThat(result.code()).as(result.out() + result.err()).isZero();
      assertThat(result.out()).isEqualTo("0 added, 0 removed, 0 changed, 0 moved, 18 the same\n");
    }
    assertThat(packhouse("diff", "--quiet", archive, tree).out()).isEmpty();
  }

  @Test
  void differencesAreListedAndOne() throws IOException {
    change();
    Result result = packhouse("diff", "--ignore", "mtime", archive, tree);
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.lines())
        .containsExactlyInAnyOrder(
            "~ docs/deep/notes.txt (contents)",
            "- out",
            "+ fresh",
            "> docs-old/readme.txt -> empty/moved.txt",
            "~ noise.bin (mode)",
            "1 added, 1 removed, 2 changed, 1 moved, 14 the same");
    assertThat(packhouse("diff", "--ignore", "mtime,mode", archive, tree).out())
        .doesNotContain("noise.bin");
  }

  @Test
  void aTreeFirstTurnsTheDirectionRound() throws IOException {
    change();
    assertThat(packhouse("diff", "--ignore", "mtime", tree, archive).lines())
        .contains("+ out", "- fresh", "> empty/moved.txt -> docs-old/readme.txt")
        .contains("1 added, 1 removed, 2 changed, 1 moved, 14 the same");
  }

  @Test
  void twoArchivesAreCompared() throws IOException {
    change();
    Path later = Cli.pack(tree, temp.resolve("b.pkh"));
    assertThat(packhouse("diff", archive, later).lines())
        .contains("- out", "+ fresh", "~ docs/deep/notes.txt (contents, mtime)");
  }

  @Test
  void quickTrustsSizesAndTimes() throws IOException {
    Path notes = tree.resolve("docs/deep/notes.txt");
    FileTime time = Files.getLastModifiedTime(notes);
    Files.writeString(notes, "b note\n".repeat(200));
    Files.setLastModifiedTime(notes, time);
    assertThat(packhouse("diff", archive, tree).code()).isEqualTo(1);
    assertThat(packhouse("diff", "--quick", archive, tree).code()).isZero();
  }

  @Test
  void badSidesAreTold() {
    assertThat(packhouse("diff", tree, tree).code()).isEqualTo(2);
    assertThat(packhouse("diff", tree, tree).err()).contains("one must be an archive");
    assertThat(packhouse("diff", archive, temp.resolve("no")).code()).isEqualTo(3);
    assertThat(packhouse("diff", "--ignore", "size", archive, tree).code()).isEqualTo(2);
    assertThat(packhouse("diff", archive, tree.resolve("noise.bin")).code()).isEqualTo(6);
  }
}
