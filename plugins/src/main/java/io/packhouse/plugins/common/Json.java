package io.packhouse.plugins.common;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.packhouse.spi.ExtractionException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON that people wrote. A byte order mark is skipped, of a key that occurs twice the last
 * value counts, and whatever has another type than expected counts as absent.
 */
public final class Json {

  private static final int MAX_DEPTH = 200;
  private static final int MAX_NUMBER_LENGTH = 1_000;

  static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder()
          .maxNestingDepth(MAX_DEPTH)
          .maxNumberLength(MAX_NUMBER_LENGTH)
          .maxStringLength(Limits.METADATA_BYTES)
          .build();

  private Json() {}

  /** Jackson is loaded when the first JSON is read, not with the extractors. */
  private static final class Holder {
    static final ObjectMapper MAPPER =
        new ObjectMapper(
                JsonFactory.builder()
                    .streamReadConstraints(CONSTRAINTS)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .build())
            .disable(JsonParser.Feature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  }

  /**
   * Reads one value.
   *
   * @param name what is read, for the message: {@code package.json}
   * @throws ExtractionException where it is no JSON, or nests too deep
   */
  public static JsonNode read(byte[] bytes, String name) throws ExtractionException {
    try {
      JsonNode node = Holder.MAPPER.readTree(bytes);
      if (node == null || node.isMissingNode()) {
        throw new ExtractionException(name + " is empty");
      }
      return node;
    } catch (JacksonException e) {
      throw damaged(name, "JSON", e);
    } catch (IOException e) {
      // Bytes that are no UTF-8.
      throw new ExtractionException(name + " is not valid JSON: " + e.getMessage(), e);
    }
  }

  static ExtractionException damaged(String name, String notation, JacksonException e) {
    String message = e.getOriginalMessage();
    String line =
        message == null ? e.getClass().getSimpleName() : message.lines().findFirst().orElse("");
    int at = e.getLocation() == null ? -1 : e.getLocation().getLineNr();
    return new ExtractionException(
        name + " is not valid " + notation + (at > 0 ? ", line " + at : "") + ": " + clip(line), e);
  }

  private static String clip(String line) {
    return line.length() <= 200 ? line : line.substring(0, 200) + "…";
  }

  /** The text of a field, clipped; null where there is none, or it is blank. */
  public static @Nullable String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isTextual() ? Limits.text(value.textValue()) : null;
  }

  /** The text of a field, or its number or truth as it would be written; else null. */
  public static @Nullable String scalar(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isValueNode() && !value.isNull() ? Limits.text(value.asText()) : null;
  }

  /** The truth of a field; null where it has none. */
  public static @Nullable Boolean truth(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isBoolean() ? value.booleanValue() : null;
  }

  /** The whole number of a field; null where it has none, or none of 64 bits. */
  public static @Nullable Long number(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isIntegralNumber() && value.canConvertToLong() ? value.longValue() : null;
  }

  /** The texts in a field that is an array of them, or a text by itself; not blank ones. */
  public static List<String> texts(JsonNode node, String field) {
    JsonNode value = node.path(field);
    List<String> texts = new ArrayList<>();
    if (value.isTextual()) {
      add(texts, value);
    } else if (value.isArray()) {
      for (JsonNode item : value) {
        if (texts.size() == Limits.ITEMS) {
          break;
        }
        add(texts, item);
      }
    }
    return texts;
  }

  private static void add(List<String> texts, JsonNode item) {
    String text = item.isTextual() ? Limits.text(item.textValue()) : null;
    if (text != null) {
      texts.add(text);
    }
  }
}
