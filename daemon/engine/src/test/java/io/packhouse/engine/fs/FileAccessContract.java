package io.packhouse.engine.fs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What every implementation of {@link FileAccess} does. */
public abstract class FileAccessContract extends FileAccessFixture {

  @Test
  void listingIsSortedByUnsignedBytesWhateverTheNames() throws IOException {
    List<byte[]> names = new ArrayList<>();
    names.add(name("a\nb"));
    names.add(name("z".repeat(255)));
    names.add(name("a"));
    names.add(name("a "));
    names.add(name("..."));
    names.add(name("ü"));
    names.add(new byte[] {(byte) 0xff, '1'});
    names.add("caf\u00e9".getBytes(ISO_8859_1));
    for (int i = 0; i < 300; i++) {
      names.add(name("n" + i * 7919 % 300));
    }
    for (byte[] name : names) {
      root.createFile(name, 0600).close();
    }
    DirectoryListing listing = root.list();
    names.sort(PathText::compare);
    assertThat(listing.size()).isEqualTo(names.size());
    for (int i = 0; i < names.size(); i++) {
      assertThat(listing.name(i)).isEqualTo(names.get(i));
      assertThat(listing.kind(i)).isIn(FileKind.FILE, FileKind.UNKNOWN);
      assertThat(root.status(listing.name(i)).kind()).isEqualTo(FileKind.FILE);
      assertThat(listing.find(names.get(i))).isEqualTo(i);
    }
    assertThat(listing.find(name("missing"))).isNegative();
    assertThat(root.list().size()).as("a second listing begins anew").isEqualTo(names.size());
  }

  @Test
  void emptyDirectoryHasNoChildren() throws IOException {
    assertThat(root.list().size()).isZero();
  }

  @Test
  void kindsAreToldByListingAndStatus() throws IOException {
    Files.createDirectory(tree.resolve("d"));
    Files.createFile(tree.resolve("f"));
    Files.createSymbolicLink(tree.resolve("l"), Path.of("f"));
    assertThat(root.status(name("d")).kind()).isEqualTo(FileKind.DIRECTORY);
    assertThat(root.status(name("f")).kind()).isEqualTo(FileKind.FILE);
    assertThat(root.status(name("l")).kind()).isEqualTo(FileKind.SYMLINK);
    assertThat(root.status().kind()).isEqualTo(FileKind.DIRECTORY);
    DirectoryListing listing = root.list();
    assertThat(listing.kind(0)).isIn(FileKind.DIRECTORY, FileKind.UNKNOWN);
    assertThat(listing.kind(2)).isIn(FileKind.SYMLINK, FileKind.UNKNOWN);
    try (OpenDirectory devices = access.openDirectory(Path.of("/dev"))) {
      FileStatus device = devices.status(name("null"));
      assertThat(device.kind()).isEqualTo(FileKind.CHAR_DEVICE);
      assertThat(device.deviceMajor()).isEqualTo(1);
      assertThat(device.deviceMinor()).isEqualTo(3);
    }
  }

  @Test
  void statusAgreesWithTheJdk() throws IOException {
    Path file = Files.write(tree.resolve("f"), new byte[77]);
    Files.createLink(tree.resolve("g"), file);
    FileStatus status = root.status(name("f"));
    assertThat(status.size()).isEqualTo(77);
    assertThat(status.links()).isEqualTo(2);
    assertThat(status.inode()).isEqualTo(Files.getAttribute(file, "unix:ino"));
    assertThat(status.uid()).isEqualTo((long) (int) Files.getAttribute(file, "unix:uid"));
    assertThat(status.gid()).isEqualTo((long) (int) Files.getAttribute(file, "unix:gid"));
    assertThat(status.mode()).isEqualTo((int) Files.getAttribute(file, "unix:mode") & 07777);
    assertThat(status.mtimeNanosSinceEpoch())
        .isEqualTo(Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS));
    assertThat(status.isSameFile(root.status(name("g")))).isTrue();
    assertThat(status.isSameFile(root.status())).isFalse();
  }

  @Test
  void locksKeepOthersOutUntilTheirHandleIsClosed() throws IOException {
    OpenFile owner = root.createFile(name("f"), 0600);
    assertThat(owner.tryLock(false)).isTrue();
    try (OpenFile other = root.openFile(name("f"))) {
      assertThat(other.tryLock(true)).as("while it is written").isFalse();
      owner.close();
      assertThat(other.tryLock(true)).as("when its writer is gone").isTrue();
    }
    assertThatThrownBy(() -> owner.tryLock(false)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void filesOfAllSizesAreReadAtOffsets() throws IOException {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    try (Arena arena = Arena.ofConfined()) {
      for (int size : new int[] {0, 1, 4095, 65536, 65537, 200_000}) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        Files.write(tree.resolve("f" + size), bytes);
        try (OpenFile file = root.openFile(name("f" + size))) {
          assertThat(file.status().size()).isEqualTo(size);
          MemorySegment off = arena.allocate(size + 10);
          assertThat(file.read(off, 3, size + 7, 0)).isEqualTo(size);
          assertThat(off.asSlice(3, size).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes);
          byte[] heap = new byte[size + 1];
          assertThat(file.read(MemorySegment.ofArray(heap), 1, size, 0)).isEqualTo(size);
          assertThat(Arrays.copyOfRange(heap, 1, size + 1)).isEqualTo(bytes);
          int from = size / 3;
          assertThat(file.read(off, 0, size, from)).isEqualTo(size - from);
          assertThat(off.asSlice(0, size - from).toArray(ValueLayout.JAVA_BYTE))
              .isEqualTo(Arrays.copyOfRange(bytes, from, size));
          assertThat(file.read(off, 0, 1, size)).isZero();
          assertThat(file.read(off, 0, 1, Long.MAX_VALUE / 2)).isZero();
          assertThatThrownBy(() -> file.read(off, 11, size, 0))
              .isInstanceOf(IndexOutOfBoundsException.class);
          assertThatThrownBy(() -> file.read(off, 0, 1, -1))
              .isInstanceOf(IllegalArgumentException.class);
        }
      }
    }
  }

  @Test
  void createdFileIsWrittenAtOffsetsAndReadBack() throws IOException {
    byte[] bytes = new byte[150_000];
    new Random(1).nextBytes(bytes);
    try (OpenFile file = root.createFile(name("new"), 0640);
        Arena arena = Arena.ofConfined()) {
      file.allocate(300_000);
      MemorySegment off = arena.allocate(bytes.length);
      MemorySegment.copy(bytes, 0, off, ValueLayout.JAVA_BYTE, 0, bytes.length);
      file.write(off, 1000, 149_000, 1000);
      file.write(MemorySegment.ofArray(bytes), 0, 1000, 0);
      file.write(MemorySegment.ofArray(bytes), 0, bytes.length, 150_000);
      assertThat(file.status().size()).isEqualTo(300_000);
      assertThat(file.read(off, 0, bytes.length, 0)).isEqualTo(bytes.length);
      assertThat(off.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes);
      file.force();
      file.truncate(150_000);
      assertThat(Files.readAllBytes(tree.resolve("new"))).isEqualTo(bytes);
      file.truncate(150_001);
      assertThat(Files.size(tree.resolve("new"))).isEqualTo(150_001);
      file.setMode(0604);
      file.setTimes(-3_000_000_000L);
    }
    FileStatus status = root.status(name("new"));
    assertThat(status.mode()).isEqualTo(0604);
    assertThat(status.mtimeNanosSinceEpoch()).isEqualTo(-3_000_000_000L);
    root.force();
  }

  @Test
  void creationNeverReplacesOrFollows() throws IOException {
    Files.createSymbolicLink(tree.resolve("dangling"), Path.of("elsewhere"));
    Files.createFile(tree.resolve("f"));
    for (String name : List.of("dangling", "f")) {
      assertThat(failure(() -> root.createFile(name(name), 0600)).isExists()).isTrue();
      assertThat(failure(() -> root.createDirectory(name(name), 0700)).isExists()).isTrue();
      assertThat(failure(() -> root.createSymlink(name("x"), name(name))).isExists()).isTrue();
      assertThat(failure(() -> root.createHardLink(root, name("f"), name(name))).isExists())
          .isTrue();
    }
    assertThat(tree.resolve("elsewhere")).doesNotExist();
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    Files.createDirectory(tree.resolve("d"));
    Files.createFile(tree.resolve("f"));
    Files.createSymbolicLink(tree.resolve("to-d"), Path.of("d"));
    Files.createSymbolicLink(tree.resolve("to-f"), Path.of("f"));
    assertThat(failure(() -> root.openDirectory(name("to-d"))).isLoop()).isTrue();
    assertThat(failure(() -> root.openFile(name("to-f"))).isLoop()).isTrue();
    assertThat(failure(() -> root.setMode(name("to-f"), 0777)).isUnsupported()).isTrue();
    long before = root.status(name("f")).mtimeNanosSinceEpoch();
    root.setTimes(name("to-f"), 5);
    assertThat(root.status(name("to-f")).mtimeNanosSinceEpoch()).isEqualTo(5);
    assertThat(root.status(name("f")).mtimeNanosSinceEpoch()).isEqualTo(before);
    assertThat(root.extendedAttributes(name("to-f"))).isEmpty();
    root.delete(name("to-d"), false);
    assertThat(tree.resolve("d")).isDirectory();
    try (OpenDirectory byUser =
        access.openDirectory(Files.createSymbolicLink(tree.resolve("user"), Path.of("d")))) {
      assertThat(byUser.list().size()).as("the user's own path is followed").isZero();
    }
  }

  @Test
  void directoryThatBecameALinkIsRefused() throws IOException {
    Path outside = Files.createDirectory(tree.resolve("outside"));
    Files.createFile(outside.resolve("secret"));
    Files.createDirectory(tree.resolve("victim"));
    assertThat(root.list().find(name("victim"))).isNotNegative();
    Files.move(tree.resolve("victim"), tree.resolve("moved"));
    Files.createSymbolicLink(tree.resolve("victim"), outside);
    assertThat(failure(() -> root.openDirectory(name("victim"))).isLoop()).isTrue();
  }

  @Test
  void linkTargetsKeepTheirBytes() throws IOException {
    for (byte[] target :
        List.of(name("../x"), name("/abs/y"), new byte[] {'d', '/', (byte) 0xfe}, name("ü/ö"))) {
      root.createSymlink(target, name("l"));
      assertThat(root.readLink(name("l"))).isEqualTo(target);
      root.delete(name("l"), false);
    }
    Files.createFile(tree.resolve("f"));
    assertThat(failure(() -> root.readLink(name("f"))).errnoName()).isEqualTo("EINVAL");
  }

  @Test
  void hardLinksAndRenamesWorkAcrossDirectories() throws IOException {
    root.createDirectory(name("a"), 0755);
    root.createDirectory(name("b"), 0755);
    try (OpenDirectory a = root.openDirectory(name("a"));
        OpenDirectory b = root.openDirectory(name("b"))) {
      a.createFile(name("f"), 0600).close();
      b.createHardLink(a, name("f"), name("g"));
      assertThat(a.status(name("f")).isSameFile(b.status(name("g")))).isTrue();
      assertThat(a.status(name("f")).links()).isEqualTo(2);
      b.createFile(name("old"), 0600).close();
      a.rename(name("f"), b, name("old"));
      assertThat(a.list().size()).isZero();
      assertThat(b.list().size()).isEqualTo(2);
      a.createSymlink(name("nowhere"), name("l"));
      b.createHardLink(a, name("l"), name("l2"));
      assertThat(b.status(name("l2")).kind()).isEqualTo(FileKind.SYMLINK);
    }
  }

  @Test
  void deletingSaysWhatKindItIs() throws IOException {
    root.createDirectory(name("d"), 0755);
    root.createFile(name("f"), 0600).close();
    assertThat(failure(() -> root.delete(name("d"), false)).errnoName()).isIn("EISDIR", "EPERM");
    assertThat(failure(() -> root.delete(name("f"), true)).errnoName()).isEqualTo("ENOTDIR");
    Files.createFile(tree.resolve("d/x"));
    assertThat(failure(() -> root.delete(name("d"), true)).errnoName()).isEqualTo("ENOTEMPTY");
    Files.delete(tree.resolve("d/x"));
    root.delete(name("d"), true);
    root.delete(name("f"), false);
    assertThat(root.list().size()).isZero();
  }

  @Test
  void timesKeepNanosecondsBeforeAndAfterTheEpoch() throws IOException {
    root.createFile(name("f"), 0600).close();
    root.createDirectory(name("d"), 0700);
    try (OpenDirectory d = root.openDirectory(name("d"))) {
      for (long time :
          new long[] {0, 1, -1, -1_000_000_000L, -1_500_000_001L, 1_700_000_000_123_456_789L}) {
        root.setTimes(name("f"), time);
        long kept =
            time < 0 && !keepsFractionsBeforeTheEpoch()
                ? Math.floorDiv(time, 1_000_000_000L) * 1_000_000_000L
                : time;
        assertThat(root.status(name("f")).mtimeNanosSinceEpoch()).isEqualTo(kept);
        d.setTimes(time);
        assertThat(d.status().mtimeNanosSinceEpoch()).isEqualTo(kept);
      }
    }
  }

  @Test
  void modesKeepSetUserIdAndSticky() throws IOException {
    root.createFile(name("f"), 0600).close();
    root.createDirectory(name("d"), 0700);
    for (int mode : new int[] {0, 0777, 04755, 02711, 0644}) {
      root.setMode(name("f"), mode);
      assertThat(root.status(name("f")).mode()).isEqualTo(mode);
    }
    root.setMode(name("d"), 01777);
    assertThat(root.status(name("d")).mode()).isEqualTo(01777);
    try (OpenDirectory d = root.openDirectory(name("d"))) {
      d.setMode(03750);
      assertThat(d.status().mode()).isEqualTo(03750);
    }
  }

  @Test
  void ownersAreSetByRoot() throws IOException {
    assumeTrue(access.findUser("root") == 0 && root.status().uid() == 0, "not root");
    root.createFile(name("f"), 0600).close();
    root.createSymlink(name("f"), name("l"));
    root.setOwner(name("f"), 12345, 54321);
    root.setOwner(name("l"), 4_000_000_000L, -1);
    assertThat(root.status(name("f")).uid()).isEqualTo(12345);
    assertThat(root.status(name("f")).gid()).isEqualTo(54321);
    assertThat(root.status(name("l")).uid()).isEqualTo(4_000_000_000L);
    assertThat(root.status(name("l")).gid()).isZero();
    try (OpenFile file = root.openFile(name("f"))) {
      file.setOwner(-1, 7);
      assertThat(file.status().uid()).isEqualTo(12345);
      assertThat(file.status().gid()).isEqualTo(7);
    }
  }

  @Test
  void accountsAreFoundBothWays() {
    assertThat(access.userName(0)).isEqualTo("root");
    assertThat(access.findUser("root")).isZero();
    assertThat(access.findGroup(access.groupName(0))).isZero();
    assertThat(access.userName(3_999_999_999L)).isNull();
    assertThat(access.groupName(-5)).isNull();
    assertThat(access.findUser("no such user here")).isEqualTo(-1);
    assertThat(access.openFileLimit()).isPositive();
  }

  @Test
  void extendedAttributesOfTheUserAreKept() throws IOException {
    root.createFile(name("f"), 0600).close();
    try {
      root.setExtendedAttribute(name("f"), "user.b", new byte[] {0, (byte) 0xff});
    } catch (FileErrorException e) {
      assumeTrue(!e.isUnsupported(), "file system without attributes");
      throw e;
    }
    try (OpenFile file = root.openFile(name("f"))) {
      file.setExtendedAttribute("user.a", new byte[0]);
      assertThat(file.extendedAttributes()).containsOnlyKeys("user.a", "user.b");
      assertThat(file.extendedAttributes().get("user.a")).isEmpty();
    }
    assertThat(root.extendedAttributes(name("f")).get("user.b"))
        .isEqualTo(new byte[] {0, (byte) 0xff});
    assertThat(root.extendedAttributes(name("f")).keySet()).containsExactly("user.a", "user.b");
    root.setExtendedAttribute("user.dir", new byte[] {1});
    assertThat(root.extendedAttributes()).containsOnlyKeys("user.dir");
    assertThat(failure(() -> root.extendedAttributes(name("gone"))).isNotFound()).isTrue();
  }

  @Test
  void errorsNamePathAndReason() throws IOException {
    root.createDirectory(name("d\u001b"), 0755);
    try (OpenDirectory d = root.openDirectory(name("d\u001b"))) {
      FileErrorException error = failure(() -> d.openFile(name("a\nb")));
      assertThat(error)
          .hasMessage("cannot open " + tree + "/d\\x1b/a\\nb: No such file or directory (ENOENT)");
      assertThat(error.isNotFound()).isTrue();
      assertThat(error.errno()).isEqualTo(2);
      assertThat(error.path()).isEqualTo(d.displayPath(name("a\nb")));
    }
    assertThat(failure(() -> access.openDirectory(tree.resolve("nix"))).isNotFound()).isTrue();
    assertThat(failure(() -> root.createFile(name("x".repeat(256)), 0600)).errnoName())
        .isEqualTo("ENAMETOOLONG");
    assertThat(failure(() -> root.status(name("x".repeat(10_000)))).errnoName())
        .isEqualTo("ENAMETOOLONG");
    Files.createFile(tree.resolve("f"));
    assertThat(failure(() -> root.openDirectory(name("f"))).errnoName()).isEqualTo("ENOTDIR");
  }

  @Test
  void namesThatAreNoSingleComponentAreTheCallersBug() {
    for (String bad : List.of("", ".", "..", "a/b", "/", "a\0b")) {
      for (ThrowingCallable call :
          List.<ThrowingCallable>of(
              () -> root.openFile(name(bad)),
              () -> root.openDirectory(name(bad)),
              () -> root.createFile(name(bad), 0600),
              () -> root.createSymlink(name("t"), name(bad)),
              () -> root.extendedAttributes(name(bad)),
              () -> root.createSpecial(name(bad), FileKind.FIFO, 0600, 0, 0),
              () -> root.delete(name(bad), true),
              () -> root.rename(name(bad), root, name("x")))) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void sharedDirectoryLivesUntilItsLastHandleIsClosed() throws IOException {
    root.createDirectory(name("d"), 0755);
    OpenDirectory first = root.openDirectory(name("d"));
    OpenDirectory second = first.share();
    first.close();
    first.close();
    assertThatThrownBy(first::list).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(first::share).isInstanceOf(IllegalStateException.class);
    second.createFile(name("f"), 0600).close();
    assertThat(second.list().size()).isEqualTo(1);
    second.close();
    assertThatThrownBy(() -> second.status(name("f"))).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closedFileIsNotRead() throws IOException {
    OpenFile file = root.createFile(name("f"), 0600);
    file.close();
    file.close();
    MemorySegment target = MemorySegment.ofArray(new byte[1]);
    assertThatThrownBy(() -> file.read(target, 0, 1, 0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(file::status).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void manyThreadsUseOneDirectoryAndOneFile() throws Exception {
    int files = 200;
    for (int i = 0; i < files; i++) {
      Files.write(tree.resolve("f" + i), new byte[] {(byte) i, 1, 2});
    }
    try (OpenFile shared = root.openFile(name("f7"));
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> results = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        results.add(
            threads.submit(
                () -> {
                  byte[] bytes = new byte[3];
                  for (int i = 0; i < files; i++) {
                    try (OpenFile file = root.openFile(name("f" + i))) {
                      assertThat(file.status().size()).isEqualTo(3);
                      assertThat(file.read(MemorySegment.ofArray(bytes), 0, 3, 0)).isEqualTo(3);
                      assertThat(bytes[0]).isEqualTo((byte) i);
                    }
                    assertThat(shared.read(MemorySegment.ofArray(bytes), 0, 1, 0)).isEqualTo(1);
                    assertThat(bytes[0]).isEqualTo((byte) 7);
                    if (i % 20 == 0) {
                      assertThat(root.list().size()).isEqualTo(files);
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> result : results) {
        result.get();
      }
    }
  }

  @Test
  void treeOfDeepPathsIsWalkedByHandles() throws IOException {
    byte[] part = name("p".repeat(200));
    List<OpenDirectory> open = new ArrayList<>();
    try {
      OpenDirectory at = root.share();
      open.add(at);
      for (int depth = 0; depth < deepestLevel(); depth++) {
        at.createDirectory(part, 0755);
        at = at.openDirectory(part);
        open.add(at);
      }
      at.createFile(name("leaf"), 0600).close();
      assertThat(at.list().name(0)).isEqualTo(name("leaf"));
      assertThat(at.displayPath(name("leaf")).length()).isGreaterThan(deepestLevel() * 200);
      at.delete(name("leaf"), false);
      for (int depth = open.size() - 2; depth >= 0; depth--) {
        open.get(depth).delete(part, true); // JUnit could not delete it by path.
      }
    } finally {
      for (OpenDirectory directory : open) {
        directory.close();
      }
    }
  }

  /** How many directories of 200 bytes this implementation reaches. */
  protected abstract int deepestLevel();

  protected abstract boolean keepsFractionsBeforeTheEpoch();
}
