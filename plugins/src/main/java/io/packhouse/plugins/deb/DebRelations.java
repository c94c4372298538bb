package io.packhouse.plugins.deb;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Relation fields by the syntax of Debian policy 7.1: groups separated by commas, alternatives in a
 * group by bars. What is malformed is read as far as it makes sense.
 */
final class DebRelations {

  /** More relations of a package than this are left out. */
  static final int MAX_RELATIONS = 10_000;

  private static final int MAX_NAME = 256;
  private static final int MAX_VERSION = 1_024;

  /**
   * A package asked for.
   *
   * @param name without its architecture qualifier
   * @param qualifier after the name's colon, such as {@code any}
   * @param operator such as {@code >=}; null with {@code version}
   */
  record Relation(
      String name,
      @Nullable String qualifier,
      @Nullable String operator,
      @Nullable String version) {

    /** The name as Debian writes it. */
    String qualifiedName() {
      return qualifier == null ? name : name + ":" + qualifier;
    }

    /** Operator and version. */
    @Nullable String requirement() {
      return operator == null ? null : operator + " " + version;
    }

    /** The only version that will do, else null. */
    @Nullable String exactVersion() {
      return "=".equals(operator) ? version : null;
    }
  }

  /**
   * Alternatives.
   *
   * @param text as declared, without white space around
   * @param relations at least one
   */
  record Group(String text, List<Relation> relations) {
    Group {
      relations = List.copyOf(relations);
    }
  }

  private DebRelations() {}

  /** The groups of a field, with no more than {@code maxRelations} in all. */
  static List<Group> parse(@Nullable String field, int maxRelations) {
    List<Group> groups = new ArrayList<>();
    if (field == null) {
      return groups;
    }
    int left = maxRelations;
    for (int from = 0; from <= field.length() && left > 0; ) {
      int to = end(field, from, ',');
      List<Relation> relations = new ArrayList<>();
      for (int at = from; at <= to && left > 0; ) {
        int bar = Math.min(to, end(field, at, '|'));
        Relation relation = relation(field.substring(at, bar));
        if (relation != null) {
          relations.add(relation);
          left--;
        }
        at = bar + 1;
      }
      if (!relations.isEmpty()) {
        groups.add(new Group(oneLine(field.substring(from, to)), relations));
      }
      from = to + 1;
    }
    return groups;
  }

  /** The groups as declared; null where there are none. */
  static @Nullable List<String> texts(@Nullable String field) {
    List<String> texts = parse(field, MAX_RELATIONS).stream().map(Group::text).toList();
    return texts.isEmpty() ? null : texts;
  }

  /** Text with every run of white space as one space. */
  static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }

  private static int end(String text, int from, char separator) {
    int at = text.indexOf(separator, from);
    return at < 0 ? text.length() : at;
  }

  private static @Nullable Relation relation(String text) {
    String stripped = text.strip();
    int nameEnd = 0;
    while (nameEnd < stripped.length() && " \t\n(<[".indexOf(stripped.charAt(nameEnd)) < 0) {
      nameEnd++;
    }
    String qualified = stripped.substring(0, nameEnd);
    int colon = qualified.indexOf(':');
    String name = colon < 0 ? qualified : qualified.substring(0, colon);
    if (name.isBlank() || name.length() > MAX_NAME) {
      return null;
    }
    String qualifier =
        colon < 0 || colon + 1 == qualified.length() ? null : qualified.substring(colon + 1);
    int open = stripped.indexOf('(', nameEnd);
    int close = open < 0 ? -1 : stripped.indexOf(')', open);
    if (close < 0) {
      return new Relation(name, qualifier, null, null);
    }
    String constraint = stripped.substring(open + 1, close).strip();
    int operatorEnd = 0;
    while (operatorEnd < constraint.length()
        && "<>=".indexOf(constraint.charAt(operatorEnd)) >= 0) {
      operatorEnd++;
    }
    String version = constraint.substring(operatorEnd).strip();
    if (version.isEmpty() || version.length() > MAX_VERSION) {
      return new Relation(name, qualifier, null, null);
    }
    // A version alone means this very one.
    String operator = operatorEnd == 0 ? "=" : constraint.substring(0, operatorEnd);
    return new Relation(name, qualifier, operator, version);
  }
}
