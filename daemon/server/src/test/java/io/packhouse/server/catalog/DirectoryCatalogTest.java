package io.packhouse.server.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.MissingBaseException;
import io.packhouse.engine.pack.OutputPlace;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.Packer;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.base.BaseArchive;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryCatalogTest {
  private static final ArchiveName A = ArchiveName.parse("rel/2026/a.pkh");

  @TempDir private Path temp;
  private Path folder;
  private DirectoryCatalog catalog;

  @BeforeEach
  void start() throws Exception {
    folder = Files.createDirectories(temp.resolve("folder"));
    Files.createDirectories(temp.resolve("ro"));
    pack("2026/a.pkh", "first");
    Archives.pack(temp.resolve("ro/r.pkh"), Map.of("f", new byte[3]));
    catalog =
        DirectoryCatalog.start(
            new CatalogSettings(
                List.of(
                    new CatalogFolder("rel", folder, true),
                    new CatalogFolder("ro", temp.resolve("ro"), false)),
                1,
                16 << 20,
                16 << 20,
                Duration.ZERO));
  }

  @AfterEach
  void allIsClosed() throws IOException {
    assertThat(catalog.leases()).isZero();
    catalog.close();
    catalog.close();
    assertThat(openArchiveFiles()).isZero();
  }

  private void pack(String path, String contents) throws IOException, InterruptedException {
    Archives.pack(folder.resolve(path), Map.of("f.txt", contents.getBytes(StandardCharsets.UTF_8)));
  }

  /** Descriptors of this process on archives of this test. */
  private long openArchiveFiles() throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    if (!Files.isDirectory(descriptors)) {
      return 0;
    }
    long open = 0;
    try (var stream = Files.newDirectoryStream(descriptors)) {
      for (Path descriptor : stream) {
        try {
          open += Files.readSymbolicLink(descriptor).startsWith(temp) ? 1 : 0;
        } catch (IOException e) {
          // Closed since it was listed.
        }
      }
    }
    return open;
  }

  private static String contents(ArchiveLease lease) throws IOException {
    ArchiveReader reader = lease.reader();
    Entry entry = Objects.requireNonNull(reader.find("f.txt"));
    return new String(reader.readAllBytes(entry, 1000), StandardCharsets.UTF_8);
  }

  private List<String> names() throws InterruptedException {
    return catalog.entries().stream().map(entry -> entry.name().toString()).toList();
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
      Thread.sleep(10);
    }
  }

  private boolean lists(String name) {
    try {
      return names().contains(name);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatTheFoldersHoldIsListedAfterTheStart() throws Exception {
    assertThat(names()).containsExactly("rel/2026/a.pkh", "ro/r.pkh");
    CatalogEntry entry = catalog.entries().getFirst();
    assertThat(entry.id()).hasSize(64);
    assertThat(entry.rows()).isEqualTo(2);
    assertThat(entry.size()).isEqualTo(Files.size(folder.resolve("2026/a.pkh")));
  }

  @Test
  void leasesOfAnArchiveShareOneReader() throws Exception {
    ArchiveLease one = catalog.open(A);
    try (ArchiveLease other = catalog.open(A)) {
      assertThat(one.reader()).isSameAs(other.reader());
      one.close();
      one.close();
      assertThat(contents(other)).isEqualTo("first");
      assertThat(catalog.leases()).isEqualTo(1);
    }
  }

  @Test
  void replacedFileIsNoticedOnOpenAndOldLeasesStayGood() throws Exception {
    try (ArchiveLease before = catalog.open(A)) {
      pack("2026/a.pkh", "second");
      try (ArchiveLease after = catalog.open(A)) {
        assertThat(contents(after)).isEqualTo("second");
        assertThat(contents(before)).isEqualTo("first");
        assertThat(after.reader().id()).isNotEqualTo(before.reader().id());
      }
      assertThat(catalog.openArchives()).isEqualTo(1);
    }
  }

  @Test
  void removedFileIsGoneAtOnce() throws Exception {
    catalog.open(A).close();
    Files.delete(folder.resolve("2026/a.pkh"));

    assertThatThrownBy(() -> catalog.open(A))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage("rel/2026/a.pkh");
    assertThat(names()).doesNotContain("rel/2026/a.pkh");
    assertThat(openArchiveFiles()).isZero();
  }

  @Test
  void leastRecentlyUsedArchiveIsClosedWhereThereIsNoRoom() throws Exception {
    pack("b.pkh", "b");
    catalog.open(A).close();
    assertThat(catalog.openArchives()).isEqualTo(1);
    try (ArchiveLease b = catalog.open(ArchiveName.parse("rel/b.pkh"));
        ArchiveLease a = catalog.open(A)) {
      assertThat(catalog.openArchives()).isEqualTo(2);
      assertThat(contents(b)).isEqualTo("b");
      assertThat(contents(a)).isEqualTo("first");
    }
    assertThat(catalog.openArchives()).isEqualTo(1);
    assertThat(openArchiveFiles()).isEqualTo(1);
  }

  @Test
  void archivesPutThereAndTakenAwayByHandAreNoticed() throws Exception {
    assertThat(names()).hasSize(2);

    pack("new/deep/b.pkh", "b");
    await(() -> lists("rel/new/deep/b.pkh"));
    Files.delete(folder.resolve("new/deep/b.pkh"));
    await(() -> !lists("rel/new/deep/b.pkh"));
  }

  @Test
  void rescanCountsWhatItFinds() throws Exception {
    assertThat(names()).hasSize(2);
    Files.writeString(folder.resolve("junk.pkh"), "no archive");
    Files.writeString(folder.resolve(".hidden.pkh"), "not looked at");
    Files.delete(temp.resolve("ro/r.pkh"));
    RescanReport report = catalog.rescan();

    // What the watcher has seen before is not new any more.
    assertThat(report.archives()).isEqualTo(2);
    assertThat(report.unreadable()).isEqualTo(1);
    assertThat(names()).containsExactly("rel/2026/a.pkh", "rel/junk.pkh");
    assertThat(catalog.look(ArchiveName.parse("rel/junk.pkh")).problem()).contains("ARROW1");
    assertThatThrownBy(() -> catalog.open(ArchiveName.parse("rel/junk.pkh")))
        .isInstanceOf(CorruptArchiveException.class)
        .message()
        .startsWith("rel/junk.pkh")
        .doesNotContain(temp.toString());
  }

  @Test
  void noLinkLeadsOutOfAFolder() throws Exception {
    Path outside = Files.createDirectories(temp.resolve("outside"));
    Archives.pack(outside.resolve("x.pkh"), Map.of("f.txt", new byte[1]));
    Files.createSymbolicLink(folder.resolve("dir"), outside);
    Files.createSymbolicLink(folder.resolve("file.pkh"), outside.resolve("x.pkh"));
    catalog.rescan();

    assertThat(names()).containsExactly("rel/2026/a.pkh", "ro/r.pkh");
    for (String name : List.of("rel/dir/x.pkh", "rel/file.pkh")) {
      assertThatThrownBy(() -> catalog.open(ArchiveName.parse(name)))
          .as(name)
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> catalog.place(ArchiveName.parse(name)))
          .as(name)
          .isInstanceOf(AccessDeniedException.class);
      assertThatThrownBy(() -> catalog.remove(ArchiveName.parse(name), ""))
          .as(name)
          .isInstanceOf(IOException.class);
    }
    assertThat(outside.resolve("x.pkh")).exists();
  }

  @Test
  void placesForWritingAreMadeInWritableFoldersOnly() throws Exception {
    try (OutputPlace place = catalog.place(ArchiveName.parse("rel/x/y/z.pkh"))) {
      assertThat(place.path()).isEqualTo(folder.resolve("x/y/z.pkh"));
      assertThat(place.existing()).isNull();
    }
    assertThat(folder.resolve("x/y")).isEmptyDirectory();
    assertThatThrownBy(() -> catalog.place(ArchiveName.parse("ro/z.pkh")))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> catalog.place(ArchiveName.parse("none/z.pkh")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void removeTakesOnlyTheArchiveThatWasMeant() throws Exception {
    String id = catalog.look(A).id();
    pack("2026/a.pkh", "second");

    assertThatThrownBy(() -> catalog.remove(A, id)).isInstanceOf(OtherArchiveException.class);
    assertThat(folder.resolve("2026/a.pkh")).exists();
    try (ArchiveLease lease = catalog.open(A)) {
      catalog.remove(A, lease.reader().id());
      assertThat(contents(lease)).isEqualTo("second");
    }
    assertThat(folder.resolve("2026/a.pkh")).doesNotExist();
    assertThatThrownBy(() -> catalog.remove(A, "")).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> catalog.remove(ArchiveName.parse("ro/r.pkh"), ""))
        .isInstanceOf(AccessDeniedException.class);
  }

  @Test
  void foldersComeAndGoWhileArchivesAreRead() throws Exception {
    Path other = Files.createDirectories(temp.resolve("other"));
    Archives.pack(other.resolve("o.pkh"), Map.of("f", new byte[3]));
    assertThat(names()).hasSize(2);
    try (ArchiveLease lease = catalog.open(A)) {
      catalog.use(
          List.of(
              new CatalogFolder("ro", temp.resolve("ro"), true),
              new CatalogFolder("new", other, false)));
      assertThat(names()).containsExactly("new/o.pkh", "ro/r.pkh");
      assertThatThrownBy(() -> catalog.open(A)).isInstanceOf(NoSuchFileException.class);
      assertThat(contents(lease)).isEqualTo("first");
      catalog.open(ArchiveName.parse("new/o.pkh")).close();
      try (OutputPlace place = catalog.place(ArchiveName.parse("ro/w.pkh"))) {
        assertThat(place.path()).hasFileName("w.pkh");
      }
    }
    assertThat(catalog.openArchives()).isEqualTo(1);
    // New folders are watched, and old ones are not any more.
    pack("2026/b.pkh", "nobody looks");
    Archives.pack(other.resolve("p.pkh"), Map.of("f", new byte[3]));
    await(() -> lists("new/p.pkh"));
    assertThat(names()).containsExactly("new/o.pkh", "new/p.pkh", "ro/r.pkh");
  }

  @Test
  void folderThatMovesHasOtherArchives() throws Exception {
    catalog.open(A).close();
    Path other = Files.createDirectories(temp.resolve("other"));
    Archives.pack(other.resolve("o.pkh"), Map.of("f", new byte[3]));
    catalog.use(List.of(new CatalogFolder("rel", other, true)));
    assertThat(names()).containsExactly("rel/o.pkh");
    assertThat(catalog.openArchives()).isZero();
    catalog.use(List.of(new CatalogFolder("rel", folder, true)));
    assertThat(names()).containsExactly("rel/2026/a.pkh");
  }

  @Test
  void deltaIsReadWithBasesOfItsOwnFolder() throws Exception {
    Path tree = Files.createDirectory(temp.resolve("tree"));
    Files.writeString(tree.resolve("f.txt"), "first");
    Path delta = Files.createDirectories(folder.resolve("later")).resolve("d.pkh");
    try (BaseArchive base = BaseArchive.open(folder.resolve("2026/a.pkh"))) {
      Packer packer =
          new Packer(List.of(PackInput.of(tree)), PackOptions.defaults(), PackListener.NONE);
      packer.withBase(base);
      packer.pack(delta);
    }
    Files.copy(delta, temp.resolve("ro/d.pkh"));
    try (ArchiveLease lease = catalog.open(ArchiveName.parse("rel/later/d.pkh"))) {
      assertThat(lease.reader().blobCount()).isZero();
      assertThat(contents(lease)).isEqualTo("first");
    }
    try (ArchiveLease lease = catalog.open(ArchiveName.parse("ro/d.pkh"))) {
      assertThatThrownBy(() -> contents(lease))
          .isInstanceOf(MissingBaseException.class)
          .hasMessageContaining("ro/d.pkh")
          .hasMessageContaining("not in the folder ro");
    }
  }
}
