package io.packhouse.benchmarks.parts;

import io.packhouse.engine.extract.ArchiveOpeners;
import io.packhouse.engine.extract.Extraction;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a pom outside of a repository's layout costs a pack: its extractor and all that the host
 * does about it, with the first compiler alone as the command runs. The warm-up is short since a
 * pack has none. {@code -p folder=PATH} takes the {@code .pom} files below a folder; without, poms
 * of some 1.3 KB are made.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"})
public class PomReading {
  private static final String GENERATED = "generated";
  private static final int POMS = 2_000;

  /** Where poms are. */
  @Param(GENERATED)
  public String folder = GENERATED;

  private final ExtractorHost host =
      new ExtractorHost(ExtractorHost.builtIn(), ArchiveOpeners.NONE, ExtractionLimits.DEFAULT);
  private final List<PackageFile> poms = new ArrayList<>();
  private int next;

  /** Makes or loads the poms, into direct memory as a pack does. */
  @Setup
  public void load() throws IOException {
    if (folder.equals(GENERATED)) {
      SplittableRandom random = new SplittableRandom(4);
      for (int i = 0; i < POMS; i++) {
        add(generate(i, random).getBytes(StandardCharsets.UTF_8));
      }
      return;
    }
    try (Stream<Path> files = Files.walk(Path.of(folder))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.toString().endsWith(".pom") && Files.isRegularFile(file)) {
          add(Files.readAllBytes(file));
        }
      }
    }
    if (poms.isEmpty()) {
      throw new IllegalArgumentException("no .pom files below " + folder);
    }
  }

  private void add(byte[] pom) {
    ByteBuffer direct = ByteBuffer.allocateDirect(pom.length).put(pom).flip();
    poms.add(PackageFile.of("poms/" + poms.size() + ".pom", direct));
  }

  private static String generate(int ordinal, SplittableRandom random) {
    StringBuilder pom =
        new StringBuilder(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <project xmlns="http://maven.apache.org/POM/4.0.0" \
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
            xsi:schemaLocation="http://maven.apache.org/POM/4.0.0 \
            http://maven.apache.org/xsd/maven-4.0.0.xsd">
              <modelVersion>4.0.0</modelVersion>
              <parent>
            """);
    coordinates("    ", "parent", random, pom);
    pom.append("  </parent>\n");
    coordinates("  ", "artifact-" + ordinal, random, pom);
    pom.append("  <name>Artifact ").append(ordinal).append("</name>\n  <dependencies>\n");
    int count = random.nextInt(10);
    for (int i = 0; i < count; i++) {
      pom.append("    <dependency>\n");
      coordinates("      ", "dependency-" + i, random, pom);
      pom.append("    </dependency>\n");
    }
    return pom.append("  </dependencies>\n</project>\n").toString();
  }

  private static void coordinates(
      String indent, String artifact, SplittableRandom random, StringBuilder pom) {
    String group = "org.example.group" + random.nextInt(100);
    pom.append(indent).append("<groupId>").append(group).append("</groupId>\n");
    pom.append(indent).append("<artifactId>").append(artifact).append("</artifactId>\n");
    String version = random.nextInt(10) + "." + random.nextInt(30) + "." + random.nextInt(30);
    pom.append(indent).append("<version>").append(version).append("</version>\n");
  }

  /** One pom, another each time. */
  @Benchmark
  public @Nullable Extraction extract() {
    next = next + 1 == poms.size() ? 0 : next + 1;
    return host.extract(poms.get(next), null);
  }
}
