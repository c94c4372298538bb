package io.packhouse.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ProcessMeterTest {
  @TempDir private Path work;

  @Test
  void commandOverItsLimitIsKilledWithAllItStarted() throws Exception {
    ProcessMeter meter = new ProcessMeter(work, Map.of());
    Path pids = work.resolve("pids");

    Usage usage = meter.run("sleep 600 & echo $! > \"$1\"; sleep 600", List.of(pids.toString()), 1);

    assertThat(usage.overLimit()).isTrue();
    assertThat(usage.exitCode()).isEqualTo(128 + 9);
    assertThat(ProcessHandle.of(Long.parseLong(Files.readString(pids).strip()))).isEmpty();
  }

  @Test
  void commandWithinItsLimitTellsItsCode() throws Exception {
    ProcessMeter meter = new ProcessMeter(work, Map.of("GREETING", "hello"));

    Usage usage = meter.run("echo \"$GREETING $1\" >&2; exit 3", List.of("there"), 60);

    assertThat(usage.overLimit()).isFalse();
    assertThat(usage.exitCode()).isEqualTo(3);
    assertThat(usage.complaint()).isEqualTo("hello there");
    assertThat(usage.wallNanos()).isPositive();
  }
}
