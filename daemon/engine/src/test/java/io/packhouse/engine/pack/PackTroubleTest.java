package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.packhouse.engine.pack.PackException.Reason;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trees that change or refuse while they are packed. */
class PackTroubleTest extends PackFixture {

  /** What happens to {@code b} after the walk has seen it and before it is read. */
  enum Change {
    VANISHES("missing") {
      @Override
      void apply(Path file) throws IOException {
        Files.delete(file);
      }
    },
    SHRINKS("changed") {
      @Override
      void apply(Path file) throws IOException {
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
          channel.truncate(channel.size() / 2);
        }
      }
    },
    GROWS("changed") {
      @Override
      void apply(Path file) throws IOException {
        Files.write(file, new byte[1], StandardOpenOption.APPEND);
      }
    },
    IS_WRITTEN_TO("changed") {
      @Override
      void apply(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
      }
    },
    BECOMES_ANOTHER_FILE("changed") {
      @Override
      void apply(Path file) throws IOException {
        byte[] same = Files.readAllBytes(file);
        FileTime time = Files.getLastModifiedTime(file);
        Path other = Files.write(file.resolveSibling("other"), same);
        Files.setLastModifiedTime(other, time);
        Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
    },
    BECOMES_A_LINK("changed") {
      @Override
      void apply(Path file) throws IOException {
        Files.move(file, file.resolveSibling("moved"));
        Files.createSymbolicLink(file, Path.of("moved"));
      }
    },
    BECOMES_A_FIFO("unreadable") {
      @Override
      void apply(Path file) throws IOException {
        Files.delete(file);
        Trees.fifo(file);
      }
    },
    BECOMES_A_DIRECTORY("unreadable") {
      @Override
      void apply(Path file) throws IOException {
        Files.delete(file);
        Files.createDirectory(file);
      }
    };

    final String status;

    Change(String status) {
      this.status = status;
    }

    abstract void apply(Path file) throws IOException;
  }

  /**
   * The item of {@code a} has no room for {@code b}, and the one worker reads {@code b} after the
   * extractor has seen {@code a}, which waits until the walk has looked at all.
   */
  private Options changing(Change change) throws IOException {
    file("a", BLOB - 10);
    file("b", 100);
    file("c", 200);
    Files.setLastModifiedTime(tree.resolve("b"), FileTime.fromMillis(1_000_000));
    return options()
        .workers(1)
        .extractors(
            FakeExtractor.of(
                "a",
                file -> {
                  awaitWalk();
                  change.apply(tree.resolve("b"));
                  return null;
                }));
  }

  private static void awaitWalk() {
    while (Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("packhouse-walk"))) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @EnumSource
  void changedFileFailsThePackByName(Change change) throws Exception {
    Throwable failure = failure(packer(changing(change)));

    assertThat(failure).isInstanceOf(PackException.class).hasMessageStartingWith("b: ");
    assertThat(((PackException) failure).reason()).isEqualTo(Reason.ENTRY);
    assertThat(output).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource
  void keepGoingListsChangedFile(Change change) throws Exception {
    PackReport report = pack(changing(change).keepGoing());

    assertThat(report.failedCount()).isEqualTo(1);
    assertThat(report.failures().getFirst().path()).isEqualTo("b");
    assertThat(report.failures().getFirst().status()).isEqualTo(change.status);
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      Entry entry = entry(reader, "b");
      assertThat(entry.statusLabel()).isEqualTo(change.status);
      assertThat(entry.error()).isNotBlank();
      assertThat(entry.hasContents()).isFalse();
      assertThat(reader.readAllBytes(entry(reader, "c"), 1000))
          .isEqualTo(Files.readAllBytes(tree.resolve("c")));
    }
    Trees.assertSound(output);
  }

  @Test
  void sliceThatIsGoneWhenItIsReadIsNotStored() throws Exception {
    file("a", 1000);
    Path big = file("b", 6 * BLOB);
    file("c", 1000);
    PackReport report =
        pack(
            options()
                .workers(1)
                .keepGoing()
                .extractors(
                    FakeExtractor.of(
                        "a",
                        file -> {
                          while (!openFilesBelow(tree).contains(big.toString())) {
                            Thread.onSpinWait();
                          }
                          try (var channel = Files.newByteChannel(big, StandardOpenOption.WRITE)) {
                            channel.truncate(2 * BLOB + 5);
                          }
                          return null;
                        })));

    assertThat(report.failures().getFirst().path()).isEqualTo("b");
    assertThat(report.failures().getFirst().status()).isEqualTo("changed");
    assertThat(report.blobs()).as("a, two slices that were read whole, c").isEqualTo(4);
    Trees.assertSound(output);
  }

  @Test
  void unreadableFileAndDirectoryAreNamed() throws Exception {
    assumeFalse("root".equals(System.getProperty("user.name")), "root reads everything");
    Files.setPosixFilePermissions(file("f", 10), PosixFilePermissions.fromString("---------"));
    Path directory = file("d/x", 10).getParent();
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("---------"));
    try {
      PackReport report = pack(options().keepGoing());

      assertThat(report.failures())
          .extracting(failure -> failure.path() + " " + failure.status())
          .containsExactly("d unreadable", "f unreadable");
      assertThat(failure(packer(options().force()))).hasMessageContaining("d: ");
    } finally {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
  }

  /** Files of sysfs say 4,096 bytes and hold fewer, whoever reads them. */
  @Test
  void fileThatEndsBeforeItsSizeIsNamed() throws Exception {
    Path odd = Path.of("/sys/kernel/mm/transparent_hugepage");
    assumeTrue(Files.isReadable(odd.resolve("enabled")), "no sysfs");
    tree = odd;

    assertThat(failure(packer(options().include("enabled"))))
        .hasMessageStartingWith("enabled: ")
        .hasMessageContaining("ends before its size, which is 4096")
        .isInstanceOf(PackException.class);
  }

  @Test
  void otherNamesOfAFailedFileFailToo() throws Exception {
    Options options = changing(Change.VANISHES).keepGoing();
    Files.createLink(tree.resolve("z"), tree.resolve("b"));

    PackReport report = pack(options);

    assertThat(report.failures())
        .extracting(PackReport.Failure::path, PackReport.Failure::status)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("b", "missing"),
            org.assertj.core.groups.Tuple.tuple("z", "unreadable"));
    Trees.assertSound(output);
  }

  @Test
  void socketIsSkippedAndNamed() throws Exception {
    file("a", 10);
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(tree.resolve("s")));

      PackReport report = pack(options());

      assertThat(report.skipped()).containsExactly("s");
      assertThat(report.skippedCount()).isEqualTo(1);
      TreeModel.of(tree).assertIn(output);
    }
  }

  @Test
  void pathsLongerThanSystemCallsTake() throws Exception {
    assumeTrue(Trees.hasRawNames(), "needs the linux file access");
    Trees.makeDeep(tree, 30, 200);
    try {
      PackReport report = pack(options());

      assertThat(report.directories()).isEqualTo(31);
      assertThat(report.files()).isEqualTo(1);
      TreeModel.of(tree).assertIn(output);
    } finally {
      Trees.deleteDeep(tree);
    }
  }

  @Test
  void directoryOfManyEmptyFiles() throws Exception {
    Trees.emptyFiles(tree, 70_000);

    PackReport report = pack(options());

    assertThat(report.files()).isEqualTo(70_000);
    assertThat(report.blobs()).isZero();
    TreeModel.of(tree).assertIn(output);
  }

  @Test
  void fileOfTooManySlicesIsNamed() throws Exception {
    Path huge = tree.resolve("huge");
    Files.createFile(huge);
    try (var channel = java.nio.channels.FileChannel.open(huge, StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.wrap(new byte[1]), 4L << 40);
    } catch (IOException e) {
      assumeTrue(false, "no such long files here: " + e);
    }

    assertThat(failure(packer(options())))
        .hasMessageStartingWith("huge: ")
        .hasMessageContaining("--blob-size");
  }

  private static Entry entry(ArchiveReader reader, String path) throws IOException {
    return Objects.requireNonNull(reader.find(path), path);
  }
}
