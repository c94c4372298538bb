package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Single files out of frames that many share: the first of a frame decodes part of it only. */
final class RandomReadTest {
  private static final int FILES = 300;
  private static final int LIMIT = 1 << 20;

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);
  private final byte[][] contents = new byte[FILES][];
  @TempDir private Path directory;
  private Path archive;

  @BeforeEach
  void pack() throws IOException, InterruptedException {
    System.out.println("RandomReadTest seed " + seed);
    Path tree = Files.createDirectory(directory.resolve("tree"));
    for (int i = 0; i < FILES; i++) {
      StringBuilder text = new StringBuilder();
      int words = 1 + random.nextInt(1_000);
      for (int word = 0; word < words; word++) {
        text.append(Integer.toString(random.nextInt(5_000), 36)).append(' ');
      }
      contents[i] = text.toString().getBytes(StandardCharsets.UTF_8);
      Files.write(tree.resolve(name(i)), contents[i]);
    }
    archive = directory.resolve("out.pkh");
    new Packer(List.of(PackInput.of(tree)), PackOptions.defaults(), PackListener.NONE)
        .pack(archive);
  }

  private static String name(int file) {
    return String.format("file-%03d.txt", file);
  }

  private static byte[] read(ArchiveReader reader, int file) throws IOException {
    Entry entry = Objects.requireNonNull(reader.find(name(file)));
    return reader.readAllBytes(entry, LIMIT);
  }

  @Test
  void theFirstFileReadOfAFrameIsRight() throws IOException {
    for (int i = 0; i < FILES; i += 7) {
      try (ArchiveReader reader = ArchiveReader.open(archive)) {
        assertThat(reader.blobCount()).isOne();
        assertThat(read(reader, i)).as("seed %d, file %d", seed, i).isEqualTo(contents[i]);
      }
    }
  }

  @Test
  void filesReadInAnyOrderAreRight() throws IOException {
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      for (int i = 0; i < 2 * FILES; i++) {
        int file = random.nextInt(FILES);
        assertThat(read(reader, file)).as("seed %d, file %d", seed, file).isEqualTo(contents[file]);
      }
    }
  }

  @Test
  void aByteThatIsDamagedBehindTheFileIsNoticed() throws IOException {
    byte[] bytes = Files.readAllBytes(archive);
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      long last = reader.blob(0).offset() + reader.blob(0).storedLength() - 1;
      bytes[Math.toIntExact(last)] ^= 1;
    }
    Files.write(archive, bytes);
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      assertThatThrownBy(() -> read(reader, 0)).isInstanceOf(CorruptArchiveException.class);
    }
  }
}
