package io.packhouse.benchmarks.parts;

import io.packhouse.engine.codec.digest.DigesterPool;
import io.packhouse.engine.extract.Extraction;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.extract.OpenFileView;
import io.packhouse.engine.extract.SiblingCache;
import io.packhouse.engine.extract.SiblingDigests;
import io.packhouse.engine.extract.TreeFiles;
import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.extraction.archive.SafeArchiveOpener;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What extraction costs in a process that has warmed up: each file is brought into memory, as a
 * pack has it there, and then offered to the host with the clock running, in one thread. A file of
 * more than one slice is read while the clock runs, as in a pack.
 *
 * <p>Started by {@code daemon/benchmarks/extraction}. Arguments: the tree; a directory, where the
 * paths of each type's files go, each ended by a NUL; how many files of a type at most; for how
 * long to warm up, and then to measure, in seconds. Prints a line for each type and status: both,
 * files, bytes, passes that count, the median pass's seconds of wall and of CPU; by tabs.
 */
public final class ExtractionRates {
  private static final int LEAST_PASSES = 3;

  private final FileAccess access = SystemFileAccess.instance();
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final ExtractorHost host =
      new ExtractorHost(ExtractorHost.builtIn(), SafeArchiveOpener::new, ExtractionLimits.DEFAULT);
  private final Path root;

  /** A type and what became of the extraction. */
  private record Group(String type, String status) implements Comparable<Group> {
    static Group of(Extraction extraction) {
      return new Group(extraction.packageType(), extraction.error() == null ? "ok" : "error");
    }

    @Override
    public int compareTo(Group other) {
      int byType = type.compareTo(other.type);
      return byType == 0 ? status.compareTo(other.status) : byType;
    }
  }

  /** What all files of a group took in one pass. */
  private static final class Cost {
    private int files;
    private long bytes;
    private long wallNanos;
    private long cpuNanos;
  }

  private ExtractionRates(Path root) {
    this.root = root;
  }

  /** Measures; see above for the arguments. */
  public static void main(String[] args) throws IOException {
    ExtractionRates rates = new ExtractionRates(Path.of(args[0]).toRealPath());
    Path lists = Path.of(args[1]);
    int most = Integer.parseInt(args[2]);
    long nanos = (long) (Double.parseDouble(args[3]) * 1e9);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (Map.Entry<String, List<Path>> type : rates.sorted().entrySet()) {
      List<Path> files = spread(type.getValue(), most);
      StringBuilder list = new StringBuilder();
      files.forEach(file -> list.append(file).append('\0'));
      Files.writeString(lists.resolve(type.getKey()), list);
      rates.measure(files, nanos, out);
    }
  }

  /** The files that some extractor takes, by type, in the order of their paths. */
  private Map<String, List<Path>> sorted() throws IOException {
    List<Path> wanted;
    try (Stream<Path> paths = Files.walk(root)) {
      wanted =
          paths
              .filter(path -> host.wants(PathText.bytes(root.relativize(path).toString())))
              .filter(path -> Files.isRegularFile(path) && !Files.isSymbolicLink(path))
              .sorted()
              .toList();
    }
    Map<String, List<Path>> byType = new TreeMap<>();
    try (OpenDirectory directory = access.openDirectory(root)) {
      TreeFiles tree = tree(directory);
      for (Path file : wanted) {
        Extraction extraction = extract(file, tree, new Cost());
        if (extraction != null) {
          byType.computeIfAbsent(extraction.packageType(), t -> new ArrayList<>()).add(file);
        }
      }
    }
    return byType;
  }

  /** As many as are asked for, from beginning to end. */
  private static List<Path> spread(List<Path> files, int most) {
    List<Path> some = new ArrayList<>();
    int count = Math.min(most, files.size());
    for (int i = 0; i < count; i++) {
      some.add(files.get((int) ((long) i * files.size() / count)));
    }
    return some;
  }

  private void measure(List<Path> files, long nanos, PrintStream out) throws IOException {
    long warm = System.nanoTime() + nanos;
    do {
      pass(files);
    } while (System.nanoTime() < warm);
    List<Map<Group, Cost>> passes = new ArrayList<>();
    long end = System.nanoTime() + nanos;
    do {
      passes.add(pass(files));
    } while (passes.size() < LEAST_PASSES || System.nanoTime() < end);
    passes
        .getFirst()
        .forEach(
            (group, cost) -> {
              long[] wall = new long[passes.size()];
              long[] cpu = new long[passes.size()];
              for (int i = 0; i < wall.length; i++) {
                Cost one = Objects.requireNonNull(passes.get(i).get(group), group.toString());
                wall[i] = one.wallNanos;
                cpu[i] = one.cpuNanos;
              }
              out.printf(
                  Locale.ROOT,
                  "%s\t%s\t%d\t%d\t%d\t%.6f\t%.6f%n",
                  group.type(),
                  group.status(),
                  cost.files,
                  cost.bytes,
                  wall.length,
                  median(wall) / 1e9,
                  median(cpu) / 1e9);
            });
  }

  private static double median(long[] values) {
    Arrays.sort(values);
    return (values[(values.length - 1) / 2] + values[values.length / 2]) / 2.0;
  }

  private Map<Group, Cost> pass(List<Path> files) throws IOException {
    Map<Group, Cost> costs = new TreeMap<>();
    try (OpenDirectory directory = access.openDirectory(root)) {
      // A pack begins with no siblings known, and keeps those it has seen.
      TreeFiles tree = tree(directory);
      for (Path file : files) {
        Cost one = new Cost();
        Extraction extraction = extract(file, tree, one);
        if (extraction != null) {
          Cost all = costs.computeIfAbsent(Group.of(extraction), group -> new Cost());
          all.files++;
          all.bytes += one.bytes;
          all.wallNanos += one.wallNanos;
          all.cpuNanos += one.cpuNanos;
        }
      }
    }
    return costs;
  }

  private static TreeFiles tree(OpenDirectory directory) {
    SiblingCache cache = new SiblingCache(SiblingCache.DEFAULT_BYTES);
    return new TreeFiles(directory, null, cache, new SiblingDigests(new DigesterPool(), false));
  }

  private @Nullable Extraction extract(Path file, TreeFiles tree, Cost cost) throws IOException {
    Path parent = Objects.requireNonNull(file.getParent());
    String name = Objects.requireNonNull(file.getFileName()).toString();
    try (OpenDirectory directory = access.openDirectory(parent);
        OpenFile open = directory.openFile(PathText.bytes(name));
        Arena arena = Arena.ofShared()) {
      PackageFile view = view(root.relativize(file).toString(), open, arena);
      cost.bytes = view.size();
      long cpu = threads.getCurrentThreadCpuTime();
      long wall = System.nanoTime();
      Extraction extraction = host.extract(view, tree);
      cost.wallNanos = System.nanoTime() - wall;
      cost.cpuNanos = threads.getCurrentThreadCpuTime() - cpu;
      return extraction;
    }
  }

  private static PackageFile view(String path, OpenFile file, Arena arena) throws IOException {
    long size = file.status().size();
    if (size > PackOptions.DEFAULT_BLOB_BYTES) {
      return new OpenFileView(path, file, size);
    }
    MemorySegment memory = arena.allocate(Math.max(size, 1));
    int read = file.read(memory, 0, (int) size, 0);
    return PackageFile.of(path, memory.asSlice(0, read).asByteBuffer());
  }
}
