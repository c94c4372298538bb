package io.packhouse.engine.fs.nio;

import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.FileAccessContract;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.OpenDirectory;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** The portable implementation keeps the contract; here is what it alone does. */
final class NioFileAccessTest extends FileAccessContract {

  @Override
  protected FileAccess access() {
    return new NioFileAccess();
  }

  /** Its paths must fit into PATH_MAX. */
  @Override
  protected int deepestLevel() {
    return 18;
  }

  @Override
  protected boolean keepsFractionsBeforeTheEpoch() {
    return false;
  }

  @Test
  void directoryThatWasReplacedIsNotUsed() throws IOException {
    root.createDirectory(name("d"), 0755);
    try (OpenDirectory d = root.openDirectory(name("d"))) {
      Files.move(tree.resolve("d"), tree.resolve("old"));
      Files.createDirectory(tree.resolve("d"));
      assertThat(failure(() -> d.createFile(name("f"), 0600)).errnoName()).isEqualTo("ESTALE");
    }
    assertThat(tree.resolve("d")).isEmptyDirectory();
  }

  @Test
  void specialFilesAreUnsupported() {
    assertThat(
            failure(() -> root.createSpecial(name("p"), FileKind.FIFO, 0600, 0, 0)).isUnsupported())
        .isTrue();
  }
}
