package io.packhouse.plugins.gem;

import io.packhouse.plugins.common.Licenses;
import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.common.Yaml;
import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import io.packhouse.spi.ColumnType.StructOf;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageMetadata;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tells metadata from a specification. */
final class GemSpecification {

  private static final ListOf TEXTS = new ListOf(Scalar.STRING);

  /** More clauses than this no requirement has; the rest is left out. */
  private static final int MAX_CLAUSES = 32;

  /** What newer RubyGems write for builds without a date of their own. */
  private static final String NO_DATE = "1980-01-02";

  static final List<ColumnSpec> COLUMNS =
      List.of(
          new ColumnSpec("platform", Scalar.STRING, "The platform; ruby where it runs on any."),
          new ColumnSpec(
              "required_ruby_version", Scalar.STRING, "The Ruby versions it needs, as declared."),
          new ColumnSpec(
              "required_rubygems_version", Scalar.STRING, "The RubyGems versions it needs."),
          new ColumnSpec("summary", Scalar.STRING, "The summary of the specification."),
          new ColumnSpec("email", TEXTS, "The authors' addresses."),
          new ColumnSpec("executables", TEXTS, "The programs it installs."),
          new ColumnSpec(
              "extensions", TEXTS, "The scripts that build native code when it is installed."),
          new ColumnSpec("require_paths", TEXTS, "The directories that Ruby loads code from."),
          new ColumnSpec(
              "metadata",
              new ListOf(
                  new StructOf(
                      List.of(
                          new ColumnSpec("key", Scalar.STRING, "The key."),
                          new ColumnSpec("value", Scalar.STRING, "Its text.")))),
              "The metadata of the specification: addresses, whether publishing needs MFA, …"),
          new ColumnSpec(
              "rubygems_version", Scalar.STRING, "The RubyGems version that built the gem."),
          new ColumnSpec("signed", Scalar.BOOL, "Whether it carries signatures; not verified."),
          new ColumnSpec(
              "checksums_match",
              Scalar.BOOL,
              "Whether checksums.yaml.gz is right about metadata.gz and data.tar.gz; null where"
                  + " there is none."));

  private GemSpecification() {}

  /**
   * The metadata that a specification tells.
   *
   * @throws ExtractionException where it does not name the gem
   */
  static PackageMetadata.Builder metadata(@Nullable Object spec) throws ExtractionException {
    String name = Yaml.text(spec, "name");
    if (name == null) {
      throw new ExtractionException("metadata does not state the gem's name");
    }
    String version = version(Yaml.get(spec, "version"));
    String platform = platform(spec);
    TreeMap<String, String> qualifiers = new TreeMap<>();
    if (platform != null && !platform.equals("ruby")) {
      qualifiers.put("platform", platform);
    }
    Object extra = Yaml.get(spec, "metadata");
    PackageMetadata.Builder builder =
        PackageMetadata.builder(COLUMNS)
            .purl(Purl.of("gem", null, name, version, qualifiers))
            .name(name)
            .version(version)
            .description(Limits.description(first(Yaml.text(spec, "description"), spec, "summary")))
            .homepage(first(Yaml.text(spec, "homepage"), extra, "homepage_uri"))
            .vcsUrl(Yaml.text(extra, "source_code_uri"))
            .publishedNanos(nanos(Yaml.text(spec, "date")))
            .column("platform", platform == null ? "ruby" : platform)
            .column("required_ruby_version", requirement(Yaml.get(spec, "required_ruby_version")))
            .column(
                "required_rubygems_version",
                requirement(Yaml.get(spec, "required_rubygems_version")))
            .column("summary", Yaml.text(spec, "summary"))
            .column("email", orNull(Yaml.texts(Yaml.get(spec, "email"))))
            .column("executables", orNull(Yaml.texts(Yaml.get(spec, "executables"))))
            .column("extensions", orNull(Yaml.texts(Yaml.get(spec, "extensions"))))
            .column("require_paths", orNull(Yaml.texts(Yaml.get(spec, "require_paths"))))
            .column("metadata", orNull(metadataOf(extra)))
            .column("rubygems_version", Yaml.text(spec, "rubygems_version"));
    List<String> authors = Yaml.texts(Yaml.get(spec, "authors"));
    (authors.isEmpty() ? Yaml.texts(Yaml.get(spec, "author")) : authors)
        .forEach(builder::addAuthor);
    List<String> licenses = Yaml.texts(Yaml.get(spec, "licenses"));
    if (licenses.isEmpty()) {
      licenses = Yaml.texts(Yaml.get(spec, "license"));
    }
    licenses.forEach(builder::addLicenseDeclared);
    builder.license(Licenses.all(licenses, "OR"));
    int dependencies = 0;
    for (Object item : Yaml.list(Yaml.get(spec, "dependencies"))) {
      Dependency dependency = dependencies < Limits.ITEMS ? dependency(item) : null;
      if (dependency != null) {
        builder.addDependency(dependency);
        dependencies++;
      }
    }
    return builder;
  }

  private static @Nullable Dependency dependency(Object item) {
    String name = Yaml.text(item, "name");
    if (name == null) {
      return null;
    }
    Object stated = Yaml.get(item, "requirement");
    for (String old : new String[] {"version_requirements", "version_requirement"}) {
      stated = stated == null ? Yaml.get(item, old) : stated;
    }
    String requirement = requirement(stated);
    String type = Yaml.text(item, "type");
    String scope =
        type == null ? "runtime" : type.startsWith(":") ? Limits.text(type.substring(1)) : type;
    String pinned =
        requirement != null && requirement.startsWith("= ") && requirement.indexOf(',') < 0
            ? requirement.substring(2)
            : null;
    return new Dependency(
        Purl.of("gem", null, name, pinned, new TreeMap<>()), name, requirement, scope, false);
  }

  /** A version is a text in a map; text by itself in very old gems. */
  private static @Nullable String version(@Nullable Object value) {
    return value instanceof Map<?, ?> ? Yaml.text(value, "version") : Yaml.scalar(value);
  }

  /** The clauses of a requirement, each an operator and a version, separated by commas. */
  private static @Nullable String requirement(@Nullable Object value) {
    if (value instanceof String text) {
      return Limits.text(text);
    }
    List<String> clauses = new ArrayList<>();
    for (Object clause : Yaml.list(Yaml.get(value, "requirements"))) {
      List<?> parts = Yaml.list(clause);
      if (parts.size() == 2 && clauses.size() < MAX_CLAUSES) {
        String operator = Yaml.scalar(parts.get(0));
        String version = version(parts.get(1));
        if (operator != null && version != null) {
          clauses.add(operator + " " + version);
        }
      }
    }
    return Limits.text(String.join(", ", clauses));
  }

  /** Text, or in old gems a map of its parts. */
  private static @Nullable String platform(@Nullable Object spec) {
    Object value = Yaml.get(spec, "platform");
    if (!(value instanceof Map<?, ?>)) {
      return Yaml.scalar(value);
    }
    List<String> parts = new ArrayList<>();
    for (String part : new String[] {"cpu", "os", "version"}) {
      String text = Yaml.text(value, part);
      if (text != null) {
        parts.add(text);
      }
    }
    return Limits.text(String.join("-", parts));
  }

  private static List<Map<String, String>> metadataOf(@Nullable Object extra) {
    List<Map<String, String>> values = new ArrayList<>();
    if (extra instanceof Map<?, ?> map) {
      for (Object key : map.keySet()) {
        String name = Yaml.scalar(key);
        String value = name == null ? null : Yaml.text(extra, name);
        if (name != null && value != null && values.size() < Limits.ITEMS) {
          values.add(Map.of("key", name, "value", value));
        }
      }
    }
    return values;
  }

  /** The day; RubyGems keeps no more of the time. */
  private static @Nullable Long nanos(@Nullable String date) {
    if (date == null || date.length() < NO_DATE.length() || date.startsWith(NO_DATE)) {
      return null;
    }
    try {
      long seconds =
          LocalDate.parse(date.substring(0, NO_DATE.length()))
              .atStartOfDay()
              .toEpochSecond(ZoneOffset.UTC);
      return Math.multiplyExact(seconds, 1_000_000_000L);
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  private static @Nullable String first(@Nullable String text, @Nullable Object map, String key) {
    return text == null ? Yaml.text(map, key) : text;
  }

  private static <T> @Nullable List<T> orNull(List<T> list) {
    return list.isEmpty() ? null : list;
  }
}
