package io.packhouse.engine.restore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.Packer;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.select.PathFilter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A tree, an archive and a destination; afterwards no file is open and no thread runs. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class RestoreFixture {
  static final int BLOB = PackOptions.MIN_BLOB_BYTES;

  @TempDir Path directory;
  Path tree;
  Path archive;
  Path destination;

  @BeforeEach
  void makeTree() throws IOException {
    tree = Files.createDirectory(directory.resolve("tree"));
    archive = directory.resolve("tree.pkh");
    destination = directory.resolve("restored");
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(openFiles()).as("files left open").isEmpty();
    assertThat(Thread.getAllStackTraces().keySet())
        .as("threads left running")
        .noneMatch(thread -> thread.getName().startsWith("packhouse-"));
  }

  private List<String> openFiles() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .map(RestoreFixture::linkText)
          .filter(target -> target.startsWith(directory.toString()))
          .toList();
    }
  }

  private static String linkText(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static byte[] text(int length) {
    return "All work and no play. ".repeat(length / 22 + 1).substring(0, length).getBytes(UTF_8);
  }

  Path write(String path, byte[] contents) throws IOException {
    Path file = tree.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.write(file, contents);
  }

  void pack() throws IOException, InterruptedException {
    PackOptions defaults = PackOptions.defaults();
    PackOptions options =
        new PackOptions(
            defaults.level(),
            defaults.storesPackages(),
            defaults.sharing(),
            2,
            PackOptions.minMemoryBytes(defaults.level(), 2, BLOB),
            BLOB,
            BLOB,
            false,
            null,
            true,
            false,
            false,
            true,
            PathFilter.ALL,
            ExtractorHost.NONE,
            Set.of(),
            List.of(),
            "test");
    new Packer(List.of(PackInput.of(tree)), options, PackListener.NONE).pack(archive);
  }

  static RestoreOptions options() {
    return RestoreOptions.defaults().withWorkers(3);
  }

  RestoreReport restore(RestoreOptions options) throws IOException, InterruptedException {
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      return new Restorer(reader, options, RestoreListener.NONE).restore(destination);
    }
  }

  /** Changes a byte of the archive. */
  void flip(long offset) throws IOException {
    byte[] bytes = Files.readAllBytes(archive);
    bytes[(int) offset] ^= 1;
    Files.write(archive, bytes);
  }

  /** Everything about a tree that a restore must bring back, by path. */
  static Map<String, String> describe(Path root) throws IOException {
    Map<String, String> entries = new TreeMap<>();
    Map<Object, String> firstNames = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths.sorted()::iterator) {
        Map<String, Object> attributes =
            Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
        String name = root.toUri().relativize(path.toUri()).getRawPath();
        StringBuilder text = new StringBuilder();
        text.append(Integer.toOctalString((int) attributes.get("mode")));
        text.append(' ').append(attributes.get("uid")).append(':').append(attributes.get("gid"));
        text.append(' ').append(attributes.get("lastModifiedTime"));
        if (Files.isSymbolicLink(path)) {
          text.append(" -> ").append(Files.readSymbolicLink(path));
        } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
          text.append(' ').append(digest(path));
          text.append(' ').append(firstNames.computeIfAbsent(attributes.get("ino"), key -> name));
        }
        entries.put(name, text.toString());
      }
    }
    return entries;
  }

  private static String digest(Path file) throws IOException {
    try {
      byte[] bytes = Files.readAllBytes(file);
      return bytes.length
          + " "
          + HexFormat.of()
              .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static OpenDirectory open(Path path) throws IOException {
    return SystemFileAccess.instance().openDirectory(path);
  }

  /** A file of this length with data at one place, the rest a hole. */
  void writeSparse(String name, long length, long at, byte[] data) throws IOException {
    try (OpenDirectory root = open(tree);
        OpenFile file = root.createFile(name.getBytes(UTF_8), 0644)) {
      file.truncate(length);
      file.write(MemorySegment.ofArray(data), 0, data.length, at);
    }
  }
}
