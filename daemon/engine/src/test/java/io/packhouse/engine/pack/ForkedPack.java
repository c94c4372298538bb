package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.index.EntryRow;
import io.packhouse.engine.index.IndexSink;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A pack in a process of its own, for what can only be set or lost with a whole process. */
final class ForkedPack {
  private ForkedPack() {}

  /** Packs and waits for success. */
  static void run(List<String> jvmFlags, Path tree, Path output) throws Exception {
    Path log = Files.createTempFile("forked-pack", ".log");
    try {
      Process process = start(jvmFlags, log, tree, output);
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).as("the forked pack ends").isTrue();
      assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    } finally {
      Files.delete(log);
    }
  }

  /**
   * Starts a process; with a mark, it waits for ever once it has seen rows, and creates the mark.
   */
  static Process start(List<String> jvmFlags, Path log, Path... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmFlags);
    command.addAll(
        List.of(
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dslf4j.internal.verbosity=ERROR",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path").replace(File.pathSeparatorChar, ':'),
            ForkedPack.class.getName()));
    for (Path argument : arguments) {
      command.add(argument.toString());
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  /** Packs {@code arguments[0]} to {@code arguments[1]}; {@code arguments[2]} is the mark. */
  public static void main(String[] arguments) throws Exception {
    PackFixture.Options options = PackFixture.options();
    if (arguments.length > 2) {
      options.force().sinks(new Waiting(Path.of(arguments[2])));
    }
    new Packer(List.of(PackInput.of(Path.of(arguments[0]))), options.build(), PackListener.NONE)
        .pack(Path.of(arguments[1]));
  }

  private static final class Waiting implements IndexSink {
    private final Path mark;
    private int rows;

    Waiting(Path mark) {
      this.mark = mark;
    }

    @Override
    public void row(EntryRow row) throws IOException {
      if (++rows == 100) {
        Files.createFile(mark);
        while (true) {
          try {
            Thread.sleep(100_000);
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        }
      }
    }

    @Override
    public void finish(String archiveId) {}

    @Override
    public void close() {}
  }
}
