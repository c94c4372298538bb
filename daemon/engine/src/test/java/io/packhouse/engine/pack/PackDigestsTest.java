package io.packhouse.engine.pack;

import static io.packhouse.engine.codec.digest.DigestAlgorithm.SHA1;
import static io.packhouse.engine.codec.digest.DigestAlgorithm.SHA256;
import static io.packhouse.engine.codec.digest.DigestAlgorithm.SHA512;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.engine.read.verify.ArchiveVerifier;
import io.packhouse.engine.read.verify.VerifyOptions;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Digests besides BLAKE3 in archives. */
class PackDigestsTest extends PackFixture {
  private static final DigestAlgorithm[] ALL = {SHA1, SHA256, SHA512};

  private void someFiles(long seed) throws IOException {
    Random random = new Random(seed);
    for (int i = 0; i < 40; i++) {
      file("small/" + i, Bytes.random(random.nextLong(), random.nextInt(3_000)));
    }
    for (int i = 0; i < 12; i++) {
      file("big/" + i, Bytes.random(random.nextLong(), random.nextInt(12 * BLOB)));
    }
    file("empty", new byte[0]);
    file("one-slice", BLOB);
    file("one-more-byte", BLOB + 1);
    file("holes", new byte[5 * BLOB + 3]);
    Files.copy(tree.resolve("big/3"), tree.resolve("same-as-3"));
    Files.createLink(tree.resolve("z-link"), tree.resolve("big/4"));
    Files.createSymbolicLink(tree.resolve("z-symlink"), Path.of("big/4"));
  }

  private void assertDigests(DigestAlgorithm... expected) throws Exception {
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      EntryCursor entries = reader.entries();
      int files = 0;
      for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
        for (DigestAlgorithm algorithm : ALL) {
          byte[] digest = entry.digest(algorithm);
          if (!entry.is(EntryType.FILE) || !Arrays.asList(expected).contains(algorithm)) {
            assertThat(digest).as(entry.path()).isNull();
            continue;
          }
          byte[] contents = Files.readAllBytes(tree.resolve(entry.path()));
          assertThat(digest)
              .as("%s of %s", algorithm, entry.path())
              .isEqualTo(MessageDigest.getInstance(algorithm.standardName()).digest(contents));
          files++;
        }
      }
      assertThat(files).isEqualTo(expected.length * 57);
    }
  }

  @Test
  void everyFileHasThemHoweverItIsCutAndHoweverManyWorkersThereAre() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    someFiles(seed);
    String id = null;
    for (int workers : new int[] {1, 2, 16}) {
      PackReport report = pack(options().workers(workers).digests(ALL).force());
      assertDigests(ALL);
      assertThat(id == null ? report.id() : id).isEqualTo(report.id());
      id = report.id();
    }
  }

  @Test
  void onlyThoseThatAreAskedForAreThere() throws Exception {
    someFiles(1);
    pack(options().digests(SHA512, SHA1));
    assertDigests(SHA1, SHA512);
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      assertThat(reader.digests()).containsExactly(SHA1, SHA512);
      assertThat(reader.summary().formatVersion()).isEqualTo("1.1");
      assertThat(reader.summary().options()).containsEntry("digests", "sha1,sha512");
    }
  }

  @Test
  void anArchiveWithoutThemIsOfTheFirstVersion() throws Exception {
    someFiles(1);
    pack(options());
    assertDigests();
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      assertThat(reader.digests()).isEmpty();
      assertThat(reader.summary().formatVersion()).isEqualTo("1.0");
      assertThat(reader.summary().options()).doesNotContainKey("digests");
    }
  }

  @Test
  void othersAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options().digests(DigestAlgorithm.MD5).build())
        .withMessageContaining("digests must be among");
  }

  @Test
  void aFileThatShrankHasNone() throws Exception {
    file("a", 10);
    Path shrinking = file("b", 9 * BLOB);
    file("c", 9 * BLOB);
    FakeExtractor shrink =
        FakeExtractor.of(
            "a",
            _ -> {
              Files.write(shrinking, new byte[BLOB]);
              return null;
            });
    packer(options().digests(ALL).keepGoing().workers(1).extractors(shrink)).pack(output);
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      Entry entry = Objects.requireNonNull(reader.find("b"));
      assertThat(entry.isOk()).isFalse();
      assertThat(entry.digest(SHA256)).isNull();
      assertThat(Objects.requireNonNull(reader.find("c")).digest(SHA256)).isNotNull();
      VerifyOptions all = VerifyOptions.all(1).withDigests(true);
      assertThat(new ArchiveVerifier(reader).verify(all).damages()).isEmpty();
    }
  }

  @Test
  void aPackThatFailsAmongSlicesLeavesNothingBehind() throws Exception {
    file("a", 10);
    Path shrinking = file("b", 40 * BLOB);
    for (int i = 0; i < 5; i++) {
      file("c" + i, 20 * BLOB);
    }
    FakeExtractor shrink =
        FakeExtractor.of(
            "a",
            _ -> {
              Files.write(shrinking, new byte[20 * BLOB]);
              return null;
            });
    // The fixture sees to it that no slot, file or thread is left.
    assertThat(failure(packer(options().digests(ALL).workers(4).extractors(shrink))))
        .hasMessageContaining("b: changed size during the pack");
  }

  @Test
  void verifyingFindsNoDamageInAnyKindOfFile() throws Exception {
    someFiles(2);
    pack(options().digests(ALL));
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      for (VerifyOptions verify :
          new VerifyOptions[] {VerifyOptions.all(2), VerifyOptions.all(2).withDigests(true)}) {
        var report = new ArchiveVerifier(reader).verify(verify);
        assertThat(report.damages()).isEmpty();
        assertThat(report.files()).isEqualTo(57);
      }
    }
  }

  /** Names files by their own SHA-1, as the host has it. */
  private static final class Asking implements PackageExtractor {
    private static final List<ColumnSpec> COLUMNS =
        List.of(new ColumnSpec("count", ColumnType.Scalar.INT64, "a number"));

    @Override
    public String packageType() {
      return "fake";
    }

    @Override
    public String name() {
      return "asking";
    }

    @Override
    public List<ColumnSpec> columns() {
      return COLUMNS;
    }

    @Override
    public Interest interest() {
      return Interest.inSuffixes(".fake");
    }

    @Override
    public PackageMetadata extract(PackageFile file, ExtractionContext context) throws IOException {
      byte[] digest = context.digest(file.fileName(), "sha1");
      return PackageMetadata.builder(COLUMNS)
          .name(digest == null ? "none" : HexFormat.of().formatHex(digest))
          .build();
    }
  }

  @Test
  void extractorsGetThemWithoutALimitOfSize() throws Exception {
    byte[] large = Bytes.random(5, (2 << 20) + 1);
    file("d/large.fake", large);
    file("d/small.fake", Arrays.copyOf(large, 1_000));
    for (int workers : new int[] {1, 4}) {
      pack(options().workers(workers).extractors(new Asking()).digests(SHA1).force());
      try (ArchiveReader reader = ArchiveReader.open(output)) {
        for (String path : new String[] {"d/large.fake", "d/small.fake"}) {
          Entry entry = Objects.requireNonNull(reader.find(path));
          assertThat(entry.name())
              .isEqualTo(HexFormat.of().formatHex(Objects.requireNonNull(entry.digest(SHA1))));
        }
      }
    }
    pack(options().extractors(new Asking()).force());
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      assertThat(Objects.requireNonNull(reader.find("d/large.fake")).name()).isEqualTo("none");
      assertThat(Objects.requireNonNull(reader.find("d/small.fake")).name()).hasSize(40);
    }
  }
}
