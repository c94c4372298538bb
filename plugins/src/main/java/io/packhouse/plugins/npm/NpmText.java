package io.packhouse.plugins.npm;

import com.fasterxml.jackson.databind.JsonNode;
import io.packhouse.plugins.common.Json;
import io.packhouse.plugins.common.Limits;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a manifest says of people, licenses and places, in the many forms there have been. */
final class NpmText {

  private static final Pattern HOSTED =
      Pattern.compile("(?:(github|gitlab|bitbucket):)?([\\w.-]+)/([\\w.-]+?)(?:\\.git)?(#.*)?");

  private NpmText() {}

  /** Author, contributors and maintainers, each once: {@code Name <address> (URL)}. */
  static Set<String> people(JsonNode manifest) {
    Set<String> people = new LinkedHashSet<>();
    for (String field : List.of("author", "contributors", "maintainers")) {
      for (JsonNode person : oneOrMore(manifest.path(field))) {
        String text = person.isTextual() ? Limits.text(person.textValue()) : person(person);
        if (text != null && people.size() < Limits.ITEMS) {
          people.add(text);
        }
      }
    }
    return people;
  }

  private static @Nullable String person(JsonNode person) {
    String name = Json.text(person, "name");
    String mail = first(person, "email", "mail");
    String url = first(person, "url", "web");
    StringBuilder text = new StringBuilder(name == null ? "" : name);
    if (mail != null) {
      text.append(" <").append(mail).append('>');
    }
    if (url != null) {
      text.append(" (").append(url).append(')');
    }
    return Limits.text(text.toString());
  }

  /**
   * The declared licenses: from {@code license}, else {@code licenses}, else {@code licence}; a
   * text, an object with a type, name or URL, or several of these.
   */
  static List<String> licenses(JsonNode manifest) {
    List<String> licenses = new ArrayList<>();
    for (String field : List.of("license", "licenses", "licence")) {
      for (JsonNode license : oneOrMore(manifest.path(field))) {
        String text =
            license.isTextual()
                ? Limits.text(license.textValue())
                : first(license, "type", "name", "license", "url");
        if (text != null && licenses.size() < Limits.ITEMS) {
          licenses.add(text);
        }
      }
      if (!licenses.isEmpty()) {
        break;
      }
    }
    return licenses;
  }

  /**
   * The URL of the repository, from {@code repository} or the first of {@code repositories}, as
   * declared but for shorthands, which are written out.
   */
  static @Nullable String repository(JsonNode manifest) {
    JsonNode repository = repositoryNode(manifest);
    String text =
        repository.isTextual() ? Limits.text(repository.textValue()) : Json.text(repository, "url");
    return text == null ? null : expand(text);
  }

  /** The directory within it. */
  static @Nullable String repositoryDirectory(JsonNode manifest) {
    return Json.text(repositoryNode(manifest), "directory");
  }

  private static JsonNode repositoryNode(JsonNode manifest) {
    JsonNode repositories = manifest.path("repositories");
    JsonNode repository = manifest.path("repository");
    JsonNode found = repository.isMissingNode() || repository.isNull() ? repositories : repository;
    return found.isArray() ? found.path(0) : found;
  }

  private static String expand(String text) {
    if (text.startsWith("gist:")) {
      return "git+https://gist.github.com/" + text.substring(5) + ".git";
    }
    Matcher matcher = HOSTED.matcher(text);
    if (!matcher.matches() || text.startsWith(".")) {
      return text;
    }
    String host = matcher.group(1) == null ? "github" : matcher.group(1);
    String fragment = matcher.group(4) == null ? "" : matcher.group(4);
    return "git+https://"
        + host
        + (host.equals("bitbucket") ? ".org/" : ".com/")
        + matcher.group(2)
        + "/"
        + matcher.group(3)
        + ".git"
        + fragment;
  }

  /** Engines by name; the old forms, a text or array of texts, have both in one. */
  static List<Map<String, Object>> engines(JsonNode manifest) {
    List<Map<String, Object>> engines = new ArrayList<>();
    JsonNode declared = manifest.path("engines");
    if (declared.isObject()) {
      declared
          .properties()
          .forEach(
              engine -> {
                String name = Limits.text(engine.getKey());
                String requirement = Json.scalar(declared, engine.getKey());
                if (name != null && requirement != null && engines.size() < Limits.ITEMS) {
                  engines.add(Map.of("name", name, "requirement", requirement));
                }
              });
      return engines;
    }
    for (String text : Json.texts(manifest, "engines")) {
      int end = 0;
      while (end < text.length() && Character.isLetterOrDigit(text.charAt(end))) {
        end++;
      }
      String requirement = Limits.text(text.substring(end));
      if (end > 0 && requirement != null) {
        engines.add(
            Map.of(
                "name",
                text.substring(0, end).toLowerCase(Locale.ROOT),
                "requirement",
                requirement));
      }
    }
    return engines;
  }

  /**
   * Commands by name: from an object, from one path for the command named as the package, or from
   * an array of paths for commands named as the files.
   */
  static List<Map<String, Object>> commands(JsonNode manifest, @Nullable NpmName name) {
    List<Map<String, Object>> commands = new ArrayList<>();
    JsonNode bin = manifest.path("bin");
    if (bin.isObject()) {
      bin.properties()
          .forEach(
              command -> command(commands, command.getKey(), Json.text(bin, command.getKey())));
    } else if (bin.isArray()) {
      for (String path : Json.texts(manifest, "bin")) {
        command(commands, path.substring(path.lastIndexOf('/') + 1), path);
      }
    } else if (name != null) {
      command(commands, name.name(), Json.text(manifest, "bin"));
    }
    return commands;
  }

  private static void command(
      List<Map<String, Object>> commands, String key, @Nullable String path) {
    String name = Limits.text(key);
    if (name != null && path != null && commands.size() < Limits.ITEMS) {
      commands.add(Map.of("name", name, "path", path));
    }
  }

  private static @Nullable String first(JsonNode node, String... fields) {
    for (String field : fields) {
      String text = Json.text(node, field);
      if (text != null) {
        return text;
      }
    }
    return null;
  }

  private static Iterable<JsonNode> oneOrMore(JsonNode node) {
    return node.isArray() ? node : List.of(node);
  }
}
