package io.packhouse.engine.pack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BaseId;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.base.BaseArchive;
import io.packhouse.engine.share.SharingOptions;
import io.packhouse.engine.share.SharingOptions.Mode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Packs against a base: what is stored, that it comes back, and that it follows from both. */
class PackDeltaTest extends PackFixture {
  private static final SharingOptions SMALL =
      new SharingOptions(Mode.AUTO, SharingOptions.LEAST_MEMORY);

  private Path base(String name) {
    return output.resolveSibling(name + ".pkh");
  }

  /** Packs the tree as it is. */
  private Path packBase(String name) throws Exception {
    packer(options().sharing(SMALL)).pack(base(name));
    return base(name);
  }

  private PackReport packDelta(Path of, Path to, Options options) throws Exception {
    try (BaseArchive base = BaseArchive.open(of)) {
      return packer(options.sharing(options.sharing.isOff() ? options.sharing : SMALL))
          .withBase(base)
          .pack(to);
    }
  }

  private PackReport packDelta(Path of) throws Exception {
    return packDelta(of, output, options());
  }

  private byte[] member(long seed) {
    return Bytes.packageLike(seed, 3_000);
  }

  /** A package of members, between which there is something new each time. */
  private void version(int number, int members, int firstMember) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    for (int i = 0; i < members; i++) {
      file.write(Bytes.random(1_000L * number + i, 20));
      file.write(member(firstMember + i));
    }
    file("lib/1." + number + "/lib-1." + number + ".jar", file.toByteArray());
  }

  @Test
  void theSameTreeTakesAnIndexOnly() throws Exception {
    new TreeGenerator(1, 200, BLOB).fill(tree);
    for (int version = 0; version < 4; version++) {
      version(version, 40, version);
    }
    Path base = packBase("base");

    PackReport report = packDelta(base);

    assertThat(report.blobs()).isZero();
    assertThat(report.baseBytes()).isEqualTo(report.bytesIn());
    assertThat(report.archiveBytes()).isEqualTo(report.indexBytes());
    TreeModel.of(tree).assertIn(output);
    try (ArchiveReader reader = ArchiveReader.open(output);
        ArchiveReader of = ArchiveReader.open(base)) {
      assertThat(reader.parts().footer().seal().minorVersion())
          .isEqualTo(ArchiveFormat.BASES_MINOR_VERSION);
      assertThat(reader.parts().footer().metadata().require(ArchiveFormat.KEY_BASES))
          .isEqualTo(BaseId.text(List.of(new BaseId(of.id(), of.blobCount()))));
      assertThat(stored(reader, "lib/1.3/lib-1.3.jar"))
          .as("a file of several parts is one of the base's")
          .isEqualTo(1);
    }
  }

  private static int stored(ArchiveReader reader, String path) throws IOException {
    return Objects.requireNonNull(reader.find(path)).extentCount();
  }

  @Test
  void whatChangedIsStoredAndWhatWasRemovedIsGone() throws Exception {
    file("kept.txt", Bytes.text(1, 10_000));
    file("changed.txt", Bytes.text(2, 10_000));
    file("removed.txt", Bytes.text(3, 10_000));
    file("old/name.jar", Bytes.packageLike(4, 40_000));
    Files.createLink(tree.resolve("link.txt"), tree.resolve("kept.txt"));
    file("empty", 0);
    Path base = packBase("base");
    Files.delete(tree.resolve("removed.txt"));
    Files.createDirectory(tree.resolve("new"));
    Files.move(tree.resolve("old/name.jar"), tree.resolve("new/name.jar"));
    file("changed.txt", Bytes.text(5, 10_000));
    file("added.txt", Bytes.text(6, 10_000));

    PackReport report = packDelta(base);

    assertThat(report.baseFiles()).isEqualTo(2);
    assertThat(report.baseBytes()).isEqualTo(50_000);
    assertThat(report.compressedInBytes()).isLessThanOrEqualTo(20_000);
    TreeModel.of(tree).assertIn(output);
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      assertThat(reader.find("removed.txt")).isNull();
    }
  }

  @Test
  void aNewVersionSharesPartsWithTheOldOnes() throws Exception {
    for (int version = 0; version < 5; version++) {
      version(version, 60, 3 * version);
    }
    Path base = packBase("base");
    version(5, 60, 15);

    PackReport report = packDelta(base);

    assertThat(report.basePartBytes()).isGreaterThan(60 * 3_000 * 9 / 10);
    assertThat(report.rawBlobBytes() + report.compressedInBytes()).isLessThan(30_000);
    TreeModel.of(tree).assertIn(output);
  }

  /** So that the old version is the last row of a batch of 16,384, and something else follows. */
  @Test
  void versionsAreNearAcrossBatchesOfTheIndex() throws Exception {
    Trees.emptyFiles(Files.createDirectory(tree.resolve("a")), 16_384 - 5);
    version(0, 60, 0);
    file("lib/1.05/other", 10);
    Path base = packBase("base");
    try (ArchiveReader reader = ArchiveReader.open(base)) {
      assertThat(reader.parts().index().directory().rows().getFirst().lastPath())
          .isEqualTo("lib/1.0/lib-1.0.jar".getBytes(UTF_8));
    }
    version(1, 60, 0);

    assertThat(packDelta(base).basePartBytes()).isGreaterThan(60 * 3_000 * 9 / 10);
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void aTextThatWasChangedALittleSharesTheRest() throws Exception {
    byte[] text = Bytes.random(1, 20_000);
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) (' ' + (text[i] & 0xFF) % 95);
    }
    file("src/Main.java", text);
    Path base = packBase("base");
    text[10_000] = '!';
    file("src/Main.java", text);

    PackReport report = packDelta(base);

    assertThat(report.basePartBytes()).isGreaterThan(18_000);
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void wholeFilesAreLeftOutWhereNoPartsAreShared() throws Exception {
    version(0, 60, 0);
    file("same", Bytes.packageLike(9, 30_000));
    Path base = packBase("base");
    version(1, 60, 3);

    PackReport report = packDelta(base, output, options().sharing(SharingOptions.OFF));

    assertThat(report.basePartBytes()).isZero();
    assertThat(report.baseFiles()).isEqualTo(2);
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void filesOfSeveralSlicesAreFoundAsAWhole() throws Exception {
    byte[] big = Bytes.random(1, 5 * BLOB + 17);
    file("big/a.bin", big);
    file("big/holes", new byte[4 * BLOB]);
    file("big/text", Bytes.text(4, 7 * BLOB));
    Path base = packBase("base");
    Files.move(tree.resolve("big/a.bin"), tree.resolve("big/b.bin"));
    big[2 * BLOB + 100]++;
    file("big/a.bin", big);

    PackReport report = packDelta(base);

    assertThat(report.baseFiles()).isEqualTo(3);
    assertThat(report.basePartBytes()).isGreaterThan(big.length * 9L / 10);
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void aBaseMayBeEmpty() throws Exception {
    Path base = packBase("base");
    version(0, 20, 0);

    PackReport report = packDelta(base);

    assertThat(report.baseFiles()).isZero();
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void aChainIsSharedWithAllOfIt() throws Exception {
    version(0, 40, 0);
    file("first.bin", Bytes.random(1, 30_000));
    packBase("0");
    for (int state = 1; state < 4; state++) {
      version(state, 40, 10 * state);
      file("state-" + state + ".bin", Bytes.random(10 + state, 30_000));
      PackReport report = packDelta(base(Integer.toString(state - 1)), base("" + state), options());
      assertThat(report.basePartBytes()).as("state " + state).isGreaterThan(29 * 3_000);
      assertThat(report.baseFiles()).isEqualTo(2L * state);
      TreeModel.of(tree).assertIn(base("" + state));
    }
    try (ArchiveReader reader = ArchiveReader.open(base("3"))) {
      String bases = reader.parts().footer().metadata().require(ArchiveFormat.KEY_BASES);
      assertThat(BaseId.parse(bases)).hasSize(3);
    }
  }

  @Test
  void moreBasesThanThereMayBeAreRefused() throws Exception {
    file("a", Bytes.text(1, 100));
    packBase("0");
    for (int depth = 1; depth <= ArchiveFormat.MAX_BASES; depth++) {
      file("a" + depth, Bytes.text(depth, 100));
      packDelta(base("" + (depth - 1)), base("" + depth), options());
    }

    assertThatThrownBy(() -> BaseArchive.open(base("" + ArchiveFormat.MAX_BASES)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("16 bases")
        .hasMessageContaining("packhouse merge");
  }

  @RepeatedTest(3)
  void bytesFollowFromTreeAndBaseAlone() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    new TreeGenerator(seed, 80, BLOB).fill(tree);
    for (int version = 0; version < 6; version++) {
      version(version, 60, 2 * version);
    }
    Path base = packBase("base");
    Trees.deleteDeep(tree);
    new TreeGenerator(seed + 1, 80, BLOB).fill(tree);
    for (int version = 3; version < 10; version++) {
      version(version, 60, 2 * version);
    }
    packDelta(base, output, options().workers(1).force());
    byte[] expected = Files.readAllBytes(output);
    for (int workers : new int[] {2, 16}) {
      packDelta(base, output, options().workers(workers).force());
      assertThat(Files.readAllBytes(output)).as(workers + " workers").isEqualTo(expected);
    }
    ByteArrayOutputStream piped = new ByteArrayOutputStream();
    try (BaseArchive of = BaseArchive.open(base)) {
      packer(options().sharing(SMALL)).withBase(of).pack(Channels.newChannel(piped));
    }
    assertThat(piped.toByteArray()).as("written to a channel").isEqualTo(expected);
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void theBaseItselfIsNotOverwritten() throws Exception {
    file("a", 100);
    Path base = packBase("base");
    byte[] before = Files.readAllBytes(base);
    try (BaseArchive of = BaseArchive.open(base)) {
      Throwable failure = failure(packer(options().force()).withBase(of), base);

      assertThat(failure).isInstanceOf(PackException.class).hasMessageContaining("base itself");
    }
    assertThat(Files.readAllBytes(base)).isEqualTo(before);
  }

  @Test
  void aBaseThatIsReplacedMeanwhileIsNotNamed() throws Exception {
    file("a", 100);
    Path base = packBase("base");
    try (BaseArchive of = BaseArchive.open(base)) {
      file("b", 100);
      Files.move(packBase("other"), base, StandardCopyOption.REPLACE_EXISTING);
      Throwable failure = failure(packer(options()).withBase(of));

      assertThat(failure).hasMessageContaining("was replaced during the pack");
    }
    assertThat(output).doesNotExist();
  }

  @Test
  void whatIsNoBaseIsRefused() throws Exception {
    file("a", 100);
    Path base = packBase("base");
    byte[] bytes = Files.readAllBytes(base);
    Path cut = Files.write(base("cut"), Arrays.copyOf(bytes, bytes.length - 1));
    bytes[bytes.length - 200]++;
    Path damaged = Files.write(base("damaged"), bytes);

    assertThatThrownBy(() -> BaseArchive.open(base("none")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> BaseArchive.open(cut)).isInstanceOf(CorruptArchiveException.class);
    assertThatThrownBy(() -> BaseArchive.open(damaged)).isInstanceOf(CorruptArchiveException.class);
  }

  @Test
  void aDamagedBlobOfTheBaseIsNoPartOfAnything() throws Exception {
    version(0, 40, 0);
    Path base = packBase("base");
    try (ArchiveReader reader = ArchiveReader.open(base);
        FileChannel channel = FileChannel.open(base, StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), reader.blob(0).offset() + 9);
    }
    version(1, 40, 3);
    try (BaseArchive of = BaseArchive.open(base)) {
      Throwable failure = failure(packer(options()).withBase(of));

      assertThat(failure)
          .isInstanceOf(CorruptArchiveException.class)
          .hasMessageContaining("base.pkh")
          .hasMessageContaining("blob 0");
    }
    assertThat(output).doesNotExist();
  }

  @Test
  void anArchiveWithoutABaseIsOfTheFirstVersion() throws Exception {
    file("a", 100);
    pack(options());
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      assertThat(reader.parts().footer().seal().minorVersion()).isZero();
      Entry entry = Objects.requireNonNull(reader.find("a"));
      assertThat(entry.extentBlob(0)).isZero();
    }
  }
}
