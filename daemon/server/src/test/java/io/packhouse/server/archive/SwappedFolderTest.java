package io.packhouse.server.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.pack.PackException;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.PackResources;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.restore.RestoreOptions;
import io.packhouse.engine.threads.Joining;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.Archives;
import io.packhouse.server.catalog.CatalogFolder;
import io.packhouse.server.catalog.CatalogSettings;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.server.catalog.UploadSettings;
import io.packhouse.server.catalog.Uploads;
import io.packhouse.server.roots.RootSettings;
import io.packhouse.server.roots.Roots;
import io.packhouse.v1.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories of the catalog that become links while an archive is written into them. */
class SwappedFolderTest {
  private static final ArchiveName ARCHIVE = ArchiveName.parse("a/sub/y.pkh");
  private static final int ROUNDS = 150;

  @TempDir Path folder;

  /** The directory that is swapped. */
  private Path sub;

  /** Where the link leads, with a file that must stay as it is. */
  private Path secret;

  private Path tree;
  private Path packed;
  private String id;
  private DirectoryCatalog catalog;
  private Uploads uploads;
  private Roots roots;

  @BeforeEach
  void start() throws Exception {
    sub = Files.createDirectories(folder.resolve("a/sub"));
    secret = Files.createDirectories(folder.resolve("secret"));
    Files.writeString(secret.resolve("file"), "precious");
    tree = Files.createDirectories(folder.resolve("root/tree"));
    for (int i = 0; i < 20; i++) {
      Files.writeString(tree.resolve("file" + i), "contents of file " + i);
    }
    packed = folder.resolve("packed.pkh");
    Archives.pack(packed, tree);
    try (ArchiveReader reader = ArchiveReader.open(packed)) {
      id = reader.id();
    }
    catalog =
        DirectoryCatalog.start(
            CatalogSettings.of(List.of(new CatalogFolder("a", folder.resolve("a"), true))));
    uploads = new Uploads(UploadSettings.in(folder.resolve("state")), catalog);
    roots =
        new Roots(
            SystemFileAccess.instance(), List.of(new RootSettings(folder.resolve("root"), true)));
  }

  @AfterEach
  void stop() throws Exception {
    uploads.close();
    catalog.close();
    assertThat(secret.toFile().list()).as("what the link leads to").containsExactly("file");
    assertThat(secret.resolve("file")).hasContent("precious");
  }

  private interface Act {
    void run() throws IOException;
  }

  /** Packs, and does something when the file is begun, before it has its name. */
  private void pack(ArchiveName archive, Act meanwhile) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    new PackJob(
            catalog,
            archive,
            List.of(PackInput.of(tree)),
            PackOptions.defaults(),
            roots,
            new PackResources(0))
        .run(
            new QuietContext() {
              @Override
              public void progress(Progress progress) {
                if (!done.getAndSet(true)) {
                  try {
                    meanwhile.run();
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                }
              }
            });
  }

  private void upload(ArchiveName archive, boolean force, Act meanwhile) throws Exception {
    byte[] bytes = Files.readAllBytes(packed);
    try (Uploads.Upload upload = uploads.begin("ann", archive, id, bytes.length, 0, force)) {
      upload.write(ByteBuffer.wrap(bytes));
      meanwhile.run();
      upload.finish();
    }
  }

  private void linkToSecret() throws IOException {
    Files.move(sub, folder.resolve("a/moved"));
    Files.createSymbolicLink(sub, secret);
  }

  private void assertNothingLeft() {
    assertThat(folder.resolve("a/moved")).isEmptyDirectory();
  }

  @Test
  void nothingIsPackedThroughALink() {
    Throwable failure = catchThrowable(() -> pack(ARCHIVE, this::linkToSecret));

    assertThat(failure)
        .isInstanceOf(PackException.class)
        .hasMessageStartingWith("a/sub/y.pkh: its directory was moved or replaced while")
        .hasMessageContaining("\"sub\" of its path is a link")
        .hasMessageContaining("nothing was left behind");
    assertNothingLeft();
  }

  @Test
  void nothingIsPackedIntoADirectoryThatWasMovedAway() {
    Throwable failure =
        catchThrowable(
            () ->
                pack(
                    ARCHIVE,
                    () -> {
                      Files.move(sub, folder.resolve("a/moved"));
                      Files.createDirectory(sub);
                    }));

    assertThat(failure)
        .isInstanceOf(PackException.class)
        .hasMessageContaining("another directory is there");
    assertNothingLeft();
    assertThat(sub).isEmptyDirectory();
  }

  @Test
  void nothingIsUploadedThroughALink() {
    Throwable failure = catchThrowable(() -> upload(ARCHIVE, true, this::linkToSecret));

    assertThat(failure)
        .hasMessageContaining("a/sub/y.pkh")
        .hasMessageContaining("\"sub\" of its path is a link");
    assertNothingLeft();
  }

  @Test
  void nothingIsSweptThroughALink() throws Exception {
    String leftover = ".y.pkh.0123456789abcdef.packing";
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Files.createFile(outside.resolve(leftover));
    Files.createFile(sub.resolve(leftover));
    catalog.sweepLeftovers(ARCHIVE);
    assertThat(sub).isEmptyDirectory();

    Files.delete(sub);
    Files.createSymbolicLink(sub, outside);

    assertThat(catchThrowable(() -> catalog.sweepLeftovers(ARCHIVE))).isNotNull();
    assertThat(outside.resolve(leftover)).exists();
    catalog.sweepLeftovers(ArchiveName.parse("a/nowhere/y.pkh"));
    assertThat(folder.resolve("a/nowhere")).doesNotExist();
  }

  /**
   * Puts a link in place of a directory, and the directory back, until it is closed. What the
   * daemon makes in between is moved aside.
   */
  private static final class Swapper implements AutoCloseable {
    private final Path directory;
    private final Path link;
    private final Thread thread;
    private final List<Throwable> failures = new ArrayList<>();
    private int asides;
    private volatile boolean closed;

    Swapper(Path directory, Path target) throws IOException {
      this.directory = directory;
      this.link = directory.resolveSibling("link");
      Files.createSymbolicLink(link, target);
      thread = Thread.ofPlatform().start(this::run);
    }

    private void run() {
      try {
        while (!closed) {
          Path aside = moveAside();
          put(link);
          Files.move(directory, link, StandardCopyOption.ATOMIC_MOVE);
          put(aside);
        }
      } catch (IOException e) {
        failures.add(e);
      }
    }

    private Path moveAside() throws IOException {
      return Files.move(directory, directory.resolveSibling("aside" + asides++));
    }

    private void put(Path what) throws IOException {
      while (true) {
        try {
          Files.move(what, directory, StandardCopyOption.ATOMIC_MOVE);
          return;
        } catch (FileSystemException e) {
          if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw e;
          }
          moveAside();
        }
      }
    }

    @Override
    public void close() {
      closed = true;
      Joining.uninterruptibly(List.of(thread), _ -> {});
      assertThat(failures).isEmpty();
      assertThat(Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }
  }

  @Test
  void archivesLandInsideWhileDirectoryAndLinkTakeTurns() throws Exception {
    int made = 0;
    try (Swapper _ = new Swapper(sub, secret)) {
      for (int i = 0; i < ROUNDS; i++) {
        ArchiveName packed = ArchiveName.parse("a/sub/packed" + i + ".pkh");
        ArchiveName uploaded = ArchiveName.parse("a/sub/uploaded" + i + ".pkh");
        boolean force = i % 2 == 0;
        Throwable packing = catchThrowable(() -> pack(packed, () -> {}));
        Throwable uploading = catchThrowable(() -> upload(uploaded, force, () -> {}));
        assertThat(packing == null || packing instanceof IOException).isTrue();
        assertThat(uploading == null || uploading instanceof IOException).isTrue();
        made += packing == null ? 1 : 0;
        made += uploading == null ? 1 : 0;
      }
    }
    System.out.println(made + " archives of " + 2 * ROUNDS + " were made");
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder.resolve("a"))) {
      files = all.filter(Files::isRegularFile).toList();
    }
    // One that landed may be missed where the daemon looks for it right after.
    assertThat(files).hasSizeGreaterThanOrEqualTo(made);
    for (Path file : files) {
      assertThat(file.getFileName().toString()).matches("(packed|uploaded)\\d+\\.pkh");
      try (ArchiveReader reader = ArchiveReader.open(file)) {
        assertThat(reader.path()).isEqualTo(file);
      }
    }
  }

  @Test
  void filesAreExtractedInsideWhileDirectoryAndLinkTakeTurns() throws Exception {
    Files.copy(packed, folder.resolve("a/x.pkh"));
    Path destination = Files.createDirectories(folder.resolve("root/out/deep"));
    ExtractJob job =
        new ExtractJob(
            catalog,
            ArchiveName.parse("a/x.pkh"),
            destination,
            RestoreOptions.defaults().withForce(true),
            roots);
    int made = 0;
    try (Swapper _ = new Swapper(destination.getParent(), secret)) {
      for (int i = 0; i < ROUNDS; i++) {
        made += catchThrowable(() -> job.run(new QuietContext())) == null ? 1 : 0;
      }
    }
    System.out.println(made + " extractions of " + ROUNDS + " were made");
  }
}
