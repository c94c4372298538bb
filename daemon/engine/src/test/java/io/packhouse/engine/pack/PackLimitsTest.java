package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Large trees in small processes. */
class PackLimitsTest extends PackFixture {

  @Test
  void manyFilesPackInASmallHeap() throws Exception {
    for (int i = 0; i < 2; i++) {
      Trees.emptyFiles(Files.createDirectory(tree.resolve("empty" + i)), 10_000);
      Trees.smallFiles(Files.createDirectory(tree.resolve("small" + i)), 10_000);
    }

    ForkedPack.run(List.of("-Xmx32m"), tree, output);

    Trees.assertSound(output);
  }

  /** Reads five gibibytes of zeros: only where the environment asks for it. */
  @Test
  @EnabledIfEnvironmentVariable(named = "PACKHOUSE_TEST_LARGE", matches = ".+")
  void fileOverFourGibibytes() throws Exception {
    Path file = tree.resolve("big");
    byte[] end = Bytes.text(1, 3 * BLOB);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(end), (5L << 30) + 7);
    } catch (IOException e) {
      assumeTrue(false, "no sparse files here: " + e);
    }

    PackReport report = pack(options().blobBytes(4 << 20));

    assertThat(report.bytesIn()).isEqualTo((5L << 30) + 7 + end.length);
    assertThat(report.archiveBytes()).isLessThan(1 << 20);
    try (var reader = io.packhouse.engine.read.ArchiveReader.open(output)) {
      var entry = java.util.Objects.requireNonNull(reader.find("big"));
      byte[] read = new byte[end.length];
      ByteBuffer target = ByteBuffer.wrap(read);
      reader.read(entry, (5L << 30) + 7, end.length, bytes -> target.put(bytes.asByteBuffer()));
      assertThat(read).isEqualTo(end);
    }
  }
}
