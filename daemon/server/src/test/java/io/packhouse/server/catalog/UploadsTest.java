package io.packhouse.server.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadsTest {
  private static final String ID = "a".repeat(64);

  @TempDir Path temp;

  @Test
  void whatNobodyGoesOnWithIsThrownAwayThoughNothingElseArrives() throws Exception {
    Path rel = Files.createDirectories(temp.resolve("rel"));
    Path state = temp.resolve("state");
    ArchiveName name = ArchiveName.parse("rel/a.pkh");
    try (DirectoryCatalog catalog =
            DirectoryCatalog.start(
                CatalogSettings.of(List.of(new CatalogFolder("rel", rel, true))));
        Uploads uploads =
            new Uploads(UploadSettings.in(state).keeping(Duration.ofMillis(20)), catalog);
        WatchService deletions = state.getFileSystem().newWatchService()) {
      state.register(deletions, StandardWatchEventKinds.ENTRY_DELETE);
      try (Uploads.Upload upload = uploads.begin("ann", name, ID, 100, 0, false)) {
        upload.write(ByteBuffer.allocate(10));
        assertThat(uploads.offset("ann", name, ID)).isEqualTo(10);
      }
      assertThat(deletions.poll(60, TimeUnit.SECONDS)).isNotNull();
      assertThat(uploads.offset("ann", name, ID)).isZero();
    }
    assertThat(state).isEmptyDirectory();
  }
}
