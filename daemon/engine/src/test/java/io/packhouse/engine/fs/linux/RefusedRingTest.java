package io.packhouse.engine.fs.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.packhouse.engine.fs.Errno;
import io.packhouse.engine.fs.FileAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the kernel or a sandbox refuses io_uring, plain calls read the same bytes. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class RefusedRingTest {

  /** A window of 64, and a second of 6 which opens these and closes those. */
  private static final int FILES = 70;

  private static final int ANY = -1;

  @TempDir Path tree;

  @BeforeEach
  void writeFiles() throws IOException {
    assumeThat(Ring.refusal()).as("why there is no io_uring here").isNull();
    for (int i = 0; i < FILES; i++) {
      byte[] bytes = new byte[1 + i * 37 % 9000];
      new Random(i).nextBytes(bytes);
      Files.write(tree.resolve("f" + i), bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.EPERM, Errno.ENOSYS, Errno.EACCES, Errno.ENOMEM})
  void refusedSetUpMeansPlainCalls(int errno) throws Exception {
    List<String> lines = run("auto", false, LinuxCalls.IO_URING_SETUP, ANY, errno);
    assertThat(lines.get(0))
        .isEqualTo(
            "CALLS; linux, plain calls (io_uring_setup says %s); %s",
            Errno.name(errno), checksumOfPlainCalls());
    assertThat(lines.get(1)).isEqualTo("0 open");
  }

  @Test
  void refusedProbeMeansPlainCalls() throws Exception {
    List<String> lines = run("auto", false, LinuxCalls.IO_URING_REGISTER, ANY, Errno.EPERM);
    assertThat(lines.get(0))
        .isEqualTo(
            "CALLS; linux, plain calls (io_uring_register says EPERM); " + checksumOfPlainCalls());
    assertThat(lines.get(1)).isEqualTo("0 open");
  }

  /** By how many operations are submitted, which tells the rounds apart. */
  @ParameterizedTest
  @ValueSource(ints = {ANY, 64, 70, 6})
  void ringThatFailsOnItsWayIsFinishedByPlainCalls(int submitted) throws Exception {
    List<String> lines = run("auto", true, LinuxCalls.IO_URING_ENTER, submitted, Errno.EPERM);
    String checksum = checksumOfPlainCalls();
    assertThat(lines)
        .containsExactly(
            "RING; linux, io_uring; " + checksum,
            "CALLS; linux, plain calls (io_uring_enter says EPERM); " + checksum,
            "0 open");
  }

  @Test
  void demandedRingIsNotReplaced() throws Exception {
    assertThat(run("ring", false, LinuxCalls.IO_URING_SETUP, ANY, Errno.EPERM))
        .containsExactly("io_uring_setup says EPERM", "0 open");
  }

  private String checksumOfPlainCalls() throws Exception {
    String line = run("plain", false, LinuxCalls.IO_URING_SETUP, ANY, Errno.EPERM).get(0);
    String start = "CALLS; linux, plain calls; ";
    assertThat(line).startsWith(start);
    return line.substring(start.length());
  }

  private List<String> run(String method, boolean before, int number, int argument, int errno)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
    command.add("-D" + FileAccess.IO_PROPERTY + "=" + method);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(RefusedRing.class.getName());
    command.addAll(List.of(tree.toString(), String.valueOf(before), String.valueOf(number)));
    command.addAll(List.of(String.valueOf(argument), String.valueOf(errno)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }
}
