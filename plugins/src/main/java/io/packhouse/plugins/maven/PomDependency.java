package io.packhouse.plugins.maven;

import org.jspecify.annotations.Nullable;

/**
 * A dependency as a pom states it, in {@code dependencies} or {@code dependencyManagement}.
 *
 * @param type null for {@code jar}
 * @param optional as written, such as {@code true} or an expression
 */
record PomDependency(
    @Nullable String group,
    @Nullable String artifact,
    @Nullable String version,
    @Nullable String type,
    @Nullable String classifier,
    @Nullable String scope,
    @Nullable String optional) {

  static PomDependency of(XmlNode node) {
    return new PomDependency(
        node.textOf("groupId"),
        node.textOf("artifactId"),
        node.textOf("version"),
        node.textOf("type"),
        node.textOf("classifier"),
        node.textOf("scope"),
        node.textOf("optional"));
  }

  /** What Maven tells dependencies apart by. */
  String key() {
    String key = group + ":" + artifact + ":" + (type == null ? "jar" : type);
    return classifier == null ? key : key + ":" + classifier;
  }

  /** Whether {@link #key} is what it will be once expressions are resolved. */
  boolean hasPlainKey() {
    return isPlain(group) && isPlain(artifact) && isPlain(type) && isPlain(classifier);
  }

  boolean isImport() {
    return "pom".equals(type) && "import".equals(scope);
  }

  /** This, with version and scope taken from the managed one where it leaves them open. */
  PomDependency managedBy(PomDependency managed) {
    return new PomDependency(
        group,
        artifact,
        version == null ? managed.version : version,
        type,
        classifier,
        scope == null ? managed.scope : scope,
        optional);
  }

  private static boolean isPlain(@Nullable String text) {
    return text == null || !text.contains("${");
  }
}
