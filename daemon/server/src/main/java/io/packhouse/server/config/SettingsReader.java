package io.packhouse.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes settings records of parsed TOML. Strict: what is not known, or of another kind, is an
 * error, which names the place.
 */
final class SettingsReader {
  /** Values of elements that a table of tables may leave out. */
  private static final Map<String, Object> ELEMENT_DEFAULTS =
      Map.of("writable", false, "folders", List.of());

  /** Begins paths of what systemd hands over by {@code LoadCredential=}. */
  private static final String CREDENTIALS = "$CREDENTIALS_DIRECTORY/";

  private final UnaryOperator<String> place;
  private final Map<String, String> overrides;
  private final @Nullable String credentials;

  /**
   * Makes one.
   *
   * @param place says where a key is, for messages
   * @param overrides texts that stand over the file's values, by key
   * @param credentials the folder of those that systemd hands over; null for none
   */
  SettingsReader(
      UnaryOperator<String> place, Map<String, String> overrides, @Nullable String credentials) {
    this.place = place;
    this.overrides = overrides;
    this.credentials = credentials;
  }

  /**
   * Reads a table.
   *
   * @param node null where the file has none
   * @param prefix of its keys: empty, or one that ends in a dot
   * @param defaults of what is left out; null for elements of a table of tables
   */
  <T> T read(Class<T> settings, @Nullable JsonNode node, String prefix, @Nullable Object defaults)
      throws ConfigurationException {
    List<Key> keys = Key.of(settings);
    if (node != null) {
      requireObject(node, prefix);
      refuseUnknown(keys, node, prefix);
    }
    @Nullable Object[] values = new @Nullable Object[keys.size()];
    Class<?>[] types = new Class<?>[keys.size()];
    for (int i = 0; i < values.length; i++) {
      Key key = keys.get(i);
      types[i] = key.type();
      values[i] = value(key, node == null ? null : node.get(key.name()), prefix, defaults);
    }
    try {
      return settings.getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      String table = prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
      throw problem(table, String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make " + settings, e);
    }
  }

  private @Nullable Object value(
      Key key, @Nullable JsonNode node, String prefix, @Nullable Object defaults)
      throws ConfigurationException {
    String name = prefix + key.name();
    Object otherwise = defaults == null ? ELEMENT_DEFAULTS.get(key.name()) : key.value(defaults);
    switch (key.kind()) {
      case TABLE -> {
        return read(key.type(), node, name + ".", otherwise);
      }
      case TABLES -> {
        return tables(key, node, name);
      }
      default -> {}
    }
    String override = overrides.get(name);
    try {
      if (override != null) {
        return parse(key, override);
      }
      if (node != null) {
        return ofFile(key, node);
      }
    } catch (InvalidPathException e) {
      throw problem(name, "is no path: " + e.getReason());
    } catch (IllegalArgumentException e) {
      throw problem(name, String.valueOf(e.getMessage()));
    }
    if (otherwise == null && defaults == null) {
      throw problem(prefix.substring(0, prefix.length() - 1), "has no \"" + key.name() + "\"");
    }
    return otherwise;
  }

  private Object parse(Key key, String text) {
    if (key.kind() != Key.Kind.PATH || !text.startsWith(CREDENTIALS)) {
      return key.parse(text);
    }
    if (credentials == null) {
      throw new IllegalArgumentException(
          "\"" + text + "\" needs a service of systemd with LoadCredential=");
    }
    return key.parse(credentials + "/" + text.substring(CREDENTIALS.length()));
  }

  private Object ofFile(Key key, JsonNode node) {
    boolean fits =
        switch (key.kind()) {
          case TEXT, TIME, PATH, CHOICE -> node.isTextual();
          case SIZE -> node.isTextual() || node.isIntegralNumber();
          case NUMBER -> node.isIntegralNumber();
          case SWITCH -> node.isBoolean();
          case LIST -> node.isArray();
          case TABLE, TABLES -> false;
        };
    if (!fits) {
      throw new IllegalArgumentException("must be " + key.kind().words() + ", not " + node);
    }
    if (!node.isArray()) {
      return parse(key, node.asText());
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode element : node) {
      if (!element.isTextual()) {
        throw new IllegalArgumentException("must be a list of texts, not " + node);
      }
      texts.add(element.asText());
    }
    return texts;
  }

  private Map<String, Object> tables(Key key, @Nullable JsonNode node, String name)
      throws ConfigurationException {
    Map<String, Object> tables = new LinkedHashMap<>();
    if (node != null) {
      requireObject(node, name + ".");
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        String prefix = name + "." + entry.getKey() + ".";
        tables.put(entry.getKey(), read(key.elementType(), entry.getValue(), prefix, null));
      }
    }
    return tables;
  }

  private void requireObject(JsonNode node, String prefix) throws ConfigurationException {
    if (!node.isObject()) {
      throw problem(prefix.substring(0, prefix.length() - 1), "must be a table, not " + node);
    }
  }

  private void refuseUnknown(List<Key> keys, JsonNode node, String prefix)
      throws ConfigurationException {
    List<String> names = keys.stream().map(Key::name).toList();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!names.contains(entry.getKey())) {
        // At the top, it may be a key of a table whose header is missing.
        List<String> known = new ArrayList<>(names);
        if (prefix.isEmpty()) {
          known.addAll(KeyNames.all());
        }
        throw problem(
            prefix + entry.getKey(),
            "is no key of the configuration; the nearest is "
                + prefix
                + KeyNames.nearest(entry.getKey(), known));
      }
    }
  }

  private ConfigurationException problem(String key, String message) {
    String where = place.apply(key);
    String what = key.isEmpty() ? "" : key + ": ";
    return new ConfigurationException(where + ": " + what + message);
  }
}
