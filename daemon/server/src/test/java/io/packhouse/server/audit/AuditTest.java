package io.packhouse.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.longrunning.Operation;
import io.packhouse.server.WatchedDaemon;
import io.packhouse.server.access.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class AuditTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path folder;

  private static List<String> events(Path file) throws IOException {
    List<String> events = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      JsonNode event = MAPPER.readTree(line);
      assertThat(event.get("time").asText()).matches("20[0-9-]+T[0-9:.]+Z");
      List<String> values = new ArrayList<>();
      for (String field :
          List.of("event", "caller", "action", "archive", "operation", "result", "reason")) {
        values.add(event.path(field).asText());
      }
      events.add(String.join("|", values));
    }
    return events;
  }

  @Test
  void whatChangesAndWhatIsRefusedIsNoted() throws Exception {
    Path file = folder.resolve("audit.jsonl");
    try (WatchedDaemon daemon = WatchedDaemon.start(folder, false)) {
      Operation packed = daemon.pack();
      daemon.stat("zeros");
      daemon.refused("such-a-secret");
      daemon.remove("a/x.pkh");
      assertThatThrownBy(() -> daemon.remove("a/none.pkh")).hasMessageContaining("NOT_FOUND");
      String call = "call|token:boss|packhouse.v1.";
      List<String> events = events(file);
      // Who asks for an operation may hear of it before or after its end.
      assertThat(events)
          .hasSize(5)
          .contains(
              call + "ArchiveService/PackArchive|a/x.pkh|" + packed.getName() + "|OK|",
              "operation|token:boss|pack|a/x.pkh|" + packed.getName() + "|OK|",
              call + "CatalogService/RemoveArchive|a/x.pkh||OK|",
              call + "CatalogService/RemoveArchive|a/none.pkh||NOT_FOUND|");
      assertThat(events.get(2))
          .matches(
              "refusal\\|/127.0.0.1:[0-9]+\\|packhouse.v1.CatalogService/ListArchives\\|\\|\\|"
                  + "UNAUTHENTICATED\\|TOKEN_[A-Z]+");
      assertThat(Files.readString(file)).doesNotContain("such-a-secret", daemon.token());
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void readsAreNotedWhereThatIsAskedFor() throws Exception {
    try (WatchedDaemon daemon = WatchedDaemon.start(folder, true)) {
      daemon.pack();
      daemon.stat("zeros");
      assertThat(events(folder.resolve("audit.jsonl")))
          .contains("call|token:boss|packhouse.v1.EntryService/StatEntries|a/x.pkh||OK|");
    }
  }

  @Test
  void fileThatWasMovedAwayIsLetGo() throws Exception {
    Path file = folder.resolve("audit");
    AuditSettings settings = new AuditSettings(true, file, false);
    try (AuditLog log = new AuditLog(settings, Clock.systemUTC())) {
      Refusal refusal = Refusal.unauthenticated("TOKEN_MISSING", "no");
      log.refused("one", "a/B", refusal);
      Files.move(file, folder.resolve("audit.1"));
      log.refused("two", "a/B", refusal);
      log.use(settings);
      log.refused("three", "a\"\n/B", refusal);
      assertThat(events(folder.resolve("audit.1"))).hasSize(2);
      assertThat(events(file))
          .containsExactly("refusal|three|a\"\n/B|||UNAUTHENTICATED|TOKEN_MISSING");
      // One that cannot be opened leaves all as it was.
      assertThatThrownBy(
              () -> log.use(new AuditSettings(true, folder.resolve("none/audit"), false)))
          .isInstanceOf(IOException.class);
      Files.createSymbolicLink(folder.resolve("link"), folder.resolve("audit.1"));
      assertThatThrownBy(() -> log.use(new AuditSettings(true, folder.resolve("link"), false)))
          .isInstanceOf(IOException.class);
      log.refused("four", "a/B", refusal);
      assertThat(events(file)).hasSize(2);
      log.use(new AuditSettings(false, file, false));
      log.refused("five", "a/B", refusal);
      assertThat(events(file)).hasSize(2);
    }
  }
}
