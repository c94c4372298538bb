package io.packhouse.client.doctor;

import com.github.luben.zstd.Zstd;
import io.packhouse.client.output.Numbers;
import io.packhouse.engine.codec.NativeCode;
import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.digest.Digests;
import io.packhouse.engine.fs.system.SystemFileAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What this process runs on: Java, native code, the launcher and its caches, limits, the clock. */
public final class ProcessChecks {
  private static final String SLOWER = "all works without, but slower";

  /** What a daemon opens beside archives and connections, about. */
  private static final long OTHER_FILES = 256;

  private static final Duration CLOCK_SLACK = Duration.ofDays(1);

  private final Map<String, String> environment;

  public ProcessChecks(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Looks at all of it. */
  public void run(Findings found) throws InterruptedException {
    found.look("java", ProcessChecks::java);
    found.look("locale", ProcessChecks::locale);
    found.look("native", ProcessChecks::nativeCode);
    found.look("launcher", this::launcher);
    found.look("aot", ProcessChecks::aotCache);
    found.look("clock", ProcessChecks::clock);
  }

  private static void java(Findings found) {
    found.ok(
        "java",
        System.getProperty("java.vm.name")
            + " "
            + Runtime.version()
            + " in "
            + System.getProperty("java.home"));
  }

  private static void locale(Findings found) {
    String names = System.getProperty("sun.jnu.encoding", "");
    if (names.equalsIgnoreCase("UTF-8")) {
      found.ok("locale", "names of files are UTF-8");
    } else {
      found.warning(
          "locale",
          "names of files are " + names + ": those with other characters are refused",
          "set LC_ALL=C.UTF-8");
    }
  }

  private static void nativeCode(Findings found) {
    Blake3 blake3 = Blake3.system();
    if (blake3.isNative()) {
      found.ok("blake3", blake3.name());
    } else {
      found.warning(
          "blake3",
          "no native library is usable here, so digests are computed in Java",
          "install libblake3, or allow memfd_create and native access; " + SLOWER);
    }
    Digests digests = Digests.system();
    if (digests.isNative()) {
      found.ok("digests", digests.name());
    } else {
      found.note("digests", "SHA digests are computed in Java", "install libcrypto (OpenSSL 3)");
    }
    zstd(found);
    String files = SystemFileAccess.instance().describe();
    if (files.startsWith("linux, io_uring")) {
      found.ok("files", files);
    } else {
      found.note(
          "files",
          files,
          "the kernel or a sandbox (kernel.io_uring_disabled, a seccomp filter) keeps from"
              + " io_uring; "
              + SLOWER);
    }
  }

  private static void zstd(Findings found) {
    String problem = NativeCode.zstdProblem();
    if (problem == null) {
      found.ok("zstd", "levels to " + Zstd.maxCompressionLevel());
    } else {
      found.problem("zstd", problem, NativeCode.zstdRemedy());
    }
  }

  private void launcher(Findings found) throws IOException {
    Installation here = Installation.ofProcess();
    Path home = here.home();
    if (home == null) {
      found.note("launcher", "runs from " + here.jar() + ", which is no installation", "");
      return;
    }
    Path first = onPath();
    Path own = home.resolve("bin/packhouse").toRealPath();
    if (first != null && !first.equals(own)) {
      found.warning(
          "launcher",
          "this is " + own + ", and the first packhouse on PATH is " + first,
          "remove one of them, or change PATH");
    } else {
      found.ok("launcher", own.toString());
    }
  }

  private @org.jspecify.annotations.Nullable Path onPath() throws IOException {
    for (String folder : environment.getOrDefault("PATH", "").split(":", -1)) {
      Path file = Path.of(folder.isEmpty() ? "." : folder, "packhouse");
      if (Files.isExecutable(file) && Files.isRegularFile(file)) {
        return file.toRealPath();
      }
    }
    return null;
  }

  private static void aotCache(Findings found) throws IOException {
    Path home = Installation.ofProcess().home();
    if (home == null) {
      found.note("aot", "no installation, so no AOT cache", "");
      return;
    }
    Path cache = home.resolve("lib/packhouse-daemon.aot");
    String remake = "run " + home.resolve("libexec/make-aot-cache") + " as who installed it";
    if (!Files.isReadable(cache)) {
      found.warning("aot", cache + ": there is none, so commands start slower", remake);
      return;
    }
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      if (maps.anyMatch(line -> line.endsWith(cache.toString()))) {
        found.ok("aot", cache + " is used");
        return;
      }
    }
    Path madeIn = home.resolve("lib/packhouse.aot.home");
    boolean moved =
        Files.isReadable(madeIn) && !Files.readString(madeIn).strip().equals(home.toString());
    found.warning(
        "aot",
        cache
            + " is passed over: "
            + (moved
                ? "it was made in " + Files.readString(madeIn).strip()
                : "it is of another Java, of other jars or of other options"),
        remake);
  }

  /** Sees whether the clock is before what is there already. */
  private static void clock(Findings found) throws IOException {
    Instant now = Instant.now();
    Instant installed = Files.getLastModifiedTime(Installation.ofProcess().jar()).toInstant();
    if (now.isBefore(installed.minus(CLOCK_SLACK))) {
      found.problem(
          "clock",
          "it is " + now + ", before this was installed: " + installed,
          "set the clock, or have it be kept by NTP: certificates and tokens go by it");
    } else {
      found.ok("clock", now.toString());
    }
  }

  /**
   * Looks at limits of the system.
   *
   * @param archives that a daemon keeps open
   * @param connections that it takes
   * @param memoryBytes that jobs, caches and its heap may take
   */
  static void limits(Findings found, int archives, int connections, long memoryBytes)
      throws IOException {
    OptionalLong files = number(Path.of("/proc/self/limits"), "Max open files", 4);
    long wanted = (long) archives + connections + OTHER_FILES;
    if (files.isPresent() && files.getAsLong() < wanted) {
      found.warning(
          "files-limit",
          files.getAsLong() + " files may be open; the daemon may need " + wanted,
          "raise LimitNOFILE= of its unit, or ulimit -n; or lower cache.archives or"
              + " calls.connections");
    } else {
      found.ok("files-limit", "enough files may be open");
    }
    OptionalLong kibibytes = number(Path.of("/proc/meminfo"), "MemTotal:", 1);
    if (kibibytes.isPresent() && kibibytes.getAsLong() << 10 < memoryBytes) {
      found.warning(
          "memory",
          "the daemon may take "
              + Numbers.bytes(memoryBytes)
              + " and this machine has "
              + Numbers.bytes(kibibytes.getAsLong() << 10),
          "lower work.memory or cache.memory");
    } else {
      found.ok("memory", "the daemon may take " + Numbers.bytes(memoryBytes) + ", without SQL");
    }
  }

  /** A number of a line of a file of {@code /proc}; empty where there is none, or no limit. */
  private static OptionalLong number(Path file, String line, int word) throws IOException {
    if (!Files.isReadable(file)) {
      return OptionalLong.empty();
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(text -> text.startsWith(line))
          .map(text -> text.split("\\s+"))
          .filter(words -> words.length > word && words[word].matches("[0-9]{1,18}"))
          .mapToLong(words -> Long.parseLong(words[word]))
          .findFirst();
    }
  }
}
