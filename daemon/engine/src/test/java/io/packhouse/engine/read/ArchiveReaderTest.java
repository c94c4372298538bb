package io.packhouse.engine.read;

import static io.packhouse.engine.read.TestArchive.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.read.memory.BufferPool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveReaderTest {
  @TempDir Path directory;

  private ArchiveReader open(TestArchive archive) throws IOException {
    return ArchiveReader.open(archive.write(directory.resolve("x.pkh")));
  }

  private static byte[] read(ArchiveReader reader, String path) throws IOException {
    return reader.readAllBytes(reader.find(path), 1 << 24);
  }

  @Test
  void entriesComeInPathOrderOverAllGroups() throws IOException {
    try (ArchiveReader reader = open(SampleArchive.sample())) {
      List<String> paths = new ArrayList<>();
      EntryCursor entries = reader.entries();
      for (Entry e = entries.next(); e != null; e = entries.next()) {
        paths.add(e.path());
      }
      assertThat(paths)
          .containsExactly(
              "",
              "a/big",
              "a/empty",
              "a/link",
              "a/same",
              "b/gone.txt",
              "b/one",
              "b/raw.jar",
              "b/raw.jar!/lib/in.jar",
              "b/\uFFFD");
    }
  }

  @Test
  void filterAsksForPrefixGroupAndNesting() throws IOException {
    TestArchive archive = SampleArchive.sample();
    archive.rowsPerBatch = 2;
    try (ArchiveReader reader = open(archive)) {
      assertThat(paths(reader, EntryFilter.ALL.withPrefix("a/"))).hasSize(4);
      assertThat(paths(reader, EntryFilter.ALL.withPrefix("b/o"))).containsExactly("b/one");
      assertThat(paths(reader, EntryFilter.ALL.withPrefix("c"))).isEmpty();
      assertThat(paths(reader, EntryFilter.ALL.withPackageType("maven"))).hasSize(2);
      assertThat(paths(reader, EntryFilter.ALL.withPackageType("maven").withoutNested()))
          .containsExactly("b/raw.jar");
      assertThat(paths(reader, EntryFilter.ALL.withRepository("other"))).isEmpty();
    }
  }

  private static List<String> paths(ArchiveReader reader, EntryFilter filter) throws IOException {
    List<String> paths = new ArrayList<>();
    EntryCursor entries = reader.entries(filter);
    for (Entry e = entries.next(); e != null; e = entries.next()) {
      paths.add(e.path());
    }
    return paths;
  }

  @Test
  void contentsAndColumnsAreThoseWritten() throws IOException {
    for (boolean compress : new boolean[] {true, false}) {
      TestArchive archive = SampleArchive.sample();
      archive.compress = compress;
      try (ArchiveReader reader = open(archive)) {
        assertThat(read(reader, "b/raw.jar")).isEqualTo(SampleArchive.random(5000, 1));
        assertThat(read(reader, "b/one")).isEqualTo(utf8("one"));
        assertThat(read(reader, "a/empty")).isEmpty();
        byte[] big = read(reader, "a/big");
        assertThat(big).hasSize(4200 + 5000 + 100_010);
        try (InputStream in = reader.newInputStream(reader.find("a/big"))) {
          assertThat(in.readAllBytes()).isEqualTo(big);
        }
        Entry jar = reader.find("b/raw.jar");
        assertThat(jar.packageColumns())
            .containsEntry("maven", Map.of("packaging", "jar", "snapshot", true))
            .containsEntry("authors", List.of("Ada", "Grace"))
            .hasSize(2);
        assertThat(jar.purl()).isEqualTo("pkg:maven/x/raw@1");
        assertThat(jar.mtimeNanos()).isEqualTo(1_700_000_000_000_000_000L);
        assertThat(jar.uid()).isEqualTo(Entry.NOT_RECORDED);
        Entry latin = reader.find(new byte[] {'b', '/', (byte) 0xE9});
        assertThat(latin.is(EntryType.FIFO)).isTrue();
        assertThat(latin.xattrs()).containsOnlyKeys("user.x");
        assertThat(reader.find("a/link").linkTarget()).isEqualTo(utf8("../x"));
        assertThat(reader.find("b/gone.txt").error()).isEqualTo("Permission denied");
        assertThat(reader.find("nothing")).isNull();
        assertThat(reader.find("")).isNotNull();
        assertThat(reader.find("b/raw.jar!/lib/in.jar").is(EntryType.NESTED)).isTrue();
        Entry hard = reader.find("a/same");
        assertThat(reader.resolve(hard).path()).isEqualTo("a/big");
      }
    }
  }

  @Test
  void rangesAreThoseOfTheWhole() throws IOException {
    long seed = 7;
    Random random = new Random(seed);
    try (ArchiveReader reader = open(SampleArchive.sample())) {
      Entry big = reader.find("a/big");
      byte[] whole = read(reader, "a/big");
      for (int i = 0; i < 200; i++) {
        int from = random.nextInt(whole.length + 1);
        int to = from + random.nextInt(whole.length - from + 1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        reader.read(big, from, to - from, chunk -> out.write(chunk.toArray(ValueLayout.JAVA_BYTE)));
        assertThat(out.toByteArray())
            .as("seed %s, [%s, %s)", seed, from, to)
            .isEqualTo(Arrays.copyOfRange(whole, from, to));
      }
      assertThatThrownBy(() -> reader.read(big, 1, whole.length, chunk -> {}))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void summaryAndBlobsTellWhatIsThere() throws IOException {
    try (ArchiveReader reader = open(SampleArchive.sample());
        Arena arena = Arena.ofConfined()) {
      ArchiveSummary summary = reader.summary();
      assertThat(summary.rows()).isEqualTo(10);
      assertThat(summary.files()).isEqualTo(5);
      assertThat(summary.batches()).hasSize(3);
      assertThat(summary.rawBlobs()).isEqualTo(1);
      assertThat(summary.zstdBlobs()).isEqualTo(1);
      assertThat(summary.options()).containsEntry("level", "3");
      assertThat(summary.id()).hasSize(64).isEqualTo(reader.id());
      assertThat(reader.blobCount()).isEqualTo(2);
      assertThat(reader.blob(0).decodedLength()).isEqualTo(4200);
      MemorySegment target = arena.allocate(5000);
      assertThat(reader.readBlob(0, target)).isEqualTo(4200);
      assertThat(reader.readBlob(1, target)).isEqualTo(5000);
      assertThat(target.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(SampleArchive.random(5000, 1));
      assertThatThrownBy(() -> reader.blob(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void manyBatchesAndGroupsAreSearched() throws IOException {
    TestArchive archive = new TestArchive();
    archive.rowsPerBatch = 7;
    for (int i = 0; i < 2000; i++) {
      Map<String, Object> row = archive.row(String.format("d/%05d", i), "directory");
      row.put("package_type", i % 3 == 0 ? null : "type" + i % 3);
    }
    for (long cacheBytes : new long[] {0, 1 << 16, 48 << 20}) {
      Path path = archive.write(directory.resolve("many.pkh"));
      BufferPool buffers;
      try (ArchiveReader reader =
          ArchiveReader.open(path, ReaderOptions.DEFAULT.withCacheBytes(cacheBytes))) {
        for (int i = 0; i < 2000; i += 13) {
          String name = String.format("d/%05d", i);
          assertThat(reader.find(name).path()).isEqualTo(name);
          assertThat(reader.find(name + "x")).isNull();
        }
        assertThat(paths(reader, EntryFilter.ALL)).hasSize(2000).isSorted();
        assertThat(paths(reader, EntryFilter.ALL.withPrefix("d/0012"))).hasSize(10);
        assertThat(reader.parts().index().cachedBytes()).isLessThanOrEqualTo(cacheBytes / 2);
        buffers = reader.parts().memory().buffers();
      }
      assertThat(buffers.outstanding()).isZero();
    }
  }

  @Test
  void otherFilesAreRefusedByName() throws IOException {
    Path path = directory.resolve("other");
    assertThatThrownBy(() -> ArchiveReader.open(path))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(path + ": no such file");
    assertThatThrownBy(() -> ArchiveReader.open(directory)).hasMessageContaining("a directory");
    byte[] tar = new byte[10240];
    System.arraycopy(utf8("ustar"), 0, tar, 257, 5);
    byte[] arrow = utf8("ARROW1\0\0" + "x".repeat(300) + "\0\0\0\0ARROW1");
    arrow[arrow.length - 10] = 100;
    Map<String, byte[]> files =
        Map.of(
            "is empty",
            new byte[0],
            "is a tar archive",
            tar,
            "is a zip or jar file",
            utf8("PK\003\004xxxxx"),
            "is a gzip file",
            new byte[] {0x1F, (byte) 0x8B, 8},
            "is a zstd file",
            com.github.luben.zstd.Zstd.compress(tar),
            "does not start with ARROW1",
            utf8("hello"),
            "no Packhouse seal",
            arrow,
            "ends early",
            utf8("ARROW1\0\0"));
    for (var file : files.entrySet()) {
      Files.write(path, file.getValue());
      assertThatThrownBy(() -> ArchiveReader.open(path))
          .isInstanceOf(CorruptArchiveException.class)
          .hasMessageContaining(file.getKey())
          .hasMessageStartingWith(path.toString());
    }
  }

  @Test
  void newerVersionsAndUnknownFlagsAreRefused() throws IOException {
    TestArchive newer = SampleArchive.sample();
    newer.majorVersion = 2;
    assertThatThrownBy(() -> open(newer))
        .isInstanceOf(UnsupportedFormatException.class)
        .hasMessageContaining("2.0");
    TestArchive flagged = SampleArchive.sample();
    flagged.flags = 1 << 16;
    assertThatThrownBy(() -> open(flagged)).isInstanceOf(UnsupportedFormatException.class);
    TestArchive ignorable = SampleArchive.sample();
    ignorable.flags = 1;
    open(ignorable).close();
  }

  @Test
  void readsAfterCloseFailAndNothingIsLeftOpen() throws IOException {
    ArchiveReader reader = open(SampleArchive.sample());
    Entry big = reader.find("a/big");
    EntryCursor entries = reader.entries();
    InputStream stream = reader.newInputStream(big);
    assertThat(stream.read()).isEqualTo('o');
    reader.close();
    reader.close();
    for (org.assertj.core.api.ThrowableAssert.ThrowingCallable use :
        List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            () -> reader.find("a/big"),
            entries::next,
            () -> reader.readAllBytes(big, 1 << 20),
            () -> big.packageColumns(),
            stream::readAllBytes)) {
      assertThatThrownBy(use)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("reader is closed");
    }
    stream.close();
    assertThat(reader.parts().memory().buffers().outstanding()).isZero();
  }

  @Test
  void readersRunAlongsideEachOtherAndClose() throws Exception {
    Path path = SampleArchive.sample().write(directory.resolve("c.pkh"));
    byte[] expected;
    try (ArchiveReader reader = ArchiveReader.open(path)) {
      expected = read(reader, "a/big");
    }
    for (int round = 0; round < 20; round++) {
      ArchiveReader reader =
          ArchiveReader.open(path, ReaderOptions.DEFAULT.withCacheBytes(round % 2 * 20_000L));
      List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      try {
                        for (int i = 0; i < 30; i++) {
                          assertThat(read(reader, "a/big")).isEqualTo(expected);
                          assertThat(paths(reader, EntryFilter.ALL)).hasSize(10);
                        }
                      } catch (Throwable e) {
                        failures.add(e);
                      }
                    }));
      }
      if (round >= 10) {
        Thread.sleep(2);
        reader.close();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      reader.close();
      if (round < 10) {
        assertThat(failures).isEmpty();
      }
      assertThat(failures)
          .allSatisfy(
              e -> assertThat(e).isInstanceOf(IOException.class).hasMessageContaining("closed"));
      assertThat(reader.parts().memory().buffers().outstanding()).isZero();
    }
  }

  @Test
  void damagedBatchIsReportedOnceAndTheOthersAreListed() throws IOException {
    TestArchive archive = new TestArchive();
    archive.rowsPerBatch = 2;
    for (String path : List.of("a", "b", "c", "d", "e", "f", "g")) {
      archive.row(path, "fifo");
    }
    archive.row("b", "fifo").put("package_type", "maven");
    Path path = archive.write(directory.resolve("batch.pkh"));
    long damaged;
    try (ArchiveReader reader = ArchiveReader.open(path)) {
      damaged = reader.summary().batches().get(1).offset();
    }
    byte[] bytes = Files.readAllBytes(path);
    bytes[(int) damaged + 100] ^= 1;
    Files.write(path, bytes);
    try (ArchiveReader reader = ArchiveReader.open(path)) {
      EntryCursor entries = reader.entries();
      List<String> paths = new ArrayList<>();
      List<CorruptArchiveException> damages = new ArrayList<>();
      while (true) {
        try {
          Entry entry = entries.next();
          if (entry == null) {
            break;
          }
          paths.add(entry.path());
        } catch (CorruptArchiveException e) {
          damages.add(e);
        }
      }
      assertThat(paths).containsExactly("a", "b", "b", "e", "f", "g");
      assertThat(damages).hasSize(1);
      assertThat(damages.getFirst().offset()).isEqualTo(damaged);
      assertThat(damages.getFirst())
          .hasMessageContaining("batch 1: BLAKE3")
          .hasMessageContaining("from \"c\" to \"d\"");
      assertThat(entries.next()).isNull();
    }
  }

  @Test
  void fileCutWhileOpenIsAnError() throws IOException {
    Path path = SampleArchive.sample().write(directory.resolve("cut.pkh"));
    try (ArchiveReader reader = ArchiveReader.open(path)) {
      Files.write(path, new byte[100]);
      assertThatThrownBy(() -> reader.find("a/big"))
          .isInstanceOf(CorruptArchiveException.class)
          .hasMessageContaining("became shorter");
    }
  }
}
