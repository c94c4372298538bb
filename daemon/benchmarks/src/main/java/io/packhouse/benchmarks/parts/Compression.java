package io.packhouse.benchmarks.parts;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.nio.ByteBuffer;
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

/** zstd as workers and readers use it: one blob, a context that is reused, memory off the heap. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Compression {

  /** Bytes of the blob. */
  @Param({"65536", "262144", "1048576"})
  public int length;

  /** zstd's level. */
  @Param({"-5", "1", "3"})
  public int level;

  private final ZstdCompressCtx compressor = new ZstdCompressCtx();
  private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
  private ByteBuffer source = ByteBuffer.allocateDirect(0);
  private ByteBuffer target = ByteBuffer.allocateDirect(0);
  private ByteBuffer frame = ByteBuffer.allocateDirect(0);
  private int frameLength;

  /** Fills the blob. */
  @Setup
  public void fill() {
    source = ByteBuffer.allocateDirect(length).put(0, Text.of(length));
    int bound = Math.toIntExact(Zstd.compressBound(length));
    target = ByteBuffer.allocateDirect(bound);
    frame = ByteBuffer.allocateDirect(bound);
    compressor.setLevel(level).setContentSize(true).setChecksum(false);
    frameLength = compressor.compressDirectByteBuffer(frame, 0, bound, source, 0, length);
  }

  /** A blob into a frame. */
  @Benchmark
  public int compress() {
    return compressor.compressDirectByteBuffer(target, 0, target.capacity(), source, 0, length);
  }

  /** A frame into a blob. */
  @Benchmark
  public int decompress() {
    return decompressor.decompressDirectByteBuffer(
        target, 0, target.capacity(), frame, 0, frameLength);
  }

  /** Frees the contexts. */
  @TearDown
  public void close() {
    compressor.close();
    decompressor.close();
  }
}
