package io.packhouse.engine.read.verify;

import static io.packhouse.engine.read.TestArchive.extent;
import static io.packhouse.engine.read.TestArchive.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.engine.read.SampleArchive;
import io.packhouse.engine.read.TestArchive;
import io.packhouse.engine.read.memory.BufferPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveVerifierTest {
  private static final VerifyOptions ALL = VerifyOptions.all(2);

  @TempDir Path directory;

  private VerifyReport verify(TestArchive archive, VerifyOptions options) throws IOException {
    Path path = archive.write(directory.resolve("v.pkh"));
    BufferPool buffers;
    VerifyReport report;
    try (ArchiveReader reader = ArchiveReader.open(path)) {
      buffers = reader.parts().memory().buffers();
      report = new ArchiveVerifier(reader).verify(options);
    }
    assertThat(buffers.outstanding()).isZero();
    return report;
  }

  @Test
  void wholeArchiveIsIntact() throws IOException {
    for (int workers : new int[] {1, 2, 5}) {
      for (boolean compress : new boolean[] {true, false}) {
        TestArchive archive = SampleArchive.sample();
        archive.compress = compress;
        archive.rowsPerBatch = 3;
        AtomicLong bytes = new AtomicLong();
        Set<String> paths = ConcurrentHashMap.newKeySet();
        VerifyProgress progress =
            new VerifyProgress() {
              @Override
              public void fileChecked(Entry file) {
                bytes.addAndGet(file.size());
                paths.add(file.path());
              }
            };
        VerifyReport report = verify(archive, VerifyOptions.all(workers).withProgress(progress));
        assertThat(report.damages()).isEmpty();
        assertThat(report.isIntact()).isTrue();
        assertThat(report.rows()).isEqualTo(10);
        assertThat(report.files()).isEqualTo(4);
        assertThat(paths).hasSize(4);
        assertThat(report.blobs()).isEqualTo(2);
        assertThat(report.bytes()).isEqualTo(bytes.get());
      }
    }
  }

  @Test
  void archiveWithoutEntriesIsIntact() throws IOException {
    assertThat(verify(new TestArchive(), ALL).damages()).isEmpty();
  }

  @Test
  void bigFilesAreHashedOverManyBlobs() throws IOException {
    TestArchive archive = new TestArchive();
    byte[] content = new byte[40 * 50_000];
    new Random(3).nextBytes(content);
    Arrays.fill(content, 0, 900_000, (byte) 'x');
    List<Map<String, Object>> extents = new java.util.ArrayList<>();
    for (int i = 0; i < 40; i++) {
      byte[] part = Arrays.copyOfRange(content, i * 50_000, (i + 1) * 50_000);
      extents.add(extent(i % 2 == 0 ? archive.zstd(part) : archive.raw(part), 0, 50_000));
    }
    Map<String, Object> row = archive.file("big", content);
    row.put("extents", extents);
    for (int workers : new int[] {1, 4}) {
      VerifyReport report = verify(archive, VerifyOptions.all(workers));
      assertThat(report.damages()).isEmpty();
      assertThat(report.blobs()).isEqualTo(40);
    }
  }

  private static final int SLICE = 1 << 20;

  /** A file of five slices, raw, zstd and a hole of two, and 777 bytes more. */
  private static byte[] addSliced(TestArchive archive) {
    byte[] content = new byte[5 * SLICE + 777];
    new Random(5).nextBytes(content);
    Arrays.fill(content, 2 * SLICE, 4 * SLICE, (byte) 0);
    archive.file(
        "sliced",
        content,
        extent(archive.raw(Arrays.copyOf(content, SLICE)), 0, SLICE),
        extent(archive.zstd(Arrays.copyOfRange(content, SLICE, 2 * SLICE)), 0, SLICE),
        extent(-1, 0, 2 * SLICE),
        extent(archive.raw(Arrays.copyOfRange(content, 4 * SLICE, 5 * SLICE)), 0, SLICE),
        extent(archive.raw(Arrays.copyOfRange(content, 5 * SLICE, content.length)), 0, 777));
    return content;
  }

  @Test
  void slicedFilesAreCheckedSliceBySlice() throws IOException {
    for (int workers : new int[] {1, 4}) {
      TestArchive archive = new TestArchive();
      addSliced(archive);
      VerifyReport report = verify(archive, VerifyOptions.all(workers));
      assertThat(report.damages()).isEmpty();
      assertThat(report.files()).isEqualTo(1);
      assertThat(report.bytes()).isEqualTo(5 * SLICE + 777);
      assertThat(report.blobs()).isEqualTo(4);
    }
  }

  @Test
  void slicesOfABlobAreCheckedAsPartsOfIt() throws IOException {
    TestArchive archive = new TestArchive();
    byte[] content = addSliced(archive);
    long blob = archive.raw(content);
    archive.file("tail", content, extent(blob, 0, SLICE), extent(blob, SLICE, 4 * SLICE + 777));
    archive.file(
        "turned",
        Arrays.copyOfRange(content, 3 * SLICE, content.length),
        extent(blob, 3 * SLICE, SLICE),
        extent(blob, 4 * SLICE, SLICE),
        extent(blob, 5 * SLICE, 777));
    VerifyReport report = verify(archive, ALL);
    assertThat(report.damages()).isEmpty();
    assertThat(report.files()).isEqualTo(3);
    assertThat(report.blobs()).isEqualTo(5);
  }

  @Test
  void ofDamagedSlicesTheFirstIsTheFilesProblem() throws IOException {
    TestArchive archive = new TestArchive();
    addSliced(archive);
    Path path = archive.write(directory.resolve("slices.pkh"));
    byte[] bytes = Files.readAllBytes(path);
    long first;
    try (ArchiveReader reader = ArchiveReader.open(path)) {
      first = reader.blob(2).offset();
      bytes[(int) first + SLICE - 1] ^= 1;
      bytes[(int) reader.blob(3).offset()] ^= 1;
    }
    Files.write(path, bytes);
    for (int workers : new int[] {1, 4}) {
      try (ArchiveReader reader = ArchiveReader.open(path)) {
        VerifyReport report = new ArchiveVerifier(reader).verify(VerifyOptions.all(workers));
        assertThat(report.damages())
            .extracting(Damage::subject)
            .containsExactlyInAnyOrder("blob 2", "blob 3", "sliced");
        assertThat(report.damages())
            .filteredOn(damage -> damage.kind() == Damage.Kind.ENTRY)
            .singleElement()
            .satisfies(damage -> assertThat(damage.offset()).isEqualTo(first))
            .satisfies(damage -> assertThat(damage.problem()).contains("blob 2", "BLAKE3"));
        assertThat(report.blobs()).isEqualTo(2);
      }
    }
  }

  @Test
  void bothDigestsOfASliceAreChecked() throws IOException {
    TestArchive archive = new TestArchive();
    byte[] content = new byte[2 * SLICE];
    new Random(6).nextBytes(content);
    byte[] half = Arrays.copyOf(content, SLICE);
    byte[] rest = Arrays.copyOfRange(content, SLICE, 2 * SLICE);
    long good = archive.raw(half);
    long bad = archive.rawWithWrongDigest(rest);
    archive.file("blob", content, extent(good, 0, SLICE), extent(bad, 0, SLICE));
    archive.file("file", content, extent(good, 0, SLICE), extent(good, 0, SLICE));
    archive.file("one", rest, extent(bad, 0, SLICE)).put("blake3", new byte[32]);
    assertThat(verify(archive, ALL).damages())
        .extracting(Damage::subject)
        .containsExactlyInAnyOrder("blob", "file", "one", "blob 1");
  }

  @Test
  void sampleReadsSomeFilesAndOnlyReadsThose() throws IOException {
    TestArchive archive = new TestArchive();
    byte[] content = utf8("content");
    long blob = archive.raw(content);
    for (int i = 0; i < 1000; i++) {
      archive.file(String.format("f%04d", i), content, extent(blob, 0, 7));
    }
    VerifyReport report = verify(archive, ALL.withSample(0.1, 42));
    assertThat(report.isIntact()).isTrue();
    assertThat(report.sampled()).isTrue();
    assertThat(report.files()).isBetween(50L, 200L);
    assertThat(report).isEqualTo(verify(archive, ALL.withSample(0.1, 42)));
    VerifyReport one = verify(archive, ALL.withOnly(List.of(utf8("f0007"), utf8("nothing"))));
    assertThat(one.files()).isEqualTo(1);
    assertThat(one.damages()).singleElement().asString().contains("is not in the archive");
  }

  @Test
  void damagedBlobNamesItsEntriesAndTheRestIsChecked() throws IOException {
    TestArchive archive = SampleArchive.sample();
    Path path = archive.write(directory.resolve("d.pkh"));
    byte[] bytes = Files.readAllBytes(path);
    long offset;
    try (ArchiveReader reader = ArchiveReader.open(path)) {
      offset = reader.blob(0).offset();
    }
    bytes[(int) offset + 9] ^= 1;
    Files.write(path, bytes);
    try (ArchiveReader reader = ArchiveReader.open(path)) {
      VerifyReport report = new ArchiveVerifier(reader).verify(ALL);
      assertThat(report.damages())
          .extracting(Damage::subject)
          .containsExactlyInAnyOrder("blob 0", "a/big", "b/one");
      assertThat(report.damages()).extracting(Damage::offset).containsOnly(offset);
      assertThat(report.files()).isEqualTo(4);
      assertThat(reader.readAllBytes(reader.find("b/raw.jar"), 5000)).hasSize(5000);
    }
  }

  /** What the archive says when it is whole: contents by path. */
  private static Map<String, byte[]> contents(ArchiveReader reader) throws IOException {
    Map<String, byte[]> contents = new HashMap<>();
    EntryCursor entries = reader.entries();
    for (Entry e = entries.next(); e != null; e = entries.next()) {
      contents.put(
          e.path(), e.hasContents() ? reader.readAllBytes(e, 1 << 20) : utf8(e.toString()));
    }
    return contents;
  }

  private static TestArchive small() {
    TestArchive archive = new TestArchive();
    byte[] text = utf8("some text, some text, some text, some text");
    byte[] raw = {1, 2, 3, 4, 5};
    archive.row("", "directory");
    archive.file("raw", raw, extent(archive.raw(raw), 0, 5));
    archive.file("text", text, extent(archive.zstd(text), 0, text.length));
    return archive;
  }

  /** Opens, reads and verifies; true if that found nothing wrong. */
  private static boolean isAccepted(Path path, Map<String, byte[]> whole) throws IOException {
    boolean intact;
    BufferPool buffers;
    try (ArchiveReader reader = ArchiveReader.open(path)) {
      buffers = reader.parts().memory().buffers();
      try {
        Map<String, byte[]> contents = contents(reader);
        assertThat(contents).hasSameSizeAs(whole);
        contents.forEach((name, bytes) -> assertThat(bytes).isEqualTo(whole.get(name)));
      } catch (CorruptArchiveException | UnsupportedFormatException e) {
        assertThat(e).hasMessageStartingWith(path.toString());
      }
      intact = new ArchiveVerifier(reader).verify(VerifyOptions.all(1)).isIntact();
    } catch (CorruptArchiveException | UnsupportedFormatException e) {
      assertThat(e).hasMessageStartingWith(path.toString());
      assertThat(e.getMessage()).doesNotContain("\n");
      return false;
    }
    assertThat(buffers.outstanding()).isZero();
    return intact;
  }

  /**
   * One bit of each byte, chosen by a seed; all bits of the head's magic and of what follows the
   * footer's flatbuffer, which are checked by other means than a digest too.
   */
  @Test
  void flippedBitsAreFoundAndNoWrongBytesAreRead() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path path = small().write(directory.resolve("flip.pkh"));
    byte[] bytes = Files.readAllBytes(path);
    Map<String, byte[]> whole;
    long seal;
    try (ArchiveReader reader = ArchiveReader.open(path)) {
      whole = contents(reader);
      seal = reader.parts().footer().seal().offset();
    }
    assertThat(isAccepted(path, whole)).isTrue();
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      for (int at = 0; at < bytes.length; at++) {
        boolean all = at < 8 || at >= bytes.length - 10 || (at >= seal && at < seal + 64);
        int first = all ? 0 : random.nextInt(8);
        for (int bit = first; bit < (all ? 8 : first + 1); bit++) {
          file.write(ByteBuffer.wrap(new byte[] {(byte) (bytes[at] ^ 1 << bit)}), at);
          assertThat(isAccepted(path, whole))
              .as("seed %s, bit %s of byte %s", seed, bit, at)
              .isFalse();
          file.write(ByteBuffer.wrap(bytes, at, 1), at);
        }
      }
    }
    assertThat(isAccepted(path, whole)).isTrue();
  }

  @Test
  void truncationsAreRefused() throws IOException {
    Path path = small().write(directory.resolve("cut.pkh"));
    byte[] bytes = Files.readAllBytes(path);
    for (int length = 0; length < bytes.length; length += length < 200 ? 1 : 7) {
      Files.write(path, Arrays.copyOf(bytes, length));
      assertThat(isAccepted(path, Map.of())).as("length %s", length).isFalse();
    }
    Files.write(path, Arrays.copyOf(bytes, bytes.length + 1));
    assertThat(isAccepted(path, Map.of())).as("one byte more").isFalse();
  }
}
