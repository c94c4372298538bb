package io.packhouse.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScaleTest {
  @Test
  void logarithmicScaleGivesEachDecadeTheSameRoom() {
    Scale scale = new Scale(true, 1, 1000, 0, 300);

    assertThat(scale.pixel(1)).isEqualTo(0);
    assertThat(scale.pixel(10)).isCloseTo(100, within(1e-9));
    assertThat(scale.pixel(1000)).isCloseTo(300, within(1e-9));
  }

  @Test
  void verticalScaleGoesUp() {
    Scale scale = Scale.linear(100, 400, 40);

    assertThat(scale.pixel(0)).isEqualTo(400);
    assertThat(scale.pixel(100)).isBetween(40.0, 70.0);
  }

  @Test
  void ticksAreRoundAndWithinTheRange() {
    assertThat(new Scale(true, 0.3, 30, 0, 1).ticks())
        .usingComparatorForType((a, b) -> Math.abs(a - b) < 1e-9 ? 0 : 1, Double.class)
        .containsExactly(0.5, 1.0, 2.0, 5.0, 10.0, 20.0);
    assertThat(new Scale(true, 1, 1e7, 0, 1).ticks()).hasSize(8);
    assertThat(Scale.linear(10, 0, 1).ticks()).containsExactly(0.0, 2.0, 4.0, 6.0, 8.0, 10.0);
  }

  @Test
  void valuesThatHardlyDifferStayCloseTogether() {
    Scale scale = Scale.logarithmic(new double[] {245, 246}, 0, 300);

    assertThat(scale.pixel(246) - scale.pixel(245)).isBetween(0.1, 10.0);
    assertThat(scale.ticks()).hasSizeBetween(3, 9);
  }

  @Test
  void oneValueHasAScaleToo() {
    Scale scale = Scale.logarithmic(new double[] {7}, 0, 300);

    assertThat(scale.pixel(7)).isCloseTo(150, within(1e-6));
  }
}
