package io.packhouse.plugins.conda;

import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.Dependency;
import java.util.Collections;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A match spec: {@code [channel[/subdir]::]name[ version[ build]]}, and the shorter {@code
 * name>=version} and {@code name[key=value]}.
 *
 * @param requirement what follows the name, as declared; null for nothing
 */
record MatchSpec(String name, @Nullable String requirement) {

  private static final int MAX_LENGTH = 8 << 10;

  private static final Pattern FORM =
      Pattern.compile("(?:[^\\s\\[\\]<>=]*::)?([A-Za-z0-9_][A-Za-z0-9_.-]*|\\*)\\s*(.*)");

  /**
   * One version by itself is exact between blanks, behind {@code ==} and in {@code =1.0=build};
   * {@code =1.0} is 1.0.*.
   */
  private static final Pattern PIN =
      Pattern.compile(
          "(?:==\\s*)?(?<plain>[A-Za-z0-9][A-Za-z0-9_.!+-]*)(?:\\s+\\S+)?"
              + "|=(?<built>[A-Za-z0-9][A-Za-z0-9_.!+-]*)=[^=\\s]+");

  /** Parses; null where there is no name. */
  static @Nullable MatchSpec parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return null;
    }
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches() || form.group(1).equals("*")) {
      return null;
    }
    String rest = form.group(2).strip();
    return new MatchSpec(form.group(1), rest.isEmpty() ? null : rest);
  }

  /** The dependency. */
  Dependency dependency(String scope, boolean optional) {
    Matcher pin = PIN.matcher(requirement == null ? "" : requirement);
    String version = null;
    if (pin.matches()) {
      String plain = pin.group("plain");
      version = plain == null ? pin.group("built") : plain;
    }
    return new Dependency(
        Purl.of("conda", null, name, version, Collections.emptySortedMap()),
        name,
        requirement,
        scope,
        optional);
  }
}
