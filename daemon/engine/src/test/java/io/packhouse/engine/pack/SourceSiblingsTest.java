package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.extract.SiblingSource;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.share.SharingOptions;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A source that tells of siblings makes the archive that is made of its directory. */
@Timeout(60)
final class SourceSiblingsTest {
  private static final int MANY = 400;

  @TempDir Path temporary;

  /** Puts into the row what there is of two files elsewhere in the tree, and of one that is not. */
  private static final class Looking implements PackageExtractor {
    @Override
    public String name() {
      return "looking";
    }

    @Override
    public String packageType() {
      return "looking";
    }

    @Override
    public List<ColumnSpec> columns() {
      return FakeExtractor.COLUMNS;
    }

    @Override
    public Interest interest() {
      return Interest.inSuffixes(".pkg");
    }

    @Override
    public PackageMetadata extract(PackageFile file, ExtractionContext context) throws IOException {
      return PackageMetadata.builder(FakeExtractor.COLUMNS)
          .name(text(context.sibling("../zz/name")))
          .version(hex(context.digest("../zz/name", "sha256")))
          .namespace(text(context.sibling("../zz/large")))
          .license(hex(context.digest("../zz/large", "md5")))
          .description(text(context.sibling("../../../etc/passwd")))
          .homepage(text(context.sibling("nothing")))
          .build();
    }

    private static String hex(byte @Nullable [] digest) {
      return digest == null ? "none" : HexFormat.of().formatHex(digest);
    }

    /** The first bytes and some from further on, one by one as from a zip. */
    private static String text(@Nullable PackageFile file) throws IOException {
      if (file == null) {
        return "none";
      }
      StringBuilder text = new StringBuilder();
      for (long at = 0; at < file.size(); at += Math.max(1, file.size() / 9)) {
        text.append((char) ('a' + (file.slice(at, 1).get(0) & 15)));
      }
      ByteBuffer whole = ByteBuffer.allocate((int) Math.min(file.size(), 3 << 20));
      while (whole.hasRemaining()) {
        file.read(whole.position(), whole);
      }
      return text.append(whole.flip().hashCode()).toString();
    }
  }

  /** Tells of the files of a directory. */
  private static class Telling implements SiblingSource {
    final Path root;
    final AtomicInteger asked = new AtomicInteger();

    Telling(Path root) {
      this.root = root;
    }

    @Override
    public Answer read(String path, long offset, int length, long largest) throws IOException {
      asked.incrementAndGet();
      Path file = root.resolve(path);
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        return Nothing.ABSENT;
      }
      try (FileChannel channel = FileChannel.open(file)) {
        long size = channel.size();
        long some = size > largest ? 0 : Math.clamp(size - offset, 0, length);
        ByteBuffer bytes = ByteBuffer.allocate((int) some);
        channel.read(bytes, offset);
        return new Found(size, bytes.flip());
      }
    }

    @Override
    public Answer digest(String path, DigestAlgorithm algorithm, long largest) throws IOException {
      asked.incrementAndGet();
      Path file = root.resolve(path);
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        return Nothing.ABSENT;
      }
      byte[] bytes = Files.readAllBytes(file);
      try {
        MessageDigest digest =
            MessageDigest.getInstance(algorithm == DigestAlgorithm.MD5 ? "MD5" : "SHA-256");
        return new Found(
            bytes.length,
            ByteBuffer.wrap(bytes.length > largest ? new byte[0] : digest.digest(bytes)));
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static final class TellingSource extends SourcePackTest.DirectorySource {
    private final SiblingSource siblings;

    TellingSource(Path root, SiblingSource siblings) throws IOException {
      super(root);
      this.siblings = siblings;
    }

    @Override
    public SiblingSource siblings() {
      return siblings;
    }
  }

  private Path tree() throws IOException {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Path root = Files.createDirectory(temporary.resolve("tree"));
    // More directories than an item of a walk may hold open.
    for (int i = 0; i < MANY; i++) {
      Path folder = Files.createDirectory(root.resolve("d" + i));
      byte[] contents = new byte[1 + random.nextInt(3_000)];
      random.nextBytes(contents);
      Files.write(folder.resolve("file"), contents);
      if (i % 50 == 0) {
        Files.write(folder.resolve("a.pkg"), contents);
      }
    }
    byte[] large = new byte[2_500_001];
    random.nextBytes(large);
    Files.createDirectory(root.resolve("zz"));
    Files.write(root.resolve("zz/large"), large);
    Files.writeString(root.resolve("zz/name"), "the name");
    return root;
  }

  private static PackOptions options(int workers, Set<DigestAlgorithm> digests) {
    PackOptions defaults = PackOptions.defaults();
    return new PackOptions(
        3,
        false,
        SharingOptions.DEFAULT,
        workers,
        defaults.memoryBytes(),
        1 << 20,
        1 << 20,
        false,
        null,
        false,
        false,
        false,
        true,
        defaults.filter(),
        ExtractorHost.of(List.of(new Looking())),
        digests,
        List.of(),
        "test");
  }

  private PackReport pack(Path tree, SiblingSource siblings, PackOptions options, Path output)
      throws Exception {
    Packer packer =
        new Packer(
            new TellingSource(tree, siblings),
            List.of(SourceTree.ROOT),
            temporary,
            options,
            PackListener.NONE);
    try {
      return packer.pack(output);
    } finally {
      assertThat(packer.slotsLeft()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void theBytesAreThoseOfTheDirectory(int workers) throws Exception {
    Path tree = tree();
    for (Set<DigestAlgorithm> digests :
        List.of(Set.<DigestAlgorithm>of(), DigestAlgorithm.COLUMNS)) {
      Path expected = temporary.resolve("expected.pkh");
      Path actual = temporary.resolve("actual.pkh");
      new Packer(List.of(PackInput.of(tree)), options(workers, digests), PackListener.NONE)
          .pack(expected);
      Telling telling = new Telling(tree);
      PackReport report = pack(tree, telling, options(workers, digests), actual);
      assertThat(Files.mismatch(expected, actual)).isEqualTo(-1);
      assertThat(report.unseenSiblings()).isZero();
      assertThat(report.extractErrors()).isZero();
      assertThat(telling.asked).hasPositiveValue();
      try (ArchiveReader reader = ArchiveReader.open(actual)) {
        var row = Objects.requireNonNull(reader.find("d0/a.pkg"));
        assertThat(row.name()).isNotEqualTo("none");
        assertThat(row.version()).hasSize(64);
      }
    }
  }

  @Test
  void whatIsWithheldIsCountedOnceAPackage() throws Exception {
    Path tree = tree();
    PackReport report =
        pack(
            tree,
            new Telling(tree) {
              @Override
              public Answer read(String path, long offset, int length, long largest) {
                return Nothing.WITHHELD;
              }
            },
            options(2, Set.of()),
            temporary.resolve("out.pkh"));
    assertThat(report.unseenSiblings()).isEqualTo(MANY / 50);
    assertThat(report.extractErrors()).isZero();
  }

  @Test
  void whatCannotBeReadIsAnErrorOfTheRow() throws Exception {
    Path tree = tree();
    Path output = temporary.resolve("out.pkh");
    PackReport report =
        pack(
            tree,
            new Telling(tree) {
              @Override
              public Answer read(String path, long offset, int length, long largest) {
                return new Unreadable("permission denied");
              }
            },
            options(2, Set.of()),
            output);
    assertThat(report.extractErrors()).isEqualTo(MANY / 50);
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      var row = Objects.requireNonNull(reader.find("d0/a.pkg"));
      assertThat(row.packageType()).isEqualTo("looking");
      assertThat(row.name()).isNull();
    }
  }

  @Test
  void aFileThatChangesInTheMidstOfReadingIsAnErrorOfTheRow() throws Exception {
    Path tree = tree();
    Path output = temporary.resolve("out.pkh");
    PackReport report =
        pack(
            tree,
            new Telling(tree) {
              @Override
              public Answer read(String path, long offset, int length, long largest)
                  throws IOException {
                Answer answer = super.read(path, offset, length, largest);
                return offset > 0 && answer instanceof Found(long size, ByteBuffer bytes)
                    ? new Found(size + 1, bytes)
                    : answer;
              }
            },
            options(2, Set.of()),
            output);
    assertThat(report.extractErrors()).isEqualTo(MANY / 50);
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      var row = Objects.requireNonNull(reader.find("d0/a.pkg"));
      assertThat(row.packageType()).isEqualTo("looking");
      assertThat(row.name()).isNull();
    }
  }

  /** Also when the extractor swallows what it is thrown: no archive may depend on it. */
  @Test
  void aSourceThatCannotTellEndsThePack() throws Exception {
    Path tree = tree();
    Path output = temporary.resolve("out.pkh");
    SiblingSource broken =
        new Telling(tree) {
          @Override
          public Answer read(String path, long offset, int length, long largest)
              throws IOException {
            throw new IOException("the wire broke");
          }
        };
    assertThatThrownBy(() -> pack(tree, broken, options(2, Set.of()), output))
        .hasStackTraceContaining("the wire broke");
    assertThat(output).doesNotExist();
  }
}
