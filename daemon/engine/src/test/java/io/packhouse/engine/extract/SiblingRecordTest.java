package io.packhouse.engine.extract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.codec.digest.DigesterPool;
import io.packhouse.engine.extract.SiblingNotes.State;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.system.SystemFileAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records of what extractions asked for, good ones and those that nobody made. */
class SiblingRecordTest {
  private static final byte[] PATH = "t/a/b/c-1.jar".getBytes(UTF_8);

  @TempDir Path temp;
  private Path folder;
  private OpenDirectory root;
  private TreeFiles tree;
  private final DigesterPool digesters = new DigesterPool();

  @BeforeEach
  void makeTree() throws IOException {
    folder = Files.createDirectories(temp.resolve("tree"));
    Files.createDirectories(folder.resolve("a/b"));
    Files.writeString(folder.resolve("a/b/c-1.pom"), "pom");
    Files.writeString(folder.resolve("parent.pom"), "parent");
    Files.writeString(temp.resolve("secret"), "secret");
    Files.createSymbolicLink(folder.resolve("a/up"), Path.of("../.."));
    root = SystemFileAccess.instance().openDirectory(folder);
    tree = newTree();
  }

  @AfterEach
  void close() throws IOException {
    root.close();
    digesters.close();
  }

  /** One that has cached nothing. */
  private TreeFiles newTree() {
    return new TreeFiles(
        root, "t", new SiblingCache(1 << 20), new SiblingDigests(digesters, false));
  }

  private State is(String path, boolean contents) throws IOException {
    return Objects.requireNonNull(tree.state(path, contents ? 1 << 20 : -1, NearbyFiles.NONE));
  }

  private byte[] sample() throws IOException {
    SiblingNotes notes = new SiblingNotes(tree);
    notes.note("t/a/b/c-1.pom", is("t/a/b/c-1.pom", false));
    notes.note("t/a/b/c-1.pom", is("t/a/b/c-1.pom", true));
    notes.note("t/parent.pom", is("t/parent.pom", false));
    notes.note("t/none/at/all.pom", State.NONE);
    return Objects.requireNonNull(notes.record(PATH));
  }

  private boolean isSame(byte[] record) throws IOException {
    return SiblingRecord.isSame(record, PATH, newTree(), NearbyFiles.NONE);
  }

  @Test
  void itHoldsUntilWhatWasSeenIsAnother() throws IOException {
    byte[] record = sample();
    assertThat(record).as("mostly the digest").hasSizeLessThan(60);
    assertThat(isSame(record)).isTrue();
    Files.writeString(folder.resolve("parent.pom"), "PARENT");
    assertThat(isSame(record)).as("only its size was seen").isTrue();
    Files.writeString(folder.resolve("parent.pom"), "parents");
    assertThat(isSame(record)).isFalse();
    Files.writeString(folder.resolve("parent.pom"), "parent");
    Files.writeString(folder.resolve("a/b/c-1.pom"), "POM");
    assertThat(isSame(record)).isFalse();
    Files.delete(folder.resolve("a/b/c-1.pom"));
    assertThat(isSame(record)).isFalse();
    Files.writeString(folder.resolve("a/b/c-1.pom"), "pom");
    Files.createDirectories(folder.resolve("none/at"));
    assertThat(isSame(record)).isTrue();
    Files.writeString(folder.resolve("none/at/all.pom"), "");
    assertThat(isSame(record)).isFalse();
  }

  @Test
  void nothingAskedForAlwaysHolds() throws IOException {
    byte[] record = new SiblingNotes(tree).record(PATH);
    assertThat(record).isEmpty();
    assertThat(isSame(record)).isTrue();
  }

  @Test
  void whatIsContradictoryOrTooMuchIsUnknown() throws IOException {
    SiblingNotes twice = new SiblingNotes(tree);
    twice.note("t/x", State.NONE);
    twice.note("t/x", new State(3, null));
    assertThat(twice.record(PATH)).isNull();
    SiblingNotes many = new SiblingNotes(tree);
    for (int i = 0; i <= 256; i++) {
      many.note("t/" + i, State.NONE);
    }
    assertThat(many.record(PATH)).isNull();
    SiblingNotes longer = new SiblingNotes(tree);
    longer.note("t/" + "x".repeat(SiblingRecord.MAX_LENGTH), State.NONE);
    assertThat(longer.record(PATH)).isNull();
  }

  @Test
  void nothingOutsideOfTheTreeIsLookedAt() throws IOException {
    for (String path :
        List.of("t/../secret", "secret", "t/a/up/secret", "t/", "t//a", "../secret", "t/a/b/\0")) {
      State state = tree.state(path, 1 << 20, NearbyFiles.NONE);
      assertThat(state == null ? State.ABSENT : state.size()).as(path).isEqualTo(State.ABSENT);
    }
    Files.write(folder.resolve("large"), new byte[600 << 10]);
    assertThat(tree.state("t/large", 1 << 20, NearbyFiles.NONE)).isNull();
    assertThat(tree.state("t/parent.pom", 5, NearbyFiles.NONE)).isNull();
    TreeFiles elsewhere =
        TreeFiles.elsewhere(
            null, "t", new SiblingCache(1 << 20), new SiblingDigests(digesters, false));
    assertThat(SiblingRecord.isSame(sample(), PATH, elsewhere, NearbyFiles.NONE)).isFalse();
  }

  @Test
  void whateverTheBytesNothingBreaksAndNoOtherHolds() throws IOException {
    long seed = new Random().nextLong();
    System.out.println("SiblingRecordTest seed " + seed);
    Random random = new Random(seed);
    byte[] good = sample();
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 20));
      for (int edits = random.nextInt(4); edits >= 0 && bad.length > 0; edits--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      // The same files told in another way have the same states: only that is as good.
      if (bad.length > 0 && !Arrays.equals(bad, good)) {
        boolean holds = SiblingRecord.isSame(bad, PATH, tree, NearbyFiles.NONE);
        assertThat(holds && !Arrays.equals(bad, 0, 16, good, 0, 16)).as("seed " + seed).isFalse();
      }
    }
    byte[] many = new byte[SiblingRecord.MAX_LENGTH];
    assertThat(isSame(many)).isFalse();
    assertThat(isSame(new byte[SiblingRecord.MAX_LENGTH + 1])).isFalse();
    Arrays.fill(many, (byte) 0xFF);
    assertThat(isSame(many)).isFalse();
  }
}
