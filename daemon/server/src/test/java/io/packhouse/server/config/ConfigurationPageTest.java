package io.packhouse.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the page for users, the records and their defaults equal. */
class ConfigurationPageTest {
  private static final Path PAGE = Path.of("../../docs/configuration.md");
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-zA-Z.-]+)` \\| ([^|]+) \\| ([^|]+) \\|.*");

  @Test
  void everyKeyIsOnThePageWithItsDefaultAndKind() throws Exception {
    Map<String, String> expected = new LinkedHashMap<>();
    Map<String, String> defaults = ConfigurationText.values(Configuration.DEFAULT);
    for (String key : KeyNames.all()) {
      String value = defaults.get(key);
      expected.put(key, value == null || value.equals("[]") ? "none" : value);
    }
    expected.replaceAll(
        (key, value) ->
            switch (key) {
              // Said in words on the page: they depend on the user, or must be given.
              case "listen" -> "the socket in the runtime folder";
              case "state" -> "a folder of the user";
              case "access.users.NAME.role",
                  "access.groups.NAME.role",
                  "access.certificates.NAME.role",
                  "catalog.NAME.path",
                  "roots.NAME.path" ->
                  "must be given";
              case "access.users.NAME.folders",
                  "access.groups.NAME.folders",
                  "access.certificates.NAME.folders" ->
                  "all";
              case "catalog.NAME.writable", "roots.NAME.writable" -> "`false`";
              default -> value.equals("none") ? value : "`" + value + "`";
            });
    assertThat(rows(3)).isEqualTo(expected);
  }

  @Test
  void everyKeySaysWhatItsValueIs() throws Exception {
    Map<String, String> kinds = new HashMap<>();
    collect(Configuration.class, "", kinds);
    assertThat(rows(2)).isEqualTo(kinds);
  }

  private static void collect(Class<?> settings, String prefix, Map<String, String> into) {
    for (Key key : Key.of(settings)) {
      switch (key.kind()) {
        case TABLE -> collect(key.type(), prefix + key.name() + ".", into);
        case TABLES -> collect(key.elementType(), prefix + key.name() + ".NAME.", into);
        default -> into.put(prefix + key.name(), key.kind().words());
      }
    }
  }

  /** The rows of all tables: a column by the key. */
  private static Map<String, String> rows(int column) throws IOException {
    Map<String, String> rows = new LinkedHashMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        assertThat(rows.put(row.group(1), row.group(column).strip())).as(line).isNull();
      }
    }
    return rows;
  }
}
