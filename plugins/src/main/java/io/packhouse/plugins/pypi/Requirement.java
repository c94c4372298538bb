package io.packhouse.plugins.pypi;

import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.Dependency;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A requirement as PEP 508 and the older core metadata write it.
 *
 * @param name as declared
 * @param extras of the other project that are asked for
 * @param specifier the versions asked for, as declared, without parentheses; null for any
 * @param address where to take it from instead
 * @param marker when it is needed, as declared
 * @param sound whether the text keeps to the grammar; where not, only the name is known for sure
 */
record Requirement(
    String name,
    List<String> extras,
    @Nullable String specifier,
    @Nullable String address,
    @Nullable String marker,
    boolean sound) {

  private static final int MAX_LENGTH = 8 << 10;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?");

  /** Versions are as loose as PEP 440 lets {@code ===} be, since old packages have odd ones. */
  private static final Pattern CLAUSE =
      Pattern.compile("\\s*(?:===|==|~=|!=|<=|>=|<|>)\\s*[A-Za-z0-9._*+!-]+\\s*");

  private static final Pattern PIN =
      Pattern.compile("\\s*(?:==|===)\\s*([A-Za-z0-9][A-Za-z0-9._+!-]*)\\s*");

  /** Parses; null where there is no name at the beginning. */
  static @Nullable Requirement parse(String text) {
    String line = text.strip();
    Matcher name = NAME.matcher(line);
    if (line.length() > MAX_LENGTH || !name.lookingAt()) {
      return null;
    }
    String project = name.group();
    String rest = line.substring(name.end()).strip();
    List<String> extras = List.of();
    if (rest.startsWith("[")) {
      int end = rest.indexOf(']');
      if (end < 0) {
        return unsound(project, rest);
      }
      String list = rest.substring(1, end);
      if (!list.isBlank()) {
        extras = new ArrayList<>();
        for (String extra : list.split(",", -1)) {
          if (!NAME.matcher(extra.strip()).matches()) {
            return unsound(project, rest);
          }
          extras.add(extra.strip());
        }
      }
      rest = rest.substring(end + 1).strip();
    }
    if (rest.startsWith("@")) {
      return addressed(project, extras, rest.substring(1).strip());
    }
    int semicolon = rest.indexOf(';');
    String marker = semicolon < 0 ? null : rest.substring(semicolon + 1).strip();
    String specifier = (semicolon < 0 ? rest : rest.substring(0, semicolon)).strip();
    if (specifier.startsWith("(") && specifier.endsWith(")")) {
      specifier = specifier.substring(1, specifier.length() - 1).strip();
    }
    boolean sound =
        isSpecifier(specifier) && (marker == null || MarkerParser.parse(marker) != null);
    return new Requirement(
        project, extras, specifier.isEmpty() ? null : specifier, null, marker, sound);
  }

  /** An address ends at a blank; only then may a marker follow. */
  private static Requirement addressed(String project, List<String> extras, String rest) {
    int end = 0;
    while (end < rest.length() && !Character.isWhitespace(rest.charAt(end))) {
      end++;
    }
    String address = rest.substring(0, end);
    String after = rest.substring(end).strip();
    String marker = after.startsWith(";") ? after.substring(1).strip() : null;
    boolean sound =
        !address.isEmpty()
            && (marker == null ? after.isEmpty() : MarkerParser.parse(marker) != null);
    return new Requirement(
        project, extras, null, address.isEmpty() ? null : address, marker, sound);
  }

  private static Requirement unsound(String project, String rest) {
    return new Requirement(project, List.of(), rest.isEmpty() ? null : rest, null, null, false);
  }

  private static boolean isSpecifier(String specifier) {
    if (specifier.isEmpty()) {
      return true;
    }
    String[] clauses = specifier.split(",", -1);
    for (int i = 0; i < clauses.length; i++) {
      // A comma may end the list.
      boolean last = i > 0 && i == clauses.length - 1;
      if (!CLAUSE.matcher(clauses[i]).matches() && !(last && clauses[i].isBlank())) {
        return false;
      }
    }
    return true;
  }

  /** The dependency; what asks for an extra is optional, with the extras as its scope. */
  Dependency dependency() {
    Marker parsed = marker == null ? null : MarkerParser.parse(marker);
    List<String> needs = parsed == null ? List.of() : parsed.needs();
    String requirement = address == null ? specifier : "@ " + address;
    return new Dependency(
        Purl.of("pypi", null, name, pinned(), Collections.emptySortedMap()),
        name,
        requirement,
        needs.isEmpty() ? null : "extra:" + String.join(",", needs),
        !needs.isEmpty());
  }

  private @Nullable String pinned() {
    Matcher pin = PIN.matcher(specifier == null ? "" : specifier);
    return sound && pin.matches() ? pin.group(1) : null;
  }
}
