package io.packhouse.engine.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.engine.codec.digest.DigesterPool;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Siblings as {@link HostContext} gives them to extractors. */
class TreeFilesTest {
  private static final String PATH = "a/b/c.jar";

  @TempDir Path temp;
  private Path tree;
  private OpenDirectory root;
  private final SiblingCache cache = new SiblingCache(1 << 20);
  private final DigesterPool digesters = new DigesterPool();
  private boolean recorded;

  @BeforeEach
  void makeTree() throws IOException {
    tree = Files.createDirectory(temp.resolve("tree"));
    Files.createDirectories(tree.resolve("a/b"));
    Files.writeString(tree.resolve("a/b/c.pom"), "pom");
    Files.writeString(tree.resolve("top"), "top");
    Files.writeString(temp.resolve("secret"), "secret");
    Files.createSymbolicLink(tree.resolve("a/link"), Path.of("../../secret"));
    Files.createSymbolicLink(tree.resolve("a/up"), Path.of("../.."));
    Files.createSymbolicLink(tree.resolve("a/inside"), Path.of("b/c.pom"));
    root = SystemFileAccess.instance().openDirectory(tree);
  }

  @AfterEach
  void nothingStaysOpen() throws IOException {
    root.close();
    digesters.close();
    assertThat(openFiles()).isEmpty();
  }

  private List<String> openFiles() throws IOException {
    List<String> open = new ArrayList<>();
    Path descriptors = Path.of("/proc/self/fd");
    if (Files.isDirectory(descriptors)) {
      try (var list = Files.list(descriptors)) {
        for (Path descriptor : list.toList()) {
          if (Files.isSymbolicLink(descriptor)) {
            String target = Files.readSymbolicLink(descriptor).toString();
            if (target.startsWith(temp.toString())) {
              open.add(target);
            }
          }
        }
      }
    }
    return open;
  }

  private HostContext context(@Nullable String mount, String path) {
    return context(mount, path, NearbyFiles.NONE);
  }

  private HostContext context(@Nullable String mount, String path, NearbyFiles nearby) {
    TreeFiles files = new TreeFiles(root, mount, cache, new SiblingDigests(digesters, recorded));
    return new HostContext(
        path, ArchiveOpeners.NONE, ExtractionLimits.DEFAULT, files, nearby, null);
  }

  private static String text(@Nullable PackageFile file) throws IOException {
    ByteBuffer bytes = Objects.requireNonNull(file).slice(0, (int) file.size());
    return StandardCharsets.UTF_8.decode(bytes).toString();
  }

  @Test
  void siblingsAreFoundBesideAboveAndByLongerPaths() throws IOException {
    try (HostContext context = context(null, PATH)) {
      assertThat(text(context.sibling("c.pom"))).isEqualTo("pom");
      assertThat(text(context.sibling("../../top"))).isEqualTo("top");
      assertThat(text(context.sibling("./../b//c.pom"))).isEqualTo("pom");
      assertThat(Objects.requireNonNull(context.sibling("../b/c.pom")).path())
          .isEqualTo("a/b/c.pom");
    }
  }

  @Test
  void whatIsInMemoryIsNotReadFromTheTree() throws IOException {
    int large = TreeFiles.MAX_CACHED_BYTES + 1;
    NearbyFiles nearby =
        path ->
            path.startsWith("a/b/in")
                ? PackageFile.of(path, ByteBuffer.wrap(path.getBytes(StandardCharsets.UTF_8)))
                : path.startsWith("a/large")
                    ? PackageFile.of(path, ByteBuffer.allocate(large))
                    : null;
    TreeFiles files = new TreeFiles(root, null, cache, new SiblingDigests(digesters, recorded));
    try (HostContext context =
        new HostContext(PATH, ArchiveOpeners.NONE, ExtractionLimits.DEFAULT, files, nearby, null)) {
      assertThat(text(context.sibling("in.pom"))).isEqualTo("a/b/in.pom");
      assertThat(text(context.sibling("../b/./in"))).isEqualTo("a/b/in");
      assertThat(cache.bytes()).isZero();
      assertThat(text(context.sibling("c.pom"))).isEqualTo("pom");
      for (int i = 0; i < 32; i++) {
        assertThat(context.sibling("../large" + i)).isNotNull();
      }
      assertThatThrownBy(() -> context.sibling("../large32")).isInstanceOf(IOException.class);
    }
  }

  @Test
  void pathsOfAMountedTreeBeginWithTheMount() throws IOException {
    try (HostContext context = context("m", "m/" + PATH)) {
      PackageFile sibling = context.sibling("../../top");
      assertThat(text(sibling)).isEqualTo("top");
      assertThat(Objects.requireNonNull(sibling).path()).isEqualTo("m/top");
      assertThat(context.sibling("../../../m/top")).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nothing",
        "../../../secret",
        "../../../tree/top",
        "/top",
        "../link",
        "../up/secret",
        "../inside",
        "..",
        "../..",
        ".",
        "",
        "c.pom/x",
        "../b",
        "a\0b",
        "\uD800"
      })
  void whatIsNoRegularFileOfTheTreeIsNotThere(String path) throws IOException {
    try (HostContext context = context(null, PATH)) {
      assertThat(context.sibling(path)).isNull();
      assertThat(context.sibling(path)).as("from the cache").isNull();
      assertThat(context.sibling("x".repeat(300))).isNull();
      assertThat(context.sibling("../".repeat(100_000))).isNull();
    }
  }

  @Test
  void aFifoIsNotOpened() throws Exception {
    Process made = new ProcessBuilder("mkfifo", tree.resolve("a/fifo").toString()).start();
    assertThat(made.waitFor()).isZero();
    try (HostContext context = context(null, PATH)) {
      assertThat(context.sibling("../fifo")).isNull();
    }
  }

  @Test
  void contentsAreReadOnceAndShared() throws IOException {
    try (HostContext context = context(null, PATH)) {
      assertThat(text(context.sibling("c.pom"))).isEqualTo("pom");
    }
    Files.delete(tree.resolve("a/b/c.pom"));
    try (HostContext context = context(null, "a/other.jar")) {
      assertThat(text(context.sibling("b/c.pom"))).isEqualTo("pom");
    }
  }

  @Test
  void theCacheStaysWithinItsBytes() throws IOException {
    for (int i = 0; i < 40; i++) {
      Files.write(tree.resolve("f" + i), new byte[100_000]);
    }
    try (HostContext context = context(null, "x")) {
      for (int i = 0; i < 40; i++) {
        assertThat(Objects.requireNonNull(context.sibling("f" + i)).size()).isEqualTo(100_000);
        assertThat(context.sibling("none" + i)).isNull();
      }
    }
    assertThat(cache.bytes()).isBetween(900_000L, 1L << 20);
  }

  @Test
  void largeFilesAreViewsThatEndWithTheExtraction() throws IOException {
    byte[] contents = new byte[TreeFiles.MAX_CACHED_BYTES + 1];
    contents[contents.length - 1] = 7;
    Files.write(tree.resolve("large"), contents);
    PackageFile large;
    try (HostContext context = context(null, "x")) {
      large = Objects.requireNonNull(context.sibling("large"));
      assertThat(large.slice(contents.length - 1, 1).get()).isEqualTo((byte) 7);
      assertThat(context.sibling("large")).isSameAs(large);
      assertThat(openFiles()).anyMatch(name -> name.endsWith("/large"));
    }
    assertThatThrownBy(() -> large.slice(0, 1)).isInstanceOf(IllegalStateException.class);
    assertThat(cache.bytes()).isZero();
  }

  @Test
  void oneExtractionHasAFewLargeFilesOpenAtMost() throws IOException {
    for (int i = 0; i < 33; i++) {
      try (var file = new java.io.RandomAccessFile(tree.resolve("l" + i).toFile(), "rw")) {
        file.setLength(TreeFiles.MAX_CACHED_BYTES + 1);
      }
    }
    try (HostContext context = context(null, "x")) {
      for (int i = 0; i < 32; i++) {
        assertThat(context.sibling("l" + i)).isNotNull();
      }
      assertThat(context.sibling("l0")).isNotNull();
      assertThatThrownBy(() -> context.sibling("l32")).isInstanceOf(IOException.class);
    }
  }

  @Test
  void nothingIsGivenAfterTheExtraction() {
    HostContext context = context(null, PATH);
    context.close();
    assertThatThrownBy(() -> context.sibling("c.pom")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(context::archives).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void manyThreadsMayAsk() throws Exception {
    for (int i = 0; i < 50; i++) {
      Files.writeString(tree.resolve("f" + i), "file " + i + "x".repeat(50_000));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      Callable<@Nullable Void> task =
          () -> {
            for (int i = 0; i < 500; i++) {
              try (HostContext context = context(null, "x")) {
                assertThat(text(context.sibling("f" + i % 50))).startsWith("file " + i % 50 + "x");
              }
            }
            return null;
          };
      for (Future<@Nullable Void> done : threads.invokeAll(List.of(task, task, task, task))) {
        done.get();
      }
    }
  }

  private static byte[] sha1(byte[] bytes) throws Exception {
    return MessageDigest.getInstance("SHA-1").digest(bytes);
  }

  @Test
  void digestsAreThoseOfTheFilesWhetherTheyAreCachedReadOrKnown() throws Exception {
    byte[] large = new byte[500_000];
    new Random(1).nextBytes(large);
    Files.write(tree.resolve("a/large"), large);
    byte[] pom = "pom".getBytes(StandardCharsets.UTF_8);
    try (HostContext context = context(null, PATH)) {
      assertThat(context.digest("c.pom", "sha1")).isEqualTo(sha1(pom));
      context.sibling("c.pom");
      assertThat(context.digest("c.pom", "sha256"))
          .isEqualTo(MessageDigest.getInstance("SHA-256").digest(pom));
      assertThat(context.digest("../large", "sha1")).isEqualTo(sha1(large));
      Files.write(tree.resolve("a/large"), pom);
      assertThat(context.digest("../large", "sha1")).as("known").isEqualTo(sha1(large));
      assertThat(context.digest("../large", "md5"))
          .isEqualTo(MessageDigest.getInstance("MD5").digest(pom));
    }
  }

  @Test
  void digestsOfFilesThatAreInMemoryAreThoseOfWhatIsThere() throws Exception {
    byte[] packed = "as it was packed".getBytes(StandardCharsets.UTF_8);
    ByteBuffer slot = ByteBuffer.allocateDirect(packed.length).put(packed).flip();
    NearbyFiles nearby = path -> path.endsWith("/c.pom") ? PackageFile.of(path, slot) : null;
    try (HostContext context = context(null, PATH, nearby)) {
      assertThat(context.digest("c.pom", "sha1")).isEqualTo(sha1(packed));
      assertThat(context.digest("c.pom", "sha1")).as("known").isEqualTo(sha1(packed));
    }
  }

  @Test
  void thereAreNoDigestsOfWhatIsNoFileOfTheTreeOrOfUnknownAlgorithms() throws IOException {
    try (HostContext context = context(null, PATH)) {
      assertThat(context.digest("none", "sha1")).isNull();
      assertThat(context.digest("none", "sha1")).isNull();
      assertThat(context.digest("../b", "sha1")).isNull();
      assertThat(context.digest("../link", "sha1")).isNull();
      assertThat(context.digest("../../../secret", "sha1")).isNull();
      assertThat(context.digest("c.pom", "crc32")).isNull();
    }
  }

  @Test
  void oneExtractionHasSoManyBytesDigestedWhetherTheyAreKnownOrNot() throws Exception {
    byte[] most = new byte[(int) SiblingDigests.DEFAULT_FILE_BYTES];
    Files.write(tree.resolve("most"), most);
    Files.write(tree.resolve("more"), new byte[most.length + 1]);
    for (int round = 0; round < 2; round++) {
      try (HostContext context = context(null, "x")) {
        assertThat(context.digest("more", "sha1")).isNull();
        for (long left = SiblingDigests.DEFAULT_BYTES; left > 0; left -= most.length) {
          assertThat(context.digest("most", "sha1")).isEqualTo(sha1(most));
        }
        assertThat(context.digest("top", "sha1")).isNull();
      }
    }
    recorded = true;
    try (HostContext context = context(null, "x")) {
      assertThat(context.digest("more", "sha1")).isEqualTo(sha1(new byte[most.length + 1]));
    }
  }
}
