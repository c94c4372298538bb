package io.packhouse.plugins.nuget;

import io.packhouse.plugins.common.Licenses;
import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.common.XmlElement;
import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageMetadata;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a nuspec says, put into metadata. */
final class Nuspec {

  private static final Pattern COMMA = Pattern.compile(",");
  private static final Pattern TAG_SEPARATOR = Pattern.compile("[\\s,;]+");

  private final XmlElement metadata;
  private final Frameworks frameworks;
  private final List<String> groups = new ArrayList<>();
  private int dependencies;

  private Nuspec(XmlElement metadata, Frameworks frameworks) {
    this.metadata = metadata;
    this.frameworks = frameworks;
  }

  /**
   * @param frameworks takes those of the dependency groups
   * @throws ExtractionException where the document is no nuspec
   */
  static Nuspec of(XmlElement root, Frameworks frameworks) throws ExtractionException {
    XmlElement metadata = root.name().equals("package") ? root.child("metadata") : null;
    if (metadata == null) {
      throw new ExtractionException("nuspec has no package with metadata in it");
    }
    return new Nuspec(metadata, frameworks);
  }

  /**
   * Puts it all into {@code target}.
   *
   * @return what is wrong, null for nothing
   */
  @Nullable String describe(PackageMetadata.Builder target) {
    String id = metadata.childText("id");
    String declared = metadata.childText("version");
    String version = declared == null ? null : NugetVersion.normalise(declared);
    if (id != null) {
      target.name(id).purl(Purl.of("nuget", null, id, version, Collections.emptySortedMap()));
    }
    target
        .version(version)
        .homepage(metadata.childText("projectUrl"))
        .column(NugetColumns.VERSION_DECLARED, Objects.equals(declared, version) ? null : declared)
        .column(NugetColumns.TITLE, metadata.childText("title"))
        .column(NugetColumns.SUMMARY, metadata.childText("summary"))
        .column(NugetColumns.OWNERS, list(split("owners", COMMA)))
        .column(NugetColumns.TAGS, list(split("tags", TAG_SEPARATOR)))
        .column(NugetColumns.COPYRIGHT, metadata.childText("copyright"))
        .column(NugetColumns.MIN_CLIENT_VERSION, metadata.attribute("minClientVersion"))
        .column(NugetColumns.DEVELOPMENT_DEPENDENCY, truth("developmentDependency"))
        .column(NugetColumns.REQUIRE_LICENSE_ACCEPTANCE, truth("requireLicenseAcceptance"));
    String description = metadata.childText("description");
    target.description(
        Limits.description(description == null ? metadata.childText("summary") : description));
    split("authors", COMMA).forEach(target::addAuthor);
    license(target);
    repository(target);
    dependencies(target);
    target
        .column(NugetColumns.PACKAGE_TYPES, list(names("packageTypes", "packageType", "name")))
        .column(NugetColumns.FRAMEWORK_REFERENCES, list(references()))
        .column(NugetColumns.DEPENDENCY_GROUPS, list(groups));
    if (id == null) {
      return "nuspec states no id";
    }
    if (version == null) {
      return "nuspec states no version";
    }
    return dependencies > Limits.ITEMS
        ? "nuspec has more than " + Limits.ITEMS + " dependencies; the first are kept"
        : null;
  }

  private void license(PackageMetadata.Builder target) {
    XmlElement license = metadata.child("license");
    String text = license == null ? null : license.text();
    String url = metadata.childText("licenseUrl");
    target.column(NugetColumns.LICENSE_URL, url);
    if (license != null && text != null) {
      boolean file = "file".equalsIgnoreCase(license.attribute("type"));
      target.column(NugetColumns.LICENSE_TYPE, file ? "file" : "expression");
      if (file) {
        target.column(NugetColumns.LICENSE_FILE, text);
      } else {
        target.addLicenseDeclared(text).license(Licenses.expression(text));
      }
    } else if (url != null) {
      target
          .column(NugetColumns.LICENSE_TYPE, "url")
          .addLicenseDeclared(url)
          .license(Licenses.expression(url));
    }
  }

  private void repository(PackageMetadata.Builder target) {
    XmlElement repository = metadata.child("repository");
    if (repository != null) {
      target
          .vcsUrl(repository.attribute("url"))
          .column(NugetColumns.REPOSITORY_TYPE, repository.attribute("type"))
          .column(NugetColumns.REPOSITORY_BRANCH, repository.attribute("branch"))
          .column(NugetColumns.REPOSITORY_COMMIT, repository.attribute("commit"));
    }
  }

  private void dependencies(PackageMetadata.Builder target) {
    XmlElement all = metadata.child("dependencies");
    if (all == null) {
      return;
    }
    for (XmlElement child : all.children()) {
      if (child.name().equals("dependency")) {
        dependency(child, null, target);
      } else if (child.name().equals("group")) {
        String framework = child.attribute("targetFramework");
        frameworks.declared(framework);
        if (framework != null && groups.size() < Limits.ITEMS) {
          groups.add(Limits.text(framework));
        }
        for (XmlElement dependency : child.children("dependency")) {
          dependency(dependency, framework, target);
        }
      }
    }
  }

  private void dependency(
      XmlElement element, @Nullable String framework, PackageMetadata.Builder target) {
    String id = Limits.text(element.attribute("id"));
    if (id == null || ++dependencies > Limits.ITEMS) {
      return;
    }
    String requirement = Limits.text(element.attribute("version"));
    String pinned = NugetVersion.pinned(requirement);
    String purl = Purl.of("nuget", null, id, pinned, Collections.emptySortedMap());
    target.addDependency(new Dependency(purl, id, requirement, Limits.text(framework), false));
  }

  private List<String> references() {
    Set<String> found = new LinkedHashSet<>();
    found.addAll(names("frameworkAssemblies", "frameworkAssembly", "assemblyName"));
    XmlElement references = metadata.child("frameworkReferences");
    if (references != null) {
      found.addAll(names(references, "frameworkReference", "name"));
      for (XmlElement group : references.children("group")) {
        found.addAll(names(group, "frameworkReference", "name"));
      }
    }
    return found.stream().limit(Limits.ITEMS).toList();
  }

  private List<String> names(String parent, String child, String attribute) {
    XmlElement element = metadata.child(parent);
    return element == null ? List.of() : names(element, child, attribute);
  }

  private static List<String> names(XmlElement parent, String child, String attribute) {
    List<String> names = new ArrayList<>();
    for (XmlElement element : parent.children(child)) {
      String name = Limits.text(element.attribute(attribute));
      if (name != null && names.size() < Limits.ITEMS) {
        names.add(name);
      }
    }
    return names;
  }

  private List<String> split(String element, Pattern separator) {
    String text = metadata.childText(element);
    return text == null
        ? List.of()
        : separator
            .splitAsStream(text)
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .limit(Limits.ITEMS)
            .toList();
  }

  private @Nullable Boolean truth(String element) {
    String text = metadata.childText(element);
    return switch (text == null ? "" : text.toLowerCase(Locale.ROOT)) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> null;
    };
  }

  private static @Nullable List<String> list(List<String> values) {
    return values.isEmpty() ? null : values;
  }
}
