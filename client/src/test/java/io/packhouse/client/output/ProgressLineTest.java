package io.packhouse.client.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private long now;

  private ProgressLine line(boolean terminal, Map<String, String> environment) {
    Streams streams =
        new Streams(
            InputStream.nullInputStream(),
            new StandardOutput(OutputStream.nullOutputStream()),
            err,
            false,
            terminal,
            environment);
    return new ProgressLine(streams, true, () -> now);
  }

  private String seen() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void drawsFilesBytesRateAndTimeLeft() {
    ProgressLine line = line(true, Map.of());
    now = 2 * SECOND;
    line.update("packing", 1234, 200 << 20, 500 << 20);
    assertThat(seen())
        .isEqualTo(
            "\rpacking  1,234 entries  200.0 MiB of 500.0 MiB  100.0 MiB/s  0:03 left\u001b[K");
  }

  @Test
  void drawsNoTimeLeftWhereTheTotalIsUnknown() {
    ProgressLine line = line(true, Map.of());
    now = SECOND;
    line.update("packing", 1, 1024, -1);
    assertThat(seen()).isEqualTo("\rpacking  1 entry  1.0 KiB  1.0 KiB/s\u001b[K");
  }

  @Test
  void drawsTenTimesASecondAtMost() {
    ProgressLine line = line(true, Map.of());
    for (int i = 0; i < 1000; i++) {
      now += SECOND / 1000;
      line.update("packing", i, i, -1);
    }
    assertThat(seen().chars().filter(c -> c == '\r')).hasSize(10);
  }

  @Test
  void fitsItsTerminal() {
    ProgressLine line = line(true, Map.of("COLUMNS", "20"));
    now = SECOND;
    line.update("packing", 123_456_789, 1, -1);
    assertThat(seen()).isEqualTo("\rpacking  123,456,78\u001b[K");
  }

  @Test
  void isWipedAndThenStill() {
    ProgressLine line = line(true, Map.of());
    now = SECOND;
    line.update("packing", 1, 1, -1);
    line.close();
    now = 2 * SECOND;
    line.update("packing", 1, 1, -1);
    line.close();
    assertThat(seen()).endsWith("\u001b[K\r\u001b[K").doesNotContain("2 entries");
  }

  @Test
  void writesNothingElsewhere() {
    for (ProgressLine line :
        new ProgressLine[] {line(false, Map.of()), line(true, Map.of("TERM", "dumb"))}) {
      now += SECOND;
      line.update("packing", 1, 1, -1);
      line.close();
      assertThat(line.isShown()).isFalse();
    }
    assertThat(seen()).isEmpty();
  }
}
