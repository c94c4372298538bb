package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DedupTableTest {
  private static final int CELL = 40;

  private record Place(int ordinal, int offset) {}

  @Test
  void remembersWhatAMapDoesWhileItGrows() {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Map<ByteBuffer, Place> expected = new HashMap<>();
    try (DedupTable table = new DedupTable(Long.MAX_VALUE / 8, DedupTableTest::allocate)) {
      for (int i = 0; i < 60_000; i++) {
        byte[] key = new byte[32];
        new Random(random.nextInt(40_000)).nextBytes(key);
        Place place = expected.get(ByteBuffer.wrap(key));
        assertThat(table.find(key)).isEqualTo(place != null);
        if (place == null) {
          place = new Place(i, random.nextInt());
          table.add(key, place.ordinal, place.offset);
          expected.put(ByteBuffer.wrap(key), place);
        } else {
          assertThat(new Place(table.ordinal(), table.offset())).isEqualTo(place);
        }
      }
      expected.forEach(
          (key, place) -> {
            byte[] digest = new byte[32];
            key.get(0, digest);
            assertThat(table.find(digest)).isTrue();
            assertThat(new Place(table.ordinal(), table.offset())).isEqualTo(place);
          });
    }
    assertThat(expected).hasSizeGreaterThan(20_000);
  }

  @Test
  void keysThatDifferInOneByteAnywhereAreTold() {
    try (DedupTable table = new DedupTable(1 << 20, DedupTableTest::allocate)) {
      for (int at = 0; at < 32; at++) {
        byte[] key = new byte[32];
        key[at] = 1;
        assertThat(table.find(key)).as("byte " + at).isFalse();
        table.add(key, at, -at);
      }
      for (int at = 0; at < 32; at++) {
        byte[] key = new byte[32];
        key[at] = 1;
        assertThat(table.find(key)).isTrue();
        assertThat(table.ordinal()).isEqualTo(at);
        assertThat(table.offset()).isEqualTo(-at);
      }
    }
  }

  /** Keys with equal first bytes all want the last cell: probing wraps around. */
  @Test
  void collidingKeysWrapAround() {
    try (DedupTable table = new DedupTable(1 << 20, DedupTableTest::allocate)) {
      for (int i = 0; i < 5_000; i++) {
        byte[] key = colliding(i);
        assertThat(table.find(key)).isFalse();
        table.add(key, i, i);
      }
      for (int i = 0; i < 5_000; i++) {
        assertThat(table.find(colliding(i))).isTrue();
        assertThat(table.ordinal()).isEqualTo(i);
      }
    }
  }

  private static byte[] colliding(int i) {
    return ByteBuffer.allocate(32).putLong(-1).putInt(28, i).array();
  }

  @Test
  void atItsLimitItForgetsNewContentsAndKeepsTheOld() {
    long limit = 4096L * CELL * 3 - 1;
    try (DedupTable table = new DedupTable(limit, DedupTableTest::allocate)) {
      int remembered = 0;
      for (int i = 0; i < 10_000; i++) {
        byte[] key = key(i);
        assertThat(table.find(key)).isFalse();
        table.add(key, i, 0);
        remembered += table.find(key) ? 1 : 0;
      }
      assertThat(remembered).isEqualTo(3072);
      for (int i = 0; i < 10_000; i++) {
        assertThat(table.find(key(i))).isEqualTo(i < 3072);
      }
    }
  }

  @Test
  void aClearedTableKnowsNothingWhateverItHasHeld() {
    try (DedupTable table = new DedupTable(1 << 24, DedupTableTest::allocate)) {
      int small = 0;
      for (int count : new int[] {0, 10, 4_096, 4_097, 100_000, 3, 0}) {
        for (int i = 0; i < count; i++) {
          assertThat(table.find(key(i))).isFalse();
          table.add(key(i), i, i);
        }
        table.clear();
        small = small == 0 ? (int) table.bytes() : small;
        assertThat(table.bytes()).isEqualTo(small);
        for (int i = 0; i < count; i++) {
          assertThat(table.find(key(i))).isFalse();
        }
      }
    }
  }

  private static byte[] key(int i) {
    byte[] key = new byte[32];
    new Random(i).nextBytes(key);
    return key;
  }

  private static MemorySegment allocate(long length, Arena arena) {
    return arena.allocate(length, 8);
  }
}
