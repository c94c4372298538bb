package io.packhouse.server.config;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * On which line of a TOML file each key is, for messages: the parser does not tell. Reads tables
 * and keys at the beginning of lines; keys of tables written inline are known by their line's.
 */
final class KeyLines {
  private static final Pattern HEADER = Pattern.compile("\\s*\\[+\\s*([^\\]#]+?)\\s*\\]+.*");
  private static final Pattern ASSIGNMENT = Pattern.compile("\\s*([A-Za-z0-9_.\"'-]+)\\s*=.*");

  private final Map<String, Integer> lines = new HashMap<>();

  KeyLines(String text) {
    String table = "";
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      Matcher header = HEADER.matcher(line);
      Matcher assignment = ASSIGNMENT.matcher(line);
      if (assignment.matches()) {
        add(table + unquoted(assignment.group(1)), number);
      } else if (header.matches()) {
        String name = unquoted(header.group(1));
        add(name, number);
        table = name + ".";
      }
    }
  }

  /** Tables that a key is the first of begin with it. */
  private void add(String key, int line) {
    for (int end = key.length(); end > 0; end = key.lastIndexOf('.', end - 1)) {
      lines.putIfAbsent(key.substring(0, end), line);
    }
  }

  private static String unquoted(String name) {
    return name.replaceAll("[\"']", "").replaceAll("\\s*\\.\\s*", ".");
  }

  /** The line of a key, else of the table that it is in; 0 if that is not known either. */
  int find(String key) {
    String at = key;
    while (!at.isEmpty()) {
      Integer line = lines.get(at);
      if (line != null) {
        return line;
      }
      at = at.substring(0, Math.max(0, at.lastIndexOf('.')));
    }
    return 0;
  }
}
