import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.packhouse.plugins.purl.Purl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Runs test cases of the purl specification on {@link Purl}: all that build a purl of its parts, in
 * both forms that the specification's files have had. Arguments: files, or folders of them.
 */
public final class PurlCases {

  private int run;
  private int passedOver;
  private final List<String> differences = new ArrayList<>();

  private PurlCases() {}

  public static void main(String[] arguments) throws IOException {
    PurlCases cases = new PurlCases();
    for (String argument : arguments) {
      try (Stream<Path> paths = Files.walk(Path.of(argument))) {
        for (Path path : paths.filter(p -> p.toString().endsWith(".json")).sorted().toList()) {
          cases.read(path);
        }
      }
    }
    cases.differences.forEach(System.out::println);
    System.out.printf(
        "%d cases that build, %d others passed over, %d differences%n",
        cases.run, cases.passedOver, cases.differences.size());
    System.exit(cases.run == 0 || !cases.differences.isEmpty() ? 1 : 0);
  }

  private void read(Path path) throws IOException {
    JsonNode root = new ObjectMapper().readTree(path.toFile());
    for (JsonNode one : root.isArray() ? root : root.path("tests")) {
      // Before 2025 a case had the parts and the canonical purl side by side.
      boolean flat = root.isArray();
      if (!flat && !one.path("test_type").asText().equals("build")) {
        passedOver++;
        continue;
      }
      boolean fails = one.path(flat ? "is_invalid" : "expected_failure").asBoolean();
      JsonNode parts = flat ? one : one.path("input");
      String expected = text(one, flat ? "canonical_purl" : "expected_output");
      if (flat && expected != null && expected.contains("?")) {
        // Before 2025 values of qualifiers kept their slashes.
        int query = expected.indexOf('?');
        expected = expected.substring(0, query) + expected.substring(query).replace("/", "%2F");
      }
      if (fails && (text(parts, "type") == null || flat && text(parts, "name") == null)) {
        passedOver++; // a parser's: there are no parts to build of, or there cannot be
        continue;
      }
      check(path, one.path("description").asText(), parts, fails, expected);
    }
  }

  private void check(
      Path path, String description, JsonNode parts, boolean fails, String expected) {
    Map<String, String> qualifiers = new TreeMap<>();
    parts
        .path("qualifiers")
        .properties()
        .forEach(q -> qualifiers.put(q.getKey(), q.getValue().asText()));
    String actual;
    try {
      actual =
          Purl.of(
              parts.path("type").asText(),
              text(parts, "namespace"),
              text(parts, "name") == null ? "" : text(parts, "name"),
              text(parts, "version"),
              new TreeMap<>(qualifiers));
    } catch (IllegalArgumentException e) {
      actual = null;
    }
    run++;
    // No extractor writes a subpath.
    String wanted = fails || expected == null ? null : expected.replaceFirst("#.*", "");
    if (wanted == null ? actual != null : !wanted.equals(actual)) {
      differences.add(
          path.getFileName() + "\t" + description + "\texpected: " + wanted + "\tours: " + actual);
    }
  }

  private static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isTextual() ? value.textValue() : null;
  }
}
