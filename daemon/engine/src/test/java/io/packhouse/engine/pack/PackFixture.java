package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.index.IndexSink;
import io.packhouse.engine.select.PathFilter;
import io.packhouse.engine.select.PathGlob;
import io.packhouse.engine.share.SharingOptions;
import io.packhouse.spi.PackageExtractor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A tree and a place for archives. After each test, whatever it did: no slot is taken, no thread
 * runs, no Arrow memory is held, no descriptor of the tree is open and no temporary file is left.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class PackFixture {
  /** The smallest blobs, so that small trees have slices and many frames. */
  static final int BLOB = PackOptions.MIN_BLOB_BYTES;

  @TempDir Path temporary;

  Path tree;
  Path output;
  private final List<Packer> packers = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();

  @BeforeEach
  void makePlaces() throws IOException {
    tree = Files.createDirectory(temporary.resolve("tree"));
    output = Files.createDirectory(temporary.resolve("out")).resolve("archive.pkh");
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    for (Packer packer : packers) {
      assertThat(packer.slotsLeft()).as("slots that are still taken").isZero();
    }
    for (Throwable failure : failures) {
      assertThat(failure.getSuppressed())
          .as("failures of closing, such as Arrow's leak detector, on " + failure)
          .noneMatch(IllegalStateException.class::isInstance);
    }
    assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
        .as("threads left running")
        .noneMatch(name -> name.startsWith("packhouse-"));
    assertThat(openFilesBelow(temporary)).as("files left open").isEmpty();
    assertThat(temporaryFiles()).as("temporary files").isEmpty();
  }

  /** Names of what lies beside the output but does not belong there. */
  List<String> temporaryFiles() throws IOException {
    try (var files = Files.list(output.getParent())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".packing"))
          .toList();
    }
  }

  static List<String> openFilesBelow(Path directory) throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    if (!Files.isDirectory(descriptors)) {
      return List.of();
    }
    List<String> open = new ArrayList<>();
    try (var list = Files.list(descriptors)) {
      for (Path descriptor : list.toList()) {
        try {
          String target = Files.readSymbolicLink(descriptor).toString();
          if (target.startsWith(directory.toString())) {
            open.add(target);
          }
        } catch (java.nio.file.NoSuchFileException e) {
          assertThat(descriptor).as("closed meanwhile").doesNotExist();
        }
      }
    }
    return open;
  }

  Packer packer(Options options) {
    return packer(options, PackListener.NONE);
  }

  Packer packer(Options options, PackListener listener) {
    return packer(List.of(PackInput.of(tree)), options, listener);
  }

  Packer packer(List<PackInput> inputs, Options options, PackListener listener) {
    Packer packer = new Packer(inputs, options.build(), listener);
    packers.add(packer);
    return packer;
  }

  PackReport pack(Options options) throws IOException, InterruptedException {
    return packer(options).pack(output);
  }

  /** Packs, and expects the failure that it returns. */
  Throwable failure(Packer packer) {
    return failure(packer, output);
  }

  Throwable failure(Packer packer, Path to) {
    Throwable failure = catchThrowable(() -> packer.pack(to));
    assertThat(failure).as("the pack's failure").isNotNull();
    failures.add(failure);
    return failure;
  }

  Path file(String name, byte[] contents) throws IOException {
    Path file = tree.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, contents);
  }

  Path file(String name, int length) throws IOException {
    return file(name, Bytes.random(name.hashCode(), length));
  }

  static Options options() {
    return new Options();
  }

  /** Options with defaults that suit tests; each method changes one and returns the same object. */
  static final class Options {
    int level = 1;
    boolean storesPackages;
    SharingOptions sharing = SharingOptions.DEFAULT;
    int workers = 2;
    long spareMemory = 32L << 20;
    int blobBytes = BLOB;
    int frameBytes;
    boolean reproducible;
    Long clampMtimeNanos;
    boolean xattrs;
    boolean oneFileSystem;
    boolean keepGoing;
    boolean force;
    PathFilter filter = PathFilter.ALL;
    ExtractorHost extractors = ExtractorHost.NONE;
    Set<DigestAlgorithm> digests = Set.of();
    List<IndexSink> sinks = List.of();

    Options workers(int count) {
      workers = count;
      return this;
    }

    Options level(int zstd) {
      level = zstd;
      return this;
    }

    Options storesPackages() {
      storesPackages = true;
      return this;
    }

    Options sharing(SharingOptions options) {
      sharing = options;
      return this;
    }

    Options blobBytes(int length) {
      blobBytes = length;
      return this;
    }

    Options frameBytes(int length) {
      frameBytes = length;
      return this;
    }

    /** Beyond the least that the other options need. */
    Options spareMemory(long bytes) {
      spareMemory = bytes;
      return this;
    }

    Options keepGoing() {
      keepGoing = true;
      return this;
    }

    Options force() {
      force = true;
      return this;
    }

    Options reproducible(long clamp) {
      reproducible = true;
      clampMtimeNanos = clamp;
      return this;
    }

    Options include(String... globs) {
      filter = new PathFilter(globs(globs), List.of());
      return this;
    }

    Options exclude(String... globs) {
      filter = new PathFilter(List.of(), globs(globs));
      return this;
    }

    Options extractors(PackageExtractor... all) {
      extractors = ExtractorHost.of(List.of(all));
      return this;
    }

    Options digests(DigestAlgorithm... all) {
      digests = Set.of(all);
      return this;
    }

    Options sinks(IndexSink... all) {
      sinks = List.of(all);
      return this;
    }

    private static List<PathGlob> globs(String... globs) {
      return List.of(globs).stream().map(PathGlob::of).toList();
    }

    PackOptions build() {
      return new PackOptions(
          level,
          storesPackages,
          sharing,
          workers,
          PackOptions.minMemoryBytes(level, workers, blobBytes) + spareMemory,
          blobBytes,
          frameBytes == 0 ? blobBytes : frameBytes,
          reproducible,
          clampMtimeNanos,
          xattrs,
          oneFileSystem,
          keepGoing,
          force,
          filter,
          extractors,
          digests,
          sinks,
          "test");
    }
  }
}
