package io.packhouse.engine.restore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.restore.RestoreException.Reason;
import io.packhouse.engine.restore.RestoreReport.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestorerTest extends RestoreFixture {

  private static FileTime time(long seconds, int nanos) {
    return FileTime.from(Instant.ofEpochSecond(seconds, nanos));
  }

  /** Every kind of entry, and every length around a blob's. */
  private void makeEverything() throws IOException {
    for (int length : new int[] {0, 1, 1023, BLOB - 1, BLOB, BLOB + 1, 3 * BLOB, 5 * BLOB + 77}) {
      write("sizes/random-" + length, random(length, length));
      write("sizes/text-" + length, text(length));
      write("copies/random-" + length, random(length, length));
    }
    for (int i = 0; i < 300; i++) {
      write("many/" + i % 7 + "/" + i, text(i * 13));
    }
    Files.createDirectories(tree.resolve("empty/below"));
    write("order-/x", text(5));
    write("order/x", text(6));
    write("order.x", text(7));
    write("linked/a", text(100));
    Files.createLink(tree.resolve("linked/b"), tree.resolve("linked/a"));
    Files.createDirectories(tree.resolve("zlinked"));
    Files.createLink(tree.resolve("zlinked/c"), tree.resolve("linked/a"));
    Files.createSymbolicLink(tree.resolve("dangling"), Path.of("nowhere/at/all"));
    Files.createSymbolicLink(tree.resolve("absolute"), Path.of("/etc"));
    writeSparse("sparse", 20L * BLOB + 5, 7L * BLOB, random(BLOB, 1));
    writeSparse("sparse-unaligned", 4L * BLOB + 5, 4L * BLOB + 1, random(4, 2));
    writeSparse("sparse-all", 9L * BLOB, 0, new byte[0]);
    try (OpenDirectory root = open(tree)) {
      root.createSpecial("fifo".getBytes(UTF_8), FileKind.FIFO, 0620, 0, 0);
      for (byte[] name : new byte[][] {{'n', (byte) 0xff, 'x'}, "new\nline".getBytes(UTF_8)}) {
        root.createDirectory(name, 0755);
        try (OpenDirectory in = root.openDirectory(name)) {
          in.createFile(name, 0600).close();
          in.setTimes(name, -1_234_567_891L);
        }
      }
      root.setMode("order.x".getBytes(UTF_8), 04751);
      root.setMode("order".getBytes(UTF_8), 01777);
      root.setMode("order-".getBytes(UTF_8), 0500);
      root.setMode("fifo".getBytes(UTF_8), 0622);
      root.setTimes("fifo".getBytes(UTF_8), 5);
      root.setTimes("dangling".getBytes(UTF_8), 1_000_000_000_123_456_789L);
    }
    Files.setLastModifiedTime(tree.resolve("many"), time(1_234_567_890, 987_654_321));
    Files.setLastModifiedTime(tree.resolve("many/3"), time(1, 1));
    Files.setLastModifiedTime(tree.resolve("empty"), time(2, 2));
    Files.setLastModifiedTime(tree.resolve("linked/a"), time(3, 3));
    Files.setLastModifiedTime(tree, time(4, 4));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void everythingComesBack(int workers) throws Exception {
    makeEverything();
    pack();

    RestoreReport report = restore(options().withWorkers(workers));

    assertThat(report.problems()).isEmpty();
    assertThat(describe(destination)).isEqualTo(describe(tree));
    assertThat(report.hardlinks()).isEqualTo(2);
    assertThat(report.symlinks()).isEqualTo(2);
    assertThat(report.specials()).isEqualTo(1);
    assertThat(report.entries()).isEqualTo(describe(tree).size());
  }

  @Test
  void littleMemoryIsEnough() throws Exception {
    makeEverything();
    pack();
    restore(options().withMemoryBytes(RestoreOptions.MIN_MEMORY_BYTES));
    assertThat(describe(destination)).isEqualTo(describe(tree));
  }

  @Test
  void generatedTreesComeBack() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 3_000; i++) {
      StringBuilder path = new StringBuilder();
      for (int depth = random.nextInt(5); depth > 0; depth--) {
        path.append("d")
            .append(random.nextInt(3))
            .append(random.nextBoolean() ? "-" : "")
            .append('/');
      }
      path.append("f").append(random.nextInt(1000));
      byte[] contents =
          random.nextBoolean() ? text(random.nextInt(3000)) : random(random.nextInt(300), i % 9);
      Files.setLastModifiedTime(
          write(path.toString(), contents), time(random.nextInt(), random.nextInt(1_000_000_000)));
    }
    pack();
    restore(options());
    assertThat(describe(destination)).as("seed " + seed).isEqualTo(describe(tree));
  }

  @Test
  void deepTreesComeBackWithFewDirectoriesOpen() throws Exception {
    try (OpenDirectory root = open(tree)) {
      OpenDirectory at = root.share();
      for (int i = 0; i < 1_500; i++) {
        at.createDirectory(new byte[] {'d'}, 0755);
        OpenDirectory next = at.openDirectory(new byte[] {'d'});
        at.setTimes(i);
        at.close();
        at = next;
      }
      at.createFile(new byte[] {'f'}, 0640).close();
      at.close();
    }
    pack();
    RestoreReport report = restore(options());
    assertThat(report.directories()).isEqualTo(1_501);
    try (OpenDirectory root = open(destination)) {
      OpenDirectory at = root.share();
      for (int i = 0; i < 1_500; i++) {
        assertThat(at.status().mtimeNanosSinceEpoch()).isEqualTo(i);
        OpenDirectory next = at.openDirectory(new byte[] {'d'});
        at.close();
        at = next;
      }
      assertThat(at.status(new byte[] {'f'}).mode()).isEqualTo(0640);
      at.close();
    }
    // JUnit cannot delete paths that long.
    new ProcessBuilder("rm", "-rf", tree.toString(), destination.toString()).start().waitFor();
  }

  @Test
  void holesStayHoles() throws Exception {
    writeSparse("sparse", 64L << 20, 32L << 20, random(BLOB, 1));
    writeSparse("odd", (8L << 20) + 1, 8L << 20, random(1, 1));
    pack();
    restore(options());
    try (OpenDirectory root = open(destination);
        OpenFile sparse = root.openFile("sparse".getBytes(UTF_8));
        OpenFile odd = root.openFile("odd".getBytes(UTF_8))) {
      assertThat(sparse.nextData(0)).isEqualTo(32L << 20);
      assertThat(sparse.nextData((32L << 20) + BLOB)).isEqualTo(64L << 20);
      assertThat(odd.nextData(0)).isBetween(7L << 20, 8L << 20);
    }
    assertThat(describe(destination)).isEqualTo(describe(tree));
  }

  @Test
  void destinationThatIsNotEmptyIsRefusedUntouched() throws Exception {
    write("a", text(1));
    pack();
    Files.createDirectory(destination);
    Files.writeString(destination.resolve("mine"), "mine");
    RestoreException e = catchThrowableOfType(RestoreException.class, () -> restore(options()));
    assertThat(e.reason()).isEqualTo(Reason.DESTINATION);
    assertThat(e).hasMessageContaining(destination + " is not empty");
    assertThat(destination.toFile().list()).containsExactly("mine");
  }

  @Test
  void emptyDestinationIsUsed() throws Exception {
    write("a", text(1));
    pack();
    Files.createDirectory(destination);
    restore(options());
    assertThat(describe(destination)).isEqualTo(describe(tree));
  }

  @Test
  void destinationThatIsAFileIsRefused() throws Exception {
    write("a", text(1));
    pack();
    Files.writeString(destination, "mine");
    RestoreException e =
        catchThrowableOfType(RestoreException.class, () -> restore(options().withForce(true)));
    assertThat(e.reason()).isEqualTo(Reason.DESTINATION);
    assertThat(destination).hasContent("mine");
  }

  @Test
  void forceMergesAndReplacesWithoutFollowingLinks() throws Exception {
    write("dir/file", text(10));
    write("dir/linked", text(20));
    write("way/inside", text(30));
    write("big", random(3 * BLOB, 1));
    Files.createSymbolicLink(tree.resolve("symlink"), Path.of("target"));
    Files.createLink(tree.resolve("zz"), tree.resolve("dir/file"));
    pack();
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.writeString(outside.resolve("victim"), "untouched");
    Files.createDirectories(destination.resolve("dir"));
    Files.writeString(destination.resolve("dir/mine"), "mine");
    Files.writeString(destination.resolve("dir/file"), "old");
    Files.createLink(outside.resolve("inode"), destination.resolve("dir/file"));
    Files.createSymbolicLink(destination.resolve("dir/linked"), outside.resolve("victim"));
    Files.createSymbolicLink(destination.resolve("way"), outside);
    Files.createSymbolicLink(destination.resolve("big"), outside.resolve("victim"));
    Files.writeString(destination.resolve("symlink"), "old");
    Files.createLink(destination.resolve("zz"), destination.resolve("dir/file"));

    assertThat(restore(options().withForce(true)).problems()).isEmpty();

    assertThat(outside.resolve("victim")).hasContent("untouched");
    assertThat(outside.resolve("inode")).hasContent("old");
    assertThat(outside.toFile().list()).containsExactlyInAnyOrder("victim", "inode");
    assertThat(destination.resolve("dir/mine")).hasContent("mine");
    Files.delete(destination.resolve("dir/mine"));
    Files.setLastModifiedTime(
        destination.resolve("dir"), Files.getLastModifiedTime(tree.resolve("dir")));
    assertThat(describe(destination)).isEqualTo(describe(tree));
  }

  @Test
  void directoryInTheWayOfAFileIsKept() throws Exception {
    write("a", text(10));
    write("b", text(11));
    pack();
    Files.createDirectories(destination.resolve("a/kept"));
    RestoreReport report = restore(options().withForce(true).withKeepGoing(true));
    assertThat(report.problems()).extracting(RestoreReport.Problem::path).containsExactly("a");
    assertThat(report.failedCount()).isEqualTo(1);
    assertThat(destination.resolve("a/kept")).isDirectory();
    assertThat(destination.resolve("b")).exists();
    assertThat(destination.toFile().list()).as("no leftovers").containsExactlyInAnyOrder("a", "b");
  }

  /** A tree with one blob that is damaged: offset 5000 lies in the contents of the first. */
  private void makeDamaged() throws Exception {
    write("a-small", text(50));
    write("b-big", random(4 * BLOB + 9, 1));
    Files.createLink(tree.resolve("c-link"), tree.resolve("b-big"));
    write("d-whole", random(BLOB, 2));
    write("e-small", random(500, 3));
    pack();
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      long blob = reader.find("b-big").extentBlob(2);
      flipAt = reader.blob(blob).offset() + 7;
    }
    flip(flipAt);
  }

  private long flipAt;

  @Test
  void damagedFileIsRemovedAndNamedAndOthersComeBack() throws Exception {
    makeDamaged();
    RestoreReport report = restore(options().withKeepGoing(true));
    assertThat(report.damagedCount()).isEqualTo(1);
    assertThat(report.problems())
        .filteredOn(problem -> problem.kind() == Kind.DAMAGED)
        .singleElement()
        .satisfies(problem -> assertThat(problem.path()).isEqualTo("b-big"))
        .satisfies(problem -> assertThat(problem.reason()).contains("BLAKE3"));
    assertThat(report.problems())
        .filteredOn(problem -> problem.kind() == Kind.FAILED)
        .singleElement()
        .satisfies(problem -> assertThat(problem.path()).isEqualTo("c-link"));
    assertThat(destination.toFile().list())
        .containsExactlyInAnyOrder("a-small", "d-whole", "e-small");
    assertThat(destination.resolve("d-whole")).hasBinaryContent(random(BLOB, 2));
  }

  @Test
  void damageStopsTheRestore() throws Exception {
    makeDamaged();
    RestoreException e = catchThrowableOfType(RestoreException.class, () -> restore(options()));
    assertThat(e.reason()).isEqualTo(Reason.DAMAGED);
    assertThat(e).hasMessageContaining("at offset").hasMessageContaining("stopped");
    assertThat(destination.resolve("b-big")).doesNotExist();
    assertThat(destination.resolve("c-link")).doesNotExist();
  }

  @Test
  void damageOfARawSliceNamesTheBlob() throws Exception {
    makeDamaged();
    RestoreReport report = restore(options().withKeepGoing(true));
    assertThat(report.problems())
        .filteredOn(problem -> problem.kind() == Kind.DAMAGED)
        .singleElement()
        .satisfies(
            problem -> assertThat(problem.reason()).contains("blob ", "at offset " + (flipAt - 7)));
  }

  @Test
  void damageLeavesTheFileThatWasToBeReplaced() throws Exception {
    makeDamaged();
    Files.createDirectory(destination);
    Files.writeString(destination.resolve("b-big"), "old");
    restore(options().withForce(true).withKeepGoing(true));
    assertThat(destination.resolve("b-big")).hasContent("old");
    assertThat(destination.resolve("c-link")).doesNotExist();
    assertThat(destination.toFile().list()).hasSize(4);
  }

  @Test
  void cancelledRestoreLeavesWholeFilesOnly() throws Exception {
    for (int i = 0; i < 3_000; i++) {
      write("d" + i % 10 + "/" + i, random(2_000, i));
    }
    write("z", random(40 * BLOB, 1));
    pack();
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      AtomicReference<Restorer> restorer = new AtomicReference<>();
      restorer.set(
          new Restorer(
              reader,
              options(),
              progress -> java.util.Objects.requireNonNull(restorer.get()).cancel()));
      RestoreException e =
          catchThrowableOfType(RestoreException.class, () -> restorer.get().restore(destination));
      assertThat(e.reason()).isEqualTo(Reason.CANCELLED);
      assertThat(e.report().files()).isLessThan(3_001);
    }
    try (var paths = Files.walk(destination)) {
      for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
        Path original = tree.resolve(destination.relativize(path));
        assertThat(path).hasSameBinaryContentAs(original);
        assertThat(Files.getLastModifiedTime(path)).isEqualTo(Files.getLastModifiedTime(original));
      }
    }
  }

  @Test
  void progressNamesFilesThatAreWritten() throws Exception {
    write("small", random(10, 1));
    write("z-big", random(3 * BLOB, 1));
    pack();
    AtomicReference<RestoreListener.Progress> last = new AtomicReference<>();
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      new Restorer(reader, options(), last::set).restore(destination);
    }
    assertThat(last.get().currentPath()).isIn("small", "z-big");
  }

  @Test
  void restoreThatWasCancelledBeforeLeavesNothing() throws Exception {
    write("a", text(1));
    pack();
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      Restorer restorer = new Restorer(reader, options(), RestoreListener.NONE);
      restorer.cancel();
      assertThatThrownBy(() -> restorer.restore(destination)).hasMessageContaining("cancelled");
    }
    assertThat(destination).doesNotExist();
  }

  @Test
  void modesDoNotDependOnWhatWasThereBefore() throws Exception {
    write("a", text(1));
    Files.setPosixFilePermissions(tree.resolve("a"), PosixFilePermissions.fromString("rw-rw-rw-"));
    pack();
    Files.createDirectories(destination);
    Files.setPosixFilePermissions(destination, PosixFilePermissions.fromString("rwx------"));
    restore(options().withForce(true));
    assertThat(describe(destination)).isEqualTo(describe(tree));
  }

  @Test
  void unknownPathIsRefusedBeforeAnythingIsWritten() throws Exception {
    write("a", text(1));
    pack();
    RestoreException e =
        catchThrowableOfType(
            RestoreException.class,
            () -> restore(options().withSelection(Selection.ofPaths("a", "b"))));
    assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(e).hasMessageContaining("b is not in");
    assertThat(destination).doesNotExist();
    assertThat(List.of(directory.toFile().list())).doesNotContain("restored");
  }
}
