package io.packhouse.packages;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Man pages from what {@code --help} says, so that neither can say what the other does not.
 *
 * <p>picocli's own way goes over AsciiDoc, whose converter is a Ruby interpreter of 60 MB.
 */
final class ManPages {
  private static final Pattern VARIABLE = Pattern.compile("  ([A-Z][A-Z_]+)  +(\\S.*)");
  private static final Pattern OPTION = Pattern.compile("  (--?[a-z].*?)(?:  +(\\S.*))?");

  private final String source;
  private final Map<String, String> pages = new TreeMap<>();

  private ManPages(String version) {
    this.source = "Packhouse " + version;
  }

  /**
   * The pages by their file names, {@code packhouse-pack.1}.
   *
   * @param command with its subcommands
   * @param daemonHelp what {@code packhoused --help} prints
   */
  static Map<String, String> of(CommandLine command, String daemonHelp, String version) {
    ManPages made = new ManPages(version);
    made.command(command);
    command.getSubcommands().values().forEach(made::command);
    made.daemon(daemonHelp);
    return made.pages;
  }

  private void command(CommandLine line) {
    CommandSpec spec = line.getCommandSpec();
    String name = spec.qualifiedName("-");
    Roff page = new Roff(name, 1, source);
    List<String> description = texts(spec.usageMessage().description());
    page.section("Name").line(name + " - " + firstSentence(description.getFirst()));
    page.section("Synopsis").verbatim(line.getHelp().synopsis(0).lines().toList());
    page.section("Description");
    description.forEach(page::paragraph);
    if (spec.parent() == null) {
      page.section("Commands");
      line.getSubcommands()
          .forEach(
              (verb, sub) ->
                  page.term(
                      name + "-" + verb + "(1)",
                      firstSentence(
                          texts(sub.getCommandSpec().usageMessage().description()).getFirst())));
    }
    page.section("Options");
    for (PositionalParamSpec operand : spec.positionalParameters()) {
      page.term(label(line, operand).strip(), String.join(" ", texts(operand.description())));
    }
    options(page, line, spec.options().stream().filter(option -> option.group() == null).toList());
    spec.argGroups().stream()
        .sorted(Comparator.comparingInt(ArgGroupSpec::order))
        .forEach(
            group -> {
              page.subsection(text(group.heading()).strip().replaceAll(":$", ""));
              options(page, line, group.options());
            });
    page.section("Exit status");
    spec.usageMessage().exitCodeList().forEach((code, meaning) -> page.term(code, text(meaning)));
    footer(page, texts(spec.usageMessage().footer()));
    page.section("See also");
    page.line(spec.parent() == null ? "packhoused(8)" : "packhouse(1), packhoused(8)");
    pages.put(name + ".1", page.toString());
  }

  private static void options(Roff page, CommandLine line, Collection<OptionSpec> options) {
    options.stream()
        .filter(option -> !option.hidden())
        .sorted(Comparator.comparingInt(OptionSpec::order))
        .forEach(
            option ->
                page.term(
                    String.join(", ", option.names()) + label(line, option),
                    String.join(" ", texts(option.description()))));
  }

  private static String label(CommandLine line, CommandLine.Model.ArgSpec argument) {
    return line.getHelp()
        .parameterLabelRenderer()
        .renderParameterLabel(argument, Ansi.OFF, List.of())
        .toString();
  }

  /** Sections that a line without indentation and with a colon begins; variables; examples. */
  private static void footer(Roff page, List<String> footer) {
    List<String> verbatim = new ArrayList<>();
    for (String line : footer) {
      Matcher variable = VARIABLE.matcher(line);
      if (line.startsWith("  ") && !variable.matches()) {
        verbatim.add(line);
        continue;
      }
      flush(page, verbatim);
      if (variable.matches()) {
        page.term(variable.group(1), variable.group(2));
      } else if (line.endsWith(":")) {
        page.section(line.substring(0, line.length() - 1));
      } else {
        page.paragraph(line);
      }
    }
    flush(page, verbatim);
  }

  private static void flush(Roff page, List<String> verbatim) {
    if (!verbatim.isEmpty()) {
      page.verbatim(verbatim);
      verbatim.clear();
    }
  }

  /** The daemon's help is text: usage, paragraphs, options with their continued lines. */
  private void daemon(String help) {
    Roff page = new Roff("packhoused", 8, source);
    page.section("Name").line("packhoused - keep packing warm and serve archives");
    String[] blocks = help.strip().split("\n\n", -1);
    page.section("Synopsis")
        .verbatim(blocks[0].replaceFirst("Usage: ", "       ").stripIndent().lines().toList());
    page.section("Description");
    boolean inOptions = false;
    for (String block : Arrays.asList(blocks).subList(1, blocks.length)) {
      boolean options = OPTION.matcher(block.lines().findFirst().orElseThrow()).matches();
      if (options) {
        page.section("Options");
        daemonOptions(page, block);
      } else {
        if (inOptions) {
          page.section("Notes");
        }
        page.paragraph(block.replace('\n', ' '));
      }
      inOptions = options;
    }
    page.section("Files")
        .term("/etc/packhouse/packhoused.toml", "The configuration; every key is in it, commented")
        .term("/run/packhouse/packhoused.sock", "The Unix socket of the service")
        .term("/var/lib/packhouse", "Its state, and the folder of archives");
    page.section("See also").line("packhouse(1)");
    pages.put("packhoused.8", page.toString());
  }

  private static void daemonOptions(Roff page, String block) {
    String option = "";
    StringBuilder meaning = new StringBuilder();
    for (String line : block.lines().toList()) {
      Matcher next = OPTION.matcher(line);
      if (next.matches()) {
        if (!option.isEmpty()) {
          page.term(option, meaning.toString().strip());
        }
        option = next.group(1);
        meaning.setLength(0);
        meaning.append(next.group(2) == null ? "" : next.group(2));
      } else {
        meaning.append(' ').append(line.strip());
      }
    }
    page.term(option, meaning.toString().strip());
  }

  private static String firstSentence(String text) {
    int end = text.indexOf(". ");
    return (end < 0 ? text : text.substring(0, end)).replaceAll("\\.$", "");
  }

  /** As picocli shows them: formatted, without markup; empty lines only part paragraphs. */
  private static List<String> texts(String[] lines) {
    return Arrays.stream(lines)
        .flatMap(line -> text(line).lines())
        .filter(line -> !line.isBlank())
        .toList();
  }

  private static String text(String line) {
    return Ansi.OFF.string(String.format(java.util.Locale.ROOT, line));
  }
}
