package io.packhouse.spi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an extractor says about one package. Immutable; text in it can always be written as UTF-8,
 * surrogates without their pair having become U+FFFD.
 *
 * @param purl the canonical package URL, beginning with {@code pkg:}
 * @param namespace the purl's namespace, decoded (a Maven group, an npm scope)
 * @param name the purl's name, decoded
 * @param version the purl's version, decoded
 * @param license an SPDX expression where one can be told
 * @param licensesDeclared what the package itself says, one string a license
 * @param description what the package says it is
 * @param homepage a URL, as declared
 * @param vcsUrl the URL of its source repository, as declared
 * @param authors one string a person or organisation, as declared
 * @param publishedNanos when the package says it was built or published, ns since 1970-01-01T00:00Z
 * @param dependencies as declared, in that order
 * @param columns the type's own columns: a value of the declared type for each that is not null
 * @param nested the packages found inside, in the order in which they lie there
 */
public record PackageMetadata(
    @Nullable String purl,
    @Nullable String namespace,
    @Nullable String name,
    @Nullable String version,
    @Nullable String license,
    List<String> licensesDeclared,
    @Nullable String description,
    @Nullable String homepage,
    @Nullable String vcsUrl,
    List<String> authors,
    @Nullable Long publishedNanos,
    List<Dependency> dependencies,
    Map<String, Object> columns,
    List<NestedPackage> nested) {

  /**
   * Copies and checks all but the types of {@code columns}, which the {@linkplain Builder builder}
   * checks, and a host with {@link ColumnSpec#checkValues}.
   */
  public PackageMetadata {
    purl = checkPurl(purl);
    namespace = Text.wellFormedOrNull(namespace);
    name = Text.wellFormedOrNull(name);
    version = Text.wellFormedOrNull(version);
    license = Text.wellFormedOrNull(license);
    licensesDeclared = Text.wellFormed(licensesDeclared);
    description = Text.wellFormedOrNull(description);
    homepage = Text.wellFormedOrNull(homepage);
    vcsUrl = Text.wellFormedOrNull(vcsUrl);
    authors = Text.wellFormed(authors);
    dependencies = List.copyOf(dependencies);
    columns = columns instanceof CheckedValues ? columns : copyColumns(columns);
    nested = List.copyOf(nested);
  }

  /** A builder for metadata with these own columns. */
  public static Builder builder(List<ColumnSpec> specs) {
    return new Builder(specs);
  }

  private static Map<String, Object> copyColumns(Map<?, ?> values) {
    Map<String, Object> copy = new LinkedHashMap<>();
    values.forEach((key, value) -> copy.put(String.valueOf(key), copyValue(value)));
    return Collections.unmodifiableMap(copy);
  }

  private static Object copyValue(Object value) {
    return switch (value) {
      case String text -> Text.wellFormed(text);
      case Long number -> number;
      case Boolean truth -> truth;
      case List<?> list -> list.stream().map(PackageMetadata::copyValue).toList();
      case Map<?, ?> map -> copyColumns(map);
      default ->
          throw new IllegalArgumentException("no value of a column: " + Text.describe(value));
    };
  }

  static @Nullable String checkPurl(@Nullable String purl) {
    if (purl != null && !purl.startsWith("pkg:")) {
      throw new IllegalArgumentException("a purl begins with pkg:, purl=" + purl);
    }
    return Text.wellFormedOrNull(purl);
  }

  /** Collects the parts of a {@link PackageMetadata}; all start out null or empty. One thread. */
  public static final class Builder {

    private final List<ColumnSpec> specs;
    private final Map<String, Object> columns = new LinkedHashMap<>();
    private final List<String> licensesDeclared = new ArrayList<>();
    private final List<String> authors = new ArrayList<>();
    private final List<Dependency> dependencies = new ArrayList<>();
    private final List<NestedPackage> nested = new ArrayList<>();
    private @Nullable String purl;
    private @Nullable String namespace;
    private @Nullable String name;
    private @Nullable String version;
    private @Nullable String license;
    private @Nullable String description;
    private @Nullable String homepage;
    private @Nullable String vcsUrl;
    private @Nullable Long publishedNanos;

    private Builder(List<ColumnSpec> specs) {
      this.specs = specs;
    }

    /** Sets {@link PackageMetadata#purl}. */
    public Builder purl(@Nullable String value) {
      purl = value;
      return this;
    }

    /** Sets {@link PackageMetadata#namespace}. */
    public Builder namespace(@Nullable String value) {
      namespace = value;
      return this;
    }

    /** Sets {@link PackageMetadata#name}. */
    public Builder name(@Nullable String value) {
      name = value;
      return this;
    }

    /** Sets {@link PackageMetadata#version}. */
    public Builder version(@Nullable String value) {
      version = value;
      return this;
    }

    /** Sets {@link PackageMetadata#license}. */
    public Builder license(@Nullable String value) {
      license = value;
      return this;
    }

    /** Adds to {@link PackageMetadata#licensesDeclared}. */
    public Builder addLicenseDeclared(String value) {
      licensesDeclared.add(value);
      return this;
    }

    /** Sets {@link PackageMetadata#description}. */
    public Builder description(@Nullable String value) {
      description = value;
      return this;
    }

    /** Sets {@link PackageMetadata#homepage}. */
    public Builder homepage(@Nullable String value) {
      homepage = value;
      return this;
    }

    /** Sets {@link PackageMetadata#vcsUrl}. */
    public Builder vcsUrl(@Nullable String value) {
      vcsUrl = value;
      return this;
    }

    /** Adds to {@link PackageMetadata#authors}. */
    public Builder addAuthor(String value) {
      authors.add(value);
      return this;
    }

    /** Sets {@link PackageMetadata#publishedNanos}. */
    public Builder publishedNanos(@Nullable Long value) {
      publishedNanos = value;
      return this;
    }

    /** Adds to {@link PackageMetadata#dependencies}. */
    public Builder addDependency(Dependency value) {
      dependencies.add(value);
      return this;
    }

    /** Sets an own column; null leaves it out. Checked by {@link #build}. */
    public Builder column(String column, @Nullable Object value) {
      if (value == null) {
        columns.remove(column);
      } else {
        columns.put(column, value);
      }
      return this;
    }

    /** Adds to {@link PackageMetadata#nested}. */
    public Builder addNested(NestedPackage value) {
      nested.add(value);
      return this;
    }

    /**
     * The metadata.
     *
     * @throws IllegalArgumentException where an own column is not declared, or its value is not of
     *     the declared type, or the purl is none
     */
    public PackageMetadata build() {
      return new PackageMetadata(
          purl,
          namespace,
          name,
          version,
          license,
          licensesDeclared,
          description,
          homepage,
          vcsUrl,
          authors,
          publishedNanos,
          dependencies,
          ColumnSpec.checkValues(specs, columns),
          nested);
    }
  }
}
