package io.packhouse.engine.codec.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DigestsTest {

  /** The JDK's own, and libcrypto's where this system has it. */
  private static List<Digests> implementations() {
    return List.of(Digests.java(), Digests.choose(null, NativeDigests.LIBRARY));
  }

  private static byte[] expected(DigestAlgorithm algorithm, byte[] message, int from, int length)
      throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance(algorithm.standardName());
    digest.update(message, from, length);
    return digest.digest();
  }

  @ParameterizedTest
  @EnumSource
  void everyLengthUpTo5000HasTheDigestOfTheJdk(DigestAlgorithm algorithm) throws Exception {
    byte[] message = new byte[5_001];
    new Random(algorithm.ordinal()).nextBytes(message);
    byte[] digest = new byte[algorithm.length()];
    for (Digests digests : implementations()) {
      try (Arena arena = Arena.ofConfined();
          Digester digester = digests.newDigester(algorithm)) {
        MemorySegment source =
            arena.allocate(message.length).copyFrom(MemorySegment.ofArray(message));
        for (int length = 0; length <= 5_000; length++) {
          digester.hash(source, 1, length, digest, 0);
          byte[] expected = expected(algorithm, message, 1, length);
          if (!Arrays.equals(digest, expected)) {
            assertThat(digest).as("%s, length %d", digests.name(), length).isEqualTo(expected);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void longMessagesHaveTheDigestOfTheJdkHoweverTheyAreCut(DigestAlgorithm algorithm)
      throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] message = new byte[(8 << 20) + random.nextInt(1 << 20)];
    random.nextBytes(message);
    for (Digests digests : implementations()) {
      try (Arena arena = Arena.ofConfined();
          Digester digester = digests.newDigester(algorithm)) {
        MemorySegment source =
            arena.allocate(message.length).copyFrom(MemorySegment.ofArray(message));
        for (int round = 0; round < 8; round++) {
          int from = random.nextInt(message.length);
          int length = random.nextInt(message.length - from + 1);
          int most = 1 + random.nextInt(round % 2 == 0 ? 1 << 12 : 1 << 20);
          for (int at = 0; at < length; ) {
            int piece = Math.min(random.nextInt(most + 1), length - at);
            digester.update(source, from + at, piece);
            at += piece;
          }
          byte[] out = new byte[algorithm.length() + 7];
          digester.finish(out, 5);
          assertThat(Arrays.copyOfRange(out, 5, out.length - 2))
              .as("%s, seed %d, round %d", digests.name(), seed, round)
              .isEqualTo(expected(algorithm, message, from, length));
          assertThat(new byte[] {out[4], out[out.length - 2]}).containsOnly(0);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aResetForgetsTheMessageUnderWay(DigestAlgorithm algorithm) throws Exception {
    for (Digests digests : implementations()) {
      try (Arena arena = Arena.ofConfined();
          Digester digester = digests.newDigester(algorithm)) {
        byte[] digest = new byte[algorithm.length()];
        digester.update(arena.allocate(100), 0, 100);
        digester.reset();
        digester.finish(digest, 0);
        assertThat(digest).isEqualTo(expected(algorithm, digest, 0, 0));
      }
    }
  }

  @Test
  void wrongArgumentsAreRefusedBeforeAnythingIsHashed() {
    for (Digests digests : implementations()) {
      try (Arena arena = Arena.ofConfined();
          Digester digester = digests.newDigester(DigestAlgorithm.SHA256)) {
        MemorySegment source = arena.allocate(10);
        assertThatIllegalArgumentException()
            .isThrownBy(() -> digester.update(MemorySegment.ofArray(new byte[10]), 0, 10));
        assertThat(catchBounds(() -> digester.update(source, 5, 6))).isTrue();
        assertThat(catchBounds(() -> digester.finish(new byte[40], 9))).isTrue();
      }
    }
  }

  private static boolean catchBounds(Runnable call) {
    try {
      call.run();
      return false;
    } catch (IndexOutOfBoundsException e) {
      return true;
    }
  }

  @Test
  void aClosedNativeDigesterIsOfNoUse() {
    Digests digests = Digests.choose(null, NativeDigests.LIBRARY);
    assumeTrue(digests.isNative());
    Digester digester = digests.newDigester(DigestAlgorithm.SHA1);
    digester.close();
    digester.close();
    assertThatIllegalStateException().isThrownBy(() -> digester.finish(new byte[20], 0));
  }

  @Test
  void withoutALibraryTheJdkDoesTheWork() {
    Digests digests = Digests.choose(null, "libcrypto-that-is-not-there.so.3");
    assertThat(digests.isNative()).isFalse();
    assertThat(digests.name()).isEqualTo("java");
    byte[] digest = new byte[20];
    try (Digester digester = digests.newDigester(DigestAlgorithm.SHA1)) {
      digester.finish(digest, 0);
    }
    assertThat(HexFormat.of().formatHex(digest))
        .isEqualTo("da39a3ee5e6b4b0d3255bfef95601890afd80709");
  }

  @Test
  void aLibraryWithoutTheFunctionsIsNotUsed() {
    assertThat(Digests.choose(null, "libc.so.6").isNative()).isFalse();
  }

  @Test
  void aForcedChoiceIsKeptOrRefused() {
    assertThat(Digests.choose("java", NativeDigests.LIBRARY).name()).isEqualTo("java");
    assertThatIllegalStateException()
        .isThrownBy(() -> Digests.choose("native", "libcrypto-that-is-not-there.so.3"))
        .withMessageContaining("packhouse.digests=native, but no native digests are usable");
    assertThatIllegalArgumentException().isThrownBy(() -> Digests.choose("fast", "x"));
  }

  @Test
  void aPoolGivesTheSameDigesterAgainWithNothingInIt() throws Exception {
    try (DigesterPool pool = new DigesterPool();
        Arena arena = Arena.ofConfined()) {
      Digester first = pool.take(DigestAlgorithm.SHA256);
      assertThat(pool.take(DigestAlgorithm.SHA256)).isNotSameAs(first);
      first.update(arena.allocate(10), 0, 10);
      pool.give(first);
      assertThat(pool.take(DigestAlgorithm.SHA256)).isSameAs(first);
      byte[] digest = new byte[32];
      first.finish(digest, 0);
      assertThat(digest).isEqualTo(expected(DigestAlgorithm.SHA256, digest, 0, 0));
    }
  }
}
