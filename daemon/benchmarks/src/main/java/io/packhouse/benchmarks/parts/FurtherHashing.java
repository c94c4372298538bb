package io.packhouse.benchmarks.parts;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.codec.digest.Digester;
import io.packhouse.engine.codec.digest.Digests;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The digests besides BLAKE3, of one megabyte in messages of some length: so µs a megabyte, at each
 * length.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public abstract class FurtherHashing {
  private static final int TOTAL = 1 << 20;

  /** What is computed. */
  @Param({"MD5", "SHA1", "SHA256", "SHA512"})
  public DigestAlgorithm algorithm = DigestAlgorithm.SHA1;

  /** Bytes of each message. */
  @Param({"1024", "1048576"})
  public int length;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment source = arena.allocate(TOTAL, 64);
  private final byte[] digest = new byte[DigestAlgorithm.MAX_LENGTH];
  private Digester digester = Digests.system().newDigester(algorithm);

  /** By the system's libcrypto. */
  @Fork(
      value = 1,
      jvmArgsAppend = {"-D" + Digests.PROPERTY + "=native"})
  public static class Native extends FurtherHashing {}

  /** By the JDK. */
  @Fork(
      value = 1,
      jvmArgsAppend = {"-D" + Digests.PROPERTY + "=java"})
  public static class Java extends FurtherHashing {}

  /** By the JDK, compiled as in the command, whose JVM stops at C1. */
  @Fork(
      value = 1,
      jvmArgsAppend = {"-D" + Digests.PROPERTY + "=java", "-XX:TieredStopAtLevel=1"})
  public static class JavaC1 extends FurtherHashing {}

  /** Fills the megabyte. */
  @Setup
  public void fill() {
    source.copyFrom(MemorySegment.ofArray(Text.of(TOTAL)));
    digester.close();
    digester = Digests.system().newDigester(algorithm);
  }

  /** One call a message. */
  @Benchmark
  public byte[] oneByOne() {
    for (int at = 0; at < TOTAL; at += length) {
      digester.hash(source, at, length, digest, 0);
    }
    return digest;
  }

  /** Frees the memory. */
  @TearDown
  public void close() {
    digester.close();
    arena.close();
  }
}
