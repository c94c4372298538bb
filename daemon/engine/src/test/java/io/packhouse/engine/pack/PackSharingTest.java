package io.packhouse.engine.pack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.memory.MemoryGrants;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.share.SharingOptions;
import io.packhouse.engine.share.SharingOptions.Mode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that share parts: what is stored, that it comes back, and that it follows from the tree.
 */
class PackSharingTest extends PackFixture {
  private static final SharingOptions ON =
      new SharingOptions(Mode.ON, SharingOptions.DEFAULT_MEMORY);

  /** Versions of packages: each is the one before with members replaced, inserted and left out. */
  private long versions(long seed, int count, int members) throws IOException {
    Random random = new Random(seed);
    byte[][] parts = new byte[members][];
    for (int i = 0; i < members; i++) {
      parts[i] = Bytes.packageLike(random.nextLong(), 1 + random.nextInt(9_000));
    }
    long total = 0;
    for (int version = 0; version < count; version++) {
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      for (byte[] part : parts) {
        file.write(Bytes.random(random.nextLong(), 1 + random.nextInt(30)));
        file.write(part);
      }
      file("lib/1." + version + "/lib-1." + version + ".jar", file.toByteArray());
      total += file.size();
      for (int change = 0; change < members / 10; change++) {
        parts[random.nextInt(members)] =
            Bytes.packageLike(random.nextLong(), random.nextInt(9_000));
      }
    }
    return total;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void versionsAreStoredOnce(boolean stored) throws Exception {
    // Both shorter and longer than a slice.
    long total = versions(1, 10, 20) + bigVersions();
    Options options = options().blobBytes(4 * BLOB);
    options.storesPackages = stored;

    PackReport report = pack(options);

    assertThat(report.sharedBytes()).isGreaterThan(total * 6 / 10);
    assertThat(report.archiveBytes()).isLessThan(total * 4 / 10);
    assertThat(report.extents()).isGreaterThan(report.files());
    TreeModel.of(tree).assertIn(output);
  }

  private long bigVersions() throws IOException {
    byte[] contents = Bytes.random(5, 30 * BLOB);
    for (int version = 0; version < 6; version++) {
      file("big/" + version + ".jar", contents);
      byte[] inserted = Bytes.random(version, 2_000);
      int at = 3 * BLOB * (version + 1);
      System.arraycopy(contents, at, contents, at + 2_000, contents.length - at - 2_000);
      System.arraycopy(inserted, 0, contents, at, 2_000);
    }
    return 6L * contents.length;
  }

  @RepeatedTest(3)
  void bytesFollowFromTheTreeAlone() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    new TreeGenerator(seed, 60, BLOB).fill(tree);
    versions(seed, 8, 60);
    for (Mode mode : new Mode[] {Mode.ON, Mode.AUTO}) {
      SharingOptions sharing = new SharingOptions(mode, SharingOptions.LEAST_MEMORY);
      pack(options().workers(1).sharing(sharing).force());
      byte[] expected = Files.readAllBytes(output);
      for (int workers : new int[] {2, 3, 16}) {
        pack(options().workers(workers).sharing(sharing).force());
        assertThat(Files.readAllBytes(output)).as(workers + " workers").isEqualTo(expected);
      }
      ByteArrayOutputStream piped = new ByteArrayOutputStream();
      packer(options().sharing(sharing)).pack(Channels.newChannel(piped));
      assertThat(piped.toByteArray()).as("written to a channel").isEqualTo(expected);
      TreeModel.of(tree).assertIn(output);
    }
  }

  @Test
  void memoryIsAskedForAsTheWindowFillsAndTheBytesAreTheSameHoweverLateItComes() throws Exception {
    versions(4, 80, 60);
    SharingOptions sharing = new SharingOptions(Mode.ON, SharingOptions.LEAST_MEMORY);
    Options options = options().sharing(sharing).force();
    pack(options);
    byte[] expected = Files.readAllBytes(output);
    AtomicLong asked = new AtomicLong();
    PackResources shared = new PackResources(64 << 20);
    try (shared;
        ExecutorService others = Executors.newSingleThreadExecutor()) {
      for (int i = 0; i < 2; i++) { // the table of anchors and the slots are used again
        asked.set(0);
        packer(options)
            .withResources(shared)
            .withGrants(
                (bytes, granted) -> {
                  asked.addAndGet(bytes);
                  others.execute(granted);
                })
            .pack(output);
        assertThat(Files.readAllBytes(output)).isEqualTo(expected);
        assertThat(asked).hasValue(options.build().windowBytes());
        assertThat(shared.lentCount()).isZero();
      }
      TreeModel.of(tree).assertIn(output);
    }
    shared.join();
  }

  @Test
  void aSmallTreeAsksForLittleAndOneOfTextForNothing() throws Exception {
    AtomicLong asked = new AtomicLong();
    MemoryGrants grants =
        (bytes, granted) -> {
          asked.addAndGet(bytes);
          granted.run();
        };
    file("text.txt", "a line of text, and another one\n".repeat(10_000).getBytes(UTF_8));
    packer(options()).withGrants(grants).pack(output);
    assertThat(asked).hasValue(0);
    file("lib.jar", 50_000);
    Options options = options().force();
    packer(options).withGrants(grants).pack(output);
    assertThat(asked.get()).isBetween(1L, options.build().windowBytes() / 20);
  }

  @Test
  void aPackThatWillNeverHaveTheMemoryItNeedsFails() throws Exception {
    versions(5, 20, 60);
    AtomicInteger left = new AtomicInteger(4);
    Packer packer =
        packer(options().sharing(ON))
            .withGrants(
                (bytes, granted) -> {
                  if (left.getAndDecrement() == 0) {
                    throw new IOException("no more");
                  }
                  granted.run();
                });
    assertThat(failure(packer)).hasMessage("no more");
  }

  @Test
  void nothingIsSharedWhereThatIsOff() throws Exception {
    versions(2, 4, 20);

    PackReport report = pack(options().sharing(SharingOptions.OFF));

    assertThat(report.sharedBytes()).isZero();
    assertThat(report.extents()).isLessThan(30);
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void filesOfEqualPartsAreFoundAgainAsAWhole() throws Exception {
    versions(3, 3, 30);
    byte[] last = Files.readAllBytes(tree.resolve("lib/1.2/lib-1.2.jar"));
    file("zz/copy.jar", last);

    PackReport report = pack(options().blobBytes(16 * BLOB));

    assertThat(report.dedupedBytes()).isEqualTo(last.length);
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      Entry one = Objects.requireNonNull(reader.find("lib/1.2/lib-1.2.jar"));
      Entry other = Objects.requireNonNull(reader.find("zz/copy.jar"));
      assertThat(one.extentCount()).isEqualTo(other.extentCount()).isGreaterThan(5);
    }
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void aBillionfoldRepeatIsBoundedAndComesBack() throws Exception {
    byte[] repeated = new byte[40 * BLOB + 77];
    byte[] unit = {0x7A, 0x7B, 0x7A, 1, 2, (byte) 200, 0x7B};
    for (int i = 0; i < repeated.length; i++) {
      repeated[i] = unit[i % unit.length];
    }
    file("a.bin", repeated);
    file("b.bin", Arrays.copyOfRange(repeated, 3, repeated.length - 5));

    PackReport report = pack(options().sharing(ON));

    assertThat(report.archiveBytes()).isLessThan(repeated.length / 10);
    assertThat(report.extents()).isLessThan(1_000);
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void everyAnchorOfOneHashIsBoundedAndComesBack() throws Exception {
    // The 32 bytes that a hash is of are equal everywhere; what follows is not.
    byte[] same = Bytes.random(8, 32);
    same[0] = 0x7A;
    byte[] contents = Bytes.random(9, 60 * BLOB);
    for (int at = 0; at + 64 < contents.length; at += 64) {
      System.arraycopy(same, 0, contents, at, same.length);
    }
    for (int i = 0; i < 4; i++) {
      contents[i * BLOB] ^= 1;
      file(i + ".jar", contents);
    }

    PackReport report = pack(options().sharing(ON));

    assertThat(report.archiveBytes()).isLessThan(2L * contents.length);
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void thousandsOfNearlyEqualFilesStayInFewParts() throws Exception {
    byte[] contents = Bytes.random(10, 20_000);
    Random random = new Random(11);
    for (int i = 0; i < 2_000; i++) {
      // A byte more at another place each time: parts of parts of parts.
      contents[random.nextInt(contents.length)]++;
      file("d" + i / 100 + "/" + i % 100 + ".jar", contents);
    }

    PackReport report = pack(options().blobBytes(16 * BLOB));

    assertThat(report.sharedBytes()).isGreaterThan(report.bytesIn() * 9 / 10);
    assertThat(report.extents()).isLessThan(2_000 * (20_000 / 64));
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void deBruijnLikeDataSharesWhatIsThere() throws Exception {
    // Every pair of bytes once: anchors as often as anywhere, and no repeat.
    byte[] sequence = new byte[2 * 65_536];
    for (int i = 0; i < 65_536; i++) {
      sequence[2 * i] = (byte) (i >> 8);
      sequence[2 * i + 1] = (byte) i;
    }
    file("a.bin", sequence);
    byte[] turned = new byte[sequence.length];
    System.arraycopy(sequence, 50_000, turned, 0, sequence.length - 50_000);
    System.arraycopy(sequence, 0, turned, sequence.length - 50_000, 50_000);
    file("b.bin", turned);

    PackReport report = pack(options().sharing(ON));

    assertThat(report.sharedBytes()).isGreaterThan(sequence.length * 8L / 10);
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void kindsThatShareNothingAreLeftAloneAfterAWhile() throws Exception {
    int length = 24 * BLOB;
    for (int i = 0; i < 30; i++) {
      file("r" + i + ".tgz", Bytes.random(i, length));
    }
    file("s.tgz", Bytes.random(29, length - 1));

    PackReport report = pack(options().blobBytes(64 * BLOB).storesPackages());

    // What is equal comes long after the first 24 MiB.
    assertThat(report.sharedBytes()).isZero();
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void textIsSharedWhereThatIsAskedFor() throws Exception {
    byte[] text = Bytes.text(1, 60_000);
    for (int i = 0; i < 5; i++) {
      text[30_000] ^= 1;
      text[100 * i] ^= 1;
      file(i + ".txt", text);
    }
    assertThat(pack(options()).sharedBytes()).isZero();

    PackReport report = pack(options().sharing(ON).force());

    assertThat(report.sharedBytes()).isGreaterThan(180_000);
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void aFlippedByteIsNoticedOrHarmless() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    versions(seed, 4, 12);
    pack(options());
    byte[] intact = Files.readAllBytes(output);
    int noticed = 0;
    for (int i = 0; i < 300; i++) {
      byte[] damaged = intact.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(output, damaged);
      try (ArchiveReader reader = ArchiveReader.open(output)) {
        for (int version = 0; version < 4; version++) {
          String path = "lib/1." + version + "/lib-1." + version + ".jar";
          byte[] read = reader.readAllBytes(Objects.requireNonNull(reader.find(path)), 1 << 20);
          assertThat(read).isEqualTo(Files.readAllBytes(tree.resolve(path)));
        }
      } catch (CorruptArchiveException | UnsupportedFormatException e) {
        noticed++;
      }
    }
    assertThat(noticed).isGreaterThan(100);
  }

  @Test
  void rangesOfSplitFilesAreRight() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    versions(seed, 5, 30);
    pack(options().blobBytes(4 * BLOB));
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      String path = "lib/1.4/lib-1.4.jar";
      Entry entry = Objects.requireNonNull(reader.find(path));
      byte[] contents = Files.readAllBytes(tree.resolve(path));
      for (int i = 0; i < 300; i++) {
        int from = random.nextInt(contents.length);
        int to = from + random.nextInt(contents.length - from + 1);
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        reader.read(
            entry,
            from,
            to - from,
            chunk -> read.writeBytes(chunk.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)));
        assertThat(read.toByteArray()).isEqualTo(Arrays.copyOfRange(contents, from, to));
      }
    }
  }
}
