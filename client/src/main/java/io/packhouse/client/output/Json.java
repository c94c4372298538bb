package io.packhouse.client.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.packhouse.engine.fs.PathText;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON objects, one a line. Fields whose value is null are left out, so that absent means
 * unknown or not applicable everywhere. Buffered: what was written is out after {@link #close}.
 */
public final class Json implements Closeable {
  private final JsonGenerator generator;

  /** Writes to a stream, which stays open. */
  public Json(OutputStream out) throws IOException {
    generator =
        new JsonFactory()
            .createGenerator(out)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    generator.setRootValueSeparator(null);
  }

  /** Begins a line's object. */
  public Json begin() throws IOException {
    generator.writeStartObject();
    return this;
  }

  /** Begins an object in an object. */
  public Json begin(String field) throws IOException {
    generator.writeObjectFieldStart(field);
    return this;
  }

  /** Ends an object; the outermost one with its line. */
  public Json end() throws IOException {
    generator.writeEndObject();
    if (generator.getOutputContext().inRoot()) {
      generator.writeRaw('\n');
    }
    return this;
  }

  /** Begins an array in an object. */
  public Json beginArray(String field) throws IOException {
    generator.writeArrayFieldStart(field);
    return this;
  }

  /** Ends an array. */
  public Json endArray() throws IOException {
    generator.writeEndArray();
    return this;
  }

  /** A text, left out where null. */
  public Json text(String field, @Nullable String value) throws IOException {
    if (value != null) {
      generator.writeStringField(field, value);
    }
    return this;
  }

  /** A whole number. */
  public Json number(String field, long value) throws IOException {
    generator.writeNumberField(field, value);
    return this;
  }

  /** A whole number, left out where negative: not recorded. */
  public Json numberIfRecorded(String field, long value) throws IOException {
    return value < 0 ? this : number(field, value);
  }

  /** Seconds, with the fraction. */
  public Json seconds(String field, long nanos) throws IOException {
    generator.writeFieldName(field);
    generator.writeNumber(Math.round(nanos / 1e3) / 1e6);
    return this;
  }

  /** A number with a fraction, rounded to four places. */
  public Json ratio(String field, double value) throws IOException {
    generator.writeFieldName(field);
    generator.writeNumber(Math.round(value * 1e4) / 1e4);
    return this;
  }

  /** True or false. */
  public Json flag(String field, boolean value) throws IOException {
    generator.writeBooleanField(field, value);
    return this;
  }

  /**
   * A path: its text; where it is not UTF-8, the display form, and the bytes in base64 as {@code
   * FIELD_raw}.
   */
  public Json path(String field, byte[] path) throws IOException {
    if (PathText.isUtf8(path)) {
      return text(field, PathText.text(path));
    }
    text(field, PathText.display(path));
    generator.writeBinaryField(field + "_raw", path);
    return this;
  }

  /** A moment in UTC, ISO 8601. */
  public Json time(String field, long nanos) throws IOException {
    return text(field, instant(nanos));
  }

  private static String instant(long nanos) {
    return Instant.ofEpochSecond(
            Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L))
        .toString();
  }

  /** A value of the index: text, number, boolean, bytes (base64), list or map of such. */
  public Json value(String field, @Nullable Object value) throws IOException {
    generator.writeFieldName(field);
    write(value);
    return this;
  }

  private void write(@Nullable Object value) throws IOException {
    switch (value) {
      case null -> generator.writeNull();
      case String text -> generator.writeString(text);
      case Long number -> generator.writeNumber(number);
      case Integer number -> generator.writeNumber(number);
      case Double number -> generator.writeNumber(number);
      case Float number -> generator.writeNumber(number);
      case Short number -> generator.writeNumber(number);
      case Byte number -> generator.writeNumber(number);
      case BigDecimal number -> generator.writeNumber(number);
      case Boolean flag -> generator.writeBoolean(flag);
      case byte[] bytes -> generator.writeBinary(bytes);
      case List<?> list -> {
        generator.writeStartArray();
        for (Object element : list) {
          write(element);
        }
        generator.writeEndArray();
      }
      case Map<?, ?> map -> {
        generator.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          generator.writeFieldName(String.valueOf(entry.getKey()));
          write(entry.getValue());
        }
        generator.writeEndObject();
      }
      default -> generator.writeString(value.toString());
    }
  }

  @Override
  public void close() throws IOException {
    generator.close();
  }
}
