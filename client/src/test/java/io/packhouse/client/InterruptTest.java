package io.packhouse.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signals, which take a process of their own. */
class InterruptTest {
  @TempDir Path temp;

  private Process start(Path err, Object... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "io.packhouse.client.Main"));
    for (Object arg : args) {
      command.add(arg.toString());
    }
    return new ProcessBuilder(command)
        .redirectError(err.toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private boolean exists(Path directory, String part) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.anyMatch(file -> file.getFileName().toString().contains(part));
    }
  }

  /** Shells start what goes on in the background so, and children inherit it. */
  private static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("SigIgn:")) {
        return (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1L << (2 - 1)) != 0;
      }
    }
    return false;
  }

  @Test
  void interruptedPackLeavesNothingAndSaysSo() throws Exception {
    for (String[] signal : new String[][] {{"INT", "130"}, {"TERM", "143"}}) {
      if (signal[0].equals("INT") && ignoresInterrupts()) {
        continue;
      }
      Path tree = Files.createDirectories(temp.resolve("tree"));
      // Letters in no order keep the highest level busy for half a minute, slice by slice.
      byte[] text = new byte[48 << 20];
      Random random = new Random(1);
      for (int i = 0; i < text.length; i++) {
        text[i] = (byte) ('a' + random.nextInt(26));
      }
      Files.write(tree.resolve("slow"), text);
      Path out = Files.createDirectories(temp.resolve("out"));
      Path err = temp.resolve("err");
      Process process =
          start(
              err,
              "pack",
              "--level",
              22,
              "--workers",
              1,
              "--blob-size",
              "1M",
              tree,
              out.resolve("a.pkh"));
      assertInterrupted(process, signal, out, err, "cancelled; nothing was written");
    }
  }

  @Test
  void interruptedExportLeavesNothingAndSaysSo() throws Exception {
    Path tree = Files.createDirectories(temp.resolve("tree"));
    for (int i = 0; i < 10_000; i++) {
      Files.writeString(
          tree.resolve("a" + i + "-1.pom"),
          "<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>a"
              + i
              + "</artifactId><version>1</version></project>");
    }
    Path archive = Cli.pack(tree, temp.resolve("a.pkh"));
    for (String[] signal : new String[][] {{"INT", "130"}, {"TERM", "143"}}) {
      if (signal[0].equals("INT") && ignoresInterrupts()) {
        continue;
      }
      Path out = Files.createDirectories(temp.resolve("out"));
      Path err = temp.resolve("err");
      Process process =
          start(err, "export", "--format", "spdx", "-o", out.resolve("a.json"), archive);
      assertInterrupted(process, signal, out, err, "interrupted");
    }
  }

  /** Sends a signal as soon as a file is begun. */
  private void assertInterrupted(Process process, String[] signal, Path out, Path err, String said)
      throws Exception {
    while (!exists(out, ".packing")) {
      assertThat(process.isAlive()).as(Files.readString(err)).isTrue();
      Thread.sleep(5);
    }
    new ProcessBuilder("kill", "-" + signal[0], Long.toString(process.pid())).start().waitFor();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(Integer.parseInt(signal[1]));
    assertThat(Files.readString(err)).isEqualTo("packhouse: " + said + "\n");
    try (Stream<Path> left = Files.list(out)) {
      assertThat(left).isEmpty();
    }
  }
}
