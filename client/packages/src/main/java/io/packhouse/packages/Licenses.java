package io.packhouse.packages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/**
 * The licenses of the libraries that a package brings along: a list made of the bill of materials,
 * what the jars carry themselves, and the texts of the licenses that the list names.
 */
final class Licenses {
  private static final Pattern CARRIED =
      Pattern.compile(
          "(META-INF/)?(licenses?/)?[^/]*(LICENSE|LICENCE|NOTICE|COPYING|COPYRIGHT)[^/]*",
          Pattern.CASE_INSENSITIVE);
  private static final int MAX_TEXT_BYTES = 1 << 20;

  /** A library, as the bill of materials has it. */
  private record Library(String name, String version, String purl, String license) {
    /** Whether a jar is of it. */
    boolean isIn(String jar) {
      return jar.startsWith(name + "-" + version);
    }
  }

  private Licenses() {}

  /**
   * Puts them below a folder of documentation.
   *
   * @param bill in CycloneDX's JSON
   * @param libraries the folder of the jars that ship
   * @param texts of licenses, by their SPDX identifiers
   * @throws IOException if a library has no license, or a license no text
   */
  static void collect(Path bill, Path libraries, Path texts, Stage stage, String documentation)
      throws IOException {
    Map<String, Library> known = libraries(bill);
    StringBuilder list = new StringBuilder(Files.readString(texts.resolve("README")));
    List<String> wrong = new ArrayList<>();
    for (Path jar : Stage.files(libraries)) {
      String file = jar.getFileName().toString();
      if (!file.endsWith(".jar") || file.startsWith("packhouse-")) {
        continue;
      }
      Library library =
          known.values().stream().filter(one -> one.isIn(file)).findFirst().orElse(null);
      if (library == null || library.license().isEmpty()) {
        wrong.add(file + " has no license in the bill of materials");
        continue;
      }
      list.append("%n%s%n  %s%n  %s%n".formatted(file, library.purl(), library.license()));
      for (String id : library.license().split(" (AND|OR|WITH) |[()]", -1)) {
        if (!id.isBlank() && !Files.isRegularFile(texts.resolve(id.strip() + ".txt"))) {
          wrong.add(file + " is under " + id + ", of which there is no text in " + texts);
        }
      }
      carried(jar, stage, documentation + "/licenses/" + file.replaceFirst("\\.jar$", ""));
    }
    if (!wrong.isEmpty()) {
      throw new IOException(String.join("\n", wrong));
    }
    stage.write(documentation + "/licenses/THIRD-PARTY", list.toString());
    for (Path text : Stage.files(texts)) {
      if (!text.endsWith("README")) {
        stage.copy(text, documentation + "/licenses/" + text.getFileName());
      }
    }
  }

  private static Map<String, Library> libraries(Path bill) throws IOException {
    Map<String, Library> libraries = new TreeMap<>();
    JsonNode components = new JsonMapper().readTree(bill.toFile()).path("components");
    for (JsonNode component : components) {
      List<String> licenses = new ArrayList<>();
      for (JsonNode choice : component.path("licenses")) {
        JsonNode license = choice.path("license");
        licenses.add(
            choice.hasNonNull("expression")
                ? choice.path("expression").asText()
                : license.path("id").asText(license.path("name").asText()));
      }
      String purl = component.path("purl").asText();
      libraries.put(
          purl,
          new Library(
              component.path("name").asText(),
              component.path("version").asText(),
              purl,
              String.join(" OR ", licenses)));
    }
    return libraries;
  }

  private static void carried(Path jar, Stage stage, String folder) throws IOException {
    try (JarFile archive = new JarFile(jar.toFile())) {
      for (JarEntry entry : archive.stream().toList()) {
        String name = entry.getName();
        if (entry.isDirectory() || name.endsWith(".class") || !CARRIED.matcher(name).matches()) {
          continue;
        }
        try (InputStream in = archive.getInputStream(entry)) {
          byte[] text = in.readNBytes(MAX_TEXT_BYTES);
          stage.write(
              folder + "/" + name.substring(name.lastIndexOf('/') + 1),
              new String(text, StandardCharsets.UTF_8));
        }
      }
    }
  }
}
