package io.packhouse.engine.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class DigestTableTest {
  private static byte[] digest(long first, int tag) {
    return ByteBuffer.allocate(32).putLong(first).putInt(tag).array();
  }

  private static byte[] spread(int number) {
    return digest(number * 0x9E3779B97F4A7C15L, number);
  }

  @Test
  void findsTheRowsThatTheCheckConfirms() throws Exception {
    try (DigestTable table = new DigestTable(10_000, 1 << 20)) {
      for (int i = 0; i < 10_000; i++) {
        table.add(spread(i), i);
      }
      for (int i = 0; i < 10_000; i++) {
        int row = i;
        assertThat(table.find(spread(i), found -> found == row)).isEqualTo(i);
      }
      assertThat(table.find(digest(1, -1), found -> true)).isEqualTo(DigestTable.NONE);
      assertThat(table.find(digest(0, 0), found -> false)).isEqualTo(DigestTable.NONE);
    }
  }

  @Test
  void keepsTheFirstOfEqualOnes() throws Exception {
    try (DigestTable table = new DigestTable(10, 1 << 20)) {
      table.add(digest(1, 2), 7);
      table.add(digest(1, 2), 8);
      assertThat(table.find(digest(1, 2), found -> true)).isEqualTo(7);
    }
  }

  @Test
  void takesThirteenBytesOfTenMillionFilesEachAndNoMoreThanAllowed() throws Exception {
    try (DigestTable table = new DigestTable(10_000_000, 256 << 20)) {
      assertThat(table.bytes()).isEqualTo(128 << 20);
    }
    try (DigestTable table = new DigestTable(1L << 40, 1 << 16)) {
      assertThat(table.bytes()).isEqualTo(1 << 16);
      for (int i = 0; i < 20_000; i++) {
        table.add(spread(i), i);
      }
      assertThat(table.find(digest(0, 0), row -> row == 0)).isZero();
      assertThat(table.find(spread(19_999), row -> true))
          .as("beyond what there is room for")
          .isEqualTo(DigestTable.NONE);
    }
  }
}
