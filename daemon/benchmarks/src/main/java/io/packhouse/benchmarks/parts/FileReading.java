package io.packhouse.benchmarks.parts;

import com.sun.management.OperatingSystemMXBean;
import io.packhouse.engine.fs.DirectoryListing;
import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.FileBatchReader;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.fs.linux.LinuxFileAccess;
import io.packhouse.engine.fs.nio.NioFileAccess;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What reading a small file costs, by each way that there is, with one thread and with two: wall
 * and CPU microseconds a file, medians of rounds in which the ways take turns. Files of up to 1 MB
 * are read into slots of 1 MB, as a pack does it, and checked to be what the walk saw.
 *
 * <p>No JMH benchmark, since the ways must take turns and the process's CPU time is wanted, with
 * the kernel's workers in it. Arguments: a directory, the number of rounds, and {@code --cold} to
 * drop the contents (the walk has just read the rest) from the page cache before each measurement,
 * which needs root.
 */
public final class FileReading {
  private static final int SLOT_BYTES = 1 << 20;
  private static final int WARM_UPS = 5;

  private static final class Candidate {
    final OpenDirectory directory;
    final byte[] name;
    final FileStatus status;

    Candidate(OpenDirectory directory, byte[] name, FileStatus status) {
      this.directory = directory;
      this.name = name;
      this.status = status;
    }
  }

  private record Way(String name, FileAccess access, boolean batched, List<Candidate> files) {}

  private FileReading() {}

  /** Runs it. */
  public static void main(String[] arguments) throws Exception {
    Path root = Path.of(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    boolean cold = arguments.length > 2 && arguments[2].equals("--cold");
    List<Way> ways =
        List.of(
            way("one by one", linux("plain"), false, root),
            way("batch, plain calls", linux("plain"), true, root),
            way("batch, io_uring", linux("ring"), true, root),
            way("batch, nio", new NioFileAccess(), true, root));
    int files = ways.get(0).files.size();
    double[][][] samples = new double[ways.size() * 2][2][rounds];
    for (int round = cold ? 0 : -WARM_UPS; round < rounds; round++) {
      for (int threads = 1; threads <= 2; threads++) {
        for (int i = 0; i < ways.size(); i++) {
          if (cold) {
            Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "1");
          }
          double[] sample = measure(ways.get(i), threads);
          if (round >= 0) {
            samples[i * 2 + threads - 1][0][round] = sample[0] / files;
            samples[i * 2 + threads - 1][1][round] = sample[1] / files;
          }
        }
      }
    }
    System.out.printf("%s, %d files, µs a file, median (least)%n", root.getFileName(), files);
    for (int i = 0; i < ways.size() * 2; i++) {
      System.out.printf(
          Locale.ROOT,
          "%-20s %d thread(s)  wall %6.2f (%6.2f)  CPU %6.2f (%6.2f)%n",
          ways.get(i / 2).name,
          i % 2 + 1,
          median(samples[i][0]),
          samples[i][0][0],
          median(samples[i][1]),
          samples[i][1][0]);
    }
    for (Way way : ways) {
      for (Candidate file : way.files) {
        file.directory.close();
      }
    }
  }

  /** Sorts. */
  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private static FileAccess linux(String method) {
    System.setProperty(FileAccess.IO_PROPERTY, method);
    FileAccess access = new LinuxFileAccess();
    System.out.println(access.describe());
    return access;
  }

  private static Way way(String name, FileAccess access, boolean batched, Path root)
      throws IOException {
    access.openFileLimit();
    List<Candidate> files = new ArrayList<>();
    try (OpenDirectory directory = access.openDirectory(root)) {
      walk(directory, files);
    }
    return new Way(name, access, batched, files);
  }

  private static void walk(OpenDirectory directory, List<Candidate> files) throws IOException {
    OpenDirectory shared = directory.share();
    DirectoryListing listing = directory.list();
    for (int i = 0; i < listing.size(); i++) {
      byte[] name = listing.name(i);
      FileStatus status = directory.status(name);
      if (status.kind() == FileKind.FILE && status.size() <= SLOT_BYTES) {
        files.add(new Candidate(shared, name, status));
      } else if (status.kind() == FileKind.DIRECTORY) {
        try (OpenDirectory child = directory.openDirectory(name)) {
          walk(child, files);
        }
      }
    }
  }

  /** Wall and CPU microseconds. */
  private static double[] measure(Way way, int threads) throws Exception {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    AtomicInteger next = new AtomicInteger();
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      long cpu = system.getProcessCpuTime();
      long wall = System.nanoTime();
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(workers.submit(() -> read(way, next)));
      }
      for (Future<?> worker : running) {
        worker.get();
      }
      return new double[] {
        (System.nanoTime() - wall) / 1e3, (system.getProcessCpuTime() - cpu) / 1e3
      };
    }
  }

  /** Takes stretches of 512 files, and reads them slot by slot. */
  private static Void read(Way way, AtomicInteger next) throws IOException {
    int stretch = 512;
    try (Arena arena = Arena.ofConfined();
        FileBatchReader reader = way.access.newFileBatchReader()) {
      MemorySegment slot = arena.allocate(SLOT_BYTES, 4096);
      for (int from = next.getAndAdd(stretch);
          from < way.files.size();
          from = next.getAndAdd(stretch)) {
        int end = Math.min(from + stretch, way.files.size());
        for (int i = from; i < end; ) {
          i = way.batched ? readBatch(way, reader, slot, i, end) : readOne(way, slot, i);
        }
      }
    }
    return null;
  }

  private static int readBatch(
      Way way, FileBatchReader reader, MemorySegment slot, int from, int end) throws IOException {
    reader.clear();
    long offset = 0;
    int i = from;
    for (; i < end; i++) {
      Candidate file = way.files.get(i);
      int length = (int) file.status.size();
      if (offset + length > SLOT_BYTES) {
        break;
      }
      reader.add(file.directory, file.name, file.status, offset, length);
      offset += length;
    }
    reader.read(slot);
    for (int ordinal = 0; ordinal < reader.size(); ordinal++) {
      if (!reader.isUnchanged(ordinal)
          || reader.bytesRead(ordinal) != reader.status(ordinal).size()) {
        throw new IllegalStateException("changed: file " + (from + ordinal));
      }
    }
    return i;
  }

  private static int readOne(Way way, MemorySegment slot, int ordinal) throws IOException {
    Candidate candidate = way.files.get(ordinal);
    int length = (int) candidate.status.size();
    try (OpenFile file = candidate.directory.openFile(candidate.name)) {
      int read = file.read(slot, 0, length, 0);
      if (read != length || !file.status().isUnchanged(candidate.status)) {
        throw new IllegalStateException("changed: file " + ordinal);
      }
    }
    return ordinal + 1;
  }
}
