package io.packhouse.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.Context;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogLinesTest {
  private static LogRecord logged(Level level, String message, Object... parameters) {
    LogRecord logged = new LogRecord(level, message);
    logged.setLoggerName("l");
    logged.setParameters(parameters);
    return logged;
  }

  @Test
  void textHasTimeAndLevel() {
    assertThat(new TextLines(false).format(logged(Level.WARNING, "a {0}", "b")))
        .matches("20[0-9-]+T[0-9:.]+[+-][0-9]{4} WARNING a b\n");
  }

  @Test
  void eachLineOfTheJournalBeginsWithItsLevel() {
    LogRecord logged = logged(Level.SEVERE, "two\nlines");
    logged.setThrown(new IllegalStateException("broken"));
    assertThat(new TextLines(true).format(logged).lines())
        .allMatch(line -> line.startsWith("<3>"))
        .contains("<3>SEVERE two", "<3>lines", "<3>java.lang.IllegalStateException: broken");
    assertThat(new TextLines(true).format(logged(Level.INFO, "x"))).isEqualTo("<6>INFO x\n");
    assertThat(new TextLines(true).format(logged(Level.WARNING, "x"))).startsWith("<4>");
    assertThat(new TextLines(true).format(logged(Level.FINE, "x"))).startsWith("<7>");
  }

  @Test
  void jsonIsALineWithWhatItIsAbout() throws Exception {
    LogRecord logged =
        logged(
            Level.INFO,
            "{0} said \"no\"\n",
            "x",
            new LogFields("operations/1", "uid:7", "pack", "a/x.pkh"));
    logged.setThrown(new IllegalStateException("broken"));
    String line = new JsonLines(false).format(logged);
    assertThat(line.lines()).hasSize(1);
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.get("message").asText()).isEqualTo("x said \"no\"\n");
    assertThat(json.get("level").asText()).isEqualTo("info");
    assertThat(json.get("operation").asText()).isEqualTo("operations/1");
    assertThat(json.get("caller").asText()).isEqualTo("uid:7");
    assertThat(json.get("method").asText()).isEqualTo("pack");
    assertThat(json.get("archive").asText()).isEqualTo("a/x.pkh");
    assertThat(json.get("error").asText()).contains("broken", "\tat ");
    assertThat(new JsonLines(true).format(logged)).startsWith("<6>{");
  }

  @Test
  void linesAreAboutTheCallOrTheJobThatLogsThem() throws Exception {
    JsonLines lines = new JsonLines(false);
    ObjectMapper mapper = new ObjectMapper();
    Context call =
        Context.current().withValue(LogFields.OF_CALL, LogFields.ofCall("token:ci", "a.B/C"));
    JsonNode ofCall = mapper.readTree(call.call(() -> lines.format(logged(Level.WARNING, "call"))));
    assertThat(ofCall.get("caller").asText()).isEqualTo("token:ci");
    assertThat(ofCall.get("method").asText()).isEqualTo("a.B/C");
    assertThat(ofCall.has("operation")).isFalse();
    JsonNode ofJob =
        ScopedValue.where(LogFields.OF_JOB, new LogFields("operations/2", "u", "pack", ""))
            .call(() -> mapper.readTree(lines.format(logged(Level.WARNING, "job"))));
    assertThat(ofJob.get("operation").asText()).isEqualTo("operations/2");
    assertThat(mapper.readTree(lines.format(logged(Level.INFO, "x"))).has("caller")).isFalse();
  }
}
