package io.packhouse.client.command;

import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.select.PathGlob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The entries that path arguments name. An argument that is the path of an entry selects it; any
 * other is a glob and must match something. Either way, what is below a selected directory is
 * selected too. No arguments select everything.
 *
 * <p>Asked for entries in an archive's order by one thread.
 */
final class PathSelection {
  /** What an argument turned out to be. */
  private static final class Rule {
    final String argument;
    final byte[] path;
    final boolean exact;
    private final PathGlob[] glob;
    boolean used;

    Rule(String argument, byte[] path, boolean exact, PathGlob... glob) {
      this.argument = argument;
      this.path = path;
      this.exact = exact;
      this.glob = glob;
    }

    boolean matches(byte[] candidate, boolean directory) {
      // No glob means the root, which `*` would match: its name is empty.
      return exact
          ? Arrays.equals(path, candidate)
          : candidate.length > 0 && glob[0].matches(candidate, directory);
    }
  }

  private final ArchiveView archive;
  private final List<Rule> rules;

  /** The last directory that was asked about, and whether it is selected. */
  private byte[] lastParent = {};

  private boolean lastParentSelected;
  private boolean lastParentKnown;

  private PathSelection(ArchiveView archive, List<Rule> rules) {
    this.archive = archive;
    this.rules = rules;
  }

  /**
   * Tells paths from globs.
   *
   * @throws Failure if an argument is neither
   */
  static PathSelection of(ArchiveView archive, List<String> arguments) throws IOException {
    List<Rule> rules = new ArrayList<>();
    for (String argument : arguments) {
      EntryView entry = Archives.findOrNull(archive, argument);
      if (entry != null) {
        rules.add(new Rule(argument, entry.pathBytes(), true));
      } else if (!isGlob(argument)) {
        throw Archives.notFound(archive, argument);
      } else {
        rules.add(new Rule(argument, new byte[0], false, glob(argument)));
      }
    }
    return new PathSelection(archive, rules);
  }

  static boolean isGlob(String argument) {
    for (int i = 0; i < argument.length(); i++) {
      if ("*?[{".indexOf(argument.charAt(i)) >= 0) {
        return true;
      }
    }
    return false;
  }

  static PathGlob glob(String pattern) throws Failure {
    try {
      return PathGlob.of(pattern);
    } catch (IllegalArgumentException e) {
      throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** What all selected paths start with, as far as that is plain. */
  byte[] prefix() {
    if (rules.size() != 1) {
      return new byte[0];
    }
    Rule rule = rules.getFirst();
    if (rule.exact) {
      return rule.path.clone();
    }
    String pattern = rule.argument;
    int end = 0;
    while (end < pattern.length() && "*?[{\\".indexOf(pattern.charAt(end)) < 0) {
      end++;
    }
    boolean wholePath = pattern.substring(0, Math.max(0, pattern.length() - 1)).contains("/");
    if (!wholePath || pattern.startsWith("/")) {
      return new byte[0];
    }
    // What comes after the last slash may be cut anywhere inside a character: leave it out.
    int slash = pattern.lastIndexOf('/', end - 1);
    return slash < 0
        ? new byte[0]
        : pattern.substring(0, slash + 1).getBytes(StandardCharsets.UTF_8);
  }

  /** Path bytes of the arguments that are paths. */
  List<byte[]> paths() {
    return rules.stream().filter(rule -> rule.exact).map(rule -> rule.path.clone()).toList();
  }

  /** The arguments that are globs. */
  List<PathGlob> globs() {
    return rules.stream().filter(rule -> !rule.exact).map(rule -> rule.glob[0]).toList();
  }

  /**
   * Looks for what globs match, before anything is done with it.
   *
   * @throws Failure if one matches nothing
   */
  void requireMatches() throws IOException {
    if (globs().isEmpty()) {
      return;
    }
    for (Rule rule : rules) {
      rule.used |= rule.exact;
    }
    EntryView.Cursor entries = archive.entries(ArchiveView.Listing.TREE.withPrefix(prefix()));
    for (EntryView entry = entries.next(); entry != null; entry = entries.next()) {
      matches(entry.pathBytes(), entry.is(EntryType.DIRECTORY));
      if (rules.stream().allMatch(rule -> rule.used)) {
        return;
      }
    }
    requireAllUsed();
  }

  boolean admits(EntryView entry) {
    if (rules.isEmpty()) {
      return true;
    }
    byte[] path = entry.pathBytes();
    boolean matches = matches(path, entry.is(EntryType.DIRECTORY));
    // No short cut: each rule must learn that it was used.
    return isBelowSelected(path) || matches;
  }

  private boolean matches(byte[] path, boolean directory) {
    boolean matches = false;
    for (Rule rule : rules) {
      if (rule.matches(path, directory)) {
        rule.used = true;
        matches = true;
      }
    }
    return matches;
  }

  private boolean isBelowSelected(byte[] path) {
    if (path.length == 0) {
      return false;
    }
    byte[] parent = Arrays.copyOf(path, parentLength(path));
    if (!lastParentKnown || !Arrays.equals(parent, lastParent)) {
      boolean selected = matches(parent, true);
      // Not by recursion over the memo: the ancestors of one path are few, and asked once.
      for (byte[] above = parent; !selected && above.length > 0; ) {
        above = Arrays.copyOf(above, parentLength(above));
        selected = matches(above, true);
      }
      lastParent = parent;
      lastParentSelected = selected;
      lastParentKnown = true;
    }
    return lastParentSelected;
  }

  private static int parentLength(byte[] path) {
    for (int i = path.length - 1; i > 0; i--) {
      if (path[i] == '/') {
        return i;
      }
    }
    return 0;
  }

  /**
   * Refuses arguments that selected nothing; to be asked after the last entry.
   *
   * @throws Failure that names the first such argument
   */
  void requireAllUsed() throws IOException {
    for (Rule rule : rules) {
      if (!rule.used) {
        throw new Failure(
            ExitCode.INPUT, archive.displayName() + ": no entry matches " + rule.argument);
      }
    }
  }
}
