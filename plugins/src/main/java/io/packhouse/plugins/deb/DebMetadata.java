package io.packhouse.plugins.deb;

import io.packhouse.plugins.common.Licenses;
import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.common.Rfc822Headers;
import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageMetadata;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes metadata of what was read of a package file. */
final class DebMetadata {

  private static final List<String> SCRIPTS =
      List.of("preinst", "postinst", "prerm", "postrm", "config");

  /** Fields with what the package needs, in the order in which they are given. */
  private static final List<String> NEEDED = List.of("Pre-Depends", "Depends");

  private static final List<String> WANTED = List.of("Recommends", "Suggests");

  private final DebReader reader;
  private final Rfc822Headers control;
  private final boolean namedUdeb;
  private final PackageMetadata.Builder builder = PackageMetadata.builder(DebColumns.ALL);
  private final List<String> alternatives = new ArrayList<>();
  private int relationsLeft = DebRelations.MAX_RELATIONS;

  DebMetadata(DebReader reader, boolean namedUdeb) {
    this.reader = reader;
    this.control = reader.control();
    this.namedUdeb = namedUdeb;
  }

  /**
   * The metadata.
   *
   * @throws ExtractionException where the package has no name, or no version, which is part of it
   */
  PackageMetadata build() throws ExtractionException {
    String name = line("Package");
    if (name == null) {
      throw new ExtractionException("control has no field Package");
    }
    String version = line("Version");
    String vendor = DebVendor.of(control, version == null ? "" : version);
    String architecture = line("Architecture");
    SortedMap<String, String> qualifiers = new TreeMap<>();
    if (architecture != null) {
      qualifiers.put("arch", architecture);
    }
    builder
        .purl(Purl.of("deb", vendor, name, version, qualifiers))
        .namespace(vendor)
        .name(name)
        .version(version)
        .description(Limits.description(line("Description")))
        .homepage(line("Homepage"))
        .vcsUrl(first("Vcs-Git", "Vcs-Svn", "Vcs-Hg", "Vcs-Bzr", "Vcs-Browser"))
        .publishedNanos(made())
        .column("architecture", architecture)
        .column("multi_arch", line("Multi-Arch"))
        .column("section", line("Section"))
        .column("priority", line("Priority"))
        .column("essential", "yes".equalsIgnoreCase(line("Essential")))
        .column("kind", kind())
        .column("maintainer", line("Maintainer"))
        .column("original_maintainer", line("Original-Maintainer"))
        .column("origin", line("Origin"))
        .column("installed_size_kib", number(line("Installed-Size")));
    String maintainer = line("Maintainer");
    if (maintainer != null) {
      builder.addAuthor(maintainer);
    }
    source(name, version);
    versionParts(version);
    licenses();
    relations(vendor);
    controlArchive();
    PackageMetadata metadata = builder.build();
    if (version == null) {
      throw new ExtractionException("control has no field Version").withPartial(metadata);
    }
    return metadata;
  }

  private void source(String name, @Nullable String version) {
    String source = line("Source");
    int open = source == null ? -1 : source.indexOf('(');
    int close = source == null ? -1 : source.indexOf(')', Math.max(0, open));
    String stated = source == null || open < 0 ? source : source.substring(0, open).strip();
    builder.column("source", stated == null || stated.isEmpty() ? name : stated);
    builder.column(
        "source_version",
        source != null && open >= 0 && close > open
            ? source.substring(open + 1, close).strip()
            : version);
  }

  private void versionParts(@Nullable String version) {
    if (version == null) {
      return;
    }
    int colon = version.indexOf(':');
    int hyphen = version.lastIndexOf('-');
    Long epoch = colon < 0 ? null : number(version.substring(0, colon));
    int from = epoch == null ? 0 : colon + 1;
    int to = hyphen < from ? version.length() : hyphen;
    builder
        .column("epoch", epoch)
        .column("upstream_version", version.substring(from, to))
        .column("revision", to == version.length() ? null : version.substring(to + 1));
  }

  private void licenses() {
    DebCopyright copyright = reader.copyright();
    builder.column("copyright_read", copyright != null);
    if (copyright != null) {
      copyright.declared().forEach(builder::addLicenseDeclared);
      builder.license(copyright.expression());
      return;
    }
    String license = line("License");
    if (license != null) {
      builder.addLicenseDeclared(license);
      builder.license(Licenses.expression(license));
    }
  }

  private void relations(@Nullable String vendor) {
    NEEDED.forEach(field -> dependencies(field, vendor, false));
    WANTED.forEach(field -> dependencies(field, vendor, true));
    builder.column("alternatives", alternatives.isEmpty() ? null : alternatives);
    for (String field : List.of("Provides", "Conflicts", "Breaks", "Replaces", "Enhances")) {
      builder.column(field.toLowerCase(Locale.ROOT), DebRelations.texts(reader.relations(field)));
    }
    List<String> builtUsing = new ArrayList<>();
    for (String field : List.of("Built-Using", "Static-Built-Using")) {
      List<String> texts = DebRelations.texts(reader.relations(field));
      builtUsing.addAll(texts == null ? List.of() : texts);
    }
    builder.column("built_using", builtUsing.isEmpty() ? null : builtUsing);
  }

  private void dependencies(String field, @Nullable String vendor, boolean optional) {
    for (DebRelations.Group group : DebRelations.parse(reader.relations(field), relationsLeft)) {
      boolean choice = group.relations().size() > 1;
      if (choice) {
        alternatives.add(group.text());
      }
      for (DebRelations.Relation relation : group.relations()) {
        relationsLeft--;
        builder.addDependency(
            new Dependency(
                Purl.of(
                    "deb",
                    vendor,
                    relation.name(),
                    relation.exactVersion(),
                    Collections.emptySortedMap()),
                relation.qualifiedName(),
                relation.requirement(),
                field.toLowerCase(Locale.ROOT),
                optional || choice));
      }
    }
  }

  private void controlArchive() {
    List<String> files = reader.controlFiles();
    List<String> scripts = SCRIPTS.stream().filter(files::contains).toList();
    builder
        .column("maintainer_scripts", scripts.isEmpty() ? null : scripts)
        .column("control_files", files)
        .column("conffiles", reader.conffiles().isEmpty() ? null : reader.conffiles())
        .column("has_md5sums", files.contains("md5sums"))
        .column("data_compression", reader.dataCompression());
  }

  private String kind() {
    String stated = line("Package-Type");
    return stated != null ? stated : namedUdeb ? "udeb" : "deb";
  }

  /** dpkg-deb writes the time of the build, or of the last change for builds that repeat. */
  private @Nullable Long made() {
    Long nanos = reader.madeNanos();
    return nanos == null || nanos <= 0 ? null : nanos;
  }

  private @Nullable String first(String... fields) {
    for (String field : fields) {
      String value = line(field);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  /** The first line of a field. */
  private @Nullable String line(String field) {
    String value = control.first(field);
    if (value == null) {
      return null;
    }
    int newline = value.indexOf('\n');
    return Limits.text(newline < 0 ? value : value.substring(0, newline));
  }

  private static @Nullable Long number(@Nullable String digits) {
    return digits != null && digits.matches("[0-9]{1,18}") ? Long.valueOf(digits) : null;
  }
}
