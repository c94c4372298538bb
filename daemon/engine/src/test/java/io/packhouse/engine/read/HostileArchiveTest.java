package io.packhouse.engine.read;

import static io.packhouse.engine.read.TestArchive.digest;
import static io.packhouse.engine.read.TestArchive.extent;
import static io.packhouse.engine.read.TestArchive.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.read.memory.BufferPool;
import io.packhouse.engine.read.verify.ArchiveVerifier;
import io.packhouse.engine.read.verify.VerifyOptions;
import io.packhouse.engine.read.verify.VerifyReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives whose seal is right and whose contents break the rules. */
class HostileArchiveTest {
  private static final byte[] TEXT = utf8("some text, some text, some text, some text");

  @TempDir Path directory;

  private ArchiveReader open(TestArchive archive) throws IOException {
    return ArchiveReader.open(archive.write(directory.resolve("h.pkh")));
  }

  private static TestArchive small(Consumer<TestArchive> change) {
    TestArchive archive = new TestArchive();
    archive.zstd(TEXT);
    archive.row("", "directory");
    archive.file("a", TEXT, extent(0, 0, TEXT.length));
    archive.file("b", TEXT, extent(0, 0, TEXT.length));
    change.accept(archive);
    return archive;
  }

  private void assertOpenFails(Consumer<TestArchive> change, String message) {
    assertThatThrownBy(() -> open(small(change)).close())
        .isInstanceOf(CorruptArchiveException.class)
        .hasMessageContaining(message);
  }

  private void assertVerifyFinds(Consumer<TestArchive> change, String... messages)
      throws IOException {
    try (ArchiveReader reader = open(small(change))) {
      VerifyReport report = new ArchiveVerifier(reader).verify(VerifyOptions.all(2));
      assertThat(report.isIntact()).isFalse();
      for (String message : messages) {
        assertThat(report.damages())
            .anySatisfy(damage -> assertThat(damage.problem()).contains(message));
      }
    }
  }

  private void assertReadFails(
      Consumer<TestArchive> change, Class<? extends IOException> type, String message)
      throws IOException {
    try (ArchiveReader reader = open(small(change))) {
      Entry entry = reader.find("x");
      assertThatThrownBy(() -> reader.readAllBytes(entry, 1 << 20))
          .isInstanceOf(type)
          .hasMessageContaining(message);
      assertThat(new ArchiveVerifier(reader).verify(VerifyOptions.all(2)).damages())
          .anySatisfy(damage -> assertThat(damage.subject()).isEqualTo("x"))
          .noneSatisfy(damage -> assertThat(damage.subject()).isEqualTo("a"));
    }
  }

  @Test
  void extentsOutsideTheirBlobAreRefused() throws IOException {
    long n = TEXT.length;
    for (Map<String, Object> extent :
        List.of(
            extent(0, 1, n),
            extent(0, -1, n),
            extent(0, n, n),
            extent(0, Long.MAX_VALUE, n),
            extent(1, 0, n),
            extent(Long.MAX_VALUE, 0, n),
            extent(-1, 1, n),
            extent(0, 0, -1))) {
      assertReadFails(a -> a.file("x", TEXT, extent), CorruptArchiveException.class, "extent 0 is");
    }
    assertReadFails(
        a -> a.file("x", TEXT, extent(0, 0, 1)), CorruptArchiveException.class, "of its extents");
    assertReadFails(
        a -> a.file("x", TEXT, extent(0, 0, n), extent(-1, 0, 1)),
        CorruptArchiveException.class,
        "longer than");
  }

  @Test
  void unknownKindsOfBlobCostOnlyTheirEntries() throws IOException {
    assertReadFails(
        a -> a.file("x", TEXT, extent(-2, 0, TEXT.length)),
        UnsupportedFormatException.class,
        "reserved blob -2");
    assertReadFails(
        a ->
            a.file(
                "x",
                TEXT,
                extent(
                    a.add(new TestArchive.Stored(TEXT, TEXT.length, "lzma", null, digest(TEXT))),
                    0,
                    TEXT.length)),
        UnsupportedFormatException.class,
        "codec lzma");
    assertReadFails(
        a ->
            a.file(
                "x",
                TEXT,
                extent(
                    a.add(
                        new TestArchive.Stored(
                            TEXT, TEXT.length, "raw", new byte[1], digest(TEXT))),
                    0,
                    TEXT.length)),
        UnsupportedFormatException.class,
        "raw with parameters");
  }

  @Test
  void blobsThatAreNoFrameOfTheirLengthAreRefused() throws IOException {
    byte[] frame = Zstd.compress(TEXT);
    byte[] two = Arrays.copyOf(frame, frame.length * 2);
    System.arraycopy(frame, 0, two, frame.length, frame.length);
    byte[] skippable = {0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4};
    Map<byte[], String> blobs =
        Map.of(
            two,
            "exactly one",
            TEXT,
            "no zstd frame",
            skippable,
            "no zstd frame",
            Arrays.copyOf(frame, frame.length - 1),
            "exactly one");
    for (var blob : blobs.entrySet()) {
      byte[] bytes = blob.getKey();
      assertReadFails(
          a ->
              a.file(
                  "x",
                  TEXT,
                  extent(
                      a.add(
                          new TestArchive.Stored(bytes, TEXT.length, "zstd", null, digest(bytes))),
                      0,
                      TEXT.length)),
          CorruptArchiveException.class,
          blob.getValue());
    }
    assertReadFails(
        a ->
            a.file(
                "x",
                TEXT,
                extent(
                    a.add(new TestArchive.Stored(frame, 1 << 26, "zstd", null, digest(frame))),
                    0,
                    TEXT.length)),
        CorruptArchiveException.class,
        "content size");
    assertReadFails(
        a ->
            a.file(
                "x",
                TEXT,
                extent(
                    a.add(new TestArchive.Stored(TEXT, 5000, "raw", null, digest(TEXT))),
                    0,
                    TEXT.length)),
        CorruptArchiveException.class,
        "decoded length of a raw blob");
  }

  @Test
  void wrongFileDigestIsFoundBeforeTheLastBytes() throws IOException {
    assertReadFails(
        a -> a.file("x", TEXT, extent(0, 0, TEXT.length)).put("blake3", new byte[32]),
        CorruptArchiveException.class,
        "BLAKE3");
  }

  @Test
  void wrongFileDigestIsFoundEveryTimeAndARightOneStaysRight() throws IOException {
    try (ArchiveReader reader =
        open(
            small(a -> a.file("x", TEXT, extent(0, 0, TEXT.length)).put("blake3", new byte[32])))) {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> contents(reader, "x"))
            .isInstanceOf(CorruptArchiveException.class)
            .hasMessageContaining("BLAKE3");
        assertThat(contents(reader, "a")).isEqualTo(reader.readAllBytes(reader.find("a"), 1_000));
      }
    }
  }

  private static byte[] contents(ArchiveReader reader, String path) throws IOException {
    Entry entry = reader.find(path);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ContentReader contents = reader.newContents(entry, 0, entry.size())) {
      for (MemorySegment chunk = contents.next(); chunk != null; chunk = contents.next()) {
        bytes.writeBytes(chunk.toArray(ValueLayout.JAVA_BYTE));
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void tablesThatBreakTheirLimitsAreRefused() throws IOException {
    for (Map<String, Object> change :
        List.<Map<String, Object>>of(
            Map.of("stored_length", 0L),
            Map.of("decoded_length", 0L),
            Map.of("decoded_length", (64L << 20) + 1),
            Map.of("stored_length", (65L << 20) + 1),
            Map.of("stored_length", -1L),
            Map.of("offset", 0L),
            Map.of("offset", -8L),
            Map.of("offset", Long.MAX_VALUE))) {
      try (ArchiveReader reader =
          open(small(a -> a.blobRowsEdit = rows -> rows.getFirst().putAll(change)))) {
        assertThatThrownBy(() -> reader.readAllBytes(reader.find("a"), 100))
            .isInstanceOf(CorruptArchiveException.class)
            .hasMessageContaining("blob 0");
        assertThat(new ArchiveVerifier(reader).verify(VerifyOptions.all(1)).damageCount())
            .isEqualTo(1);
      }
    }
    for (Map<String, Object> change :
        List.<Map<String, Object>>of(
            Map.of("offset", 0L),
            Map.of("length", 8L),
            Map.of("length", Long.MAX_VALUE),
            Map.of("rows", 0L),
            Map.of("rows", 65_537L),
            Map.of("first_path", utf8("z")),
            Map.of("last_path", new byte[65_536]))) {
      assertOpenFails(
          a -> a.directoryRowsEdit = rows -> rows.getFirst().putAll(change), "batch directory");
    }
    assertOpenFails(
        a -> a.metadata.put("packhouse.blob_table.rows", "2147483648"), "a number up to");
    assertOpenFails(a -> a.metadata.put("packhouse.blob_table.offset", "-1"), "a number up to");
    assertOpenFails(a -> a.metadata.put("packhouse.blob_table.offset", "8"), "parts out of order");
    assertOpenFails(
        a -> a.metadata.put("packhouse.blob_table.offset", "9223372036854775807"),
        "parts out of order");
    assertOpenFails(
        a -> a.metadata.put("packhouse.batch_directory.rows", "7"), "batches in the batch");
    assertOpenFails(a -> a.metadata.put("packhouse.head.blake3", "xx"), "64 hexadecimal");
    assertOpenFails(a -> a.metadata.put("packhouse.format_version", "1.7"), "format_version");
    assertOpenFails(a -> a.schema = TestColumns.without("extents"), "no column extents");
  }

  @Test
  void rulesOfTheIndexAreVerified() throws IOException {
    assertVerifyFinds(a -> a.row("c/../d", "directory"), "component ..");
    assertVerifyFinds(a -> a.row("c/./d", "directory"), "component .");
    assertVerifyFinds(a -> a.row("c//d", "directory"), "empty component");
    assertVerifyFinds(a -> a.row("c/", "directory"), "empty component");
    assertVerifyFinds(a -> a.row("c\0", "directory"), "NUL");
    assertVerifyFinds(a -> a.row("b", "directory"), "is not after the one before it");
    assertVerifyFinds(
        a -> a.row("b", "directory").put("package_type", "npm"), "the path of another entry");
    assertVerifyFinds(a -> a.hardlink("c", "nothing"), "which is not there");
    assertVerifyFinds(
        a -> {
          a.hardlink("c", "b");
          a.hardlink("d", "c");
        },
        "which is a hard link itself");
    assertVerifyFinds(a -> a.hardlink("c", "d"), "not before its own");
    assertVerifyFinds(a -> a.row("c", "symlink"), "has no link target");
    assertVerifyFinds(a -> a.row("c", "directory").put("size", 5L), "has a size");
    assertVerifyFinds(a -> a.row("c", "directory").put("mode", 010000), "07777");
    assertVerifyFinds(a -> a.row("c", "file"), "has no BLAKE3");
    assertVerifyFinds(a -> a.row("c", "portal"), "unknown type portal");
    assertVerifyFinds(a -> a.row("c", "directory").put("status", "odd"), "unknown status odd");
    assertVerifyFinds(a -> a.row("c", "directory").put("path_raw", utf8("c")), "is valid UTF-8");
    assertVerifyFinds(
        a -> a.row("c", "directory").put("path_raw", new byte[] {'d', -1}), "is not the text of");
    assertVerifyFinds(a -> a.row("c", "directory").put("user", new byte[] {-1}), "is not UTF-8");
    assertVerifyFinds(a -> a.row("c", "directory").put("device_major", 1L), "device number");
    assertVerifyFinds(a -> a.row("c", "directory").put("extract_status", "eh"), "extract_status");
    assertVerifyFinds(
        a -> a.directoryRowsEdit = rows -> rows.getFirst().put("last_path", utf8("c")),
        "first and last path");
    assertVerifyFinds(
        a -> a.directoryRowsEdit = rows -> rows.getFirst().put("repository", "other"), "group");
    assertVerifyFinds(a -> a.metadata.put("packhouse.total.bytes", "7"), "total.bytes");
    assertVerifyFinds(a -> a.metadata.put("packhouse.total.files", "7"), "total.files");
    assertVerifyFinds(a -> a.junkBeforeMarker = new byte[16], "belong to nothing");
    assertVerifyFinds(a -> a.paddingByte = 1, "is not zero");
    assertVerifyFinds(
        a -> a.metadata.put("packhouse.head.blake3", "00".repeat(32)), "head: BLAKE3");
  }

  @Test
  @SuppressWarnings("try") // closed early on purpose
  void closingEndsTheReadOfEndlessZeros() throws IOException {
    TestArchive archive =
        small(a -> a.file("x", TEXT, extent(-1, 0, Long.MAX_VALUE)).put("size", Long.MAX_VALUE));
    // The sum of sizes is beyond 2^63 − 1, which only verify would mind.
    archive.metadata.put("packhouse.total.bytes", "0");
    try (ArchiveReader reader = open(archive)) {
      Entry endless = reader.find("x");
      long[] chunks = new long[1];
      assertThatThrownBy(
              () ->
                  reader.read(
                      endless,
                      chunk -> {
                        if (++chunks[0] == 100) {
                          reader.close();
                        }
                      }))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("closed");
    }
  }

  /** Changes bytes of a part before it is digested and sealed. */
  private void assertSurvives(String what, Random random, Consumer<TestArchive> with)
      throws IOException {
    TestArchive archive =
        small(
            a -> {
              a.compress = random.nextBoolean();
              with.accept(a);
            });
    Path path = archive.write(directory.resolve("fuzz.pkh"));
    BufferPool buffers = null;
    try (ArchiveReader reader = ArchiveReader.open(path)) {
      buffers = reader.parts().memory().buffers();
      new ArchiveVerifier(reader).verify(VerifyOptions.all(1));
      EntryCursor entries = reader.entries();
      for (Entry e = entries.next(); e != null; e = entries.next()) {
        e.packageColumns();
        reader.find(e.pathBytes());
        if (e.hasContents()
            && e.size() < 1 << 20
            && e.is(io.packhouse.engine.format.EntryType.FILE)
            && e.isOk()) {
          assertThat(digest(reader.readAllBytes(e, 1 << 20))).isEqualTo(e.blake3());
        }
      }
    } catch (CorruptArchiveException | UnsupportedFormatException e) {
      assertThat(e.getMessage()).as(what).startsWith(path.toString());
    }
    if (buffers != null) {
      assertThat(buffers.outstanding()).as(what).isZero();
    }
  }

  private static UnaryOperator<byte[]> flips(Random random) {
    return bytes -> {
      byte[] changed = bytes.clone();
      int count = 1 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        // Metadata is at the front, where a change does most.
        int limit = random.nextBoolean() ? changed.length : Math.min(changed.length, 1200);
        int at = random.nextInt(limit);
        changed[at] =
            random.nextBoolean() ? (byte) random.nextInt() : (byte) (changed[at] ^ 1 << at % 8);
      }
      return changed;
    };
  }

  @Test
  void sealedGarbageIsRefusedOrReadWithinBounds() throws IOException {
    long seed = System.nanoTime();
    for (int i = 0; i < 1500; i++) {
      Random random = new Random(seed + i);
      int part = i % 4;
      assertSurvives(
          "seed " + (seed + i) + ", part " + part,
          random,
          a -> {
            switch (part) {
              case 0 -> a.batchEdit = flips(random);
              case 1 -> a.blobTableEdit = flips(random);
              case 2 -> a.directoryEdit = flips(random);
              default -> a.footerEdit = flips(random);
            }
          });
    }
  }
}
