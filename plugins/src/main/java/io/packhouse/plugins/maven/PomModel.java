package io.packhouse.plugins.maven;

import io.packhouse.plugins.common.Licenses;
import io.packhouse.spi.ExtractionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one pom states, before inheritance and with its expressions as they stand; null and empty
 * where it does not, and of what occurs twice the first. Profiles that say {@code activeByDefault}
 * are merged in, all others left out. Immutable.
 *
 * @param properties those of the profiles over the pom's own
 * @param managed by {@link PomDependency#key}, those with plain keys; the first of several
 * @param managedOther those whose keys hold expressions
 * @param imports the poms whose managed dependencies are imported, in order
 */
record PomModel(
    @Nullable Parent parent,
    @Nullable String group,
    @Nullable String artifact,
    @Nullable String version,
    @Nullable String packaging,
    @Nullable String name,
    @Nullable String description,
    @Nullable String url,
    @Nullable String scmUrl,
    @Nullable String scmConnection,
    @Nullable String organization,
    List<String> developers,
    List<License> licenses,
    List<String> modules,
    Map<String, String> properties,
    List<PomDependency> dependencies,
    Map<String, PomDependency> managed,
    List<PomDependency> managedOther,
    List<PomDependency> imports) {

  /** Elements of a pom that say nothing of what is asked for here, most of its length. */
  static final Set<String> SKIPPED =
      Set.of(
          "build",
          "reporting",
          "reports",
          "repositories",
          "pluginRepositories",
          "distributionManagement",
          "contributors",
          "mailingLists",
          "issueManagement",
          "ciManagement",
          "prerequisites");

  /** More than this of anything is not taken. */
  static final int MAX_LIST = 10_000;

  /** The parent that a pom names. */
  record Parent(@Nullable String group, @Nullable String artifact, @Nullable String version) {}

  /**
   * A license that a pom declares.
   *
   * @param expression of SPDX, told here since many poms inherit it from this one
   */
  record License(@Nullable String name, @Nullable String url, @Nullable String expression) {}

  static PomModel of(XmlNode project) {
    XmlNode parent = project.child("parent");
    XmlNode scm = project.child("scm");
    XmlNode organization = project.child("organization");
    List<License> licenses = new ArrayList<>();
    for (XmlNode license : limited(project.childrenOf("licenses"))) {
      String name = license.textOf("name");
      String url = license.textOf("url");
      String expression = Licenses.expression(name);
      expression = expression == null ? Licenses.expression(url) : expression;
      licenses.add(new License(name, url, expression));
    }
    List<String> modules = new ArrayList<>();
    Map<String, String> properties = new LinkedHashMap<>();
    Map<String, PomDependency> dependencies = new LinkedHashMap<>();
    List<PomDependency> managed = new ArrayList<>();
    List<XmlNode> parts = new ArrayList<>();
    parts.add(project);
    for (XmlNode profile : project.childrenOf("profiles")) {
      XmlNode activation = profile.child("activation");
      if (activation != null && "true".equals(activation.textOf("activeByDefault"))) {
        parts.add(profile);
      }
    }
    for (XmlNode part : parts) {
      limited(part.childrenOf("modules")).forEach(module -> modules.add(module.text()));
      for (XmlNode property : limited(part.childrenOf("properties"))) {
        properties.put(property.name(), property.text());
      }
      for (XmlNode node : limited(part.childrenOf("dependencies"))) {
        PomDependency dependency = PomDependency.of(node);
        // As Maven: of several the last, at the place of the first.
        dependencies.put(dependency.key(), dependency);
      }
      XmlNode management = part.child("dependencyManagement");
      if (management != null) {
        limited(management.childrenOf("dependencies"))
            .forEach(node -> managed.add(PomDependency.of(node)));
      }
    }
    Map<String, PomDependency> byKey = new HashMap<>();
    List<PomDependency> other = new ArrayList<>();
    List<PomDependency> imports = new ArrayList<>();
    for (PomDependency dependency : managed) {
      if (dependency.isImport()) {
        imports.add(dependency);
      } else if (dependency.hasPlainKey()) {
        byKey.put(dependency.key(), dependency);
      } else {
        other.add(dependency);
      }
    }
    return new PomModel(
        parent == null
            ? null
            : new Parent(
                parent.textOf("groupId"), parent.textOf("artifactId"), parent.textOf("version")),
        project.textOf("groupId"),
        project.textOf("artifactId"),
        project.textOf("version"),
        project.textOf("packaging"),
        project.textOf("name"),
        project.textOf("description"),
        project.textOf("url"),
        scm == null ? null : scm.textOf("url"),
        scm == null ? null : scm.textOf("connection"),
        organization == null ? null : organization.textOf("name"),
        developers(project),
        List.copyOf(licenses),
        List.copyOf(modules),
        properties,
        List.copyOf(dependencies.values()),
        byKey,
        List.copyOf(other),
        List.copyOf(imports));
  }

  /** The group, or that of the parent. */
  @Nullable String ownOrParentGroup() {
    return group == null && parent != null ? parent.group : group;
  }

  /** The version, or that of the parent. */
  @Nullable String ownOrParentVersion() {
    return version == null && parent != null ? parent.version : version;
  }

  /**
   * The coordinates that it states of itself.
   *
   * @throws ExtractionException where it states no group or artifact
   */
  MavenCoordinates coordinates() throws ExtractionException {
    PomValues own = new PomValues(List.of(this));
    String statedGroup = own.resolveOrNull(ownOrParentGroup());
    String statedArtifact = own.resolveOrNull(artifact);
    String statedVersion = own.resolveOrNull(ownOrParentVersion());
    if (statedGroup == null
        || statedArtifact == null
        || !MavenCoordinates.isId(statedGroup)
        || !MavenCoordinates.isId(statedArtifact)) {
      throw new ExtractionException("pom states no usable groupId or artifactId");
    }
    String usable =
        statedVersion != null && MavenCoordinates.isVersion(statedVersion) ? statedVersion : null;
    return new MavenCoordinates(statedGroup, statedArtifact, usable, null, null, "pom");
  }

  private static List<String> developers(XmlNode project) {
    List<String> developers = new ArrayList<>();
    for (XmlNode developer : limited(project.childrenOf("developers"))) {
      String name = developer.textOf("name");
      String email = developer.textOf("email");
      name = name == null ? developer.textOf("id") : name;
      if (name != null) {
        developers.add(email == null ? name : name + " <" + email + ">");
      } else if (email != null) {
        developers.add(email);
      }
    }
    return List.copyOf(developers);
  }

  private static List<XmlNode> limited(List<XmlNode> nodes) {
    return nodes.size() <= MAX_LIST ? nodes : nodes.subList(0, MAX_LIST);
  }
}
