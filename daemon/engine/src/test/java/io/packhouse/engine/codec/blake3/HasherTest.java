package io.packhouse.engine.codec.blake3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HasherTest {

  private static final int DIGEST = Blake3.DIGEST_LENGTH;

  static List<Blake3> implementations() {
    return Inputs.implementations();
  }

  @Test
  void everyLengthHasTheSameDigestInNativeCodeAndJava() {
    Blake3 system = Blake3.choose(null);
    byte[] expected = new byte[DIGEST];
    byte[] digest = new byte[DIGEST];
    try (Arena arena = Arena.ofConfined();
        Hasher nativeHasher = system.newHasher();
        Hasher javaHasher = Blake3.java().newHasher()) {
      MemorySegment source = Inputs.pattern(arena, 40_000);
      for (int length = 0; length <= 40_000; length++) {
        nativeHasher.hash(source, 0, length, expected, 0);
        javaHasher.hash(source, 0, length, digest, 0);
        if (!Arrays.equals(digest, expected)) {
          assertThat(digest).as("length %d", length).isEqualTo(expected);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void digestsAreThoseOfAnotherImplementation(Blake3 blake3) {
    byte[] digest = new byte[DIGEST];
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = blake3.newHasher()) {
      MemorySegment source = Inputs.pattern(arena, 40_000);
      for (int length = 0; length <= 40_000; length += length < 1100 ? 1 : 97) {
        hasher.hash(source, 0, length, digest, 0);
        assertThat(digest).as("length %d", length).isEqualTo(Inputs.oracle(source, 0, length));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void lengthsAroundBatchesAndUnalignedOffsetsAreHashedRight(Blake3 blake3) {
    byte[] digest = new byte[DIGEST + 3];
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = blake3.newHasher()) {
      MemorySegment source = Inputs.pattern(arena, 5 * Hasher.BATCH_LENGTH);
      for (int batches = 1; batches <= 4; batches++) {
        for (int delta : new int[] {-1025, -1024, -1, 0, 1, 64, 1023, 1024, 1025}) {
          int length = batches * Hasher.BATCH_LENGTH + delta;
          hasher.hash(source, 13, length, digest, 3);
          assertThat(Arrays.copyOfRange(digest, 3, DIGEST + 3))
              .as("length %d", length)
              .isEqualTo(Inputs.oracle(source, 13, length));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void streamsEqualWholeMessagesHoweverTheyAreCut(Blake3 blake3) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] expected = new byte[DIGEST];
    byte[] other = new byte[DIGEST];
    byte[] digest = new byte[DIGEST];
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = blake3.newHasher()) {
      MemorySegment source = Inputs.random(arena, 6 * Hasher.BATCH_LENGTH, random);
      for (int round = 0; round < 40; round++) {
        int length =
            round % 4 == 0
                ? Hasher.BATCH_LENGTH * (round / 8)
                : random.nextInt((int) source.byteSize());
        hasher.hash(source, 0, length, expected, 0);
        int at = 0;
        while (at < length) {
          int part = Math.min(length - at, random.nextInt(random.nextBoolean() ? 300 : 400_000));
          hasher.update(source, at, part);
          at += part;
          hasher.hash(source, 0, 3000, other, 0); // must not disturb the stream
        }
        hasher.finish(digest, 0);
        assertThat(digest).as("length %d, seed %d", length, seed).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void resetDropsAStreamAndFinishStartsANewOne(Blake3 blake3) {
    byte[] digest = new byte[DIGEST];
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = blake3.newHasher()) {
      MemorySegment source = Inputs.pattern(arena, 500_000);
      hasher.update(source, 0, 500_000);
      hasher.reset();
      hasher.update(source, 0, 10);
      hasher.finish(digest, 0);
      assertThat(digest).isEqualTo(Inputs.oracle(source, 0, 10));
      hasher.finish(digest, 0);
      assertThat(digest).isEqualTo(Inputs.oracle(source, 0, 0));
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void manyMessagesHaveTheDigestsOfEachAlone(Blake3 blake3) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = blake3.newHasher()) {
      MemorySegment source = Inputs.random(arena, 1 << 20, random);
      for (int limit : new int[] {1, 64, 200, 1100, 2100, 9000, 33_000, 70_000}) {
        for (int count : new int[] {0, 1, 2, 17, 255, 256, 257, 700}) {
          long[] offsets = new long[count];
          int[] lengths = new int[count];
          for (int i = 0; i < count; i++) {
            lengths[i] = random.nextInt(limit + 1);
            if (random.nextInt(4) == 0) {
              lengths[i] = lengths[i] / 64 * 64;
            }
            offsets[i] = random.nextInt((int) source.byteSize() - lengths[i]);
          }
          assertEachAlone(hasher, source, offsets, lengths, "seed " + seed);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void manyMessagesOfEveryWholeAndPartialChunkLengthAreHashedRight(Blake3 blake3) {
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = blake3.newHasher()) {
      MemorySegment source = Inputs.pattern(arena, 40_000);
      int[] lengths = new int[33 * 1024 / 31 + 1];
      for (int i = 0; i < lengths.length; i++) {
        lengths[i] = i * 31;
      }
      assertEachAlone(hasher, source, new long[lengths.length], lengths, "stride 31");
      for (int i = 0; i < lengths.length; i++) {
        lengths[i] = i * 64 % (33 * 1024);
      }
      assertEachAlone(hasher, source, new long[lengths.length], lengths, "stride 64");
    }
  }

  @Test
  void misuseIsRefused() {
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = Blake3.system().newHasher()) {
      MemorySegment source = arena.allocate(4096);
      byte[] out = new byte[DIGEST];
      assertOutOfBounds(() -> hasher.hash(source, 4000, 97, out, 0));
      assertOutOfBounds(() -> hasher.hash(source, -1, 1, out, 0));
      assertOutOfBounds(() -> hasher.hash(source, 0, -1, out, 0));
      assertOutOfBounds(() -> hasher.hash(source, Long.MAX_VALUE, 2, out, 0));
      assertOutOfBounds(() -> hasher.hash(source, 0, 1, out, 1));
      assertOutOfBounds(() -> hasher.update(source, 0, 4097));
      assertOutOfBounds(() -> hasher.finish(out, 1));
      assertOutOfBounds(() -> hasher.parent(out, 0, out, 1, true, out, 0));
      assertOutOfBounds(() -> hasher.chainingValue(source, 1, 4096, 0, out, 0));
      assertOutOfBounds(() -> hasher.hashMany(source, new long[] {4096}, new int[] {1}, 1, out));
      assertOutOfBounds(() -> hasher.hashMany(source, new long[] {0}, new int[] {-1}, 1, out));
      assertOutOfBounds(() -> hasher.hashMany(source, new long[2], new int[2], 2, out));
      assertOutOfBounds(() -> hasher.hashMany(source, new long[1], new int[2], 2, new byte[64]));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> hasher.hash(MemorySegment.ofArray(new byte[4]), 0, 4, out, 0))
          .withMessageContaining("off-heap");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> hasher.chainingValue(source, 0, 0, 0, out, 0))
          .withMessageContaining("empty");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> hasher.chainingValue(source, 0, 4096, 2, out, 0))
          .withMessageContaining("multiple of 4");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> hasher.chainingValue(source, 0, 1024, -1, out, 0))
          .withMessageContaining("chunkCounter=-1");
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void closedHashersAndSourcesAreRefused(Blake3 blake3) {
    byte[] out = new byte[DIGEST];
    Hasher hasher = blake3.newHasher();
    Arena closed = Arena.ofConfined();
    MemorySegment gone = closed.allocate(4096);
    closed.close();
    assertThatIllegalStateException().isThrownBy(() -> hasher.hash(gone, 0, 4096, out, 0));
    hasher.close();
    hasher.close();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment source = arena.allocate(4096, 1);
      for (int length : new int[] {0, 1, 64, 65, 1024, 4096}) {
        assertThatIllegalStateException().isThrownBy(() -> hasher.hash(source, 0, length, out, 0));
      }
      assertThatIllegalStateException().isThrownBy(() -> hasher.update(source, 0, 10));
      assertThatIllegalStateException().isThrownBy(() -> hasher.finish(out, 0));
      assertThatIllegalStateException()
          .isThrownBy(() -> hasher.parent(out, 0, out, 0, true, out, 0));
      assertThatIllegalStateException()
          .isThrownBy(() -> hasher.hashMany(source, new long[1], new int[] {9}, 1, out));
    }
  }

  @Test
  void sourcesOfAnotherThreadAreRefused() throws InterruptedException {
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = Blake3.system().newHasher()) {
      MemorySegment source = arena.allocate(4096);
      Throwable[] thrown = new Throwable[1];
      Thread thread =
          Thread.ofPlatform()
              .uncaughtExceptionHandler((t, e) -> thrown[0] = e)
              .start(() -> hasher.hash(source, 0, 4096, new byte[DIGEST], 0));
      thread.join();
      assertThat(thrown[0]).isInstanceOf(IllegalStateException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void nothingIsReadOrWrittenBeyondTheRanges(Blake3 blake3) {
    byte[] first = new byte[DIGEST + 2];
    byte[] second = new byte[DIGEST + 2];
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = blake3.newHasher()) {
      MemorySegment source = Inputs.pattern(arena, 3000);
      hasher.hash(source, 100, 2001, first, 1);
      source.asSlice(0, 100).fill((byte) 1);
      source.asSlice(2101).fill((byte) 1);
      MemorySegment before = arena.allocate(3000).copyFrom(source);
      hasher.hash(source, 100, 2001, second, 1);
      assertThat(second).isEqualTo(first);
      assertThat(second[0]).isZero();
      assertThat(second[DIGEST + 1]).isZero();
      assertThat(source.mismatch(before)).isEqualTo(-1);
    }
  }

  private static void assertEachAlone(
      Hasher hasher, MemorySegment source, long[] offsets, int[] lengths, String what) {
    byte[] digests = new byte[lengths.length * DIGEST];
    byte[] digest = new byte[DIGEST];
    hasher.hashMany(source, offsets, lengths, lengths.length, digests);
    for (int i = 0; i < lengths.length; i++) {
      hasher.hash(source, offsets[i], lengths[i], digest, 0);
      if (!Arrays.equals(digests, i * DIGEST, (i + 1) * DIGEST, digest, 0, DIGEST)) {
        assertThat(Arrays.copyOfRange(digests, i * DIGEST, (i + 1) * DIGEST))
            .as("message %d of %d, length %d, %s", i, lengths.length, lengths[i], what)
            .isEqualTo(digest);
      }
    }
  }

  private static void assertOutOfBounds(Runnable call) {
    assertThatThrownBy(call::run).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
