package io.packhouse.plugins.maven;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the expressions of a pom, <code>${…}</code>, by the pom and the parents it inherits
 * from. In the order of Maven's model builder: {@code project.} and {@code pom.} expressions by the
 * project itself, then properties, the nearest first, then {@code groupId} and the like without
 * prefix. What a build would take from its surroundings ({@code env.}, {@code java.version}, {@code
 * basedir}) stays as it is, and is remembered. For one thread.
 */
final class PomValues {

  private static final int MAX_LENGTH = 64 << 10;

  /** Expressions resolved for one text: ten properties that hold ten of the next are 10^10. */
  private static final int MAX_STEPS = 1_000;

  private static final int MAX_UNRESOLVED = 100;

  private final List<PomModel> chain;
  private final Set<String> unresolved = new LinkedHashSet<>();

  /**
   * @param chain a pom, its parent, and so on
   */
  PomValues(List<PomModel> chain) {
    this.chain = chain;
  }

  /** The expressions that could not be resolved so far, without the signs around. */
  List<String> unresolved() {
    return List.copyOf(unresolved);
  }

  /** The text with all expressions replaced that can be. */
  String resolve(String text) {
    if (!text.contains("${")) {
      return text;
    }
    return new Resolution().resolve(text);
  }

  /** {@link #resolve}, and null for null. */
  @Nullable String resolveOrNull(@Nullable String text) {
    return text == null ? null : resolve(text);
  }

  /** A dependency with its expressions replaced. */
  PomDependency resolve(PomDependency dependency) {
    return new PomDependency(
        resolveOrNull(dependency.group()),
        resolveOrNull(dependency.artifact()),
        resolveOrNull(dependency.version()),
        resolveOrNull(dependency.type()),
        resolveOrNull(dependency.classifier()),
        resolveOrNull(dependency.scope()),
        resolveOrNull(dependency.optional()));
  }

  private @Nullable String value(String expression) {
    String name = expression.strip();
    for (String prefix : List.of("project.", "pom.")) {
      if (name.startsWith(prefix)) {
        String value = ofProject(name.substring(prefix.length()));
        if (value != null) {
          return value;
        }
      }
    }
    for (PomModel model : chain) {
      String value = model.properties().get(name);
      if (value != null) {
        return value;
      }
    }
    return ofProject(name);
  }

  private @Nullable String ofProject(String name) {
    PomModel own = chain.getFirst();
    PomModel.Parent parent = own.parent();
    return switch (name) {
      case "groupId" -> own.ownOrParentGroup();
      case "artifactId" -> own.artifact();
      case "version" -> own.ownOrParentVersion();
      case "packaging" -> own.packaging() == null ? "jar" : own.packaging();
      case "name" -> own.name();
      case "description" -> first(PomModel::description);
      case "url" -> first(PomModel::url);
      case "scm.url" -> first(PomModel::scmUrl);
      case "scm.connection" -> first(PomModel::scmConnection);
      case "organization.name" -> first(PomModel::organization);
      case "parent.groupId" -> parent == null ? null : parent.group();
      case "parent.artifactId" -> parent == null ? null : parent.artifact();
      case "parent.version" -> parent == null ? null : parent.version();
      default -> null;
    };
  }

  /** The value of the nearest pom that has one, its expressions as they stand. */
  @Nullable String first(Getter getter) {
    for (PomModel model : chain) {
      String value = getter.of(model);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  /** Takes one value of a pom. */
  @FunctionalInterface
  interface Getter {
    @Nullable String of(PomModel model);
  }

  /** The work on one text, which ends whatever the properties hold. */
  private final class Resolution {

    private final List<String> open = new ArrayList<>();
    private int steps;

    String resolve(String text) {
      StringBuilder resolved = new StringBuilder();
      int from = 0;
      while (true) {
        int start = text.indexOf("${", from);
        int end = start < 0 ? -1 : text.indexOf('}', start);
        if (end < 0 || resolved.length() > MAX_LENGTH) {
          break;
        }
        resolved.append(text, from, start);
        String expression = text.substring(start + 2, end);
        String value = open.contains(expression) || ++steps > MAX_STEPS ? null : value(expression);
        if (value == null) {
          if (unresolved.size() < MAX_UNRESOLVED && expression.length() <= 200) {
            unresolved.add(expression);
          }
          resolved.append(text, start, end + 1);
        } else if (value.contains("${")) {
          open.add(expression);
          resolved.append(resolve(value));
          open.removeLast();
        } else {
          resolved.append(value);
        }
        from = end + 1;
      }
      resolved.append(text, from, text.length());
      return resolved.length() > MAX_LENGTH
          ? resolved.substring(0, MAX_LENGTH)
          : resolved.toString();
    }
  }
}
