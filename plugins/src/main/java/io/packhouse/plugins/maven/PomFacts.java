package io.packhouse.plugins.maven;

import io.packhouse.plugins.common.Licenses;
import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes what a pom tells into a package's metadata. */
final class PomFacts {

  private PomFacts() {}

  /** All but the coordinates. */
  static void add(EffectivePom pom, PackageMetadata.Builder target) throws IOException {
    PomValues values = pom.values();
    PomModel own = pom.own();
    target.description(Limits.description(pom.inherited(PomModel::description)));
    target.homepage(Limits.text(pom.inherited(PomModel::url)));
    String vcs = pom.inherited(PomModel::scmUrl);
    target.vcsUrl(Limits.text(vcs == null ? pom.inherited(PomModel::scmConnection) : vcs));
    addLicenses(pom, target);
    List<String> developers = pom.developers();
    for (String developer : developers) {
      target.addAuthor(values.resolve(developer));
    }
    String organization = pom.inherited(PomModel::organization);
    if (organization != null && developers.isEmpty()) {
      target.addAuthor(organization);
    }
    for (PomDependency dependency : pom.dependencies()) {
      Dependency described = describe(dependency);
      if (described != null) {
        target.addDependency(described);
      }
    }
    PomModel.Parent parent = own.parent();
    if (parent != null) {
      String version = Objects.requireNonNullElse(parent.version(), "");
      target.column(
          "parent", values.resolve(parent.group() + ":" + parent.artifact() + ":" + version));
    }
    if (!own.modules().isEmpty()) {
      target.column("modules", own.modules());
    }
    target.column("packaging", own.packaging() == null ? "jar" : values.resolve(own.packaging()));
    List<String> unresolved = new ArrayList<>(values.unresolved());
    if (!pom.isComplete()) {
      unresolved.add("parent");
    }
    if (!unresolved.isEmpty()) {
      target.column("unresolved", unresolved);
    }
  }

  private static void addLicenses(EffectivePom pom, PackageMetadata.Builder target) {
    List<String> told = new ArrayList<>();
    boolean all = true;
    for (PomModel.License license : pom.licenses()) {
      String name = pom.values().resolveOrNull(license.name());
      String url = pom.values().resolveOrNull(license.url());
      String declared = name == null ? url : name;
      if (declared == null) {
        continue;
      }
      target.addLicenseDeclared(declared);
      String expression = license.expression();
      if (expression == null) {
        all = false;
      } else {
        told.add(expression);
      }
    }
    if (all && !told.isEmpty()) {
      // "If multiple licenses are listed, it is assumed that the user can select any of them":
      // maven.apache.org/pom.html, "Licenses".
      target.license(Licenses.all(told, "OR"));
    }
  }

  /** Null where the pom does not even say what is needed. */
  private static @Nullable Dependency describe(PomDependency dependency) {
    String group = dependency.group();
    String artifact = dependency.artifact();
    if (artifact == null || artifact.isBlank()) {
      return null;
    }
    String scope = dependency.scope() == null ? "compile" : dependency.scope();
    boolean optional = "true".equalsIgnoreCase(dependency.optional());
    String name = group == null ? artifact : group + ":" + artifact;
    String purl = null;
    if (group != null && MavenCoordinates.isId(group) && MavenCoordinates.isId(artifact)) {
      SortedMap<String, String> qualifiers = new TreeMap<>();
      addQualifier("classifier", dependency.classifier(), qualifiers);
      addQualifier("type", "jar".equals(dependency.type()) ? null : dependency.type(), qualifiers);
      purl = Purl.of("maven", group, artifact, pinned(dependency.version()), qualifiers);
    }
    return new Dependency(purl, name, dependency.version(), scope, optional);
  }

  private static void addQualifier(
      String key, @Nullable String value, SortedMap<String, String> qualifiers) {
    if (value != null && !value.contains("${")) {
      qualifiers.put(key, value);
    }
  }

  /** The version where one is named: {@code 1.0}, which Maven prefers, or {@code [1.0]}. */
  private static @Nullable String pinned(@Nullable String requirement) {
    if (requirement == null) {
      return null;
    }
    String version =
        requirement.length() > 2 && requirement.startsWith("[") && requirement.endsWith("]")
            ? requirement.substring(1, requirement.length() - 1)
            : requirement;
    return MavenCoordinates.isVersion(version) ? version : null;
  }
}
