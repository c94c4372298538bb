package io.packhouse.server.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;

/**
 * Something that was done, or was not let be done. Texts are empty where there is nothing to say;
 * none is ever a secret: they are names, and words of the daemon's own.
 *
 * @param kind of the event
 * @param caller who: an id, or an address if nobody knows
 * @param action the full name of a method, or the verb of an operation
 * @param archive its name in the catalog
 * @param operation {@code operations/ID}
 * @param result the name of a status: OK, PERMISSION_DENIED
 * @param reason why it was refused, in upper case
 * @param millis how long it took
 */
record AuditEvent(
    Kind kind,
    String caller,
    String action,
    String archive,
    String operation,
    String result,
    String reason,
    long millis) {
  private static final JsonFactory JSON = new JsonFactory();

  /** What is noted. */
  enum Kind {
    /** A call that was let in has ended. */
    CALL("call"),
    /** A call was not let in. */
    REFUSAL("refusal"),
    /** An operation has ended. */
    OPERATION("operation");

    private final String word;

    Kind(String word) {
      this.word = word;
    }
  }

  /** A line without its end: an object, without the fields that are empty. */
  String json(Instant time) {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("time", time.toString());
      json.writeStringField("event", kind.word);
      text(json, "caller", caller);
      text(json, "action", action);
      text(json, "archive", archive);
      text(json, "operation", operation);
      text(json, "result", result);
      text(json, "reason", reason);
      if (kind != Kind.REFUSAL) {
        json.writeNumberField("millis", millis);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a text was to be written", e);
    }
    return line.toString();
  }

  private static void text(JsonGenerator json, String field, String value) throws IOException {
    if (!value.isEmpty()) {
      json.writeStringField(field, value);
    }
  }
}
