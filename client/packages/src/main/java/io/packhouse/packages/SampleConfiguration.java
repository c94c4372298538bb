package io.packhouse.packages;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the configuration that packages install of the page that documents it, which a test of the
 * daemon holds equal to the keys that there are: each key with what it means and its default,
 * commented out unless an installed daemon needs another value.
 */
final class SampleConfiguration {
  /** What an installed daemon has instead of the defaults. */
  private static final Map<String, String> INSTALLED =
      Map.ofEntries(
          Map.entry("listen", "[\"unix:/run/packhouse/packhoused.sock\"]"),
          Map.entry("state", "\"/var/lib/packhouse\""),
          Map.entry("socket.mode", "\"0660\""),
          Map.entry("socket.group", "\"packhouse\""),
          Map.entry("metrics.listen", "[\"unix:/run/packhouse/metrics.sock\"]"),
          Map.entry("metrics.group", "\"packhouse\""),
          Map.entry("access.groups.packhouse.role", "\"pack\""),
          Map.entry("catalog.archives.path", "\"/var/lib/packhouse/archives\""),
          Map.entry("catalog.archives.writable", "true"));

  /** Keys that have no default show one of these. */
  private static final Map<String, String> EXAMPLES =
      Map.ofEntries(
          Map.entry("plugins", "\"/usr/lib/packhouse/plugins\""),
          Map.entry("tls.certificate", "\"/etc/packhouse/tls/certificate.pem\""),
          Map.entry("tls.key", "\"/etc/packhouse/tls/key.pem\""),
          Map.entry("tls.client-certificates", "\"/etc/packhouse/tls/authorities.pem\""),
          Map.entry("audit.file", "\"/var/lib/packhouse/audit.json\""),
          Map.entry("access.tokens", "\"/etc/packhouse/tokens\""),
          Map.entry("access.users.NAME.role", "\"admin\""),
          Map.entry("access.users.NAME.folders", "[\"archives\"]"),
          Map.entry("access.groups.NAME.role", "\"read\""),
          Map.entry("access.groups.NAME.folders", "[\"archives\"]"),
          Map.entry("access.certificates.NAME.role", "\"read\""),
          Map.entry("access.certificates.NAME.folders", "[\"archives\"]"),
          Map.entry("catalog.NAME.path", "\"/srv/archives\""),
          Map.entry("roots.NAME.path", "\"/srv/builds\""));

  /** What the example of a table that users name is called, for users whom every system has. */
  private static final Map<String, String> NAMES =
      Map.of(
          "access.users.NAME", "access.users.nobody",
          "access.groups.NAME", "access.groups.users",
          "access.certificates.NAME", "access.certificates.builder",
          "catalog.NAME", "catalog.more",
          "roots.NAME", "roots.builds");

  private static final Pattern ROW =
      Pattern.compile("\\| `([a-zA-Z.-]+)` \\| [^|]+ \\| ([^|]+) \\| (.+) \\|");
  private static final int WIDTH = 100;

  /** A key of the page. */
  private record Row(String key, String value, String meaning) {
    String table() {
      return key.substring(0, Math.max(0, key.lastIndexOf('.')));
    }

    String name() {
      return key.substring(key.lastIndexOf('.') + 1);
    }

    boolean isNamed() {
      return key.contains(".NAME.");
    }
  }

  private final StringBuilder text = new StringBuilder();
  private final TreeSet<String> installed = new TreeSet<>(INSTALLED.keySet());

  private SampleConfiguration() {}

  /**
   * The file.
   *
   * @param page the text of {@code docs/configuration.md}
   * @throws IllegalArgumentException if the page has a key for which nothing can be shown
   */
  static String of(String page) {
    return new SampleConfiguration().make(rows(page));
  }

  private static Map<String, List<Row>> rows(String page) {
    Map<String, List<Row>> tables = new LinkedHashMap<>();
    for (String line : page.lines().toList()) {
      Matcher cells = ROW.matcher(line);
      if (cells.matches()) {
        Row row = new Row(cells.group(1), cells.group(2).strip(), cells.group(3).strip());
        tables.computeIfAbsent(row.table(), _ -> new ArrayList<>()).add(row);
      }
    }
    return tables;
  }

  private String make(Map<String, List<Row>> tables) {
    comment(
        "The configuration of packhoused, which is read at its start and, for most of it, again on"
            + " \"systemctl reload packhoused\". \"packhoused --config FILE --check-config\" says"
            + " what is wrong in one.");
    text.append("#\n");
    comment(
        "Keys that are commented out have their defaults. Sizes are numbers of bytes or texts such"
            + " as \"16MiB\", times are texts such as \"30s\".");
    tables.forEach(
        (table, rows) -> {
          boolean named = rows.getFirst().isNamed();
          if (!table.isEmpty()) {
            text.append('\n').append(named ? "#" : "");
            text.append('[').append(named ? named(table) : table).append("]\n");
          }
          rows.forEach(row -> key(row, named));
          if (named) {
            ours(table);
          }
        });
    if (!installed.isEmpty()) {
      throw new IllegalArgumentException("the page has none of the keys " + installed);
    }
    return text.toString();
  }

  private static String named(String table) {
    String name = NAMES.get(table);
    if (name == null) {
      throw new IllegalArgumentException("no example of a name for " + table);
    }
    return name;
  }

  private void key(Row row, boolean named) {
    if (!named) {
      text.append('\n');
    }
    comment(row.meaning().replace("`", ""));
    String ours = named ? null : INSTALLED.get(row.key());
    if (ours != null) {
      installed.remove(row.key());
      text.append(row.name()).append(" = ").append(ours).append('\n');
      return;
    }
    String value =
        row.value().startsWith("`") ? row.value().replace("`", "") : EXAMPLES.get(row.key());
    if (value == null) {
      throw new IllegalArgumentException(row.key() + " has neither default nor example");
    }
    text.append('#').append(row.name()).append(" = ").append(value).append('\n');
  }

  /** The tables of an installed daemon, after the example of one. */
  private void ours(String example) {
    String family = example.substring(0, example.length() - "NAME".length());
    String before = "";
    for (String key : INSTALLED.keySet().stream().sorted().toList()) {
      String table = key.substring(0, Math.max(0, key.lastIndexOf('.')));
      if (!key.startsWith(family)) {
        continue;
      }
      if (!table.equals(before)) {
        text.append("\n[").append(table).append("]\n");
        before = table;
      }
      installed.remove(key);
      text.append(key.substring(table.length() + 1)).append(" = ").append(INSTALLED.get(key));
      text.append('\n');
    }
  }

  private void comment(String words) {
    StringBuilder line = new StringBuilder("#");
    for (String word : words.split(" ", -1)) {
      if (line.length() + 1 + word.length() > WIDTH) {
        text.append(line).append('\n');
        line.setLength(1);
      }
      line.append(' ').append(word);
    }
    text.append(line).append('\n');
  }
}
