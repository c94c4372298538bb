package io.packhouse.plugins.pypi;

import io.packhouse.plugins.common.Licenses;
import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageMetadata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Chooses among the facts: which field each column is taken from. */
final class PypiMetadata {

  /** Labels of source repositories as the packaging specifications normalise them, best first. */
  private static final List<String> SOURCE_LABELS =
      List.of("source", "repository", "sourcecode", "github", "code", "gitlab", "bitbucket");

  private final Facts facts;
  private final PackageMetadata.Builder builder = PackageMetadata.builder(PypiColumns.ALL);

  private PypiMetadata(Facts facts) {
    this.facts = facts;
  }

  /**
   * The metadata.
   *
   * @throws ExtractionException where neither the core metadata nor the file name has a name
   */
  static PackageMetadata of(Facts facts) throws ExtractionException {
    return new PypiMetadata(facts).build();
  }

  private PackageMetadata build() throws ExtractionException {
    String name = field("name");
    String version = field("version");
    DistributionName named = facts.named;
    if (named != null) {
      name = name == null ? named.name() : name;
      version = version == null ? named.version() : version;
    }
    if (name == null) {
      throw new ExtractionException("core metadata has no Name");
    }
    String canonical = DistributionName.canonical(name);
    builder
        .purl(Purl.of("pypi", null, canonical, version, Collections.emptySortedMap()))
        .name(canonical)
        .version(version)
        .description(Limits.description(field("summary")))
        .column("kind", facts.kind.name().toLowerCase(Locale.ROOT))
        .column("declared_name", name)
        .column("metadata_version", field("metadata-version"))
        .column("requires_python", field("requires-python"));
    licenses();
    addresses();
    people("author").forEach(builder::addAuthor);
    list("maintainers", people("maintainer"));
    requirements();
    list("classifiers", fields("classifier"));
    list("keywords", keywords());
    list("license_files", fields("license-file"));
    list("dynamic", fields("dynamic"));
    list("import_names", fields("import-name"));
    list("import_namespaces", fields("import-namespace"));
    list("top_level", facts.topLevel);
    list("entry_points", facts.entryPoints);
    wheel();
    facts.nested.forEach(builder::addNested);
    return builder.build();
  }

  private void licenses() {
    String expression = field("license-expression");
    String text = field("license");
    List<String> classifiers =
        fields("classifier").stream().filter(TroveLicenses::isLicense).toList();
    String license = Licenses.expression(expression);
    if (license == null) {
      license = Licenses.expression(text);
    }
    if (license == null) {
      license = TroveLicenses.idOf(classifiers);
    }
    builder.license(license);
    if (expression != null) {
      builder.addLicenseDeclared(expression);
    }
    if (text != null && !text.equals(expression)) {
      builder.addLicenseDeclared(text);
    }
    classifiers.forEach(builder::addLicenseDeclared);
  }

  private void addresses() {
    List<Map<String, Object>> all = new ArrayList<>();
    Map<String, String> byLabel = new TreeMap<>();
    for (String declared : fields("project-url")) {
      int comma = declared.indexOf(',');
      String label = comma < 0 ? null : Limits.text(declared.substring(0, comma));
      String url = Limits.text(declared.substring(comma + 1));
      if (url == null) {
        continue;
      }
      Map<String, Object> struct = new TreeMap<>();
      struct.put("url", url);
      if (label != null) {
        struct.put("label", label);
        byLabel.putIfAbsent(plain(label), url);
      }
      all.add(struct);
    }
    list("project_urls", all);
    String homepage = field("home-page");
    builder.homepage(homepage == null ? byLabel.get("homepage") : homepage);
    SOURCE_LABELS.stream()
        .map(byLabel::get)
        .filter(url -> url != null)
        .findFirst()
        .ifPresent(builder::vcsUrl);
  }

  /** Without punctuation and blanks, lower case, as the specification compares labels. */
  private static String plain(String label) {
    StringBuilder plain = new StringBuilder(label.length());
    label
        .codePoints()
        .filter(Character::isLetterOrDigit)
        .map(Character::toLowerCase)
        .forEach(plain::appendCodePoint);
    return plain.toString();
  }

  /** One string a person: the names, each with its address where there is one of each. */
  private List<String> people(String role) {
    String names = field(role);
    String addresses = field(role + "-email");
    if (names != null && addresses != null && addresses.indexOf(',') < 0) {
      boolean named = addresses.indexOf('<') >= 0;
      if (!named) {
        return List.of(names + " <" + addresses + ">");
      }
    }
    List<String> people = new ArrayList<>();
    if (names != null) {
      people.add(names);
    }
    if (addresses != null) {
      for (String address : addresses.split("(?<=>)\\s*,|,(?=\\s*[^\\s,]+@)", -1)) {
        String person = Limits.text(address);
        if (person != null && people.size() < Limits.ITEMS) {
          people.add(person);
        }
      }
    }
    return people;
  }

  private void requirements() {
    List<String> declared = fields("requires-dist");
    if (declared.isEmpty()) {
      declared = facts.eggRequirements;
    }
    for (String text : declared) {
      Requirement requirement = Requirement.parse(text);
      if (requirement != null) {
        builder.addDependency(requirement.dependency());
      }
    }
    list("requires_dist", declared);
    List<String> extras = fields("provides-extra");
    list("extras", extras.isEmpty() ? facts.eggExtras : extras);
  }

  /** Commas divide, as the specification has it; blanks where there is none, as of old. */
  private List<String> keywords() {
    String keywords = field("keywords");
    if (keywords == null) {
      return List.of();
    }
    return Arrays.stream(keywords.split(keywords.indexOf(',') < 0 ? "\\s+" : ",", -1))
        .map(String::strip)
        .filter(keyword -> !keyword.isEmpty())
        .limit(Limits.ITEMS)
        .toList();
  }

  private void wheel() {
    List<String> declared = facts.wheel.all("tag");
    DistributionName named = facts.named;
    List<DistributionName.Tag> tags =
        !declared.isEmpty() || named == null ? DistributionName.tags(declared) : named.tags();
    list(
        "tags",
        tags.stream()
            .map(
                tag -> {
                  Map<String, Object> struct = new TreeMap<>();
                  struct.put("python", tag.python());
                  putKnown(struct, "abi", tag.abi());
                  putKnown(struct, "platform", tag.platform());
                  return struct;
                })
            .toList());
    String build = facts.wheel.first("build");
    builder
        .column("build", build == null && named != null ? named.build() : build)
        .column("generator", facts.wheel.first("generator"))
        .column("wheel_version", facts.wheel.first("wheel-version"))
        .column("root_is_purelib", truth(facts.wheel.first("root-is-purelib")));
    RecordCheck record = facts.record;
    if (record != null) {
      builder
          .column("record_ok", record.error() == null)
          .column("record_checked", record.digests() ? "digests" : "sizes")
          .column("record_error", record.error());
    }
  }

  private static @Nullable Boolean truth(@Nullable String value) {
    if (value == null) {
      return null;
    }
    return value.equalsIgnoreCase("true")
        ? Boolean.TRUE
        : value.equalsIgnoreCase("false") ? Boolean.FALSE : null;
  }

  private static void putKnown(Map<String, Object> struct, String field, @Nullable String value) {
    if (value != null) {
      struct.put(field, value);
    }
  }

  private void list(String column, List<?> values) {
    builder.column(column, values.isEmpty() ? null : values);
  }

  /** The first value of a field but what distutils wrote for none. */
  private @Nullable String field(String name) {
    return fields(name).stream().findFirst().orElse(null);
  }

  private List<String> fields(String name) {
    return facts.core.all(name).stream().filter(value -> !value.equals("UNKNOWN")).toList();
  }
}
