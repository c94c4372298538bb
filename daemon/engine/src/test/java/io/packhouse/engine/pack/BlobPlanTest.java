package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BlobPlanTest {

  @Test
  void rangesThatFollowEachOtherAreOne() {
    BlobPlan blob = new BlobPlan(7, Effort.TEXT);

    assertThat(blob.append(100, 10)).isEqualTo(0);
    assertThat(blob.append(110, 5)).isEqualTo(10);
    assertThat(blob.append(120, 1)).isEqualTo(15);

    assertThat(blob.decodedLength).isEqualTo(16);
    assertThat(blob.rangeCount()).isEqualTo(2);
    assertThat(blob.rangeOffset(0)).isEqualTo(100);
    assertThat(blob.rangeLength(0)).isEqualTo(15);
    assertThat(blob.rangeOffset(1)).isEqualTo(120);
    assertThat(blob.rangeLength(1)).isEqualTo(1);
  }

  @Test
  void rangesCoverWhatWasAppendedInOrder() {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    BlobPlan blob = new BlobPlan(0, Effort.TEXT);
    StringBuilder expected = new StringBuilder();
    int at = 0;
    for (int i = 0; i < 500; i++) {
      at += random.nextInt(3);
      int length = 1 + random.nextInt(4);
      assertThat(blob.append(at, length)).isEqualTo(expected.length());
      for (int b = 0; b < length; b++) {
        expected.append((char) (at + b));
      }
      at += length;
    }
    StringBuilder covered = new StringBuilder();
    for (int range = 0; range < blob.rangeCount(); range++) {
      for (int b = 0; b < blob.rangeLength(range); b++) {
        covered.append((char) (blob.rangeOffset(range) + b));
      }
    }
    assertThat(covered).hasToString(expected.toString());
  }
}
