package io.packhouse.plugins.deb;

import io.packhouse.plugins.common.Licenses;
import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.common.Rfc822Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Licenses of a machine-readable {@code copyright} file (DEP-5).
 *
 * @param declared the short names as they are, each once, in the file's order
 * @param expression of the package as a whole, where one can be told
 */
record DebCopyright(List<String> declared, @Nullable String expression) {

  private static final int MAX_STANZAS = 2_000;
  private static final int MAX_NAME = 500;

  /** Names of DEP-5 whose SPDX identifiers differ by more than a version's ending. */
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("expat", "MIT"),
          Map.entry("perl", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
          Map.entry("artistic", "Artistic-1.0"),
          Map.entry("zlib/libpng", "Zlib"),
          Map.entry("psf-2", "PSF-2.0"),
          Map.entry("python-2", "Python-2.0"),
          Map.entry("cc0", "CC0-1.0"),
          Map.entry("boost-1.0", "BSL-1.0"),
          Map.entry("bsd-2", "BSD-2-Clause"),
          Map.entry("bsd-3", "BSD-3-Clause"),
          Map.entry("bsd-4", "BSD-4-Clause"),
          Map.entry("apache-2", "Apache-2.0"));

  /** A family of the FSF, a version with or without its zero, and whether later ones will do. */
  private static final Pattern GNU =
      Pattern.compile("(a?gpl|lgpl|gfdl)(-niv)?(?:-v?([0-9])(?:\\.([0-9]))?)(\\.0)?(\\+)?");

  private static final Pattern OPERATOR_FIRST = Pattern.compile("^(?i:(and|or))\\s+");
  private static final Pattern OPERATOR = Pattern.compile("\\s+(?i:(and|or))\\s+");

  /** Copies. */
  DebCopyright {
    declared = List.copyOf(declared);
  }

  /** Reads a file; null where it is not machine-readable. */
  static @Nullable DebCopyright parse(byte[] bytes) {
    Rfc822Headers stanza = Rfc822Headers.parse(new String(bytes, StandardCharsets.UTF_8));
    String format = stanza.first("Format");
    if (format == null) {
      format = stanza.first("Format-Specification");
    }
    if (format == null) {
      return null;
    }
    Set<String> declared = new LinkedHashSet<>();
    Set<String> ofFiles = new LinkedHashSet<>();
    String whole = license(stanza);
    if (whole != null) {
      declared.add(whole);
    }
    for (int count = 1; count < MAX_STANZAS; count++) {
      String body = stanza.body();
      if (body.isBlank()) {
        break;
      }
      stanza = Rfc822Headers.parse(body);
      String files = stanza.first("Files");
      String license = license(stanza);
      // Stanzas without files only give the text of a license that others name.
      if (files != null && license != null && declared.size() < Limits.ITEMS) {
        declared.add(license);
        if (!files.startsWith("debian/") || files.contains("\n") || files.contains(" ")) {
          ofFiles.add(license);
        }
      }
    }
    List<String> names = whole != null ? List.of(whole) : List.copyOf(ofFiles);
    List<String> expressions = new ArrayList<>();
    for (String name : names) {
      expressions.add(spdx(name));
    }
    return new DebCopyright(List.copyOf(declared), Licenses.all(expressions, "AND"));
  }

  private static @Nullable String license(Rfc822Headers stanza) {
    String value = stanza.first("License");
    if (value == null) {
      return null;
    }
    int newline = value.indexOf('\n');
    String name = (newline < 0 ? value : value.substring(0, newline)).strip();
    return name.isEmpty() || name.length() > MAX_NAME ? null : name;
  }

  /** A license in DEP-5's syntax in that of SPDX, where a comma before an operator groups. */
  static String spdx(String declared) {
    StringBuilder expression = new StringBuilder();
    for (String part : declared.replaceAll(",\\s+(?=(?i:and|or)\\s)", "\0").split("\0", -1)) {
      Matcher operator = OPERATOR_FIRST.matcher(part);
      String operand = part;
      if (operator.find()) {
        // "A or B, and C": what stands before is one operand.
        expression.insert(0, "(").append(") ").append(operator.group(1).toUpperCase(Locale.ROOT));
        expression.append(' ');
        operand = part.substring(operator.end());
      }
      boolean grouped = !expression.isEmpty();
      expression.append(grouped ? "(" : "").append(operands(operand)).append(grouped ? ")" : "");
    }
    return expression.toString();
  }

  private static String operands(String text) {
    StringBuilder result = new StringBuilder();
    Matcher operator = OPERATOR.matcher(text);
    int from = 0;
    while (operator.find()) {
      result.append(name(text.substring(from, operator.start())));
      result.append(' ').append(operator.group(1).toUpperCase(Locale.ROOT)).append(' ');
      from = operator.end();
    }
    return result.append(name(text.substring(from))).toString();
  }

  private static String name(String text) {
    String name = text.strip();
    String lower = name.toLowerCase(Locale.ROOT);
    String mapped = NAMES.get(lower);
    if (mapped != null) {
      return mapped.contains(" ") ? "(" + mapped + ")" : mapped;
    }
    Matcher gnu = GNU.matcher(lower);
    if (!gnu.matches()) {
      return name;
    }
    String minor = gnu.group(4) == null ? "0" : gnu.group(4);
    return gnu.group(1).toUpperCase(Locale.ROOT)
        + "-"
        + gnu.group(3)
        + "."
        + minor
        + (gnu.group(2) == null ? "" : "-no-invariants")
        + (gnu.group(6) == null ? "-only" : "-or-later");
  }
}
