package io.packhouse.benchmarks.parts;

import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.blake3.Hasher;
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

/** BLAKE3 of one megabyte in messages of some length: so µs a megabyte, at each length. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class Hashing {
  private static final int TOTAL = 1 << 20;

  /** Bytes of each message. */
  @Param({"100", "1024", "65536", "1048576"})
  public int length;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment source = arena.allocate(TOTAL, 64);
  private final Hasher hasher = Blake3.system().newHasher();
  private long[] offsets = {};
  private int[] lengths = {};
  private byte[] digests = {};

  /** With the bundled or the system's library. */
  @Fork(
      value = 1,
      jvmArgsAppend = {"-D" + Blake3.PROPERTY + "=native"})
  public static class Native extends Hashing {}

  /** In Java. */
  @Fork(
      value = 1,
      jvmArgsAppend = {"-D" + Blake3.PROPERTY + "=java"})
  public static class Java extends Hashing {}

  /** Fills the megabyte. */
  @Setup
  public void fill() {
    source.copyFrom(MemorySegment.ofArray(Text.of(TOTAL)));
    int count = TOTAL / length;
    offsets = new long[count];
    lengths = new int[count];
    digests = new byte[count * Blake3.DIGEST_LENGTH];
    for (int i = 0; i < count; i++) {
      offsets[i] = (long) i * length;
      lengths[i] = length;
    }
  }

  /** One call a message. */
  @Benchmark
  public byte[] oneByOne() {
    for (int i = 0; i < offsets.length; i++) {
      hasher.hash(source, offsets[i], length, digests, i * Blake3.DIGEST_LENGTH);
    }
    return digests;
  }

  /** One call for all messages. */
  @Benchmark
  public byte[] many() {
    hasher.hashMany(source, offsets, lengths, offsets.length, digests);
    return digests;
  }

  /** Frees the memory. */
  @TearDown
  public void close() {
    hasher.close();
    arena.close();
  }
}
