package io.packhouse.plugins.golang;

import io.packhouse.plugins.common.Limits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A parsed go.mod. As Go does for dependencies, directives that are not known are passed over; of a
 * known one that makes no sense the line is {@link #damage} and the rest is still read. One thread.
 */
final class GoMod {

  /** A module at a version. */
  record Require(String module, String version, boolean indirect) {}

  /** A replacement; versions are null for all versions and for directories. */
  record Replace(
      String module, @Nullable String version, String with, @Nullable String withVersion) {}

  /** Versions that are not to be used, {@code low} to {@code high}, which may be equal. */
  record Retract(String low, String high, @Nullable String rationale) {}

  private static final String DEPRECATED = "Deprecated:";

  @Nullable String module;
  @Nullable String deprecated;
  @Nullable String go;
  @Nullable String toolchain;
  final List<Require> requires = new ArrayList<>();
  final List<Replace> replaces = new ArrayList<>();
  final List<String> excludes = new ArrayList<>();
  final List<Retract> retracts = new ArrayList<>();
  final List<String> tools = new ArrayList<>();
  private @Nullable String damage;

  private final List<String> above = new ArrayList<>();
  private @Nullable String block;
  private @Nullable String blockComment;
  private int line;

  private GoMod() {}

  static GoMod parse(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    GoMod mod = new GoMod();
    int at = text.startsWith("\uFEFF") ? 1 : 0;
    while (at < text.length()) {
      int end = text.indexOf('\n', at);
      int to = end < 0 ? text.length() : end;
      mod.line++;
      mod.take(text.substring(at, to));
      at = to + 1;
    }
    if (mod.block != null) {
      mod.wrong("block " + mod.block + " does not end");
    }
    return mod;
  }

  /** What is wrong with the first line that made no sense; null where all did. */
  @Nullable String damage() {
    return damage;
  }

  private void take(String text) {
    GoModTokens line = GoModTokens.of(text);
    List<String> tokens = line.tokens();
    if (!line.sound()) {
      wrong("makes no sense");
      above.clear();
      return;
    }
    if (tokens.isEmpty()) {
      String comment = line.comment();
      if (comment == null) {
        above.clear();
      } else if (above.size() < Limits.ITEMS) {
        above.add(comment);
      }
      return;
    }
    if (block == null) {
      String verb = tokens.getFirst();
      List<String> rest = tokens.subList(1, tokens.size());
      if (rest.size() == 1 && rest.getFirst().equals("(")) {
        block = verb;
        blockComment = comment(line.comment());
      } else if (!(rest.size() == 2 && rest.getFirst().equals("(") && rest.get(1).equals(")"))) {
        directive(verb, rest, line.comment(), comment(line.comment()));
      }
    } else if (tokens.size() == 1 && tokens.getFirst().equals(")")) {
      block = null;
      blockComment = null;
    } else {
      String own = comment(line.comment());
      directive(block, tokens, line.comment(), own == null ? blockComment : own);
    }
    above.clear();
  }

  /** The comment lines above a directive, else the one behind it. */
  private @Nullable String comment(@Nullable String behind) {
    String whole = Limits.text(String.join("\n", above));
    return whole == null ? Limits.text(behind) : whole;
  }

  private void directive(
      String verb, List<String> words, @Nullable String behind, @Nullable String comment) {
    boolean sound =
        switch (verb) {
          case "module" -> words.size() == 1 && module(words.getFirst(), comment);
          case "go" -> words.size() == 1 && go(words.getFirst());
          case "toolchain" -> words.size() == 1 && toolchain(words.getFirst());
          case "require" -> words.size() == 2 && require(words, behind);
          case "exclude" -> words.size() == 2 && add(excludes, words.get(0) + "@" + words.get(1));
          case "replace" -> replace(words);
          case "retract" -> retract(words, comment);
          case "tool" -> words.size() == 1 && add(tools, words.getFirst());
          default -> true;
        };
    if (!sound) {
      wrong("has a " + (verb.length() > 20 ? "directive" : verb) + " that makes no sense");
    }
  }

  private boolean module(String path, @Nullable String comment) {
    if (module != null || path.isBlank()) {
      return false;
    }
    module = Limits.text(path);
    if (comment != null) {
      for (String paragraph : comment.split("\n\n", -1)) {
        if (paragraph.startsWith(DEPRECATED)) {
          deprecated = Limits.text(paragraph.substring(DEPRECATED.length()));
        }
      }
    }
    return true;
  }

  private boolean go(String version) {
    go = Limits.text(version);
    return true;
  }

  private boolean toolchain(String name) {
    toolchain = Limits.text(name);
    return true;
  }

  private boolean require(List<String> words, @Nullable String behind) {
    // As Go has it: the word alone, or before a semicolon.
    boolean indirect =
        behind != null && (behind.equals("indirect") || behind.startsWith("indirect;"));
    String path = Limits.text(words.get(0));
    String version = Limits.text(words.get(1));
    return path != null && version != null && add(requires, new Require(path, version, indirect));
  }

  private boolean replace(List<String> words) {
    int arrow = words.indexOf("=>");
    int after = words.size() - arrow - 1;
    if (arrow < 1 || arrow > 2 || after < 1 || after > 2) {
      return false;
    }
    return add(
        replaces,
        new Replace(
            words.get(0),
            arrow == 2 ? words.get(1) : null,
            words.get(arrow + 1),
            after == 2 ? words.get(arrow + 2) : null));
  }

  private boolean retract(List<String> words, @Nullable String rationale) {
    if (words.size() == 1 && !words.getFirst().equals("[")) {
      return add(retracts, new Retract(words.getFirst(), words.getFirst(), rationale));
    }
    return words.size() == 5
        && words.get(0).equals("[")
        && words.get(2).equals(",")
        && words.get(4).equals("]")
        && add(retracts, new Retract(words.get(1), words.get(3), rationale));
  }

  /** Adds within the bound; what goes past it is left out. */
  private static <T> boolean add(List<T> list, T item) {
    if (list.size() < Limits.ITEMS) {
      list.add(item);
    }
    return true;
  }

  private void wrong(String what) {
    if (damage == null) {
      damage = "go.mod line " + line + " " + what;
    }
  }
}
