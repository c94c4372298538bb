package io.packhouse.server.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.engine.diff.DiffOptions;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.PackResources;
import io.packhouse.engine.restore.RestoreOptions;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.Archives;
import io.packhouse.server.catalog.CatalogFolder;
import io.packhouse.server.catalog.CatalogSettings;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.server.job.Job;
import io.packhouse.server.job.JobContext;
import io.packhouse.server.roots.RootSettings;
import io.packhouse.server.roots.Roots;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories that became links after they were resolved, and before a job works on them. */
class SwappedDirectoryTest {
  private static final ArchiveName ARCHIVE = ArchiveName.parse("a/x.pkh");
  private static final JobContext CONTEXT = new QuietContext();

  @TempDir Path folder;
  private Path secret;
  private DirectoryCatalog catalog;
  private Roots roots;

  /** What the caller named, while it is a directory. */
  private Path resolved;

  @BeforeEach
  void start() throws Exception {
    Archives.pack(folder.resolve("a/x.pkh"), Map.of("dir/file", new byte[3]));
    catalog =
        DirectoryCatalog.start(
            CatalogSettings.of(List.of(new CatalogFolder("a", folder.resolve("a"), true))));
    secret = Files.createDirectories(folder.resolve("secret"));
    Files.createDirectories(secret.resolve("tree/dir"));
    Path root = Files.createDirectories(folder.resolve("root"));
    Files.createDirectories(root.resolve("mine/tree"));
    roots = new Roots(SystemFileAccess.instance(), List.of(new RootSettings(root, true)));
    resolved = roots.resolveWritable(root + "/mine/tree");
  }

  @AfterEach
  void stop() {
    catalog.close();
  }

  private void swap() throws Exception {
    Files.move(folder.resolve("root/mine"), folder.resolve("root/other"));
    Files.createSymbolicLink(folder.resolve("root/mine"), secret);
  }

  private void assertRefused(Job job) throws Exception {
    swap();
    assertThatThrownBy(() -> job.run(CONTEXT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("leads through a link");
  }

  @Test
  void nothingIsPackedFromThere() throws Exception {
    assertRefused(
        new PackJob(
            catalog,
            ArchiveName.parse("a/y.pkh"),
            List.of(PackInput.of(resolved)),
            PackOptions.defaults(),
            roots,
            new PackResources(0)));
    assertThat(folder.resolve("a/y.pkh")).doesNotExist();
  }

  @Test
  void nothingIsExtractedToThere() throws Exception {
    RestoreOptions options = RestoreOptions.defaults().withForce(true);
    assertRefused(new ExtractJob(catalog, ARCHIVE, resolved, options, roots));
    assertRefusedWithoutTrace(options);
  }

  private void assertRefusedWithoutTrace(RestoreOptions options) {
    Path below = resolved.resolve("new");
    assertThatThrownBy(() -> new ExtractJob(catalog, ARCHIVE, below, options, roots).run(CONTEXT))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(secret.resolve("tree").toFile().list()).containsExactly("dir");
    assertThat(secret.resolve("tree/dir")).isEmptyDirectory();
    assertThat(catalog.leases()).isZero();
  }

  @Test
  void nothingIsComparedWithIt() throws Exception {
    assertRefused(
        new DiffJob(
            catalog,
            ARCHIVE,
            new DiffJob.RightDirectory(resolved, roots),
            DiffOptions.defaults(),
            10));
  }
}
