package io.packhouse.server.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the configuration: a file, and the environment over it. */
public final class ConfigurationFile {
  /** Begins the variables that stand over keys: {@code PACKHOUSED_CALLS_MESSAGE}. */
  static final String VARIABLE_PREFIX = "PACKHOUSED_";

  /**
   * Variables of that name that are no keys: where the file is, and what launcher and unit take.
   */
  private static final Set<String> OTHER_VARIABLES =
      Set.of("PACKHOUSED_CONFIG", "PACKHOUSED_OPTS", "PACKHOUSED_JAVA_OPTS", "PACKHOUSED_DEBUG");

  private static final long MAX_BYTES = 1 << 20;

  private ConfigurationFile() {}

  /**
   * Reads it.
   *
   * @param file null for none: then all is as the environment and the defaults say
   * @param environment all variables
   * @throws ConfigurationException if something in it is wrong
   * @throws IOException if it cannot be read
   */
  public static Configuration read(@Nullable Path file, Map<String, String> environment)
      throws IOException {
    Map<String, String> overrides = overrides(environment);
    String text = file == null ? "" : text(file);
    KeyLines lines = new KeyLines(text);
    SettingsReader reader =
        new SettingsReader(
            key -> {
              if (overrides.containsKey(key)) {
                return KeyNames.variable(key);
              }
              int line = lines.find(key);
              return file == null
                  ? "configuration"
                  : line == 0 ? "" + file : file + ", line " + line;
            },
            overrides,
            environment.get("CREDENTIALS_DIRECTORY"));
    return reader.read(Configuration.class, parse(file, text), "", Configuration.DEFAULT);
  }

  private static String text(Path file) throws IOException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new ConfigurationException(
            file + ": is longer than " + MAX_BYTES + " bytes: no configuration");
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(file + ": no such file", e);
    } catch (AccessDeniedException e) {
      throw new ConfigurationException(file + ": permission denied", e);
    } catch (CharacterCodingException e) {
      throw new ConfigurationException(file + ": is not UTF-8", e);
    }
  }

  private static JsonNode parse(@Nullable Path file, String text) throws IOException {
    try {
      return new TomlMapper().readTree(text);
    } catch (JacksonException e) {
      JsonLocation at = e.getLocation();
      String place = at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr();
      throw new ConfigurationException(file + place + ": " + e.getOriginalMessage(), e);
    }
  }

  /** Values that the environment gives, by key. */
  private static Map<String, String> overrides(Map<String, String> environment)
      throws ConfigurationException {
    Map<String, String> byVariable = new HashMap<>();
    List<String> keys = KeyNames.all().stream().filter(key -> !key.contains(".NAME.")).toList();
    keys.forEach(key -> byVariable.put(KeyNames.variable(key), key));
    Map<String, String> overrides = new HashMap<>();
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      String name = variable.getKey();
      if (!name.startsWith(VARIABLE_PREFIX) || OTHER_VARIABLES.contains(name)) {
        continue;
      }
      String key = byVariable.get(name);
      if (key == null) {
        throw new ConfigurationException(
            name
                + ": stands for no key of the configuration; the nearest is "
                + KeyNames.nearest(name, byVariable.keySet().stream().sorted().toList()));
      }
      overrides.put(key, variable.getValue());
    }
    return overrides;
  }
}
