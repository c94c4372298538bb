package io.packhouse.engine.fs.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.packhouse.engine.fs.Errno;
import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.FileAccessContract;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.fs.RawPaths;
import io.packhouse.engine.fs.nio.NioFileAccess;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Linux keeps the contract; here is what it alone can do. */
@EnabledOnOs(OS.LINUX)
final class LinuxFileAccessTest extends FileAccessContract {

  @Override
  protected FileAccess access() {
    return new LinuxFileAccess();
  }

  @Override
  protected int deepestLevel() {
    return 40;
  }

  @Override
  protected boolean keepsFractionsBeforeTheEpoch() {
    return true;
  }

  @Test
  void openDirectoryStaysItselfWhenItsNameBecomesALink() throws IOException {
    Path outside = Files.createDirectory(tree.resolve("outside"));
    root.createDirectory(name("d"), 0755);
    try (OpenDirectory d = root.openDirectory(name("d"))) {
      Files.move(tree.resolve("d"), tree.resolve("moved"));
      Files.createSymbolicLink(tree.resolve("d"), outside);
      d.createFile(name("f"), 0600).close();
      d.setMode(0711);
    }
    assertThat(tree.resolve("moved/f")).exists();
    assertThat(outside).isEmptyDirectory();
    assertThat(root.status(name("moved")).mode()).isEqualTo(0711);
  }

  @Test
  void fifoIsCreatedAndOpenedWithoutHanging() throws IOException {
    root.createSpecial(name("p"), FileKind.FIFO, 0640, 0, 0);
    root.setMode(name("p"), 0622);
    root.setTimes(name("p"), 42);
    assertThat(root.list().kind(0)).isEqualTo(FileKind.FIFO);
    try (OpenFile fifo = root.openFile(name("p"))) {
      FileStatus status = fifo.status();
      assertThat(status.kind()).isEqualTo(FileKind.FIFO);
      assertThat(status.mode()).isEqualTo(0622);
      assertThat(status.mtimeNanosSinceEpoch()).isEqualTo(42);
      MemorySegment target = MemorySegment.ofArray(new byte[1]);
      assertThat(failure(() -> fifo.read(target, 0, 1, 0)).errnoName()).isEqualTo("ESPIPE");
    }
    assertThat(root.extendedAttributes(name("p"))).isEmpty();
    try (OpenDirectory portable = new NioFileAccess().openDirectory(tree);
        OpenFile fifo = portable.openFile(name("p"))) {
      assertThat(fifo.status().kind()).isEqualTo(FileKind.FIFO);
      assertThat(portable.extendedAttributes(name("p"))).isEmpty();
      portable.setMode(name("p"), 0600);
      assertThat(portable.status(name("p")).mode()).isEqualTo(0600);
    }
  }

  @Test
  void deviceNumbersAreKeptOrRefused() throws IOException {
    try {
      root.createSpecial(name("dev"), FileKind.CHAR_DEVICE, 0600, 4095, 0xf_ffff);
    } catch (FileErrorException e) {
      assumeTrue(!e.isPermission(), "devices need root");
      throw e;
    }
    FileStatus status = root.status(name("dev"));
    assertThat(status.deviceMajor()).isEqualTo(4095);
    assertThat(status.deviceMinor()).isEqualTo(0xf_ffff);
    try (OpenDirectory portable = new NioFileAccess().openDirectory(tree)) {
      assertThat(portable.status(name("dev")).deviceMajor()).isEqualTo(4095);
      assertThat(portable.status(name("dev")).deviceMinor()).isEqualTo(0xf_ffff);
    }
    assertThat(
            failure(() -> root.createSpecial(name("x"), FileKind.BLOCK_DEVICE, 0, 4096, 0))
                .errnoName())
        .isEqualTo("EINVAL");
  }

  @Test
  void holesOfSparseFilesAreSkipped() throws IOException {
    try (OpenFile file = root.createFile(name("s"), 0600)) {
      MemorySegment one = MemorySegment.ofArray(new byte[] {1});
      file.truncate(64 << 20);
      file.write(one, 0, 1, 32 << 20);
      long data = file.nextData(0);
      assumeTrue(data != 0, "file system without holes");
      assertThat(data).isEqualTo(32 << 20);
      assertThat(file.nextData(32 << 20)).isEqualTo(32 << 20);
      assertThat(file.nextData(48 << 20)).isEqualTo(64 << 20);
      assertThat(file.nextData(64 << 20)).isEqualTo(64 << 20);
    }
  }

  @Test
  void modeIsSetWithoutTheNewSystemCallToo() throws IOException {
    root.createFile(name("f"), 0600).close();
    root.createSymlink(name("f"), name("l"));
    LinuxDirectory directory = (LinuxDirectory) root;
    Scratch scratch = Scratch.take();
    int fd = directory.enter();
    try {
      Scratch.put(scratch.name, name("f"));
      assertThat(LinuxDirectory.setModeByPathDescriptor(scratch, fd, scratch.name, 04711)).isZero();
      Scratch.put(scratch.name, name("l"));
      assertThat(LinuxDirectory.setModeByPathDescriptor(scratch, fd, scratch.name, 0777))
          .isEqualTo(-Errno.ENOTSUP);
    } finally {
      directory.descriptor.leave();
      scratch.give();
    }
    assertThat(root.status(name("f")).mode()).isEqualTo(04711);
  }

  @Test
  void pathOfTheUserKeepsItsRawBytes() throws IOException {
    byte[] odd = {'u', (byte) 0xfc, (byte) 0xff};
    root.createDirectory(odd, 0755);
    Path path = tree.resolve(RawPaths.ofName(odd));
    try (OpenDirectory byUser = access.openDirectory(path)) {
      assertThat(byUser.status().isSameFile(root.status(odd))).isTrue();
      assertThat(byUser.displayPath()).endsWith("/u\\xfc\\xff");
    }
  }

  @Test
  void attributeThatIsTooLongIsRefused() throws IOException {
    root.createFile(name("f"), 0600).close();
    assertThat(
            failure(() -> root.setExtendedAttribute(name("f"), "user.x", new byte[65_537]))
                .errnoName())
        .isEqualTo("E2BIG");
  }

  @Test
  void closingDuringCallsNeitherFailsNorReusesThem() throws Exception {
    for (int round = 0; round < 50; round++) {
      root.createFile(name("f"), 0600).close();
      OpenFile file = root.openFile(name("f"));
      CountDownLatch started = new CountDownLatch(2);
      try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
        List<Future<?>> users =
            List.of(
                threads.submit(() -> useUntilClosed(file, started)),
                threads.submit(() -> useUntilClosed(file, started)));
        started.await();
        file.close();
        for (Future<?> user : users) {
          user.get();
        }
      }
      root.delete(name("f"), false);
    }
  }

  private static Void useUntilClosed(OpenFile file, CountDownLatch started) throws IOException {
    try {
      while (true) {
        assertThat(file.status().size()).isZero();
        started.countDown();
      }
    } catch (IllegalStateException closed) {
      return null;
    }
  }

  @Test
  void foreignDirectoriesAreRefused() throws IOException {
    try (OpenDirectory portable = new NioFileAccess().openDirectory(tree)) {
      assertThatThrownBy(() -> root.rename(name("a"), portable, name("b")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> portable.createHardLink(root, name("a"), name("b")))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
