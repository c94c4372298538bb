package io.packhouse.engine.read;

import static io.packhouse.engine.read.TestArchive.extent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.engine.format.BaseId;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.MissingBaseException;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.read.verify.ArchiveVerifier;
import io.packhouse.engine.read.verify.Damage;
import io.packhouse.engine.read.verify.VerifyOptions;
import io.packhouse.engine.read.verify.VerifyReport;
import io.packhouse.engine.restore.RestoreListener;
import io.packhouse.engine.restore.RestoreOptions;
import io.packhouse.engine.restore.Restorer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deltas and bases that break the rules, each sealed all the same. */
class HostileDeltaTest {
  @TempDir Path folder;
  private TestChain chain;

  @BeforeEach
  void makeChain() throws IOException {
    chain = new TestChain(folder);
  }

  private static byte[] read(ArchiveReader reader, String path) throws IOException {
    return reader.readAllBytes(Objects.requireNonNull(reader.find(path)), 1 << 20);
  }

  private static VerifyReport verify(Path archive, boolean withoutBases) throws IOException {
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      return new ArchiveVerifier(reader).verify(VerifyOptions.all(2).withoutBases(withoutBases));
    }
  }

  private void restore(Path archive, String to) throws IOException, InterruptedException {
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      RestoreOptions options = RestoreOptions.defaults().withWorkers(2);
      new Restorer(reader, options, RestoreListener.NONE).restore(folder.resolve(to));
    }
  }

  @Test
  void whatTheListSaysOfABaseMustBeSo() throws Exception {
    BaseId first = TestChain.id(chain.first);
    BaseId second = TestChain.id(chain.second);
    assertRefused(List.of(new BaseId(second.id(), 2), first), "its blobs: expected 1, found 2");
    assertRefused(List.of(second), "its own bases are " + BaseId.text(List.of(first)));
    assertRefused(List.of(first, second), "its own bases are none");
    assertRefused(List.of(second, new BaseId(first.id(), 7)), "but what follows it in the list");
  }

  private void assertRefused(List<BaseId> bases, String message) throws IOException {
    TestArchive archive = new TestArchive().bases(bases);
    archive.file("f", chain.three, extent(-2, 0, chain.three.length));
    Path path = archive.write(folder.resolve("hostile.pkh"));
    try (ArchiveReader reader = ArchiveReader.open(path)) {
      assertThatThrownBy(() -> read(reader, "f"))
          .isInstanceOf(CorruptArchiveException.class)
          .hasMessageContaining("hostile.pkh")
          .hasMessageContaining(message);
    }
    assertThat(verify(path, false).isIntact()).isFalse();
  }

  @Test
  void footersThatBreakTheRulesAreRefused() throws Exception {
    String id = TestChain.id(chain.first).id();
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 17; i++) {
      many.add(String.format("%064x 1", i));
    }
    List<String> values =
        List.of(
            String.join("\n", many),
            "",
            "\n",
            id,
            id + " ",
            id + " 2\n",
            id + "  2",
            id + " 02",
            id + " -2",
            id + " +2",
            id + " 2147483648",
            id + " 99999999999999999999",
            id.toUpperCase(java.util.Locale.ROOT) + " 2",
            id.substring(1) + " 2",
            id + " 2\r\n" + many.getFirst(),
            id + " 2\n" + id + " 2",
            id + " 2\n" + id + " 3");
    for (String value : values) {
      TestArchive archive = new TestArchive();
      archive.minorVersion = 2;
      archive.metadata.put("packhouse.bases", value);
      assertFooterRefused(archive);
    }
    TestArchive old = new TestArchive().bases(List.of(TestChain.id(chain.first)));
    old.minorVersion = 1;
    assertFooterRefused(old);
    TestArchive without = new TestArchive();
    without.minorVersion = 2;
    assertFooterRefused(without);
    // Sixteen are fine, and what comes after 1.2 may do without.
    TestArchive most = new TestArchive();
    most.minorVersion = 2;
    most.metadata.put("packhouse.bases", String.join("\n", many.subList(0, 16)));
    ArchiveReader.open(most.write(folder.resolve("most.pkh"))).close();
    without.minorVersion = 3;
    ArchiveReader.open(without.write(folder.resolve("later.pkh"))).close();
  }

  private void assertFooterRefused(TestArchive archive) throws IOException {
    Path path = archive.write(folder.resolve("hostile.pkh"));
    assertThatThrownBy(() -> ArchiveReader.open(path).close())
        .isInstanceOf(CorruptArchiveException.class)
        .hasMessageContaining("packhouse.bases");
  }

  @Test
  void extentsBeyondTheBasesAreRefusedByEntry() throws Exception {
    List<Map<String, Object>> beyond =
        List.of(
            extent(-5, 0, 10), // another file of the base
            extent(-9, 0, 10), // beyond its rows
            extent(-7, 1, 10),
            extent(Long.MIN_VALUE + 1, 0, 10),
            extent(-2, chain.three.length, 10),
            extent(-2, -1, 10),
            extent(-2, Long.MAX_VALUE, 10));
    for (Map<String, Object> extent : beyond) {
      TestArchive archive = chain.thirdArchive();
      archive.file("z", new byte[10], extent);
      Path path = archive.write(folder.resolve("beyond.pkh"));
      try (ArchiveReader reader = ArchiveReader.open(path)) {
        assertThat(read(reader, "kept")).isEqualTo(chain.one);
        assertThatThrownBy(() -> read(reader, "z"))
            .isInstanceOf(CorruptArchiveException.class)
            .hasMessageContaining("entry z");
      }
      assertThat(verify(path, false).damages()).extracting(Damage::subject).containsOnly("z");
      assertThatThrownBy(() -> restore(path, "beyond" + extent.hashCode()))
          .hasMessageContaining("z");
    }
  }

  @Test
  void whateverExtentsSayFilesAreReadRightOrRefused() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long[] odd = {0, 1, -1, -2, -3, -4, -5, -6, -7, -8, -9, 4096, 9_000, 1L << 31, Long.MIN_VALUE};
    for (int round = 0; round < 300; round++) {
      TestArchive archive = chain.thirdArchive();
      List<Map<String, Object>> extents = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        extents.add(
            extent(
                odd[random.nextInt(odd.length)],
                random.nextBoolean() ? 0 : odd[random.nextInt(odd.length)],
                random.nextBoolean() ? 4096 : odd[random.nextInt(odd.length)]));
      }
      Map<String, Object> row = archive.file("z", Arrays.copyOf(chain.two, 4096));
      row.put("extents", extents);
      Path path = archive.write(folder.resolve("odd.pkh"));
      try (ArchiveReader reader = ArchiveReader.open(path)) {
        assertThat(read(reader, "z")).as("seed " + seed).isEqualTo(Arrays.copyOf(chain.two, 4096));
        assertThat(verify(path, false).isIntact()).as("seed " + seed).isTrue();
      } catch (CorruptArchiveException | UnsupportedFormatException e) {
        assertThat(verify(path, false).damages()).as("seed " + seed).isNotEmpty();
      }
    }
  }

  @Test
  void referencesStandForFilesOfTheirSizeAndDigestAlone() throws Exception {
    byte[] other = chain.mixed();
    other[0]++;
    List<Map<String, Object>> references =
        List.of(
            extent(-7, 0, other.length), // row 2, mixed
            extent(-5, 0, other.length), // row 0, of another size
            extent(-9, 0, other.length), // row 4, which is none
            extent(-1L << 62, 0, other.length));
    for (Map<String, Object> reference : references) {
      TestArchive archive = chain.thirdArchive();
      archive.file("z", other, reference);
      Path path = archive.write(folder.resolve("reference.pkh"));
      try (ArchiveReader reader = ArchiveReader.open(path)) {
        assertThatThrownBy(() -> read(reader, "z"))
            .isInstanceOf(CorruptArchiveException.class)
            .hasMessageContaining("entry z")
            .hasMessageContaining("second.pkh");
      }
      assertThat(verify(path, false).damages()).extracting(Damage::subject).containsOnly("z");
      assertThatThrownBy(() -> restore(path, "reference" + reference.hashCode()))
          .hasMessageContaining("entry z");
    }
  }

  @Test
  void archiveWithoutBasesHasNoBlobsOfBases() throws Exception {
    TestArchive archive = new TestArchive();
    archive.raw(chain.one);
    archive.file("f", chain.one, extent(-2, 0, chain.one.length));
    Path path = archive.write(folder.resolve("full.pkh"));
    try (ArchiveReader reader = ArchiveReader.open(path)) {
      assertThatThrownBy(() -> read(reader, "f")).isInstanceOf(UnsupportedFormatException.class);
    }
    assertThat(verify(path, false).damages())
        .extracting(Damage::kind)
        .containsOnly(Damage.Kind.UNSUPPORTED);
    assertThatThrownBy(() -> restore(path, "reserved"))
        .hasRootCauseInstanceOf(UnsupportedFormatException.class);
  }

  @Test
  void everyFlippedByteOfABaseIsFoundOrHarmless() throws Exception {
    byte[] whole = Files.readAllBytes(chain.second);
    for (int at = 0; at < whole.length; at += 7) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x20;
      Files.write(chain.second, damaged);
      try (ArchiveReader reader = ArchiveReader.open(chain.third)) {
        assertThat(read(reader, "mixed")).isEqualTo(chain.mixed());
      } catch (CorruptArchiveException | MissingBaseException e) {
        assertThat(e).hasMessageContaining(folder.toString());
      }
    }
  }

  @Test
  void truncatedBaseIsNone() throws Exception {
    byte[] whole = Files.readAllBytes(chain.second);
    for (int length : new int[] {0, 7, 100, whole.length / 2, whole.length - 1}) {
      Files.write(chain.second, Arrays.copyOf(whole, length));
      try (ArchiveReader reader = ArchiveReader.open(chain.third)) {
        assertThatThrownBy(() -> read(reader, "added")).isInstanceOf(MissingBaseException.class);
      }
    }
  }
}
