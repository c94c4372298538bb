package io.packhouse.engine.pack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.fs.system.SystemFileAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class TreeWalkerTest extends PackFixture {

  /** Keeps what is visited, and changes the tree at one path. */
  private static final class Visits implements TreeWalker.Visitor {
    interface Act {
      void run() throws IOException;
    }

    final List<PackEntry> entries = new ArrayList<>();
    final List<String> skipped = new ArrayList<>();
    String actAt = "";
    Act act = () -> {};

    Visits() {}

    Visits(String actAt, Act act) {
      this.actAt = actAt;
      this.act = act;
    }

    @Override
    public void entry(PackEntry entry, OpenDirectory directory, byte[] name) throws IOException {
      directory(entry);
    }

    @Override
    public void directory(PackEntry entry) throws IOException {
      entries.add(entry);
      if (!actAt.isEmpty() && PathText.display(entry.path).equals(actAt)) {
        act.run();
      }
    }

    @Override
    public void skipped(byte[] path) {
      skipped.add(PathText.display(path));
    }

    List<String> paths() {
      return entries.stream().map(entry -> PathText.display(entry.path)).toList();
    }

    PackEntry at(String path) {
      return entries.get(paths().indexOf(path));
    }
  }

  private Visits walk(Options options, Visits visits) throws Exception {
    try (OpenDirectory root = SystemFileAccess.instance().openDirectory(tree)) {
      new TreeWalker(options.build(), visits)
          .walk(List.of(new TreeWalker.Root(root, 0, new byte[0])));
    }
    return visits;
  }

  @RepeatedTest(8)
  void visitsEverythingOnceInOrderOfPathBytes() throws Exception {
    assumeTrue(Trees.hasRawNames());
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    List<byte[]> expected = new ArrayList<>();
    expected.add(new byte[0]);
    try (OpenDirectory root = SystemFileAccess.instance().openDirectory(tree)) {
      fill(root, new byte[0], new Random(seed), 0, expected);
    }
    expected.sort(Arrays::compareUnsigned);

    Visits visits = walk(options(), new Visits());

    assertThat(visits.paths()).isEqualTo(expected.stream().map(PathText::display).toList());
  }

  /** Short names of few bytes around the slash, so that prefixes of each other abound. */
  private static void fill(
      OpenDirectory directory, byte[] path, Random random, int depth, List<byte[]> made)
      throws IOException {
    byte[] alphabet = {'a', '-', '.', '!', '0', 1, (byte) 0x80, (byte) 0xff};
    for (int i = random.nextInt(12); i > 0; i--) {
      byte[] name = new byte[1 + random.nextInt(3)];
      for (int at = 0; at < name.length; at++) {
        name[at] = alphabet[random.nextInt(alphabet.length)];
      }
      if (!PathText.isName(name)) {
        continue;
      }
      byte[] child = PathText.join(path, name);
      try {
        if (random.nextInt(3) > 0 && depth < 4) {
          directory.createDirectory(name, 0755);
          made.add(child);
          try (OpenDirectory below = directory.openDirectory(name)) {
            fill(below, child, random, depth + 1, made);
          }
        } else {
          directory.createFile(name, 0600).close();
          made.add(child);
        }
      } catch (FileErrorException e) {
        assertThat(e.isExists()).as(e.getMessage()).isTrue();
      }
    }
  }

  @Test
  void childrenComeWhereTheirPathsSort() throws Exception {
    for (String path : List.of("a/b", "a-/x", "a.", "a0", "a/c/d", "aa")) {
      file(path, 1);
    }

    assertThat(walk(options(), new Visits()).paths())
        .containsExactly("", "a", "a-", "a-/x", "a.", "a/b", "a/c", "a/c/d", "a0", "aa");
  }

  @Test
  void directorySwappedForALinkIsStillTheDirectoryThatWasSeen() throws Exception {
    file("a/inside", 1);
    Path outside = Files.createDirectory(temporary.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "secret");

    Visits visits =
        walk(
            options(),
            new Visits(
                "a",
                () -> {
                  Files.move(tree.resolve("a"), tree.resolve("moved"));
                  Files.createSymbolicLink(tree.resolve("a"), outside);
                }));

    assertThat(visits.paths()).containsExactly("", "a", "a/inside");
    assertThat(visits.at("a").type).isEqualTo(EntryType.DIRECTORY);
  }

  @Test
  void directorySwappedForALinkBeforeItIsSeenIsALink() throws Exception {
    file("a", 1);
    file("b/inside", 1);

    Visits visits =
        walk(
            options(),
            new Visits(
                "a",
                () -> {
                  Files.move(tree.resolve("b"), temporary.resolve("moved"));
                  Files.createSymbolicLink(tree.resolve("b"), temporary.resolve("moved"));
                }));

    assertThat(visits.paths()).containsExactly("", "a", "b");
    assertThat(visits.at("b").type).isEqualTo(EntryType.SYMLINK);
  }

  @Test
  void whatVanishesAfterTheListingIsMissing() throws Exception {
    file("a", 1);
    file("b", 1);
    file("c/d", 1);

    Visits visits =
        walk(
            options(),
            new Visits(
                "a",
                () -> {
                  Files.delete(tree.resolve("b"));
                  Files.delete(tree.resolve("c/d"));
                  Files.delete(tree.resolve("c"));
                }));

    assertThat(visits.paths()).containsExactly("", "a", "b", "c");
    assertThat(visits.at("b").status).isEqualTo(EntryStatus.MISSING);
    assertThat(visits.at("c").status).isEqualTo(EntryStatus.MISSING);
    assertThat(visits.at("c").type).isEqualTo(EntryType.DIRECTORY);
  }

  @Test
  void visitorThatThrowsLeavesNothingOpen() throws Exception {
    file("a-/x", 1);
    file("a/b/c/d", 1);

    org.assertj.core.api.Assertions.assertThatThrownBy(
            () ->
                walk(
                    options(),
                    new Visits(
                        "a/b/c/d",
                        () -> {
                          throw new IOException("stop");
                        })))
        .hasMessage("stop");
    assertThat(openFilesBelow(tree)).isEmpty();
  }

  @Test
  void excludedDirectoriesAreNotEntered() throws Exception {
    file("a/target/x", 1);
    file("a/target-2/x", 1);
    file("b/target", 1);

    assertThat(walk(options().exclude("target/"), new Visits()).paths())
        .containsExactly("", "a", "a/target-2", "a/target-2/x", "b", "b/target");
  }

  @Test
  void includesBringTheDirectoriesAboveAndAllBelow() throws Exception {
    file("a/b/keep.txt", 1);
    file("a/b/no", 1);
    file("c/d/no", 1);
    file("e/all/x/y", 1);

    assertThat(walk(options().include("*.txt", "e/all"), new Visits()).paths())
        .containsExactly("", "a", "a/b", "a/b/keep.txt", "e", "e/all", "e/all/x", "e/all/x/y");
  }

  @Test
  void includesThatMatchNothingLeaveNothing() throws Exception {
    file("a/b/c", 1);

    assertThat(walk(options().include("nothing"), new Visits()).paths()).isEmpty();
  }

  @Test
  void namesOfOneFileAreLinksToTheFirstOfThem() throws Exception {
    Path first = file("b/first", 10);
    Files.createLink(tree.resolve("c"), first);
    Files.createLink(tree.resolve("d"), first);
    Files.createDirectory(tree.resolve("a"));
    Files.createLink(tree.resolve("a/excluded"), first);

    Visits visits = walk(options().exclude("excluded"), new Visits());

    assertThat(visits.at("b/first").type).isEqualTo(EntryType.FILE);
    for (String other : List.of("c", "d")) {
      assertThat(visits.at(other).type).isEqualTo(EntryType.HARDLINK);
      assertThat(visits.at(other).linkTarget).isEqualTo("b/first".getBytes(UTF_8));
    }
  }
}
