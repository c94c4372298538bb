package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.read.ArchiveReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tree that comes from a source makes the archive that it makes from its directory. */
final class SourcePackTest {
  private static final FileAccess FILES = SystemFileAccess.instance();

  @TempDir Path temporary;

  /** A directory as a source. */
  static class DirectorySource implements EntrySource {
    private final Path root;
    private final Iterator<Path> paths;
    private @Nullable FileChannel open;
    private long position;

    DirectorySource(Path root) throws IOException {
      this.root = root;
      try (Stream<Path> all = Files.walk(root)) {
        paths =
            all.sorted((a, b) -> Arrays.compareUnsigned(bytes(a), bytes(b))).toList().iterator();
      }
    }

    private byte[] bytes(Path path) {
      return PathText.bytes(root.relativize(path).toString());
    }

    @Override
    public @Nullable SourceEntry next() throws IOException {
      if (open != null) {
        open.close();
        open = null;
      }
      if (!paths.hasNext()) {
        return null;
      }
      Path path = paths.next();
      FileStatus status = status(path);
      EntryType type =
          switch (status.kind()) {
            case DIRECTORY -> EntryType.DIRECTORY;
            case SYMLINK -> EntryType.SYMLINK;
            default -> EntryType.FILE;
          };
      byte[] target =
          type == EntryType.SYMLINK
              ? PathText.bytes(Files.readSymbolicLink(path).toString())
              : null;
      if (type == EntryType.FILE) {
        open = FileChannel.open(path, StandardOpenOption.READ);
        position = 0;
      }
      return new SourceEntry(
          bytes(path),
          type,
          status,
          FILES.userName(status.uid()),
          FILES.groupName(status.gid()),
          target,
          null);
    }

    private FileStatus status(Path path) throws IOException {
      if (path.equals(root)) {
        try (OpenDirectory directory = FILES.openDirectory(root)) {
          return directory.status();
        }
      }
      try (OpenDirectory parent = FILES.openDirectory(path.getParent())) {
        return parent.status(PathText.bytes(path.getFileName().toString()));
      }
    }

    @Override
    public void cancel() {}

    @Override
    public void read(MemorySegment target) throws IOException {
      while (target.byteSize() > 0) {
        int read = open.read(target.asByteBuffer(), position);
        position += read;
        target = target.asSlice(read);
      }
    }
  }

  private Path tree(long seed) throws IOException {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Path root = Files.createDirectory(temporary.resolve("tree"));
    for (String directory : List.of("a", "a-b", "a/deep", "empty")) {
      Files.createDirectories(root.resolve(directory));
    }
    for (int i = 0; i < 300; i++) {
      byte[] contents = new byte[random.nextInt(20_000)];
      random.nextBytes(contents);
      Files.write(root.resolve(i % 3 == 0 ? "a/deep/" + i : "a-b/" + i), contents);
    }
    Files.write(root.resolve("none"), new byte[0]);
    Files.write(root.resolve("same"), new byte[100_000]);
    Files.write(root.resolve("same too"), new byte[100_000]);
    byte[] big = new byte[1_000_001];
    random.nextBytes(big);
    Arrays.fill(big, 100_000, 400_000, (byte) 0);
    Files.write(root.resolve("big"), big);
    Files.createSymbolicLink(root.resolve("link"), Path.of("a/deep"));
    return root;
  }

  private static PackOptions options() {
    PackOptions defaults = PackOptions.defaults();
    return new PackOptions(
        3,
        false,
        defaults.sharing(),
        2,
        defaults.memoryBytes(),
        PackOptions.MIN_BLOB_BYTES,
        PackOptions.MIN_BLOB_BYTES,
        false,
        null,
        false,
        false,
        false,
        true,
        defaults.filter(),
        defaults.extractors(),
        DigestAlgorithm.COLUMNS,
        List.of(),
        "test");
  }

  private PackReport pack(EntrySource source, Path output) throws Exception {
    return pack(source, List.of(SourceTree.ROOT), output);
  }

  private PackReport pack(EntrySource source, List<SourceTree> trees, Path output)
      throws Exception {
    Packer packer = new Packer(source, trees, temporary, options(), PackListener.NONE);
    try {
      return packer.pack(output);
    } finally {
      assertThat(packer.slotsLeft()).isZero();
    }
  }

  @Test
  void aSourceMakesTheSameBytesAsADirectory() throws Exception {
    Path tree = tree(System.nanoTime());
    Path expected = temporary.resolve("expected.pkh");
    Path actual = temporary.resolve("actual.pkh");
    new Packer(List.of(PackInput.of(tree)), options(), PackListener.NONE).pack(expected);
    pack(new DirectorySource(tree), actual);
    assertThat(Files.mismatch(expected, actual)).isEqualTo(-1);
  }

  @Test
  void siblingsNearAPackageAreFoundAndPackagesThatAskForOthersAreCounted() throws Exception {
    Path root = Files.createDirectories(temporary.resolve("tree/d")).getParent();
    Files.writeString(root.resolve("name"), "first");
    Files.writeString(root.resolve("d/a.pkg"), "a");
    Files.writeString(root.resolve("d/b.pkg"), "b");
    PackOptions options =
        options().withExtractors(ExtractorHost.of(List.of(new PackSiblingsTest.Naming())));
    Path output = temporary.resolve("output.pkh");
    assertThat(pack(root, options, output).unseenSiblings()).isEqualTo(2);
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      assertThat(reader.find("d/a.pkg").name()).isEqualTo("first");
      assertThat(reader.find("d/a.pkg").namespace()).isEqualTo("none");
    }
    Files.writeString(root.resolve("d/large"), "Large");
    assertThat(pack(root, options, output).unseenSiblings()).isZero();
    Path expected = temporary.resolve("expected.pkh");
    new Packer(List.of(PackInput.of(root)), options, PackListener.NONE).pack(expected);
    assertThat(Files.mismatch(expected, output)).isEqualTo(-1);
  }

  private PackReport pack(Path root, PackOptions options, Path output) throws Exception {
    return new Packer(
            new DirectorySource(root),
            List.of(SourceTree.ROOT),
            temporary,
            options,
            PackListener.NONE)
        .pack(output);
  }

  @Test
  void treesWithMountsMakeTheSameBytesAsTheirDirectories() throws Exception {
    Path both = tree(System.nanoTime());
    // Directories of one tree whose names sort between those of the others' contents.
    Path expected = temporary.resolve("expected.pkh");
    Path actual = temporary.resolve("actual.pkh");
    new Packer(
            List.of(
                new PackInput(both.resolve("a"), "a", "one"),
                new PackInput(both.resolve("a-b"), "a-b", null)),
            options(),
            PackListener.NONE)
        .pack(expected);
    DirectorySource all = new DirectorySource(both);
    EntrySource source =
        new EntrySource() {
          @Override
          public @Nullable SourceEntry next() throws IOException {
            SourceEntry next = all.next();
            while (next != null && !PathText.text(next.path()).matches("a(-b)?(/.*)?")) {
              next = all.next();
            }
            return next;
          }

          @Override
          public void read(MemorySegment target) throws IOException {
            all.read(target);
          }

          @Override
          public void cancel() {}
        };
    pack(source, List.of(new SourceTree("a", "one"), new SourceTree("a-b", null)), actual);
    assertThat(Files.mismatch(expected, actual)).isEqualTo(-1);
  }

  @Test
  void entriesOutsideOfTheMountsAreRefused() {
    Path output = temporary.resolve("out.pkh");
    List<SourceTree> trees = List.of(new SourceTree("a", null), new SourceTree("b", null));
    for (SourceEntry entry :
        List.of(
            ROOT,
            entry("c", EntryType.DIRECTORY, 0),
            entry("a", EntryType.FILE, 0),
            entry("a/x", EntryType.FILE, 0))) {
      assertThatThrownBy(() -> pack(entries(entry), trees, output))
          .isInstanceOf(PackException.class);
    }
    assertThatThrownBy(() -> pack(entries(), List.of(trees.getFirst(), SourceTree.ROOT), output))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Entries without contents. */
  private static EntrySource entries(SourceEntry... entries) {
    Iterator<SourceEntry> iterator = List.of(entries).iterator();
    return new EntrySource() {
      @Override
      public @Nullable SourceEntry next() {
        return iterator.hasNext() ? iterator.next() : null;
      }

      @Override
      public void cancel() {}

      @Override
      public void read(MemorySegment target) throws IOException {
        throw new IOException("the client is gone");
      }
    };
  }

  private static SourceEntry entry(String path, EntryType type, long size) {
    FileKind kind = type == EntryType.DIRECTORY ? FileKind.DIRECTORY : FileKind.FILE;
    FileStatus status = new FileStatus(kind, 0644, size, 0, 0, 0, 0, 1, -1, -1, 0, 0);
    return new SourceEntry(PathText.bytes(path), type, status, null, null, null, null);
  }

  private static final SourceEntry ROOT = entry("", EntryType.DIRECTORY, 0);

  private void assertRefused(EntrySource source, String why) {
    Path output = temporary.resolve("out.pkh");
    assertThatThrownBy(() -> pack(source, output))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(why);
    assertThat(Files.exists(output, LinkOption.NOFOLLOW_LINKS)).isFalse();
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left).isEmpty();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void entriesOutOfOrderAreRefused() {
    assertRefused(entries(), "nothing was sent");
    assertRefused(entries(entry("a", EntryType.FILE, 0)), "must be the root");
    assertRefused(
        entries(ROOT, entry("b", EntryType.FILE, 0), entry("a", EntryType.FILE, 0)),
        "a comes after b");
    assertRefused(
        entries(ROOT, entry("a", EntryType.FILE, 0), entry("a", EntryType.FILE, 0)),
        "a comes after a");
    assertRefused(entries(ROOT, entry("a/b", EntryType.FILE, 0)), "is in no directory");
    assertRefused(
        entries(ROOT, entry("a", EntryType.FILE, 0), entry("a/b", EntryType.FILE, 0)),
        "is in no directory");
  }

  @Test
  void pathsThatLeaveTheTreeAreRefused() {
    assertRefused(entries(ROOT, entry("../a", EntryType.FILE, 0)), "..");
    assertRefused(entries(ROOT, entry("/a", EntryType.FILE, 0)), "/a");
  }

  @Test
  void aPackThatIsCancelledDoesNotWaitForItsSource() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    EntrySource endless =
        new EntrySource() {
          private boolean begun;

          @Override
          public SourceEntry next() throws IOException, InterruptedException {
            if (!begun) {
              begun = true;
              return ROOT;
            }
            waiting.countDown();
            cancelled.await();
            throw new IOException("cancelled");
          }

          @Override
          public void read(MemorySegment target) {}

          @Override
          public void cancel() {
            cancelled.countDown();
          }
        };
    Packer packer =
        new Packer(endless, List.of(SourceTree.ROOT), temporary, options(), PackListener.NONE);
    Thread canceller =
        Thread.startVirtualThread(
            () -> {
              try {
                waiting.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              packer.cancel();
            });
    assertThatThrownBy(() -> packer.pack(temporary.resolve("out.pkh")))
        .isInstanceOf(PackException.class)
        .hasMessageContaining("cancelled");
    canceller.join();
  }

  @Test
  void aSourceThatBreaksOffLeavesNothing() {
    assertRefused(entries(ROOT, entry("a", EntryType.FILE, 10)), "the client is gone");
    assertRefused(entries(ROOT, entry("a", EntryType.FILE, 10_000_000)), "the client is gone");
  }
}
