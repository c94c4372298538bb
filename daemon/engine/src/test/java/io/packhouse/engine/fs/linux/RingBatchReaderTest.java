package io.packhouse.engine.fs.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.FileBatchReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
final class RingBatchReaderTest extends LinuxBatchContract {

  @Override
  protected FileAccess access() {
    assumeThat(Ring.refusal()).as("why there is no io_uring here").isNull();
    return new LinuxFileAccess(IoMethod.RING);
  }

  @Override
  protected FileBatchReader.Method method() {
    return FileBatchReader.Method.RING;
  }

  @Test
  void closingGivesBackDescriptorAndMappings() throws IOException {
    assertThat(access.describe()).isEqualTo("linux, io_uring");
    long mappings = mappingsOfRings();
    try (FileBatchReader reader = access.newFileBatchReader();
        Arena arena = Arena.ofConfined()) {
      Files.write(tree.resolve("f"), new byte[10]);
      MemorySegment slot = arena.allocate(10);
      reader.add(root, name("f"), root.status(name("f")), 0, 10);
      reader.read(slot);
      assertThat(mappingsOfRings()).as("what this looks at is there").isGreaterThan(mappings);
    }
    assertThat(mappingsOfRings()).isEqualTo(mappings);
    for (int i = 0; i < 300; i++) {
      Ring ring = Ring.open();
      assertThat(ring).isNotNull();
      ring.close();
      ring.close();
    }
    assertThat(mappingsOfRings()).isEqualTo(mappings);
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(descriptors.filter(RingBatchReaderTest::isRing).count())
          .as("but for those of other tests")
          .isLessThan(100);
    }
  }

  private static boolean isRing(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().contains("io_uring");
    } catch (IOException gone) {
      return false;
    }
  }

  private static long mappingsOfRings() throws IOException {
    return Files.readString(Path.of("/proc/self/maps"))
        .lines()
        .filter(line -> line.contains("io_uring"))
        .count();
  }
}
