package io.packhouse.benchmarks.parts;

import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.index.BatchEncoder;
import io.packhouse.engine.index.EncodedBatch;
import io.packhouse.engine.index.EntryRow;
import io.packhouse.engine.index.IndexSchema;
import io.packhouse.engine.index.IpcBuffers;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.ColumnType.Scalar;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** An index batch, from rows to compressed bytes and their digest: ns a row. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BatchEncoding {
  private static final int ROWS = 4096;
  private static final List<ColumnSpec> COLUMNS =
      List.of(
          new ColumnSpec("module", Scalar.STRING, "as in a manifest"),
          new ColumnSpec("size_unpacked", Scalar.INT64, "bytes"),
          new ColumnSpec("scripts", new ColumnType.ListOf(Scalar.STRING), "names of scripts"));

  /** Whether the files are packages, with what an extractor said of them. */
  @Param({"false", "true"})
  public boolean packages;

  private final List<EntryRow> rows = new ArrayList<>(ROWS);
  private final IpcBuffers buffers = new IpcBuffers();
  private final BatchEncoder encoder =
      new BatchEncoder(
          IndexSchema.index(new TreeMap<>(Map.of("bench", COLUMNS)), Set.of()), buffers);

  /** Makes rows of plain files, small ones that share blobs. */
  @Setup
  public void makeRows() {
    SplittableRandom random = new SplittableRandom(5);
    long mtime = 1_700_000_000_000_000_000L;
    long offset = 0;
    for (int row = 0; row < ROWS; row++) {
      byte[] digest = new byte[32];
      random.nextBytes(digest);
      int size = random.nextInt(100, 4000);
      String path =
          String.format(Locale.ROOT, "org/example/group-%03d/file-%06d.txt", row / 50, row);
      rows.add(
          new EntryRow(
              path.getBytes(StandardCharsets.UTF_8),
              EntryType.FILE,
              EntryStatus.OK,
              null,
              size,
              new EntryRow.Attributes(
                  0644, mtime + random.nextLong(1L << 50), 1000, 1000, "user", "user", -1, -1),
              null,
              null,
              digest,
              null,
              new long[] {offset >> 20, offset & 0xfffff, size},
              null,
              packages ? "bench" : null,
              packages ? metadata(row) : null,
              packages ? EntryRow.ExtractStatus.OK : null,
              null,
              null,
              null,
              null));
      offset += size;
    }
  }

  private static PackageMetadata metadata(int row) {
    return PackageMetadata.builder(COLUMNS)
        .purl("pkg:bench/group-" + row / 50 + "/module-" + row + "@1." + row)
        .namespace("group-" + row / 50)
        .name("module-" + row)
        .version("1." + row)
        .license("Apache-2.0")
        .description("Module " + row + " of what is encoded to see how long that takes")
        .addAuthor("The authors")
        .addDependency(new Dependency(null, "module-" + row / 2, "^1.0", "compile", false))
        .addDependency(new Dependency(null, "junit", "6", "test", false))
        .column("module", "module." + row)
        .column("size_unpacked", row * 1000L)
        .column("scripts", List.of("build", "test"))
        .build();
  }

  /** One batch. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public long encode() throws IOException {
    try (EncodedBatch batch = encoder.encode(rows)) {
      return batch.message().length();
    }
  }

  /** Frees the memory. */
  @TearDown
  public void close() {
    encoder.close();
    buffers.close();
  }
}
