package io.packhouse.engine.codec.blake3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SliceTreeTest {

  private static final int DIGEST = Blake3.DIGEST_LENGTH;

  static List<Blake3> implementations() {
    return Inputs.implementations();
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void slicesMergeIntoTheDigestOfTheWhole(Blake3 blake3) {
    byte[] expected = new byte[DIGEST];
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = blake3.newHasher()) {
      MemorySegment source = Inputs.pattern(arena, 70 * 4096);
      SliceTree tree = new SliceTree(hasher);
      for (int sliceLength : new int[] {1024, 2048, 4096}) {
        for (int slices = 2; slices <= 70; slices++) {
          for (int last : new int[] {1, 63, 64, 1000, 1024, sliceLength - 1, sliceLength}) {
            int length = (slices - 1) * sliceLength + last;
            hasher.hash(source, 0, length, expected, 0);
            assertThat(sliced(tree, hasher, source, length, sliceLength))
                .as("%d slices of %d, last %d", slices, sliceLength, last)
                .isEqualTo(expected);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void randomSlicesOfLargeMessagesMergeIntoTheirDigest(Blake3 blake3) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] expected = new byte[DIGEST];
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = blake3.newHasher()) {
      MemorySegment source = Inputs.random(arena, 9 << 20, random);
      SliceTree tree = new SliceTree(hasher);
      for (int round = 0; round < 12; round++) {
        int sliceLength = 1024 << random.nextInt(12);
        int length = sliceLength + 1 + random.nextInt((int) source.byteSize() - sliceLength);
        hasher.hash(source, 0, length, expected, 0);
        assertThat(sliced(tree, hasher, source, length, sliceLength))
            .as("length %d in slices of %d, seed %d", length, sliceLength, seed)
            .isEqualTo(expected);
        if (round % 6 == 0) {
          assertThat(expected).isEqualTo(Inputs.oracle(source, 0, length));
        }
      }
    }
  }

  @Test
  void slicesMayBeHashedByOtherThreads() throws Exception {
    int sliceLength = 1 << 18;
    int length = 7 * sliceLength + 12_345;
    byte[] digest = new byte[DIGEST];
    try (Arena arena = Arena.ofShared();
        ExecutorService workers = Executors.newFixedThreadPool(3);
        Hasher hasher = Blake3.system().newHasher()) {
      MemorySegment source = Inputs.pattern(arena, length);
      List<Future<byte[]>> values = new ArrayList<>();
      for (int at = 0; at < length; at += sliceLength) {
        int offset = at;
        values.add(
            workers.submit(
                () -> {
                  byte[] value = new byte[DIGEST];
                  try (Hasher own = Blake3.system().newHasher()) {
                    int part = Math.min(sliceLength, length - offset);
                    own.chainingValue(source, offset, part, offset / 1024, value, 0);
                  }
                  return value;
                }));
      }
      SliceTree tree = new SliceTree(hasher);
      for (Future<byte[]> value : values) {
        tree.add(value.get(), 0);
      }
      tree.finish(digest, 0);
      assertThat(digest).isEqualTo(Inputs.oracle(source, 0, length));
    }
  }

  @Test
  void chunkCountersBeyondThirtyTwoBitsAgreeBetweenImplementations() {
    byte[] system = new byte[DIGEST];
    byte[] java = new byte[DIGEST];
    byte[] low = new byte[DIGEST];
    try (Arena arena = Arena.ofConfined();
        Hasher systemHasher = Blake3.system().newHasher();
        Hasher javaHasher = Blake3.java().newHasher()) {
      MemorySegment source = Inputs.pattern(arena, 20_000);
      for (long counter : new long[] {1L << 32, (1L << 53) - 32}) {
        systemHasher.chainingValue(source, 0, 20_000, counter, system, 0);
        javaHasher.chainingValue(source, 0, 20_000, counter, java, 0);
        javaHasher.chainingValue(source, 0, 20_000, 0, low, 0);
        assertThat(system).as("counter %d", counter).isEqualTo(java).isNotEqualTo(low);
      }
    }
  }

  @Test
  void misuseIsRefused() {
    byte[] value = new byte[DIGEST];
    try (Hasher hasher = Blake3.system().newHasher()) {
      SliceTree tree = new SliceTree(hasher);
      assertThatIllegalStateException()
          .isThrownBy(() -> tree.finish(value, 0))
          .withMessageContaining("count=0");
      tree.add(value, 0);
      assertThatIllegalStateException()
          .isThrownBy(() -> tree.finish(value, 0))
          .withMessageContaining("count=1");
      assertThatThrownBy(() -> tree.add(value, 1)).isInstanceOf(IndexOutOfBoundsException.class);
      tree.add(value, 0);
      assertThatThrownBy(() -> tree.finish(value, 1)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThat(tree.count()).isEqualTo(2);
      tree.finish(value, 0);
      assertThat(tree.count()).isZero();
    }
  }

  private static byte[] sliced(
      SliceTree tree, Hasher hasher, MemorySegment source, int length, int sliceLength) {
    byte[] value = new byte[DIGEST];
    for (int at = 0; at < length; at += sliceLength) {
      int part = Math.min(sliceLength, length - at);
      hasher.chainingValue(source, at, part, at / Blake3.CHUNK_LENGTH, value, 0);
      tree.add(value, 0);
    }
    tree.finish(value, 0);
    return value;
  }
}
