package io.packhouse.plugins.rpm;

import io.packhouse.plugins.common.Licenses;
import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.purl.Purl;
import io.packhouse.plugins.rpm.RpmCapabilities.Capability;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageMetadata;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes metadata of a package's two headers. */
final class RpmMetadata {

  /** Vendors by the beginnings of their tags, in lower case. */
  private static final Map<String, String> VENDORS =
      Map.ofEntries(
          Map.entry("fedora", "fedora"),
          Map.entry("red hat", "redhat"),
          Map.entry("centos", "centos"),
          Map.entry("almalinux", "almalinux"),
          Map.entry("rocky", "rocky"),
          Map.entry("opensuse", "opensuse"),
          Map.entry("suse", "suse"),
          Map.entry("oracle america", "oracle"),
          Map.entry("amazon", "amazon"),
          Map.entry("mageia", "mageia"),
          Map.entry("openmandriva", "openmandriva"),
          Map.entry("openeuler", "openeuler"));

  /** A package's name, with or without an instruction set: what else is asked for has none. */
  private static final Pattern PACKAGE =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9._+-]*)(?:\\([a-z0-9_]+-(?:32|64)\\))?");

  private final RpmHeader signature;
  private final RpmHeader main;
  private final int leadMajor;
  private final PackageMetadata.Builder builder = PackageMetadata.builder(RpmColumns.ALL);

  RpmMetadata(RpmHeader signature, RpmHeader main, int leadMajor) {
    this.signature = signature;
    this.main = main;
    this.leadMajor = leadMajor;
  }

  /**
   * The metadata.
   *
   * @throws ExtractionException where the main header is damaged, or lacks a name or version
   */
  PackageMetadata build() throws ExtractionException {
    String name = main.text(RpmTags.NAME);
    String version = main.text(RpmTags.VERSION);
    String release = main.text(RpmTags.RELEASE);
    if (name == null || version == null) {
      throw new ExtractionException(
          "main header has no tag " + (name == null ? "Name" : "Version"));
    }
    String vendor = vendor(main.text(RpmTags.VENDOR));
    Long epoch = main.number(RpmTags.EPOCH);
    boolean source = !main.has(RpmTags.SOURCE_RPM);
    String full = release == null ? version : version + "-" + release;
    builder
        .purl(purl(vendor, name, full, purlArchitecture(source), epoch))
        .namespace(vendor)
        .name(name)
        .version(full)
        .description(Limits.description(main.text(RpmTags.SUMMARY)))
        .homepage(main.text(RpmTags.URL))
        .vcsUrl(main.text(RpmTags.VCS))
        .publishedNanos(built())
        .column("epoch", epoch)
        .column("version", version)
        .column("release", release)
        .column("architecture", main.text(RpmTags.ARCH))
        .column("os", main.text(RpmTags.OS))
        .column("kind", source ? "source" : "binary")
        .column("source_rpm", main.text(RpmTags.SOURCE_RPM))
        .column("summary", main.text(RpmTags.SUMMARY))
        .column("long_description", Limits.description(main.text(RpmTags.DESCRIPTION)))
        .column("group", main.text(RpmTags.GROUP))
        .column("vendor", main.text(RpmTags.VENDOR))
        .column("distribution", main.text(RpmTags.DISTRIBUTION))
        .column("packager", main.text(RpmTags.PACKAGER))
        .column("build_host", main.text(RpmTags.BUILD_HOST))
        .column("rpm_version", main.text(RpmTags.RPM_VERSION))
        .column("modularity_label", main.text(RpmTags.MODULARITY_LABEL));
    Set<String> authors = new LinkedHashSet<>();
    for (int tag : new int[] {RpmTags.PACKAGER, RpmTags.VENDOR}) {
      String author = main.text(tag);
      if (author != null) {
        authors.add(author);
      }
    }
    authors.forEach(builder::addAuthor);
    String license = main.text(RpmTags.LICENSE);
    if (license != null) {
      builder.addLicenseDeclared(license);
      builder.license(Licenses.expression(license));
    }
    file();
    relations(vendor);
    return builder.build();
  }

  private void file() throws ExtractionException {
    Long size = main.number(RpmTags.LONG_SIZE);
    Long format = main.number(RpmTags.RPM_FORMAT);
    String compressor = main.text(RpmTags.PAYLOAD_COMPRESSOR);
    builder
        .column("installed_size", size == null ? main.number(RpmTags.SIZE) : size)
        .column("payload_format", main.text(RpmTags.PAYLOAD_FORMAT))
        .column("payload_compressor", compressor == null ? "gzip" : compressor)
        .column(
            "format",
            format != null ? format : main.has(RpmTags.HEADER_IMMUTABLE) ? 4L : (long) leadMajor)
        .column("signatures", present(signature, RpmTags.signatures()))
        .column("digests", present(signature, RpmTags.digests()))
        .column(
            "scripts",
            orNull(
                RpmTags.scripts().entrySet().stream()
                    .filter(e -> main.has(e.getValue()[0]) || main.has(e.getValue()[1]))
                    .map(Map.Entry::getKey)
                    .toList()));
  }

  private static @Nullable List<String> present(RpmHeader header, Map<String, Integer> kinds) {
    return orNull(
        kinds.entrySet().stream()
            .filter(e -> header.has(e.getValue()))
            .map(Map.Entry::getKey)
            .toList());
  }

  private static @Nullable List<String> orNull(List<String> values) {
    return values.isEmpty() ? null : values;
  }

  private void relations(@Nullable String vendor) throws ExtractionException {
    Set<String> rpmlib = new LinkedHashSet<>();
    Set<Dependency> dependencies = new LinkedHashSet<>();
    for (Capability needed :
        RpmCapabilities.read(
            main, RpmTags.REQUIRE_NAME, RpmTags.REQUIRE_FLAGS, RpmTags.REQUIRE_VERSION)) {
      if (needed.isRpmlib()) {
        rpmlib.add(needed.text());
      } else {
        dependencies.add(dependency(needed, vendor, "requires"));
      }
    }
    for (Capability wanted : newer(RpmTags.RECOMMEND_NAME)) {
      dependencies.add(dependency(wanted, vendor, "recommends"));
    }
    for (Capability wanted : newer(RpmTags.SUGGEST_NAME)) {
      dependencies.add(dependency(wanted, vendor, "suggests"));
    }
    dependencies.stream().limit(Limits.ITEMS).forEach(builder::addDependency);
    builder
        .column("rpmlib_requires", orNull(List.copyOf(rpmlib)))
        .column(
            "provides",
            texts(
                RpmCapabilities.read(
                    main, RpmTags.PROVIDE_NAME, RpmTags.PROVIDE_FLAGS, RpmTags.PROVIDE_VERSION)))
        .column(
            "conflicts",
            texts(
                RpmCapabilities.read(
                    main, RpmTags.CONFLICT_NAME, RpmTags.CONFLICT_FLAGS, RpmTags.CONFLICT_VERSION)))
        .column(
            "obsoletes",
            texts(
                RpmCapabilities.read(
                    main, RpmTags.OBSOLETE_NAME, RpmTags.OBSOLETE_FLAGS, RpmTags.OBSOLETE_VERSION)))
        .column("supplements", texts(newer(RpmTags.SUPPLEMENT_NAME)))
        .column("enhances", texts(newer(RpmTags.ENHANCE_NAME)));
  }

  /** Of the tags since rpm 4.12, which lie side by side: names, versions, flags. */
  private List<Capability> newer(int names) throws ExtractionException {
    return RpmCapabilities.read(main, names, names + 2, names + 1);
  }

  private static @Nullable List<String> texts(List<Capability> capabilities) {
    return orNull(capabilities.stream().map(Capability::text).toList());
  }

  private static Dependency dependency(Capability needed, @Nullable String vendor, String scope) {
    return new Dependency(
        purl(needed, vendor),
        needed.name(),
        needed.requirement(),
        scope,
        !scope.equals("requires"));
  }

  /** Of a package's name, with a version only where it names one with its release. */
  private static @Nullable String purl(Capability needed, @Nullable String vendor) {
    Matcher plain = PACKAGE.matcher(needed.name());
    if (!plain.matches() || needed.name().contains(".so")) {
      return null;
    }
    String version = needed.version();
    if (version == null || !"=".equals(needed.operator()) || version.indexOf('-') < 0) {
      return purl(vendor, plain.group(1), null, null, null);
    }
    int colon = version.indexOf(':');
    String epoch = colon < 0 ? "" : version.substring(0, colon);
    return purl(
        vendor,
        plain.group(1),
        version.substring(colon + 1),
        null,
        epoch.matches("[0-9]{1,10}") ? Long.valueOf(epoch) : null);
  }

  private static String purl(
      @Nullable String vendor,
      String name,
      @Nullable String version,
      @Nullable String architecture,
      @Nullable Long epoch) {
    SortedMap<String, String> qualifiers = new TreeMap<>();
    if (architecture != null) {
      qualifiers.put("arch", architecture);
    }
    if (epoch != null) {
      qualifiers.put("epoch", Long.toString(epoch));
    }
    return Purl.of("rpm", vendor, name, version, qualifiers);
  }

  private @Nullable String purlArchitecture(boolean source) throws ExtractionException {
    if (!source) {
      return main.text(RpmTags.ARCH);
    }
    return main.has(RpmTags.NO_SOURCE) || main.has(RpmTags.NO_PATCH) ? "nosrc" : "src";
  }

  private @Nullable Long built() throws ExtractionException {
    Long seconds = main.number(RpmTags.BUILD_TIME);
    return seconds == null || seconds <= 0 || seconds > Long.MAX_VALUE / 1_000_000_000
        ? null
        : seconds * 1_000_000_000;
  }

  private static @Nullable String vendor(@Nullable String declared) {
    if (declared == null) {
      return null;
    }
    String lower = declared.toLowerCase(Locale.ROOT);
    for (Map.Entry<String, String> vendor : VENDORS.entrySet()) {
      if (lower.startsWith(vendor.getKey())) {
        return vendor.getValue();
      }
    }
    return null;
  }
}
