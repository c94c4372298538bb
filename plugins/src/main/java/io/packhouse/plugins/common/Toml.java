package io.packhouse.plugins.common;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlFactory;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import io.packhouse.spi.ExtractionException;
import java.io.IOException;

/** Reads TOML into the tree that {@link Json} has helpers for. */
public final class Toml {

  private Toml() {}

  private static final class Holder {
    static final TomlMapper MAPPER =
        new TomlMapper(TomlFactory.builder().streamReadConstraints(Json.CONSTRAINTS).build());
  }

  /**
   * Reads a document.
   *
   * @param name what is read, for the message: {@code Cargo.toml}
   * @throws ExtractionException where it is no TOML
   */
  public static JsonNode read(byte[] bytes, String name) throws ExtractionException {
    try {
      return Holder.MAPPER.readTree(bytes);
    } catch (JacksonException e) {
      throw Json.damaged(name, "TOML", e);
    } catch (IOException | RuntimeException e) {
      // The parser leaves some malformed numbers and dates to the JDK's own exceptions.
      throw new ExtractionException(name + " is not valid TOML: " + e.getMessage(), e);
    }
  }
}
