package io.packhouse.sql;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line of a worker: this process's JDK. The launcher says what is installed for it: the
 * class path, which is one for all commands, and a cache of the classes of the JVM that goes with
 * it.
 */
final class WorkerCommand {
  /** The worker's class path; this process's, where nobody says. */
  private static final String CLASS_PATH = "packhouse.sql.classPath";

  /** An AOT cache, which the JVM passes over where it is of other jars. */
  private static final String CACHE = "packhouse.sql.cache";

  private static final List<String> FLAGS =
      List.of(
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Xms32m",
          "-Xmx96m",
          "-Xss1m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:+DisplayVMOutputToStderr",
          "-Xlog:disable",
          "-Duser.timezone=UTC",
          "-Dfile.encoding=UTF-8",
          "-Dsun.jnu.encoding=UTF-8",
          "-Dslf4j.internal.verbosity=ERROR");

  private WorkerCommand() {}

  /**
   * The command.
   *
   * @param folder of its temporary files
   * @param crash where the JVM writes why it crashed
   * @param orphaned what is removed when we end
   * @param trained the cache to make when it ends; if none, that which is there is used
   */
  static List<String> of(
      Path folder, Path crash, Path orphaned, SqlOptions options, @Nullable Path trained) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.add("-XX:ErrorFile=" + crash);
    command.add("-Djava.io.tmpdir=" + folder);
    String cache = System.getProperty(CACHE);
    if (trained != null) {
      // Without profiles, of which C1 has no use.
      command.addAll(List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining"));
      command.add("-XX:AOTCacheOutput=" + trained);
    } else if (cache != null && Files.isReadable(Path.of(cache))) {
      command.add("-XX:AOTCache=" + cache);
    }
    command.add("-cp");
    command.add(System.getProperty(CLASS_PATH, System.getProperty("java.class.path")));
    command.add("io.packhouse.sql.worker.SqlWorker");
    command.add(folder.toString());
    command.add(orphaned.toString());
    command.add(String.valueOf(options.memoryBytes()));
    command.add(String.valueOf(options.diskBytes()));
    command.add(String.valueOf(options.threads()));
    command.add(String.valueOf(options.background()));
    return command;
  }
}
