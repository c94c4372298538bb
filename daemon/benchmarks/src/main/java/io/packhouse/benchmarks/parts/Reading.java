package io.packhouse.benchmarks.parts;

import io.packhouse.benchmarks.SyntheticTree;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.Packer;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * Opening an archive, and finding and reading entries at random, in a warm process: medians and
 * percentiles. {@code -p archive=FILE} names an archive; without, one of 100,000 small files is
 * made.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class Reading {
  private static final String GENERATED = "generated";
  private static final int FILES = 100_000;

  /** The archive to read. */
  @Param(GENERATED)
  public String archive = GENERATED;

  private final SplittableRandom random = new SplittableRandom(3);
  private final List<byte[]> paths = new ArrayList<>();
  private Path file = Path.of("");
  private @Nullable Path scratch;
  private @Nullable ArchiveReader reader;

  /** Makes the archive where there is none, opens it and lists the paths of its files. */
  @Setup
  public void open() throws IOException, InterruptedException {
    file = archive.equals(GENERATED) ? generate() : Path.of(archive);
    ArchiveReader opened = ArchiveReader.open(file);
    reader = opened;
    EntryCursor entries = opened.entries();
    for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
      if (entry.is(EntryType.FILE) && entry.isOk()) {
        paths.add(entry.pathBytes());
      }
    }
  }

  private Path generate() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("packhouse-reading");
    scratch = directory;
    Path tree = directory.resolve("tree");
    new SyntheticTree().generate(tree, FILES);
    Path made = directory.resolve("generated.pkh");
    new Packer(List.of(PackInput.of(tree)), PackOptions.defaults(), PackListener.NONE).pack(made);
    return made;
  }

  /** Opens, and closes again. */
  @Benchmark
  public String openAndClose() throws IOException {
    try (ArchiveReader opened = ArchiveReader.open(file)) {
      return opened.id();
    }
  }

  /** The row of a random file. */
  @Benchmark
  public @Nullable Entry find() throws IOException {
    return open(reader).find(anyPath());
  }

  /** The row and the contents of a random file. */
  @Benchmark
  public byte[] findAndRead() throws IOException {
    ArchiveReader opened = open(reader);
    Entry entry = opened.find(anyPath());
    if (entry == null) {
      throw new IllegalStateException("a listed path is not found");
    }
    return opened.readAllBytes(entry, Integer.MAX_VALUE - 8);
  }

  /** Opens, reads a random file, closes: nothing is cached but by the kernel. */
  @Benchmark
  public byte[] openFindAndRead() throws IOException {
    try (ArchiveReader opened = ArchiveReader.open(file)) {
      Entry entry = opened.find(anyPath());
      if (entry == null) {
        throw new IllegalStateException("a listed path is not found");
      }
      return opened.readAllBytes(entry, Integer.MAX_VALUE - 8);
    }
  }

  private byte[] anyPath() {
    return paths.get(random.nextInt(paths.size()));
  }

  private static ArchiveReader open(@Nullable ArchiveReader reader) {
    if (reader == null) {
      throw new IllegalStateException("not set up");
    }
    return reader;
  }

  /** Closes the archive, and removes it if it was made here. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    open(reader).close();
    Path directory = scratch;
    if (directory != null) {
      try (Stream<Path> tree = Files.walk(directory)) {
        tree.sorted(Comparator.reverseOrder())
            .forEach(
                path -> {
                  try {
                    Files.delete(path);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
      }
    }
  }
}
