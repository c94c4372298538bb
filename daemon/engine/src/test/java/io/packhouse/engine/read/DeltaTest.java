package io.packhouse.engine.read;

import static io.packhouse.engine.read.TestArchive.extent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.engine.format.BaseId;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.MissingBaseException;
import io.packhouse.engine.read.parts.Bases;
import io.packhouse.engine.read.verify.ArchiveVerifier;
import io.packhouse.engine.read.verify.Damage;
import io.packhouse.engine.read.verify.VerifyOptions;
import io.packhouse.engine.read.verify.VerifyReport;
import io.packhouse.engine.restore.RestoreException;
import io.packhouse.engine.restore.RestoreListener;
import io.packhouse.engine.restore.RestoreOptions;
import io.packhouse.engine.restore.Restorer;
import io.packhouse.engine.restore.Selection;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaTest {
  @TempDir Path folder;
  private TestChain chain;

  @BeforeEach
  void makeChain() throws IOException {
    chain = new TestChain(folder);
  }

  private static byte[] read(ArchiveReader reader, String path) throws IOException {
    return reader.readAllBytes(Objects.requireNonNull(reader.find(path)), 1 << 20);
  }

  private Path moved(Path archive, String to) throws IOException {
    Path elsewhere = Files.createDirectories(folder.resolve(to));
    return Files.move(archive, elsewhere.resolve("renamed.pkh"));
  }

  private static VerifyReport verify(Path archive, boolean withoutBases) throws IOException {
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      return new ArchiveVerifier(reader).verify(VerifyOptions.all(2).withoutBases(withoutBases));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1 << 20})
  void contentsComeFromAllArchivesOfTheChain(long cacheBytes) throws Exception {
    ReaderOptions options = ReaderOptions.DEFAULT.withCacheBytes(cacheBytes);
    try (ArchiveReader reader = ArchiveReader.open(chain.third, options)) {
      for (int round = 0; round < 3; round++) {
        assertThat(read(reader, "kept")).isEqualTo(chain.one);
        assertThat(read(reader, "again")).isEqualTo(chain.two);
        assertThat(read(reader, "added")).isEqualTo(chain.three);
        assertThat(read(reader, "new")).isEqualTo(chain.four);
        assertThat(read(reader, "empty")).isEmpty();
        assertThat(read(reader, "mixed")).isEqualTo(chain.mixed());
        assertThat(read(reader, "sliced")).isEqualTo(chain.sliced());
        assertThat(read(reader, "mixed-as-was")).isEqualTo(chain.mixed());
        assertThat(read(reader, "removed-as-was")).isEqualTo(chain.two);
      }
      assertThat(reader.find("removed")).isNull();
      Entry mixed = Objects.requireNonNull(reader.find("mixed"));
      try (ContentReader part = reader.newContents(mixed, 899, 2)) {
        assertThat(Objects.requireNonNull(part.next()).byteSize()).isEqualTo(2);
      }
      assertThat(reader.blob(-4).archive()).isEqualTo(chain.first);
      assertThat(reader.blob(-4).decodedLength()).isEqualTo(chain.two.length);
      assertThatThrownBy(() -> reader.blob(-5)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void theIndexNeedsNoBase() throws Exception {
    Files.delete(chain.first);
    Files.delete(chain.second);
    try (ArchiveReader reader = ArchiveReader.open(chain.third)) {
      assertThat(reader.summary().rows()).isEqualTo(9);
      assertThat(Objects.requireNonNull(reader.find("kept")).size()).isEqualTo(9_000);
      assertThat(read(reader, "new")).isEqualTo(chain.four);
      assertThatThrownBy(() -> read(reader, "kept"))
          .isInstanceOf(MissingBaseException.class)
          .hasMessageContaining("third.pkh: is a delta, and its base")
          .hasMessageContaining(reader.bases().get(1).id())
          .hasMessageContaining("not among the 1 archive of " + folder)
          .hasMessageContaining("--base");
    }
  }

  @Test
  void basesAreFoundByTheirIdsWhereverTheyAre() throws Exception {
    Path first = moved(chain.first, "old");
    Path second = moved(chain.second, "newer");
    ReaderOptions files = ReaderOptions.DEFAULT.withBases(List.of(first, second));
    ReaderOptions folders =
        ReaderOptions.DEFAULT.withBases(List.of(folder.resolve("old"), folder.resolve("newer")));
    for (ReaderOptions options : List.of(files, folders)) {
      try (ArchiveReader reader = ArchiveReader.open(chain.third, options)) {
        assertThat(read(reader, "mixed")).isEqualTo(chain.mixed());
      }
    }
    // The base of a base that was named is looked for beside that.
    Files.move(first, folder.resolve("newer").resolve("x.pkh"));
    ReaderOptions one = ReaderOptions.DEFAULT.withBases(List.of(second));
    try (ArchiveReader reader = ArchiveReader.open(chain.third, one)) {
      assertThat(read(reader, "mixed")).isEqualTo(chain.mixed());
    }
  }

  @Test
  void wrongBaseIsNamedWithItsId() throws Exception {
    Files.delete(chain.second);
    Path other = new TestArchive().write(Files.createDirectory(folder.resolve("d")).resolve("o"));
    ReaderOptions options = ReaderOptions.DEFAULT.withBases(List.of(other));
    try (ArchiveReader reader = ArchiveReader.open(chain.third, options)) {
      assertThatThrownBy(() -> read(reader, "added"))
          .isInstanceOf(MissingBaseException.class)
          .hasMessageContaining(reader.bases().get(0).id())
          .hasMessageContaining(other + " is " + TestChain.id(other).id());
    }
    Files.write(other, new byte[] {1, 2, 3});
    try (ArchiveReader reader = ArchiveReader.open(chain.third, options)) {
      assertThatThrownBy(() -> read(reader, "added"))
          .isInstanceOf(CorruptArchiveException.class)
          .hasMessageContaining(other.toString());
    }
    Files.delete(other);
    try (ArchiveReader reader = ArchiveReader.open(chain.third, options)) {
      assertThatThrownBy(() -> read(reader, "added"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(other.toString());
    }
  }

  @Test
  void otherFilesOfTheFolderAreInNobodysWay() throws Exception {
    Files.write(folder.resolve("a.pkh"), new byte[5]);
    Files.write(folder.resolve("b.pkh"), new byte[0]);
    Files.createDirectory(folder.resolve("c.pkh"));
    Files.createSymbolicLink(folder.resolve("e.pkh"), folder.resolve("gone"));
    Files.write(
        folder.resolve("f.pkh"),
        new TestArchive().bases(List.of(TestChain.id(chain.first))).build());
    try (ArchiveReader reader = ArchiveReader.open(chain.third)) {
      assertThat(read(reader, "mixed")).isEqualTo(chain.mixed());
    }
  }

  @Test
  void archiveFromElsewhereLooksNowhereOfItself() throws Exception {
    try (SharedReadMemory memory = new SharedReadMemory(1 << 20, 1 << 20);
        ArchiveReader reader =
            ArchiveReader.open(
                FileChannel.open(chain.third),
                Path.of("catalog/third"),
                memory,
                Bases.Finder.none("not in this folder"))) {
      assertThat(read(reader, "new")).isEqualTo(chain.four);
      assertThatThrownBy(() -> read(reader, "added"))
          .isInstanceOf(MissingBaseException.class)
          .hasMessageContaining("(not in this folder)");
    }
  }

  @Test
  void baseIsReadToTheEndThoughItsNameIsAnothersByThen() throws Exception {
    try (ArchiveReader reader = ArchiveReader.open(chain.third)) {
      assertThat(read(reader, "kept")).isEqualTo(chain.one);
      Path other = new TestArchive().write(folder.resolve("other"));
      Files.move(other, chain.first, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      assertThat(read(reader, "again")).isEqualTo(chain.two);
    }
  }

  @Test
  void closingClosesTheBases() throws Exception {
    ArchiveReader reader = ArchiveReader.open(chain.third);
    Entry kept = Objects.requireNonNull(reader.find("kept"));
    ContentReader contents = reader.newContents(kept, 0, kept.size());
    reader.close();
    assertThatThrownBy(contents::next).hasMessageContaining("closed");
    contents.close();
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(open.map(DeltaTest::target)).noneMatch(file -> file.startsWith(folder));
    }
  }

  private static Path target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor);
    } catch (IOException e) {
      return descriptor; // closed by now
    }
  }

  private void restore(Path archive, String to) throws IOException, InterruptedException {
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      RestoreOptions options = RestoreOptions.defaults().withWorkers(2);
      new Restorer(reader, options, RestoreListener.NONE).restore(folder.resolve(to));
    }
  }

  @Test
  void treeIsRestoredThroughTheChain() throws Exception {
    restore(chain.third, "out");
    Path out = folder.resolve("out");
    assertThat(out.resolve("kept")).hasBinaryContent(chain.one);
    assertThat(out.resolve("again")).hasBinaryContent(chain.two);
    assertThat(out.resolve("added")).hasBinaryContent(chain.three);
    assertThat(out.resolve("new")).hasBinaryContent(chain.four);
    assertThat(out.resolve("mixed")).hasBinaryContent(chain.mixed());
    assertThat(out.resolve("sliced")).hasBinaryContent(chain.sliced());
  }

  @Test
  void restoringWithoutABaseMakesNothingAndNamesIt() throws Exception {
    Files.delete(chain.second);
    assertThatThrownBy(() -> restore(chain.third, "out"))
        .isInstanceOf(RestoreException.class)
        .hasRootCauseInstanceOf(MissingBaseException.class)
        .hasMessageContaining("third.pkh")
        .hasMessageEndingWith("nothing was restored");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void whatNeedsNoBaseIsRestoredWithoutIt() throws Exception {
    Files.delete(chain.first);
    Files.delete(chain.second);
    try (ArchiveReader reader = ArchiveReader.open(chain.third)) {
      RestoreOptions options = RestoreOptions.defaults().withSelection(Selection.ofPaths("new"));
      new Restorer(reader, options, RestoreListener.NONE).restore(folder.resolve("out"));
    }
    assertThat(folder.resolve("out/new")).hasBinaryContent(chain.four);
  }

  @Test
  void damagedBlobOfABaseIsNamedWithItsArchiveAndTheEntry() throws Exception {
    long offset;
    try (ArchiveReader reader = ArchiveReader.open(chain.first)) {
      offset = reader.blob(1).offset() + 9;
    }
    TestChain.flip(chain.first, offset);
    try (ArchiveReader reader = ArchiveReader.open(chain.third)) {
      assertThat(read(reader, "kept")).isEqualTo(chain.one);
      assertThatThrownBy(() -> read(reader, "again"))
          .isInstanceOf(CorruptArchiveException.class)
          .hasMessageContaining("first.pkh")
          .hasMessageContaining("blob 1");
    }
    VerifyReport report = verify(chain.third, false);
    assertThat(report.damages())
        .extracting(Damage::subject)
        .containsExactlyInAnyOrder("again", "mixed", "mixed-as-was", "removed-as-was", "sliced");
    assertThat(report.damages()).allMatch(damage -> damage.problem().contains("first.pkh"));
    assertThatThrownBy(() -> restore(chain.third, "out"))
        .hasStackTraceContaining("first.pkh")
        .hasStackTraceContaining("blob 1");
  }

  @Test
  void verifyingChecksTheChain() throws Exception {
    VerifyReport whole = verify(chain.third, false);
    assertThat(whole.damages()).isEmpty();
    assertThat(whole.files()).isEqualTo(9);
    assertThat(whole.blobs()).isEqualTo(1);
    assertThat(whole.uncheckedFiles()).isZero();
    Files.delete(chain.second);
    VerifyReport lacking = verify(chain.third, false);
    assertThat(lacking.damages()).extracting(Damage::kind).containsExactly(Damage.Kind.BASE);
    assertThat(lacking.uncheckedFiles()).isEqualTo(4);
    assertThat(lacking.files()).isEqualTo(5);
    VerifyReport alone = verify(chain.third, true);
    assertThat(alone.isIntact()).isTrue();
    assertThat(alone.uncheckedFiles()).isEqualTo(7);
    assertThat(alone.files()).isEqualTo(2);
  }

  @Test
  void longestChainIsRead() throws Exception {
    List<BaseId> bases = new ArrayList<>();
    Path last = folder;
    for (int i = 0; i <= 16; i++) {
      TestArchive archive = new TestArchive();
      List<BaseId> nearestFirst = new ArrayList<>(bases);
      Collections.reverse(nearestFirst);
      if (i > 0) {
        archive.bases(nearestFirst);
      }
      byte[] own = TestArchive.utf8("blob of archive " + i);
      archive.raw(own);
      archive.file("own", own, extent(0, 0, own.length));
      byte[] oldest = TestArchive.utf8("blob of archive 0");
      archive.file("z-oldest", oldest, extent(i == 0 ? 0 : -1 - i, 0, oldest.length));
      last = archive.write(Files.createDirectories(folder.resolve("long")).resolve(i + ".pkh"));
      bases.add(TestChain.id(last));
    }
    try (ArchiveReader reader = ArchiveReader.open(last)) {
      assertThat(read(reader, "z-oldest")).asString().isEqualTo("blob of archive 0");
      assertThat(reader.bases().size()).isEqualTo(16);
    }
    assertThat(verify(last, false).isIntact()).isTrue();
  }
}
