package io.packhouse.engine.codec.blake3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The BLAKE3 team's own test vectors, through every way to hash a message. */
class Blake3VectorsTest {

  record Vector(int length, String digest) {}

  static List<Blake3> implementations() {
    return Inputs.implementations();
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void wholeMessagesHaveTheirOfficialDigests(Blake3 blake3) throws IOException {
    byte[] digest = new byte[Blake3.DIGEST_LENGTH];
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = blake3.newHasher()) {
      MemorySegment source = Inputs.pattern(arena, 102_400);
      for (Vector vector : vectors()) {
        hasher.hash(source, 0, vector.length, digest, 0);
        assertThat(HexFormat.of().formatHex(digest))
            .as("length %d", vector.length)
            .isEqualTo(vector.digest);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void streamsHaveTheirOfficialDigests(Blake3 blake3) throws IOException {
    byte[] digest = new byte[Blake3.DIGEST_LENGTH];
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = blake3.newHasher()) {
      MemorySegment source = Inputs.pattern(arena, 102_400);
      for (Vector vector : vectors()) {
        for (int at = 0; at < vector.length; at += 777) {
          hasher.update(source, at, Math.min(777, vector.length - at));
        }
        hasher.finish(digest, 0);
        assertThat(HexFormat.of().formatHex(digest))
            .as("length %d", vector.length)
            .isEqualTo(vector.digest);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void messagesSideBySideHaveTheirOfficialDigests(Blake3 blake3) throws IOException {
    List<Vector> vectors = vectors();
    long[] offsets = new long[vectors.size()];
    int[] lengths = vectors.stream().mapToInt(Vector::length).toArray();
    byte[] digests = new byte[vectors.size() * Blake3.DIGEST_LENGTH];
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = blake3.newHasher()) {
      MemorySegment source = Inputs.pattern(arena, 102_400);
      hasher.hashMany(source, offsets, lengths, lengths.length, digests);
    }
    for (int i = 0; i < lengths.length; i++) {
      assertThat(HexFormat.of().formatHex(digests, 32 * i, 32 * i + 32))
          .as("length %d", lengths[i])
          .isEqualTo(vectors.get(i).digest);
    }
  }

  private static List<Vector> vectors() throws IOException {
    try (InputStream in =
            Objects.requireNonNull(Blake3VectorsTest.class.getResourceAsStream("vectors.txt"));
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      return reader
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" ", 2))
          .map(f -> new Vector(Integer.parseInt(f[0]), f[1]))
          .toList();
    }
  }
}
