package io.packhouse.packages;

import java.util.List;
import java.util.Locale;

/**
 * Writes one man page with the macros of man(7). Text goes in as it is meant to be read: what roff
 * would take for its own is escaped here. Not thread-safe.
 */
final class Roff {
  private static final String MANUAL = "Packhouse manual";

  private final StringBuilder text = new StringBuilder();

  /**
   * Begins a page.
   *
   * @param name of the page, {@code packhouse-pack}
   * @param section 1 for commands of users, 5 for files, 8 for commands of administrators
   * @param source what the foot of the page names: the product and its version
   */
  Roff(String name, int section, String source) {
    text.append(
        ".TH %s %d \"\" \"%s\" \"%s\"\n"
            .formatted(escape(name.toUpperCase(Locale.ROOT)), section, escape(source), MANUAL));
    // Neither hyphens that nobody typed nor stretched lines: options are copied from here.
    text.append(".nh\n.ad l\n");
  }

  Roff section(String title) {
    text.append(".SH ").append(escape(title.toUpperCase(Locale.ROOT))).append('\n');
    return this;
  }

  Roff subsection(String title) {
    text.append(".SS ").append(escape(title)).append('\n');
    return this;
  }

  Roff paragraph(String paragraph) {
    text.append(".PP\n");
    return line(paragraph);
  }

  /** A term in bold, and what it is in an indented paragraph. */
  Roff term(String term, String meaning) {
    text.append(".TP\n\\fB").append(escape(term)).append("\\fR\n");
    return line(meaning);
  }

  /** Lines that keep their breaks and spaces. */
  Roff verbatim(List<String> lines) {
    text.append(".PP\n.nf\n");
    lines.forEach(this::line);
    text.append(".fi\n");
    return this;
  }

  Roff line(String line) {
    String escaped = escape(line);
    // A control character at the beginning of a line would begin a macro.
    text.append(escaped.startsWith(".") ? "\\&" : "").append(escaped).append('\n');
    return this;
  }

  private static String escape(String plain) {
    StringBuilder escaped = new StringBuilder(plain.length() + 16);
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      switch (c) {
        case '\\' -> escaped.append("\\(rs");
        case '-' -> escaped.append("\\-");
        case '\'' -> escaped.append("\\(aq");
        case '"' -> escaped.append("\\(dq");
        case '`' -> escaped.append("\\(ga");
        case '^' -> escaped.append("\\(ha");
        case '~' -> escaped.append("\\(ti");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
