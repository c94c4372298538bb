package io.packhouse.client;

import static io.packhouse.client.Cli.packhouse;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.client.Cli.Result;
import io.packhouse.engine.read.ArchiveReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full archive, its delta, and a delta of that, as users see them. */
class DeltaCommandsTest {
  @TempDir Path temp;
  private Path tree;
  private Path first;
  private Path second;
  private Path third;

  @BeforeEach
  void pack() throws IOException {
    tree = Trees.small(temp);
    jar("A", "one", "B", "two", "gone", "three");
    Path folder = Files.createDirectory(temp.resolve("archives"));
    first = Cli.pack(tree, folder.resolve("first.pkh"));
    Files.writeString(tree.resolve("docs/deep/notes.txt"), "a note\n".repeat(100) + "another\n");
    jar("A", "one", "B", "2", "new", "four");
    second = Cli.pack(tree, folder.resolve("second.pkh"), "--base", first);
    Files.delete(tree.resolve("noise-again.bin"));
    Files.writeString(tree.resolve("last"), "last");
    third = Cli.pack(tree, folder.resolve("third.pkh"), "--base", second);
  }

  private void jar(String... members) throws IOException {
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(tree.resolve("some.jar")))) {
      for (int i = 0; i < members.length; i += 2) {
        zip.putNextEntry(new ZipEntry(members[i]));
        zip.write(members[i + 1].getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
    }
  }

  private static String id(Path archive) throws IOException {
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      return reader.id();
    }
  }

  private Path away(Path archive) throws IOException {
    Path folder = Files.createDirectories(temp.resolve("away"));
    return Files.move(archive, folder.resolve(archive.getFileName()));
  }

  @Test
  void contentsAreReadThroughTheChain() throws Exception {
    assertThat(Files.size(third)).isLessThan(Files.size(first) - 90_000);
    assertThat(packhouse("cat", third, "noise.bin").bytes()).isEqualTo(Trees.noise(1, 100_000));
    assertThat(packhouse("cat", third, "docs/deep/notes.txt").out()).endsWith("another\n");
    assertThat(packhouse("verify", third).code()).isZero();
    assertThat(packhouse("extract", third, temp.resolve("out")).code()).isZero();
    assertThat(packhouse("diff", third, temp.resolve("out")).out())
        .startsWith("0 added, 0 removed");
    assertThat(packhouse("diff", third, tree).code()).isZero();
  }

  @Test
  void missingBaseIsNamedAndFoundWhereItIsSaidToBe() throws Exception {
    Path moved = away(first);
    Result cat = packhouse("cat", third, "noise.bin");
    assertThat(cat.code()).isEqualTo(3);
    assertThat(cat.err())
        .contains(third.toString())
        .contains(id(moved))
        .contains("--base")
        .doesNotContain("\tat ");
    assertThat(packhouse("extract", third, temp.resolve("o")).code()).isEqualTo(3);
    for (Path place : new Path[] {moved, moved.getParent()}) {
      assertThat(packhouse("cat", "--base", place, third, "noise.bin").code()).isZero();
      assertThat(packhouse("verify", "--base", place, third).code()).isZero();
    }
    Result wrong = packhouse("cat", "--base", second, third, "noise.bin");
    assertThat(wrong.code()).isEqualTo(3);
    assertThat(wrong.err()).contains(second + " is " + id(second));
    assertThat(packhouse("ls", third).code()).isZero();
    assertThat(packhouse("cat", third, "last").out()).isEqualTo("last");
  }

  @Test
  void aBaseOfANewerVersionIsRefusedByName() throws Exception {
    byte[] bytes = Files.readAllBytes(first);
    int seal = new String(bytes, ISO_8859_1).lastIndexOf("PKHSEAL\0");
    bytes[seal + 8] = 2;
    Path newer = Files.write(temp.resolve("newer.pkh"), bytes);
    Path out = temp.resolve("never.pkh");
    Result refused = packhouse("pack", "--base", newer, tree, out);
    assertThat(refused.code()).isEqualTo(6);
    assertThat(refused.err()).contains(newer.toString()).contains("2.").doesNotContain("\tat ");
    assertThat(out).doesNotExist();
    bytes[seal + 8] = 1;
    bytes[seal + 10] = 9; // a later minor version, whose digest is then another
    Files.write(newer, bytes);
    Result damaged = packhouse("pack", "--base", newer, tree, out);
    assertThat(damaged.code()).isEqualTo(5);
    assertThat(damaged.err()).contains(newer.toString());
    assertThat(out).doesNotExist();
  }

  @Test
  void verifyTellsWhatItCouldNotCheck() throws Exception {
    away(first);
    Result lacking = packhouse("verify", third);
    assertThat(lacking.code()).isEqualTo(3);
    assertThat(lacking.out())
        .contains("missing  base ")
        .contains("not checked")
        .contains("1 problem");
    Result alone = packhouse("verify", "--without-bases", third);
    assertThat(alone.code()).isZero();
    assertThat(alone.out()).contains("intact").contains("not checked");
    JsonTest.check("verify", packhouse("verify", "--json", third));
  }

  @Test
  void infoShowsTheChain() throws Exception {
    Result whole = packhouse("info", third);
    assertThat(whole.out())
        .containsPattern("format 1\\.[23]")
        .contains("delta        of 2 bases")
        .containsSubsequence(id(second), second.toString(), id(first), first.toString());
    Result json = packhouse("info", "--json", third);
    assertThat(json.out()).contains("\"depth\":2").contains("\"used_blobs\":");
    String moved = away(second).toString();
    Result lacking = packhouse("info", third);
    assertThat(lacking.code()).isZero();
    assertThat(lacking.out()).contains("missing: ");
    JsonTest.check(
        "info", json, packhouse("info", "--json", third), packhouse("info", "--json", first));
    assertThat(packhouse("info", "--base", moved, third).out()).contains(moved);
  }

  @Test
  void diffWorksAcrossAndTellsParts() throws Exception {
    away(first);
    assertThat(packhouse("diff", second, third).lines()).contains("+ last", "- noise-again.bin");
    Path old = temp.resolve("away/first.pkh");
    Result parts = packhouse("diff", "--parts", "--ignore", "mtime", "--base", old, old, second);
    assertThat(parts.code()).as(parts.err()).isEqualTo(1);
    assertThat(parts.lines())
        .contains(
            "~ some.jar (contents)",
            "    ~ B (3 -> 1)",
            "    - gone (5)",
            "    + new (4)",
            "    1 of its members the same",
            "    bytes [701, 1,399) of 1,400 are now [701, 707) of 708, the others are the same");
    JsonTest.check("diff", packhouse("diff", "--parts", "--json", "--base", old, old, second));
    assertThat(packhouse("diff", "--parts", third, tree).code()).isEqualTo(2);
  }

  @Test
  void mergeMakesAWholeArchive() throws Exception {
    Path whole = temp.resolve("whole.pkh");
    Result merged = packhouse("merge", first, second, third, whole);
    assertThat(merged.code()).as(merged.err()).isZero();
    assertThat(merged.out()).startsWith(whole + ": ").contains("3 archives").contains("id ");
    assertThat(packhouse("diff", third, whole).code()).isZero();
    away(first);
    assertThat(packhouse("verify", whole).code()).isZero();
    assertThat(packhouse("info", whole).out())
        .containsPattern("format 1\\.[03]")
        .doesNotContain("delta  ");

    Path again = temp.resolve("again.pkh");
    assertThat(packhouse("merge", third, again).code()).isEqualTo(3);
    Path moved = temp.resolve("away");
    assertThat(packhouse("merge", "--base", moved, third, whole).code()).isEqualTo(4);
    Result json = packhouse("merge", "--json", "--force", "--base", moved, third, again);
    JsonTest.check("merge", json);
    assertThat(again).hasSameBinaryContentAs(whole);
  }

  @Test
  void mergeRefusesWhatIsNotOfTheChainOrOutOfOrder() throws Exception {
    Path whole = temp.resolve("whole.pkh");
    Result order = packhouse("merge", second, first, third, whole);
    assertThat(order.code()).isEqualTo(2);
    assertThat(order.err())
        .contains(first.toString())
        .contains("oldest first")
        .contains(id(first) + ", " + id(second));
    assertThat(packhouse("merge", third, second, whole).err()).contains("is no base of");
    assertThat(packhouse("merge", first, whole).err()).contains("is no delta");
    assertThat(packhouse("merge", third).code()).isEqualTo(2);
    assertThat(whole).doesNotExist();
  }
}
