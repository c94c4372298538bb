package io.packhouse.client;

import static io.packhouse.client.Cli.packhouse;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.packhouse.client.Cli.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --json} writes is what {@code docs/json.md} says. */
class JsonTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Objects whose fields are data, or said in prose. */
  private static final Set<String> OPAQUE =
      Set.of(
          "stage_seconds",
          "wait_seconds",
          "options",
          "system",
          "calls_ended",
          "maven",
          "xattrs",
          "dependencies",
          "columns[].fields");

  private record Field(String type, boolean optional) {}

  @TempDir Path temp;
  private Path tree;
  private Path archive;

  @BeforeEach
  void pack() throws IOException {
    tree = Trees.small(temp);
    archive = Cli.pack(tree, temp.resolve("a.pkh"));
  }

  private static Map<String, Field> documented(String command) throws IOException {
    Path doc = Path.of("../docs/json.md");
    Map<String, Field> fields = new HashMap<>();
    String section = "";
    Pattern row = Pattern.compile("\\| `([^`]+)`( ○)? \\| ([a-z0-9 ]+) \\|.*");
    for (String line : Files.readAllLines(doc)) {
      if (line.startsWith("## ")) {
        section = line.substring(3);
      }
      Matcher matcher = row.matcher(line);
      if (section.equals(command) && matcher.matches()) {
        fields.put(matcher.group(1), new Field(matcher.group(3), matcher.group(2) != null));
      }
    }
    assertThat(fields).as(command).isNotEmpty();
    return fields;
  }

  static void check(String command, Result... results) throws IOException {
    Map<String, Field> documented = documented(command);
    for (Result result : results) {
      assertThat(result.out()).as(result.err()).endsWith("\n");
      for (String line : result.lines()) {
        JsonNode object = MAPPER.readTree(line);
        Set<String> seen = new TreeSet<>();
        collect(object, "", seen, documented);
        Set<String> missing = new TreeSet<>();
        documented.forEach(
            (name, field) -> {
              if (!field.optional() && !seen.contains(name)) {
                missing.add(name);
              }
            });
        assertThat(missing).as("fields that are promised but not there: " + line).isEmpty();
      }
    }
  }

  private static void collect(
      JsonNode object, String prefix, Set<String> seen, Map<String, Field> documented) {
    for (Map.Entry<String, JsonNode> property : object.properties()) {
      String name = prefix + property.getKey();
      JsonNode value = property.getValue();
      assertThat(documented).as("docs/json.md lacks a field").containsKey(name);
      seen.add(name);
      assertThat(hasType(value, documented.get(name).type()))
          .as(name + " should be " + documented.get(name).type() + ", is " + value)
          .isTrue();
      if (value.isArray() && !OPAQUE.contains(name)) {
        for (JsonNode element : value) {
          if (element.isObject()) {
            collect(element, name + "[].", seen, documented);
          }
        }
      }
    }
  }

  private static boolean hasType(JsonNode value, String type) {
    return switch (type) {
      case "text", "base64" -> value.isTextual();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "object" -> value.isObject();
      default -> type.startsWith("list") && value.isArray();
    };
  }

  @Test
  void packIsAsDocumented() throws IOException {
    Result result = packhouse("pack", "--json", tree, temp.resolve("b.pkh"));
    check("pack", result);
    assertThat(MAPPER.readTree(result.out()).get("deduplicated_bytes").asLong()).isEqualTo(100_000);
  }

  @Test
  void aPipedPackWritesItsObjectToStandardError() throws IOException {
    Result result = packhouse("pack", "--json", tree, "-");
    check("pack", new Result(result.code(), result.err().getBytes(StandardCharsets.UTF_8), ""));
  }

  @Test
  void extractIsAsDocumented() throws IOException {
    check("extract", packhouse("extract", "--json", archive, temp.resolve("x")));
  }

  @Test
  void lsIsAsDocumented() throws IOException {
    Path maven = Cli.pack(Trees.maven(temp), temp.resolve("m.pkh"), "--repository", "r");
    Result listed = packhouse("ls", "--json", archive);
    check("ls", listed, packhouse("ls", "--json", maven));
    List<String> paths = new ArrayList<>();
    for (String line : listed.lines()) {
      paths.add(MAPPER.readTree(line).get("path").asText());
    }
    assertThat(paths).contains("", "two\nlines", "back\\slash").hasSize(18);
  }

  @Test
  void infoIsAsDocumented() throws IOException {
    check(
        "info",
        packhouse("info", "--json", archive),
        packhouse("info", "--json", "--system"),
        packhouse("info", "--json", "--system", archive));
  }

  @Test
  void pluginsIsAsDocumented() throws IOException {
    Result listed = packhouse("plugins", "--json");
    check("plugins", listed);
    assertThat(listed.out()).contains("\"type\":\"maven\"");
  }

  @Test
  void pluginsTryIsAsDocumented() throws IOException {
    Path maven = Trees.maven(temp).resolve("org/acme/tool/1.2/tool-1.2.pom");
    Path bad = Files.writeString(temp.resolve("bad.pom"), "<project>");
    Path other = Files.writeString(temp.resolve("other.bin"), "nothing");
    Result tried = packhouse("plugins", "try", "--json", maven, bad, other);
    check("plugins try", tried);
    assertThat(tried.lines())
        .extracting(line -> MAPPER.readTree(line).get("status").asText())
        .containsExactly("ok", "error", "none");
    JsonNode metadata = MAPPER.readTree(tried.lines().getFirst()).get("metadata");
    assertThat(metadata.get("purl").asText()).isEqualTo("pkg:maven/org.acme/tool@1.2?type=pom");
    assertThat(metadata.get("columns").get("group_id").asText()).isEqualTo("org.acme");
    assertThat(metadata.get("dependencies").isArray()).isTrue();
  }

  @Test
  void diffIsAsDocumented() throws IOException {
    Files.writeString(tree.resolve("fresh"), "fresh");
    Files.move(tree.resolve("noise.bin"), tree.resolve("empty/noise.bin"));
    Files.writeString(tree.resolve("docs/readme.txt"), "changed");
    Result result = packhouse("diff", "--json", archive, tree);
    check("diff", result);
    JsonNode last = MAPPER.readTree(result.lines().getLast());
    assertThat(last.get("kind").asText()).isEqualTo("summary");
    assertThat(last.get("same").asBoolean()).isFalse();
    assertThat(last.get("moved").asLong()).isEqualTo(1);
    assertThat(last.get("added").asLong()).isEqualTo(1);
  }

  @Test
  void verifyIsAsDocumented() throws IOException {
    byte[] bytes = Files.readAllBytes(archive);
    bytes[bytes.length / 2] ^= 1;
    Path bad = Files.write(temp.resolve("bad.pkh"), bytes);
    Result damaged = packhouse("verify", "--json", bad);
    assertThat(damaged.code()).isEqualTo(5);
    check(
        "verify",
        packhouse("verify", "--json", archive),
        packhouse("verify", "--json", "--sample", 50, "--seed", 3, archive),
        damaged);
  }

  @Test
  void fieldsThatCanAlwaysBeToldAreNotMarkedOptional() throws IOException {
    assertThat(documented("ls").get("path").optional()).isFalse();
    assertThat(documented("ls").get("size").optional()).isTrue();
  }
}
