package io.packhouse.plugins.pypi;

import io.packhouse.plugins.common.Limits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** Reads the small text files that lie beside the core metadata. */
final class EggInfo {

  /** Characters of what is said once for many lines. */
  private static final int MAX_SECTION = 1_000;

  private EggInfo() {}

  /** The requirements of a {@code requires.txt}, as PEP 508 writes them. */
  static List<String> requirements(byte[] bytes) {
    List<String> requirements = new ArrayList<>();
    String condition = "";
    for (String line : lines(bytes)) {
      if (line.startsWith("[") && line.endsWith("]")) {
        condition = condition(line.substring(1, line.length() - 1));
      } else if (requirements.size() < Limits.ITEMS) {
        // An address ends at a blank, or the condition would be part of it.
        String separator = condition.isEmpty() ? "" : line.contains("@") ? " ; " : "; ";
        requirements.add(line + separator + condition);
      }
    }
    return requirements;
  }

  /** The extras of a {@code requires.txt}: those that its sections are for. */
  static List<String> extras(byte[] bytes) {
    Set<String> extras = new LinkedHashSet<>();
    for (String line : lines(bytes)) {
      if (line.startsWith("[") && line.endsWith("]")) {
        int colon = line.indexOf(':');
        String extra = line.substring(1, colon < 0 ? line.length() - 1 : colon).strip();
        if (!extra.isEmpty() && extras.size() < Limits.ITEMS) {
          extras.add(extra);
        }
      }
    }
    return List.copyOf(extras);
  }

  /** A section is called {@code extra}, {@code :marker} or {@code extra:marker}. */
  private static String condition(String section) {
    if (section.length() > MAX_SECTION) {
      return "";
    }
    int colon = section.indexOf(':');
    String extra = (colon < 0 ? section : section.substring(0, colon)).strip();
    String marker = colon < 0 ? "" : section.substring(colon + 1).strip();
    if (extra.isEmpty()) {
      return marker;
    }
    String asked = "extra == \"" + extra.replace("\"", "") + "\"";
    return marker.isEmpty() ? asked : "(" + marker + ") and " + asked;
  }

  /** The names of a {@code top_level.txt}. */
  static List<String> names(byte[] bytes) {
    return lines(bytes).stream().limit(Limits.ITEMS).toList();
  }

  /** The entry points of an {@code entry_points.txt}, by group and name as they come. */
  static List<Map<String, Object>> entryPoints(byte[] bytes) {
    List<Map<String, Object>> points = new ArrayList<>();
    String group = null;
    for (String line : lines(bytes)) {
      if (line.startsWith(";")) {
        continue;
      }
      if (line.startsWith("[") && line.endsWith("]")) {
        String section = line.substring(1, line.length() - 1).strip();
        group = section.length() <= MAX_SECTION ? section : null;
        continue;
      }
      int equals = line.indexOf('=');
      if (group == null || equals <= 0 || points.size() >= Limits.ITEMS) {
        continue;
      }
      Map<String, Object> point = new TreeMap<>();
      put(point, "group", group);
      put(point, "name", line.substring(0, equals));
      put(point, "value", line.substring(equals + 1));
      points.add(point);
    }
    return points;
  }

  private static void put(Map<String, Object> point, String field, String text) {
    String value = Limits.text(text);
    if (value != null) {
      point.put(field, value);
    }
  }

  /** Lines with something on them but a comment, without blanks around it. */
  private static List<String> lines(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.lines()
        .map(line -> Limits.text(line.startsWith("\uFEFF") ? line.substring(1) : line))
        .filter(Objects::nonNull)
        .filter(line -> !line.startsWith("#"))
        .limit(10L * Limits.ITEMS)
        .toList();
  }
}
