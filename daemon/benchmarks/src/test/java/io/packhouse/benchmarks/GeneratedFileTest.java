package io.packhouse.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedFileTest {
  @TempDir private Path work;

  @Test
  void bytesDependOnTheSeedAloneAndBlocksDiffer() throws Exception {
    int length = (2 << 20) + 1;
    new GeneratedFile(7).write(work.resolve("a"), length);
    new GeneratedFile(7).write(work.resolve("b"), length);
    new GeneratedFile(8).write(work.resolve("c"), length);

    byte[] bytes = Files.readAllBytes(work.resolve("a"));
    assertThat(bytes).hasSize(length).isEqualTo(Files.readAllBytes(work.resolve("b")));
    assertThat(Files.mismatch(work.resolve("a"), work.resolve("c"))).isBetween(0L, 64L);
    assertThat(Arrays.copyOf(bytes, 1 << 20))
        .isNotEqualTo(Arrays.copyOfRange(bytes, 1 << 20, 2 << 20));
  }

  @Test
  void textCompressesAsTextDoes() throws Exception {
    byte[] block = new GeneratedFile(7).block(3);
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(compressed)) {
      deflater.write(block);
    }

    assertThat((double) block.length / compressed.size()).isBetween(2.0, 5.0);
  }
}
