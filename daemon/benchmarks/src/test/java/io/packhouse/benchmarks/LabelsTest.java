package io.packhouse.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LabelsTest {
  private static final Labels.Box PLOT = new Labels.Box(70, 48, 666, 356);

  @Test
  void labelOfALonePointIsRightOfIt() {
    Labels labels = new Labels(PLOT);
    labels.avoid(200, 200);

    Labels.Box box = labels.place("tar", 200, 200);

    assertThat(box.x()).isBetween(206.0, 216.0);
    assertThat(box.y() + box.height() / 2).isEqualTo(200);
  }

  @Test
  void labelAtTheEdgeStaysInside() {
    Labels labels = new Labels(PLOT);
    labels.avoid(734, 50);

    assertInside(labels.place("mksquashfs zstd-15", 734, 50));
  }

  @Test
  void labelsOfACrowdDoNotCoverEachOther() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    Labels labels = new Labels(PLOT);
    double[][] points = new double[12][];
    for (int i = 0; i < points.length; i++) {
      points[i] = new double[] {random.nextDouble(300, 500), random.nextDouble(190, 260)};
      labels.avoid(points[i][0], points[i][1]);
    }
    List<Labels.Box> placed = new ArrayList<>();
    for (double[] point : points) {
      Labels.Box box = labels.place("tar | zstd -9", point[0], point[1]);
      assertInside(box);
      for (Labels.Box other : placed) {
        assertThat(box.overlap(other)).as("seed %d", seed).isLessThan(box.width() * 4);
      }
      placed.add(box);
    }
  }

  @Test
  void overlapIsTheCommonArea() {
    Labels.Box box = new Labels.Box(0, 0, 10, 10);

    assertThat(box.overlap(new Labels.Box(8, 5, 10, 10))).isEqualTo(10);
    assertThat(box.overlap(new Labels.Box(10, 0, 10, 10))).isZero();
    assertThat(box.overlap(new Labels.Box(30, 30, 1, 1))).isZero();
  }

  private static void assertInside(Labels.Box box) {
    assertThat(box.overlap(PLOT)).isCloseTo(box.width() * box.height(), within(1e-6));
  }
}
