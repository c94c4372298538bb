package io.packhouse.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StepFrameTest {
  @Test
  void framesDecodeToTheSteps() {
    for (int step = 1; step <= StepFrame.MAX_STEP; step++) {
      for (int count :
          new int[] {StepFrame.MIN_COUNT, 2049, 4096, 4097, 5000, 16_385, 65_537, 1 << 17}) {
        byte[] expected = steps(step, count);
        byte[] frame = StepFrame.encode(step, count);
        assertThat(Zstd.getFrameContentSize(frame)).isEqualTo(expected.length);
        assertThat(Zstd.findFrameCompressedSize(frame, 0)).isEqualTo(frame.length);
        byte[] decoded = Zstd.decompress(frame, expected.length);
        assertThat(Arrays.mismatch(decoded, expected))
            .as("step %d, count %d", step, count)
            .isEqualTo(-1);
      }
    }
  }

  @Test
  void framesOfEveryCountDecode() {
    byte[] expected = steps(3, 4000);
    for (int count = StepFrame.MIN_COUNT; count < 4000; count += 7) {
      byte[] decoded = Zstd.decompress(StepFrame.encode(3, count), 4 * count);
      assertThat(Arrays.mismatch(decoded, expected)).isEqualTo(4 * count);
    }
  }

  @Test
  void framesAreShort() {
    assertThat(StepFrame.encode(2, 16_385)).hasSizeLessThan(3_000);
    assertThat(StepFrame.encode(4, 16_385)).hasSizeLessThan(4_000);
    assertThat(StepFrame.encode(16, 16_385)).hasSizeLessThan(14_000);
  }

  @Test
  void othersAreRefused() {
    for (int[] each :
        new int[][] {{0, 5000}, {-1, 5000}, {17, 5000}, {4, 2047}, {1, (1 << 17) + 1}}) {
      assertThat(StepFrame.isFor(each[0], each[1])).isFalse();
      assertThatThrownBy(() -> StepFrame.encode(each[0], each[1]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static byte[] steps(int step, int count) {
    ByteBuffer numbers = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      numbers.putInt(i * step);
    }
    return numbers.array();
  }
}
