package io.packhouse.plugins.pypi;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a wheel's {@code RECORD}: comma-separated values as Python's {@code csv} reads them.
 *
 * @param lines by path
 * @param problem the first line that is none
 */
record RecordFile(Map<String, Line> lines, @Nullable String problem) {

  /**
   * What is said about one member.
   *
   * @param digest {@code algorithm=value}; empty for none
   * @param size in bytes; empty for none
   */
  record Line(String digest, String size) {}

  static RecordFile parse(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    Map<String, Line> lines = new LinkedHashMap<>();
    String problem = null;
    int number = 0;
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    int length = text.length();
    for (int i = text.startsWith("\uFEFF") ? 1 : 0; i <= length; i++) {
      char c = i < length ? text.charAt(i) : '\n';
      if (quoted && i < length) {
        if (c != '"') {
          field.append(c);
        } else if (i + 1 < length && text.charAt(i + 1) == '"') {
          field.append(c);
          i++;
        } else {
          quoted = false;
        }
      } else if (c == '"' && field.isEmpty()) {
        quoted = true;
      } else if (c == ',') {
        fields.add(field.toString());
        field.setLength(0);
      } else if (c == '\n' || c == '\r') {
        if (!field.isEmpty() || !fields.isEmpty()) {
          fields.add(field.toString());
          number++;
          if (fields.size() != 3 && problem == null) {
            problem = "line " + number + " of RECORD has " + fields.size() + " fields, expected 3";
          }
          Line line =
              new Line(
                  fields.size() > 1 ? fields.get(1) : "", fields.size() > 2 ? fields.get(2) : "");
          if (number > RecordCheck.MAX_MEMBERS) {
            return new RecordFile(lines, "RECORD has more lines than the limit of " + (number - 1));
          }
          Line before = lines.putIfAbsent(fields.getFirst(), line);
          if (before != null && !before.equals(line) && problem == null) {
            problem = "line " + number + " of RECORD contradicts one before it";
          }
          fields = new ArrayList<>();
          field.setLength(0);
        }
      } else {
        field.append(c);
      }
    }
    return new RecordFile(lines, problem);
  }
}
