package io.packhouse.engine.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class FileStatusTest {

  @Test
  void timeInNanosecondsIsExactWhereItFits() {
    for (long time : new long[] {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, -1_000_000_000L}) {
      FileStatus status =
          at(Math.floorDiv(time, 1_000_000_000L), Math.floorMod(time, 1_000_000_000));
      assertThat(status.mtimeNanosSinceEpoch()).isEqualTo(time);
    }
  }

  @Test
  void timeInNanosecondsSaturates() {
    assertThat(at(9_223_372_036L, 854_775_808).mtimeNanosSinceEpoch()).isEqualTo(Long.MAX_VALUE);
    assertThat(at(-9_223_372_037L, 145_224_191).mtimeNanosSinceEpoch()).isEqualTo(Long.MIN_VALUE);
    assertThat(at(Long.MAX_VALUE, 0).mtimeNanosSinceEpoch()).isEqualTo(Long.MAX_VALUE);
    assertThat(at(Long.MIN_VALUE, 999_999_999).mtimeNanosSinceEpoch()).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    assertThatThrownBy(() -> at(0, 1_000_000_000)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> at(0, -1)).isInstanceOf(IllegalArgumentException.class);
  }

  private static FileStatus at(long seconds, int nanos) {
    return new FileStatus(FileKind.FILE, 0644, 0, seconds, nanos, 1, 1, 1, 0, 0, 0, 0);
  }
}
