package io.packhouse.server.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadsTest {
  private static final String ID = "a".repeat(64);

  @TempDir Path temp;

  @Test
  void copiesThatAKilledDaemonLeftBesideArchivesAreThrownAway() throws Exception {
    Path deep = Files.createDirectories(temp.resolve("rel/deep"));
    Path readOnly = Files.createDirectories(temp.resolve("read-only"));
    Path state = Files.createDirectories(temp.resolve("state"));
    String key = "0123456789abcdef".repeat(2);
    String copy = "." + key + ".part";
    Files.createFile(state.resolve(key + ".part"));
    Path own = Files.createFile(deep.resolve(copy));
    Path kept = Files.createFile(readOnly.resolve(copy));
    Path notOurs = Files.createFile(deep.resolve(".other.part"));
    Path others = Files.createFile(deep.resolve("." + key.replace('0', '1') + ".part"));
    Path old = Files.createFile(deep.resolve("." + key.replace('0', '2') + ".part"));
    FileTime before = FileTime.from(Instant.now().minus(Duration.ofDays(2)));
    Files.setLastModifiedTime(old, before);
    Files.setLastModifiedTime(notOurs, before);
    Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
    Path behindLink = Files.createFile(elsewhere.resolve(copy));
    Files.createSymbolicLink(deep.resolve("link"), elsewhere);
    try (DirectoryCatalog catalog =
            DirectoryCatalog.start(
                CatalogSettings.of(
                    List.of(
                        new CatalogFolder("rel", temp.resolve("rel"), true),
                        new CatalogFolder("read-only", readOnly, false))));
        Uploads uploads = new Uploads(UploadSettings.in(state), catalog)) {
      assertThat(own).doesNotExist();
      assertThat(old).doesNotExist();
      assertThat(List.of(kept, notOurs, others, behindLink)).allMatch(Files::exists);
      assertThat(uploads.offset("ann", ArchiveName.parse("rel/a.pkh"), ID)).isZero();
    }
  }

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
