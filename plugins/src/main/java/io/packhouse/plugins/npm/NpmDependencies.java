package io.packhouse.plugins.npm;

import com.fasterxml.jackson.databind.JsonNode;
import io.packhouse.plugins.common.Json;
import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.Dependency;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a manifest depends on, in the order of scopes below. For one manifest. */
final class NpmDependencies {

  /** npm's own words for the kinds, as in its queries {@code .prod}, {@code .dev} and so on. */
  private static final String PROD = "prod";

  private static final Pattern SCHEME =
      Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*:.*", Pattern.DOTALL);
  private static final Pattern ARCHIVE = Pattern.compile("(?i).*\\.(?:tgz|tar\\.gz|tar)");
  private static final Pattern LISTED = Pattern.compile("(@?[^@\\s><=:]+)(?::?[@\\s]*)(.*)");

  private final JsonNode manifest;
  private final List<Dependency> found = new ArrayList<>();
  private final List<Map<String, Object>> aliases = new ArrayList<>();
  private final Set<String> bundled;

  NpmDependencies(JsonNode manifest) {
    this.manifest = manifest;
    Map<String, String> prod = declared("dependencies");
    Map<String, String> optional = declared("optionalDependencies");
    this.bundled = bundled(prod);
    // Entries of optionalDependencies override those of dependencies.
    prod.keySet().removeAll(optional.keySet());
    Map<String, String> peer = declared("peerDependencies");
    prod.forEach((name, requirement) -> add(name, requirement, PROD, false));
    optional.forEach((name, requirement) -> add(name, requirement, "optional", true));
    JsonNode peerMeta = manifest.path("peerDependenciesMeta");
    peer.forEach(
        (name, requirement) ->
            add(
                name,
                requirement,
                "peer",
                Boolean.TRUE.equals(Json.truth(peerMeta.path(name), "optional"))));
    declared("devDependencies")
        .forEach((name, requirement) -> add(name, requirement, "dev", false));
  }

  List<Dependency> found() {
    return found;
  }

  /** Values of the column aliases. */
  List<Map<String, Object>> aliases() {
    return aliases;
  }

  /** The names of dependencies declared as bundled. */
  Set<String> bundled() {
    return bundled;
  }

  private Set<String> bundled(Map<String, String> prod) {
    JsonNode one = manifest.path("bundleDependencies");
    String field =
        one.isMissingNode() || one.isNull() ? "bundledDependencies" : "bundleDependencies";
    JsonNode declared = manifest.path(field);
    if (declared.isBoolean()) {
      return declared.booleanValue() ? new LinkedHashSet<>(prod.keySet()) : Set.of();
    }
    Set<String> names = new LinkedHashSet<>();
    if (declared.isObject()) {
      for (Map.Entry<String, JsonNode> entry : declared.properties()) {
        String name = Limits.text(entry.getKey());
        if (name != null && names.size() < Limits.ITEMS) {
          names.add(name);
        }
      }
      return names;
    }
    names.addAll(Json.texts(manifest, field));
    return names;
  }

  /** Requirements by name; a list of texts is an old form, in which each is {@code name@range}. */
  private Map<String, String> declared(String field) {
    Map<String, String> requirements = new LinkedHashMap<>();
    JsonNode declared = manifest.path(field);
    if (declared.isObject()) {
      for (Map.Entry<String, JsonNode> entry : declared.properties()) {
        JsonNode requirement = entry.getValue();
        String name = Limits.text(entry.getKey());
        if (name != null && requirement.isTextual() && requirements.size() < Limits.ITEMS) {
          requirements.put(name, requirement.textValue());
        }
      }
      return requirements;
    }
    List<String> listed = Json.texts(manifest, field);
    if (declared.isTextual() && !listed.isEmpty()) {
      listed = List.of(listed.getFirst().split("[\\s,]+"));
    }
    for (String text : listed) {
      Matcher matcher = LISTED.matcher(text);
      // Words of a text are parted by ASCII's blanks alone, so one may be of other white space.
      if (matcher.matches() && !matcher.group(1).isBlank() && requirements.size() < Limits.ITEMS) {
        requirements.put(matcher.group(1), matcher.group(2));
      }
    }
    return requirements;
  }

  private void add(String key, String declared, String scope, boolean optional) {
    if (found.size() == Limits.ITEMS) {
      return;
    }
    String requirement = Limits.text(declared);
    String name = key;
    if (requirement != null && requirement.startsWith("npm:")) {
      String target = requirement.substring(4);
      int at = target.indexOf('@', 1);
      name = at < 0 ? target : target.substring(0, at);
      requirement = at < 0 ? null : Limits.text(target.substring(at + 1));
      if (name.isBlank()) {
        name = key;
      } else if (!name.equals(key)) {
        aliases.add(Map.of("alias", key, "name", name));
      }
    }
    found.add(new Dependency(purl(name, requirement), name, requirement, scope, optional));
  }

  /** The purl of what a registry gives for a requirement; null where it comes from elsewhere. */
  private static @Nullable String purl(String text, @Nullable String requirement) {
    NpmName name = NpmName.parse(text);
    if (name == null || (requirement != null && isElsewhere(requirement))) {
      return null;
    }
    return name.purl(requirement == null ? null : NpmVersion.clean(requirement));
  }

  private static boolean isElsewhere(String requirement) {
    if (requirement.startsWith("workspace:") || requirement.startsWith("catalog:")) {
      return false;
    }
    return requirement.indexOf('/') >= 0
        || SCHEME.matcher(requirement).matches()
        || ARCHIVE.matcher(requirement).matches();
  }
}
