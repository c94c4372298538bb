package io.packhouse.engine.codec.blake3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PieceHasherTest {
  private static final int PIECE = PieceHasher.PIECE_LENGTH;
  private static final int[] LENGTHS = {
    1, 64, 1024, 1025, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE, 7 * PIECE + 777, 8 * PIECE
  };

  static List<Blake3> implementations() {
    return Inputs.implementations();
  }

  /** Adds {@code source} by way of a buffer that each piece overwrites. */
  private static void addAll(PieceHasher pieces, MemorySegment source, MemorySegment buffer) {
    long at = 0;
    for (int piece = pieces.nextLength(); piece > 0; piece = pieces.nextLength()) {
      MemorySegment.copy(source, at, buffer, 3, piece);
      pieces.add(buffer, 3);
      at += piece;
    }
    buffer.fill((byte) 0);
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void piecesHaveTheDigestAndTheChainingValueOfTheWhole(Blake3 blake3) {
    long seed = System.nanoTime();
    byte[] expected = new byte[Blake3.DIGEST_LENGTH];
    byte[] actual = new byte[Blake3.DIGEST_LENGTH + 1];
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = blake3.newHasher()) {
      MemorySegment source = Inputs.random(arena, 8 * PIECE, new Random(seed));
      MemorySegment buffer = arena.allocate(PIECE + 3);
      PieceHasher pieces = new PieceHasher(hasher);
      for (int length : LENGTHS) {
        for (long counter : new long[] {0, 8 * PIECE / 1024, 1L << 40}) {
          pieces.begin(length, counter);
          addAll(pieces, source, buffer);
          hasher.chainingValue(source, 0, length, counter, expected, 0);
          pieces.chainingValue(actual, 1);
          assertThat(actual)
              .as("length %d, counter %d, seed %d", length, counter, seed)
              .endsWith(expected);
          if (counter == 0) {
            hasher.hash(source, 0, length, expected, 0);
            pieces.digest(actual, 1);
            assertThat(actual).as("length %d, seed %d", length, seed).endsWith(expected);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("implementations")
  void laterSlicesHaveNoDigestAndSomeOfThePiecesNoValue(Blake3 blake3) {
    byte[] out = new byte[Blake3.DIGEST_LENGTH];
    try (Arena arena = Arena.ofConfined();
        Hasher hasher = blake3.newHasher()) {
      MemorySegment source = arena.allocate(PIECE);
      PieceHasher pieces = new PieceHasher(hasher);
      pieces.begin(PIECE, PIECE / 1024);
      pieces.add(source, 0);
      assertThatIllegalStateException().isThrownBy(() -> pieces.digest(out, 0));
      pieces.begin(2 * PIECE, 0);
      pieces.add(source, 0);
      assertThatIllegalStateException().isThrownBy(() -> pieces.digest(out, 0));
      assertThatIllegalStateException().isThrownBy(() -> pieces.chainingValue(out, 0));
    }
  }
}
