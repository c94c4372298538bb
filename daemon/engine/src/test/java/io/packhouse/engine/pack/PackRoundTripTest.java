package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.share.SharingOptions;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackRoundTripTest extends PackFixture {

  @RepeatedTest(12)
  void whatWasPackedIsWhatIsRead() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    new TreeGenerator(seed, 120, BLOB).fill(tree);
    TreeModel model = TreeModel.of(tree);

    PackReport report = pack(options().workers(1 + new Random(seed).nextInt(4)));

    model.assertIn(output);
    assertThat(report.archiveBytes()).isEqualTo(Files.size(output));
    assertThat(
            report.files()
                + report.directories()
                + report.symlinks()
                + report.hardlinks()
                + report.specials())
        .isEqualTo(model.size());
  }

  @RepeatedTest(4)
  void bytesFollowFromTheTreeAlone() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    new TreeGenerator(seed, 250, BLOB).fill(tree);

    pack(options().workers(1));
    byte[] expected = Files.readAllBytes(output);
    for (int workers : new int[] {2, 16}) {
      pack(options().workers(workers).force());
      assertThat(Files.readAllBytes(output)).as(workers + " workers").isEqualTo(expected);
    }
    for (long spare : new long[] {0, 7L << 20, 256L << 20}) {
      pack(options().spareMemory(spare).force());
      assertThat(Files.readAllBytes(output)).as(spare + " bytes of memory").isEqualTo(expected);
    }
    ByteArrayOutputStream piped = new ByteArrayOutputStream();
    packer(options()).pack(Channels.newChannel(piped));
    assertThat(piped.toByteArray()).as("written to a channel").isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-Dpackhouse.fileAccess=nio", "-Dpackhouse.blake3=java"})
  void bytesDoNotFollowFromHowFilesAreReadOrHashed(String property) throws Exception {
    for (int i = 0; i < 300; i++) {
      file("d" + i % 17 + "/ü" + i, Bytes.text(i, i * 13));
    }
    file("big", Bytes.packageLike(1, 5 * BLOB + 3));
    Files.createSymbolicLink(tree.resolve("link"), Path.of("d1"));
    Files.createLink(tree.resolve("other"), tree.resolve("big"));
    pack(options());
    Path other = output.resolveSibling("other.pkh");

    ForkedPack.run(List.of(property), tree, other);

    assertThat(Files.mismatch(output, other)).isEqualTo(-1);
  }

  /** A real tree, where the environment names one. */
  @Test
  void realTreePacksAlikeWithAnyWorkers() throws Exception {
    String real = System.getenv("PACKHOUSE_TEST_TREE");
    org.junit.jupiter.api.Assumptions.assumeTrue(real != null, "no PACKHOUSE_TEST_TREE");
    tree = Path.of(String.valueOf(real));
    pack(options().blobBytes(1 << 20).workers(1));
    Path other = output.resolveSibling("other.pkh");
    for (int workers : new int[] {2, 16}) {
      packer(options().blobBytes(1 << 20).workers(workers).force()).pack(other);
      assertThat(Files.mismatch(output, other)).as(workers + " workers").isEqualTo(-1);
    }
  }

  @Test
  void inputsWhoseMountsSortAroundTheSlashKeepPathOrder() throws Exception {
    TreeModel model = new TreeModel();
    List<PackInput> inputs = new java.util.ArrayList<>();
    for (String mount : List.of("a0", "a", "a-", "a-.", "b")) {
      Path root = Files.createDirectories(temporary.resolve("inputs").resolve(mount));
      Files.write(root.resolve("x"), Bytes.text(mount.hashCode(), 100));
      Files.createDirectory(root.resolve("-"));
      inputs.add(new PackInput(root, mount, null));
      model.add(root, mount.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    packer(inputs, options(), PackListener.NONE).pack(output);

    model.assertIn(output);
  }

  @Test
  void equalContentsAreStoredOnce() throws Exception {
    byte[] small = Bytes.random(1, 40_000);
    byte[] big = Bytes.random(2, 3 * BLOB);
    for (int i = 0; i < 20; i++) {
      file("s" + i, small);
      file("t" + i, big);
      file("u" + i, 20_000 + i);
    }

    PackReport report = pack(options());

    assertThat(report.dedupedBytes()).isEqualTo(19L * (small.length + big.length));
    assertThat(report.archiveBytes()).isLessThan(small.length + big.length + 20 * 20_200 + 60_000);
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void holesAreNotStored() throws Exception {
    byte[] sparse = new byte[40 * BLOB + 5];
    System.arraycopy(Bytes.random(3, 100), 0, sparse, 17 * BLOB - 50, 100);
    file("sparse", sparse);
    file("zeros", new byte[10 * BLOB]);

    PackReport report = pack(options());

    assertThat(report.holeBytes()).isEqualTo(sparse.length - 2L * BLOB + 10L * BLOB);
    assertThat(report.blobs()).isEqualTo(2);
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void tinyFilesDoNotGatherInOneItem() throws Exception {
    for (int i = 0; i < 6_000; i++) {
      file("f" + i, new byte[] {(byte) i, (byte) (i >> 8)});
    }

    PackReport report = pack(options());

    // Two items of at most 4,096 entries; 2-byte contents of all would fit a single blob.
    assertThat(report.blobs()).isEqualTo(2);
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void textSharesFramesAndPackagesWholeItems() throws Exception {
    for (int i = 0; i < 24; i++) {
      file("a" + i, Bytes.text(i, 20_000));
      file("p" + i, Bytes.packageLike(i, 20_000));
    }
    file("z", Bytes.text(99, 100_000));

    pack(options().blobBytes(4 * BLOB).frameBytes(BLOB).sharing(SharingOptions.OFF));

    TreeModel.of(tree).assertIn(output);
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      List<Integer> lengths = new ArrayList<>();
      for (long blob = 0; blob < reader.blobCount(); blob++) {
        lengths.add(reader.blob(blob).decodedLength());
      }
      // By threes in a frame of 64 KiB, by sixes in an item of two; one that is longer, alone.
      assertThat(lengths).contains(60_000, 120_000, 100_000);
      assertThat(lengths).allMatch(length -> length <= 120_000);
    }
  }

  @Test
  void emptyTreeIsAnArchiveOfItsRoot() throws Exception {
    PackReport report = pack(options());

    assertThat(report.directories()).isEqualTo(1);
    assertThat(report.blobs()).isZero();
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void reproducibleArchivesHaveNoOwnersAndNoLaterTimes() throws Exception {
    file("a", 10);
    Files.setLastModifiedTime(
        tree.resolve("a"), java.nio.file.attribute.FileTime.fromMillis(5_000_000));
    pack(options().reproducible(1_000_000_000L));
    byte[] first = Files.readAllBytes(output);
    Files.setLastModifiedTime(
        tree.resolve("a"), java.nio.file.attribute.FileTime.fromMillis(6_000_000));

    pack(options().reproducible(1_000_000_000L).force());

    assertThat(Arrays.equals(first, Files.readAllBytes(output))).isTrue();
    try (var reader = io.packhouse.engine.read.ArchiveReader.open(output)) {
      var entry = java.util.Objects.requireNonNull(reader.find("a"));
      assertThat(entry.mtimeNanos()).isEqualTo(1_000_000_000L);
      assertThat(entry.uid()).isEqualTo(io.packhouse.engine.read.Entry.NOT_RECORDED);
      assertThat(entry.user()).isNull();
    }
  }
}
