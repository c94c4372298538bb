package io.packhouse.engine.diff;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.diff.DiffEntry.Attribute;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.Packer;
import io.packhouse.engine.read.ArchiveReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ArchiveDiffTest {
  private static final FileTime TIME = FileTime.fromMillis(1_700_000_000_123L);

  @TempDir Path directory;
  private Path tree;
  private final List<String> differences = new ArrayList<>();
  private DiffSummary summary = new DiffSummary(0, 0, 0, 0, 0, 0);

  @BeforeEach
  void makeTree() throws IOException {
    tree = Files.createDirectory(directory.resolve("tree"));
    write("a/x", "ax");
    write("a/y", "ay");
    write("a-b", "a-b");
    write("a.b", "a.b");
    write("ab/z", "z".repeat(3_000_000));
    Files.createLink(tree.resolve("hard"), tree.resolve("a/x"));
    Files.createSymbolicLink(tree.resolve("soft"), Path.of("a"));
    Files.createDirectory(tree.resolve("void"));
    write("empty", "");
    try (OpenDirectory root = SystemFileAccess.instance().openDirectory(tree)) {
      root.createFile(new byte[] {'r', (byte) 0xfe}, 0644).close();
    }
    settle();
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(descriptors.filter(this::isOfTest)).as("files left open").isEmpty();
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("packhouse-"));
  }

  private boolean isOfTest(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).startsWith(directory);
    } catch (IOException e) {
      return false;
    }
  }

  private void write(String path, String contents) throws IOException {
    Path file = tree.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, contents);
  }

  /** Gives all times one value, so that only what a test means differs. */
  private void settle() throws IOException {
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        if (!Files.isSymbolicLink(path)) {
          Files.setLastModifiedTime(path, TIME);
        }
      }
    }
  }

  private ArchiveReader pack(String name) throws IOException, InterruptedException {
    Path archive = directory.resolve(name);
    new Packer(List.of(PackInput.of(tree)), PackOptions.defaults(), PackListener.NONE)
        .pack(archive);
    return ArchiveReader.open(archive);
  }

  private void take(DiffEntry entry) {
    String from = entry.movedFrom() == null ? "" : " from " + new String(entry.movedFrom(), UTF_8);
    String change = entry.change().isEmpty() ? "" : " " + entry.change();
    differences.add(entry.kind() + " " + entry.path() + from + change);
  }

  private interface Change {
    void run() throws IOException;
  }

  /** Compares before and after a change: with the tree, and with another archive of it. */
  private void compare(DiffOptions options, Change change) throws Exception {
    try (ArchiveReader before = pack("before.pkh")) {
      change.run();
      summary = ArchiveDiff.compare(before, tree, options, this::take);
      List<String> withTree = List.copyOf(differences);
      differences.clear();
      try (ArchiveReader after = pack("after.pkh")) {
        DiffSummary other = ArchiveDiff.compare(before, after, options, this::take);
        if (!options.quick()) {
          assertThat(differences).isEqualTo(withTree);
          assertThat(other).isEqualTo(summary);
        }
      }
      differences.clear();
      differences.addAll(withTree);
    }
  }

  @Test
  void sameTreeHasNoDifference() throws Exception {
    compare(DiffOptions.defaults(), () -> {});
    assertThat(differences).isEmpty();
    assertThat(summary.isSame()).isTrue();
    assertThat(summary.unchanged()).isEqualTo(13);
  }

  @Test
  void eachAttributeIsToldApart() throws Exception {
    compare(
        DiffOptions.defaults(),
        () -> {
          write("a/x", "AX");
          write("a-b", "longer");
          Files.setPosixFilePermissions(
              tree.resolve("a.b"), PosixFilePermissions.fromString("r--------"));
          Files.delete(tree.resolve("soft"));
          Files.createSymbolicLink(tree.resolve("soft"), Path.of("b"));
          Files.delete(tree.resolve("void"));
          write("void", "file");
          settle();
          Files.setLastModifiedTime(tree.resolve("a"), FileTime.fromMillis(1));
        });
    assertThat(differences)
        .containsExactly(
            "CHANGED a [MTIME]",
            "CHANGED a-b [CONTENTS]",
            "CHANGED a.b [MODE]",
            "CHANGED a/x [CONTENTS]",
            "CHANGED soft [TARGET, MTIME]",
            "CHANGED void [TYPE, MODE]");
    assertThat(summary.unchanged()).isEqualTo(7);
  }

  @Test
  void ignoredAttributesDoNotCount() throws Exception {
    compare(
        DiffOptions.defaults().withMtimes(false).withModes(false).withOwners(false),
        () -> {
          Files.setPosixFilePermissions(
              tree.resolve("a.b"), PosixFilePermissions.fromString("r--------"));
          Files.setLastModifiedTime(tree.resolve("a"), FileTime.fromMillis(1));
        });
    assertThat(differences).isEmpty();
  }

  @Test
  void movesAreAddedAndRemovedFilesOfOneContent() throws Exception {
    compare(
        DiffOptions.defaults(),
        () -> {
          Files.move(tree.resolve("ab/z"), tree.resolve("c"));
          Files.delete(tree.resolve("a-b"));
          write("d", "new");
          Files.delete(tree.resolve("empty"));
          write("empty2", "");
          settle();
        });
    assertThat(differences)
        .containsExactly(
            "REMOVED a-b", "MOVED c from ab/z", "ADDED d", "REMOVED empty", "ADDED empty2");
    assertThat(summary).isEqualTo(new DiffSummary(2, 2, 0, 1, 10, 0));
  }

  @Test
  void quickTrustsSizeAndTime() throws Exception {
    compare(
        DiffOptions.defaults().withQuick(true),
        () -> {
          write("a/y", "YA");
          write("a.b", "xyz");
          settle();
          Files.setLastModifiedTime(tree.resolve("a.b"), FileTime.fromMillis(5));
        });
    assertThat(differences).containsExactly("CHANGED a.b [CONTENTS, MTIME]");
  }

  @Test
  void generatedTreesAreMergedInPathOrder() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<byte[]> paths = new ArrayList<>();
    try (ArchiveReader before = pack("before.pkh")) {
      for (int i = 0; i < 2_000; i++) {
        String name = "" + "-./0a".charAt(random.nextInt(5)) + random.nextInt(30);
        write(
            "n/a" + name.replace("/", "") + (random.nextBoolean() ? "/b" + name.charAt(1) : "c"),
            "" + i);
      }
      summary =
          ArchiveDiff.compare(
              before, tree, DiffOptions.defaults(), entry -> paths.add(entry.pathBytes()));
    } catch (java.nio.file.FileSystemException e) {
      throw new AssertionError("seed " + seed, e);
    }
    assertThat(paths).as("seed " + seed).isSortedAccordingTo(java.util.Arrays::compareUnsigned);
    assertThat(summary.added()).isEqualTo(paths.size() - summary.changed());
    assertThat(summary.removed() + summary.moved()).isZero();
  }

  @Test
  void attributesOfAMoveAreTold() throws Exception {
    List<DiffEntry> entries = new ArrayList<>();
    try (ArchiveReader before = pack("before.pkh")) {
      Files.move(tree.resolve("a.b"), tree.resolve("zz"));
      Files.setLastModifiedTime(tree.resolve("zz"), FileTime.fromMillis(1));
      Files.setLastModifiedTime(tree, TIME);
      ArchiveDiff.compare(before, tree, DiffOptions.defaults(), entries::add);
    }
    assertThat(entries)
        .singleElement()
        .satisfies(entry -> assertThat(entry.change()).containsExactly(Attribute.MTIME));
  }
}
