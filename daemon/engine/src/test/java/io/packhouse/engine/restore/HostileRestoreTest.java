package io.packhouse.engine.restore;

import static io.packhouse.engine.read.TestArchive.extent;
import static io.packhouse.engine.read.TestArchive.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.TestArchive;
import io.packhouse.engine.restore.RestoreReport.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Archives that are sealed and whose entries break the rules: nothing leaves the destination. */
class HostileRestoreTest extends RestoreFixture {
  private static final byte[] TEXT = utf8("some text, some text, some text, some text");

  private Path outside;

  @BeforeEach
  void makeOutside() throws IOException {
    outside = Files.createDirectory(directory.resolve("outside"));
    Files.writeString(outside.resolve("victim"), "untouched");
  }

  /** Restores; the entry {@code good} must come back, and nothing outside may change. */
  private RestoreReport restore(Consumer<TestArchive> change)
      throws IOException, InterruptedException {
    TestArchive made = new TestArchive();
    made.zstd(TEXT);
    made.row("", "directory").put("mode", 0755);
    change.accept(made);
    made.file("good", TEXT, extent(0, 0, TEXT.length));
    made.write(archive);
    RestoreReport report = restore(options().withKeepGoing(true).withForce(true));
    assertThat(destination.resolve("good")).hasBinaryContent(TEXT);
    assertThat(outside.toFile().list()).containsExactly("victim");
    assertThat(outside.resolve("victim")).hasContent("untouched");
    return report;
  }

  private static void assertDamaged(RestoreReport report, String... paths) {
    assertThat(report.problems())
        .filteredOn(problem -> problem.kind() == Kind.DAMAGED)
        .extracting(RestoreReport.Problem::path)
        .containsExactlyInAnyOrder(paths);
    assertThat(report.failedCount()).isZero();
  }

  private static Map<String, Object> file(TestArchive archive, String path) {
    return archive.file(path, TEXT, extent(0, 0, TEXT.length));
  }

  @Test
  void pathsThatLeaveTheDestinationAreRefused() throws Exception {
    List<String> paths =
        List.of("../outside/victim", "..", "./x", "/tmp/x", "a//b", "a/../../outside/victim");
    RestoreReport report =
        restore(
            archive -> {
              archive.row("a", "directory").put("mode", 0755);
              for (String path : paths) {
                file(archive, path);
              }
              file(archive, "nul\0x");
            });
    assertThat(report.damagedCount()).isEqualTo(paths.size() + 1);
    assertThat(destination.toFile().list()).containsExactlyInAnyOrder("a", "good");
  }

  @Test
  void nothingIsWrittenThroughALinkOfTheArchive() throws Exception {
    RestoreReport report =
        restore(
            archive -> {
              archive.row("a", "symlink").put("link_target", outside.toString());
              file(archive, "a/victim");
              archive.row("a/x", "directory");
            });
    assertDamaged(report, "a/victim", "a/x");
    assertThat(destination.resolve("a")).isSymbolicLink();
  }

  @Test
  void pathsThatComeTwiceAreRefused() throws Exception {
    RestoreReport report =
        restore(
            archive -> {
              archive.row("a", "symlink").put("link_target", outside.toString());
              archive.row("a", "directory").put("package_type", "maven");
              file(archive, "a/victim").put("package_type", "maven");
            });
    assertThat(report.problems())
        .anySatisfy(problem -> assertThat(problem.reason()).contains("comes twice"));
  }

  @Test
  void nothingIsWrittenThroughALinkThatWasThere() throws Exception {
    Files.createDirectory(destination);
    Files.createSymbolicLink(destination.resolve("a"), outside);
    RestoreReport report =
        restore(
            archive -> {
              archive.row("a", "directory").put("mode", 0755);
              file(archive, "a/victim");
            });
    assertThat(report.problems()).isEmpty();
    assertThat(destination.resolve("a")).isDirectory();
    assertThat(Files.isSymbolicLink(destination.resolve("a"))).isFalse();
  }

  @Test
  void entriesWithoutTheirDirectoryAreRefused() throws Exception {
    RestoreReport report =
        restore(
            archive -> {
              file(archive, "a/b/c");
              archive.row("b", "fifo");
              file(archive, "b/c");
            });
    assertDamaged(report, "a/b/c", "b/c");
  }

  @Test
  void hardLinksLeadToEarlierFilesOnly() throws Exception {
    RestoreReport report =
        restore(
            archive -> {
              archive.row("a", "directory").put("mode", 0755);
              archive.hardlink("b", "a");
              archive.hardlink("c", "good");
              archive.hardlink("d", "../outside/victim");
              archive.hardlink("e", "c");
              archive.hardlink("f", "f");
            });
    assertDamaged(report, "b", "c", "d", "e", "f");
  }

  @Test
  void extentsThatDoNotFitAreRefused() throws Exception {
    long n = TEXT.length;
    RestoreReport report =
        restore(
            archive -> {
              archive.file("a", TEXT, extent(0, 1, n));
              archive.file("b", TEXT, extent(1, 0, n));
              archive.file("c", TEXT, extent(0, -1, n));
              archive.file("d", TEXT, extent(0, 0, n), extent(0, 0, n));
              archive.file("e", TEXT, extent(0, 0, n - 1));
              archive.file("f", TEXT, extent(0, 0, Long.MAX_VALUE), extent(0, 0, Long.MAX_VALUE));
              archive.file("g", TEXT);
            });
    assertDamaged(report, "a", "b", "c", "d", "e", "f", "g");
    assertThat(destination.toFile().list()).containsExactly("good");
  }

  @Test
  void contentsWithAnotherDigestAreRefused() throws Exception {
    byte[] other = new byte[TEXT.length];
    byte[] slice = random(1024, 1);
    byte[] two = Arrays.copyOf(slice, 2048);
    RestoreReport report =
        restore(
            archive -> {
              long raw = archive.raw(slice);
              archive.file("a", other, extent(0, 0, TEXT.length));
              archive.file("b", new byte[1024], extent(raw, 0, 1024));
              archive.file("c", two, extent(raw, 0, 1024), extent(raw, 0, 1024));
              archive.file("d", two, extent(raw, 0, 1000), extent(raw, 0, 1024), extent(-1, 0, 24));
              archive.file("e", new byte[0]).put("blake3", TestArchive.utf8("x".repeat(32)));
            });
    assertDamaged(report, "a", "b", "c", "d", "e");
    assertThat(destination.toFile().list()).containsExactly("good");
  }

  @Test
  void theDigestOfAFileIsEnoughForRawBlobs() throws Exception {
    byte[] content = random(4096, 1);
    RestoreReport report =
        restore(
            archive -> {
              long first = archive.rawWithWrongDigest(Arrays.copyOf(content, 2048));
              long second = archive.raw(Arrays.copyOfRange(content, 2048, 4096));
              archive.file("a", content, extent(first, 0, 2048), extent(second, 0, 2048));
              archive.file("b", Arrays.copyOf(content, 7), extent(first, 0, 7));
              archive.file("c", new byte[7], extent(first, 0, 7));
              archive.file("d", new byte[7], extent(second, 0, 7));
              archive.file("e", new byte[4096], extent(second, 0, 2048), extent(first, 0, 2048));
            });
    assertDamaged(report, "c", "d", "e");
    assertThat(report.problems())
        .filteredOn(problem -> problem.reason().contains("blob 1"))
        .extracting(RestoreReport.Problem::path)
        .containsExactlyInAnyOrder("c", "e");
    assertThat(destination.resolve("a")).hasBinaryContent(content);
    assertThat(destination.resolve("b")).hasBinaryContent(Arrays.copyOf(content, 7));
    assertThat(destination.toFile().list()).containsExactlyInAnyOrder("a", "b", "good");
  }

  @Test
  void extentsOfAnyKindComeTogether() throws Exception {
    byte[] slice = random(3000, 1);
    byte[] contents = new byte[5000];
    System.arraycopy(slice, 1000, contents, 0, 1024);
    System.arraycopy(slice, 0, contents, 3000, 2000);
    byte[] sliced = new byte[5 * 1024 + 9];
    System.arraycopy(slice, 5, sliced, 2048, 1024);
    System.arraycopy(slice, 0, sliced, 3072, 1024);
    System.arraycopy(slice, 99, sliced, 5120, 9);
    RestoreReport report =
        restore(
            archive -> {
              long raw = archive.zstd(slice);
              archive.file(
                  "a",
                  contents,
                  extent(raw, 1000, 1024),
                  extent(-1, 0, 1976),
                  extent(raw, 0, 2000));
              archive.file(
                  "b",
                  sliced,
                  extent(-1, 0, 2048),
                  extent(raw, 5, 1024),
                  extent(raw, 0, 1024),
                  extent(-1, 0, 1024),
                  extent(raw, 99, 9));
            });
    assertThat(report.problems()).isEmpty();
    assertThat(destination.resolve("a")).hasBinaryContent(contents);
    assertThat(destination.resolve("b")).hasBinaryContent(sliced);
  }

  @Test
  void attributesOutOfRangeAreRefused() throws Exception {
    RestoreReport report =
        restore(
            archive -> {
              file(archive, "a").put("mode", 0100644);
              file(archive, "b").put("uid", 1L << 32);
              archive.row("c", "symlink");
              archive.row("d", "symlink").put("link_target", "");
              archive.row("e", "char_device").put("device_major", 1L << 40);
              archive.row("f", "directory").put("mode", 1 << 20);
            });
    assertDamaged(report, "a", "b", "c", "d", "e", "f");
  }

  @Test
  void entriesBehindADamagedBatchAreRestored() throws Exception {
    TestArchive made = new TestArchive();
    made.rowsPerBatch = 2;
    made.zstd(TEXT);
    made.row("", "directory").put("mode", 0755);
    for (String path : List.of("a", "b", "c", "d", "e")) {
      file(made, path);
    }
    made.write(archive);
    long damaged;
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      damaged = reader.summary().batches().get(1).offset();
    }
    byte[] bytes = Files.readAllBytes(archive);
    bytes[(int) damaged + 100] ^= 1;
    Files.write(archive, bytes);
    RestoreReport report = restore(options().withKeepGoing(true));
    assertThat(report.damagedCount()).isEqualTo(1);
    assertThat(report.problems())
        .singleElement()
        .extracting(RestoreReport.Problem::reason)
        .asString()
        .contains("batch 1: BLAKE3", "entries from \"b\" to \"c\" are lost");
    assertThat(destination.toFile().list()).containsExactlyInAnyOrder("a", "d", "e");
  }

  @Test
  void whatTheArchiveDoesNotHoldIsReported() throws Exception {
    RestoreReport report =
        restore(
            archive -> {
              Map<String, Object> missing = archive.row("a", "file");
              missing.put("status", "unreadable");
              missing.put("error", "cannot open a");
              archive.hardlink("b", "a");
            });
    assertThat(report.notInArchiveCount()).isEqualTo(1);
    assertThat(report.problems())
        .anySatisfy(problem -> assertThat(problem.reason()).contains("cannot open a"))
        .anySatisfy(problem -> assertThat(problem.path()).isEqualTo("b"));
  }

  @Test
  void unknownTypesAndCodecsAreNamed() throws Exception {
    RestoreReport report =
        restore(
            archive -> {
              archive.row("a", "whiteout");
              file(archive, "b").put("status", "perhaps");
              archive.file("c", TEXT, extent(-2, 0, TEXT.length));
            });
    assertThat(report.problems())
        .extracting(RestoreReport.Problem::path)
        .containsExactlyInAnyOrder("a", "b", "c");
    assertThat(report.failedCount()).isEqualTo(3);
  }
}
