package io.packhouse.engine.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What every {@link FileBatchReader} does. */
public abstract class FileBatchContract extends FileAccessFixture {

  private static final byte FILL = 0x55;

  private FileBatchReader reader;
  private Arena arena;
  private MemorySegment slot;

  /** The method that is under test. */
  protected abstract FileBatchReader.Method method();

  @BeforeEach
  void openReader() {
    reader = access.newFileBatchReader();
    arena = Arena.ofShared();
    slot = arena.allocate(4 << 20);
  }

  @AfterEach
  void closeReader() {
    assertThat(reader.method()).isEqualTo(method());
    reader.close();
    reader.close();
    arena.close();
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(tree.resolve(name), bytes);
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private byte[] slotBytes(long offset, int length) {
    return slot.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Adds what is there now. */
  private int add(String name, long offset, int length) throws IOException {
    return reader.add(root, name(name), root.status(name(name)), offset, length);
  }

  private void assertIntact(int ordinal, long offset, byte[] expected) {
    assertThat(reader.error(ordinal)).isNull();
    assertThat(reader.bytesRead(ordinal)).isEqualTo(expected.length);
    assertThat(reader.isUnchanged(ordinal)).isTrue();
    assertThat(slotBytes(offset, expected.length)).isEqualTo(expected);
  }

  @Test
  void filesOfAllSizesAreReadWhereTheyBelong() throws IOException {
    int[] sizes = {0, 1, 4095, 4096, 4097, 1 << 20, 0, 65537};
    slot.fill(FILL);
    long offset = 3;
    List<byte[]> contents = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      contents.add(random(sizes[i], i));
      write("f" + i, contents.get(i));
      assertThat(add("f" + i, offset, sizes[i])).isEqualTo(i);
      offset += sizes[i] + 1;
    }
    reader.read(slot);
    offset = 3;
    assertThat(slotBytes(0, 3)).containsOnly(FILL);
    for (int i = 0; i < sizes.length; i++) {
      assertIntact(i, offset, contents.get(i));
      assertThat(reader.status(i)).isEqualTo(root.status(name("f" + i)));
      offset += sizes[i] + 1;
      assertThat(slotBytes(offset - 1, 1)).as("after the file").containsOnly(FILL);
    }
  }

  @Test
  void nothingIsWrittenBeyondTheLengthAndShortFilesAreTold() throws IOException {
    byte[] bytes = random(5000, 1);
    write("f", bytes);
    slot.fill(FILL);
    add("f", 0, 100);
    add("f", 200, 6000);
    reader.read(slot);
    assertIntact(0, 0, Arrays.copyOf(bytes, 100));
    assertThat(slotBytes(100, 100)).containsOnly(FILL);
    assertIntact(1, 200, bytes);
    assertThat(slotBytes(5200, 1000)).containsOnly(FILL);
  }

  @Test
  void batchesOfAnyNumberOfFilesAreReadOneAfterTheOther() throws IOException {
    Files.createDirectory(tree.resolve("d"));
    try (OpenDirectory d = root.openDirectory(name("d"))) {
      for (int i = 0; i < 700; i++) {
        write((i % 3 == 0 ? "d/" : "") + "f" + i, random(i * 7 % 900, i));
      }
      for (int count : new int[] {0, 1, 15, 16, 63, 64, 65, 128, 129, 700, 5}) {
        reader.clear();
        slot.fill(FILL);
        for (int i = 0; i < count; i++) {
          OpenDirectory directory = i % 3 == 0 ? d : root;
          byte[] name = name("f" + i);
          reader.add(directory, name, directory.status(name), i * 1000L, 900);
        }
        reader.read(slot);
        assertThat(reader.size()).isEqualTo(count);
        for (int i = 0; i < count; i++) {
          assertIntact(i, i * 1000L, random(i * 7 % 900, i));
        }
      }
    }
  }

  @Test
  void readingAgainGivesTheSame() throws IOException {
    write("f", random(10, 1));
    for (int i = 0; i < 20; i++) {
      add("f", i * 10L, 10);
    }
    reader.read(slot);
    Files.delete(tree.resolve("f"));
    reader.read(slot);
    assertThat(reader.error(0)).isNotNull();
    write("f", random(10, 1));
    reader.read(slot);
    assertThat(reader.error(0)).isNull();
    assertThat(reader.isUnchanged(0)).isFalse();
    assertThat(slotBytes(190, 10)).isEqualTo(random(10, 1));
  }

  @Test
  void errorsAreThoseOfOpeningAndReadingAndSpareTheOthers() throws IOException {
    Files.createDirectory(tree.resolve("directory"));
    Files.createSymbolicLink(tree.resolve("link"), Path.of("f0"));
    write("gone", new byte[10]);
    for (int i = 0; i < 20; i++) {
      write("f" + i, random(100, i));
      add("f" + i, i * 100L, 100);
    }
    FileStatus file = root.status(name("f0"));
    int gone = reader.add(root, name("gone"), root.status(name("gone")), 0, 10);
    Files.delete(tree.resolve("gone"));
    List<String> others = List.of("gone", "missing", "directory", "link", "n".repeat(256));
    int first = reader.size();
    for (String other : others) {
      // As what it is, where the walk can have seen it, and replaced since.
      reader.add(root, name(other), file, 0, 10);
    }
    int directory = add("directory", 0, 10);
    int link = add("link", 0, 10);
    reader.read(slot);
    for (int i = 0; i < 20; i++) {
      assertIntact(i, i * 100L, random(100, i));
    }
    for (int i = 0; i < others.size(); i++) {
      assertSameError(first + i, name(others.get(i)));
    }
    assertSameError(gone, name("gone"));
    assertSameError(directory, name("directory"));
    assertSameError(link, name("link"));
    assertThatThrownBy(() -> reader.status(gone)).isInstanceOf(IllegalStateException.class);
  }

  /** What one by one says. */
  private void assertSameError(int ordinal, byte[] name) {
    FileErrorException expected =
        failure(
            () -> {
              try (OpenFile file = root.openFile(name)) {
                file.read(slot, 0, 10, 0);
              }
            });
    FileErrorException error = reader.error(ordinal);
    assertThat(error).as(PathText.display(name)).isNotNull().hasMessage(expected.getMessage());
    assertThat(reader.bytesRead(ordinal)).isZero();
    assertThat(reader.isUnchanged(ordinal)).isFalse();
  }

  @Test
  void fileWithoutPermissionIsRefused() throws IOException {
    assumeTrue(!"root".equals(System.getProperty("user.name")), "root may read everything");
    write("f", new byte[10]);
    root.setMode(name("f"), 0);
    for (int i = 0; i < 20; i++) {
      add("f", 0, 10);
    }
    reader.read(slot);
    assertThat(reader.error(0)).isNotNull().extracting("errno").isEqualTo(Errno.EACCES);
  }

  @EnabledOnOs(OS.LINUX)
  @Test
  void fifoInPlaceOfAFileNeitherHangsNorIsRead() throws Exception {
    write("p", new byte[10]);
    FileStatus file = root.status(name("p"));
    Files.delete(tree.resolve("p"));
    assertThat(new ProcessBuilder("mkfifo", tree.resolve("p").toString()).start().waitFor())
        .isZero();
    for (int i = 0; i < 20; i++) {
      reader.add(root, name("p"), file, 0, 10);
    }
    int asItself = add("p", 0, 10);
    try (RandomAccessFile writer = new RandomAccessFile(tree.resolve("p").toFile(), "rw")) {
      for (int round = 0; round < 2; round++) {
        reader.read(slot);
        assertSameError(0, name("p"));
        assertSameError(asItself, name("p"));
        writer.write(new byte[1000]);
      }
    }
  }

  @Test
  void changesSinceTheWalkAreTold() throws IOException {
    String[] names = {"same", "shrank", "grew", "replaced", "touched", "emptied"};
    for (String name : names) {
      write(name, random(1000, 1));
    }
    for (int i = 0; i < 3; i++) { // So that also rings have enough to do.
      for (String name : names) {
        add(name, reader.size() * 1000L, 1000);
      }
    }
    write("shrank", random(400, 2));
    Files.write(tree.resolve("grew"), new byte[1], StandardOpenOption.APPEND);
    write("new", random(1000, 1));
    Files.setLastModifiedTime(
        tree.resolve("new"), Files.getLastModifiedTime(tree.resolve("replaced")));
    Files.move(tree.resolve("new"), tree.resolve("replaced"), StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(tree.resolve("touched"), FileTime.fromMillis(1234));
    write("emptied", new byte[0]);
    reader.read(slot);
    for (int i = 0; i < reader.size(); i++) {
      String name = names[i % names.length];
      assertThat(reader.error(i)).as(name).isNull();
      assertThat(reader.isUnchanged(i)).as(name).isEqualTo(name.equals("same"));
      FileStatus now = root.status(name(name));
      assertThat(reader.status(i)).as(name).isEqualTo(now);
      assertThat(reader.bytesRead(i)).as(name).isEqualTo((int) Math.min(1000, now.size()));
    }
  }

  @Test
  void oddNamesAreRead() throws IOException {
    List<byte[]> names =
        List.of(
            name("n".repeat(255)),
            new byte[] {(byte) 0xff, 'x', (byte) 0xc3},
            name("ü\n\t*"),
            name("..."));
    for (byte[] odd : names) {
      Files.write(tree.resolve(RawPaths.ofName(odd)), odd);
    }
    for (int round = 0; round < 5; round++) {
      for (byte[] odd : names) {
        reader.add(root, odd, root.status(odd), reader.size() * 300L, odd.length);
      }
    }
    reader.read(slot);
    for (int i = 0; i < reader.size(); i++) {
      byte[] odd = names.get(i % names.size());
      assertIntact(i, i * 300L, odd);
    }
  }

  @Test
  void heapSegmentsAreReadInto() throws IOException {
    byte[] heap = new byte[20 * 5000];
    for (int i = 0; i < 20; i++) {
      write("f" + i, random(5000, i));
      add("f" + i, i * 5000L, 5000);
    }
    reader.read(MemorySegment.ofArray(heap));
    for (int i = 0; i < 20; i++) {
      assertThat(Arrays.copyOfRange(heap, i * 5000, (i + 1) * 5000)).isEqualTo(random(5000, i));
      assertThat(reader.isUnchanged(i)).isTrue();
    }
  }

  @Test
  void readerMovesBetweenThreads() throws Exception {
    for (int i = 0; i < 20; i++) {
      write("f" + i, random(500, i));
      add("f" + i, i * 500L, 500);
    }
    for (int round = 0; round < 3; round++) {
      try (ExecutorService other =
          round == 1
              ? Executors.newVirtualThreadPerTaskExecutor()
              : Executors.newSingleThreadExecutor()) {
        slot.fill(FILL);
        other
            .submit(
                () -> {
                  reader.read(slot);
                  return null;
                })
            .get();
      }
      for (int i = 0; i < 20; i++) {
        assertIntact(i, i * 500L, random(500, i));
      }
    }
  }

  @Test
  void wrongUseIsRefused() throws IOException {
    write("f", new byte[10]);
    FileStatus status = root.status(name("f"));
    assertThatThrownBy(() -> reader.add(root, name("a/b"), status, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> reader.add(root, name("f"), status, -1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> reader.add(root, name("f"), status, 0, -1))
        .isInstanceOf(IllegalArgumentException.class);
    int tooLong = reader.add(root, name("f"), status, slot.byteSize() - 9, 10);
    assertThatThrownBy(() -> reader.read(slot)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> reader.bytesRead(tooLong))
        .isInstanceOf(IndexOutOfBoundsException.class);
    reader.clear();
    OpenDirectory closed = root.share();
    closed.close();
    for (int i = 0; i < 20; i++) {
      reader.add(i == 10 ? closed : root, name("f"), status, 0, 10);
    }
    assertThatThrownBy(() -> reader.read(slot)).isInstanceOf(IllegalStateException.class);
    reader.clear();
    for (int i = 0; i < 20; i++) {
      add("f", 0, 10);
    }
    reader.read(slot);
    assertThat(reader.isUnchanged(19)).isTrue();
    assertThatThrownBy(() -> reader.read(slot.asReadOnly()))
        .isInstanceOf(IllegalArgumentException.class);
    Arena ended = Arena.ofConfined();
    MemorySegment gone = ended.allocate(100);
    ended.close();
    assertThatThrownBy(() -> reader.read(gone)).isInstanceOf(IllegalStateException.class);
    FileBatchReader other = access.newFileBatchReader();
    other.close();
    assertThatThrownBy(() -> other.read(slot)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void readAheadNeverFails() throws IOException {
    write("f", random(100_000, 1));
    try (OpenFile file = root.openFile(name("f"))) {
      file.readAhead(0, 100_000);
      file.readAhead(50_000, Long.MAX_VALUE);
      file.readAhead(0, 0);
      file.readAhead(1L << 40, 1);
      assertThat(file.read(slot, 0, 100_000, 0)).isEqualTo(100_000);
    }
    assertThat(slotBytes(0, 100_000)).isEqualTo(random(100_000, 1));
  }
}
