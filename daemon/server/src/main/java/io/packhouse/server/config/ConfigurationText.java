package io.packhouse.server.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A configuration as text. */
public final class ConfigurationText {
  private ConfigurationText() {}

  /**
   * The values of all keys as TOML writes them, by dotted key; without keys that have none. In the
   * order of the documentation.
   */
  public static Map<String, String> values(Configuration configuration) {
    Map<String, String> values = new LinkedHashMap<>();
    collect(configuration, "", values);
    return values;
  }

  private static void collect(Object settings, String prefix, Map<String, String> into) {
    for (Key key : Key.of(settings.getClass())) {
      Object value = key.value(settings);
      String name = prefix + key.name();
      if (value == null) {
        continue;
      }
      switch (key.kind()) {
        case TABLE -> collect(value, name + ".", into);
        case TABLES ->
            ((Map<?, ?>) value)
                .forEach((table, element) -> collect(element, name + "." + table + ".", into));
        default -> into.put(name, literal(key, value));
      }
    }
  }

  private static String literal(Key key, Object value) {
    return switch (value) {
      case Duration time -> quoted(Quantities.timeText(time));
      case Long size when key.kind() == Key.Kind.SIZE -> {
        String text = Quantities.sizeText(size);
        yield text.equals(Long.toString(size)) ? text : quoted(text);
      }
      case Integer number -> number.toString();
      case Boolean isOn -> isOn.toString();
      case List<?> list ->
          list.stream()
              .map(element -> quoted(element.toString()))
              .collect(Collectors.joining(", ", "[", "]"));
      default -> quoted(value.toString());
    };
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /** All of it as a file that reads as the same configuration. */
  public static String toml(Configuration configuration) {
    StringBuilder text = new StringBuilder();
    String table = "";
    for (Map.Entry<String, String> value : values(configuration).entrySet()) {
      String key = value.getKey();
      String name = key.substring(key.lastIndexOf('.') + 1);
      String in = key.substring(0, Math.max(0, key.length() - name.length() - 1));
      if (!in.equals(table)) {
        table = in;
        text.append("\n[").append(quotedTable(table)).append("]\n");
      }
      text.append(name).append(" = ").append(value.getValue()).append('\n');
    }
    return text.toString();
  }

  /** Names of elements may have dots in them: catalog folders, common names of certificates. */
  private static String quotedTable(String table) {
    String[] parts = table.split("\\.", -1);
    int fixed = parts[0].equals("access") ? 2 : 1;
    if (parts.length <= fixed) {
      return table;
    }
    String first = String.join(".", java.util.Arrays.copyOf(parts, fixed));
    return first + "." + quoted(table.substring(first.length() + 1));
  }
}
