package io.packhouse.client.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1.0 KiB",
    "1536, 1.5 KiB",
    "1048524, 1023.9 KiB",
    "1048575, 1.0 MiB",
    "9223372036854775807, 8.0 EiB"
  })
  void bytesHaveTheLargestFittingUnit(long bytes, String text) {
    // The counts of commas are for counts: sizes stay below 1,024 of their unit.
    assertThat(Numbers.bytes(bytes).replace(",", "")).isEqualTo(text);
  }

  @Test
  void countsHaveCommasAndNouns() {
    assertThat(Numbers.count(1_234_567)).isEqualTo("1,234,567");
    assertThat(Numbers.count(999)).isEqualTo("999");
    assertThat(Numbers.count(1, "file")).isEqualTo("1 file");
    assertThat(Numbers.count(0, "directory")).isEqualTo("0 directories");
  }

  @Test
  void secondsAndClocksArePadded() {
    assertThat(Numbers.seconds(4_205_000_000L)).isEqualTo("4.21");
    assertThat(Numbers.seconds(50_000_000L)).isEqualTo("0.05");
    assertThat(Numbers.clock(7)).isEqualTo("0:07");
    assertThat(Numbers.clock(3723)).isEqualTo("1:02:03");
  }
}
