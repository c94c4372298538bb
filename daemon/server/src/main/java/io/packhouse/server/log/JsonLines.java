package io.packhouse.server.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/** Lines for programs: an object each, with what it is about as fields of their own. */
final class JsonLines extends LineFormatter {
  private final JsonFactory factory = new JsonFactory();

  JsonLines(boolean journal) {
    super(journal);
  }

  @Override
  public String format(LogRecord logged) {
    StringWriter line = new StringWriter().append(prefix(logged));
    try (JsonGenerator json = factory.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("time", logged.getInstant().toString());
      json.writeStringField("level", LogLevels.word(logged.getLevel()));
      text(json, "logger", logged.getLoggerName());
      json.writeStringField("message", formatMessage(logged));
      LogFields about = fields(logged);
      if (about != null) {
        text(json, "operation", about.operation());
        text(json, "caller", about.caller());
        text(json, "method", about.method());
        text(json, "archive", about.archive());
      }
      if (logged.getThrown() != null) {
        json.writeStringField("error", trace(logged.getThrown()));
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a text was to be written", e);
    }
    return line.append('\n').toString();
  }

  private static void text(JsonGenerator json, String field, @Nullable String value)
      throws IOException {
    if (value != null) {
      json.writeStringField(field, value);
    }
  }
}
