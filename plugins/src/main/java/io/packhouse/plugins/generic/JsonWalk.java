package io.packhouse.plugins.generic;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * Walks through JSON without holding it: SBOMs and lock files are large, and little of them is
 * wanted.
 */
final class JsonWalk {

  /** Stands for the place of an array's item in a path. */
  static final String ITEM = "[]";

  private static final long MAX_BYTES = 128L << 20;
  private static final int MAX_DEPTH = 500;
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  /** Is told what there is. */
  interface Visitor {

    /**
     * An object or array begins.
     *
     * @param path the keys to it, {@link #ITEM} for those of arrays; changes after the call
     * @return whether to look into it
     */
    boolean enter(List<String> path);

    /** A text, number or truth, as it would be written. */
    void scalar(List<String> path, String value);
  }

  /** Jackson is loaded when the first JSON is read. */
  private static final class Holder {
    static final JsonFactory FACTORY =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(Limits.METADATA_BYTES)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();
  }

  private JsonWalk() {}

  /**
   * Walks through a file.
   *
   * @param what it is, for messages
   * @throws ExtractionException where it is no JSON, or too large
   */
  static void walk(PackageFile file, String what, Visitor visitor)
      throws ExtractionException, IOException {
    if (file.size() > MAX_BYTES) {
      throw new ExtractionException(
          what + " is larger than the limit of " + MAX_BYTES + " bytes: " + file.size());
    }
    try (InputStream bytes = withoutMark(Channels.newInputStream(file.channel()));
        JsonParser json = Holder.FACTORY.createParser(bytes)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new ExtractionException(what + " is not a JSON object");
      }
      walk(json, visitor);
    } catch (JacksonException | CharConversionException e) {
      String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new ExtractionException(what + " is not valid JSON: " + Limits.description(line), e);
    }
  }

  private static void walk(JsonParser json, Visitor visitor) throws IOException {
    List<String> path = new ArrayList<>();
    List<String> view = Collections.unmodifiableList(path);
    List<Boolean> arrays = new ArrayList<>(List.of(false));
    while (!arrays.isEmpty()) {
      JsonToken token = Objects.requireNonNullElse(json.nextToken(), JsonToken.NOT_AVAILABLE);
      switch (token) {
        case NOT_AVAILABLE -> {
          return;
        }
        case FIELD_NAME -> path.add(json.currentName());
        case START_OBJECT, START_ARRAY -> {
          if (arrays.getLast()) {
            path.add(ITEM);
          }
          if (visitor.enter(view)) {
            arrays.add(token == JsonToken.START_ARRAY);
          } else {
            json.skipChildren();
            path.removeLast();
          }
        }
        case END_OBJECT, END_ARRAY -> {
          arrays.removeLast();
          if (!path.isEmpty()) {
            path.removeLast();
          }
        }
        default -> {
          if (arrays.getLast()) {
            path.add(ITEM);
          }
          if (token != JsonToken.VALUE_NULL) {
            visitor.scalar(view, json.getText());
          }
          path.removeLast();
        }
      }
    }
  }

  private static InputStream withoutMark(InputStream bytes) throws IOException {
    PushbackInputStream stream = new PushbackInputStream(bytes, MARK.length);
    byte[] head = stream.readNBytes(MARK.length);
    if (!Arrays.equals(head, MARK)) {
      stream.unread(head);
    }
    return stream;
  }
}
