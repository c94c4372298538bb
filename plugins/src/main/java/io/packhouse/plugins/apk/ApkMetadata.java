package io.packhouse.plugins.apk;

import io.packhouse.plugins.common.Licenses;
import io.packhouse.plugins.common.Limits;
import io.packhouse.plugins.purl.Purl;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes metadata of what was read of a package file. */
final class ApkMetadata {

  static final List<ColumnSpec> COLUMNS =
      List.of(
          text("origin", "The package that it was built with, by origin of .PKGINFO."),
          text("commit", "The commit of its build recipe, by commit."),
          text("architecture", "The architecture, by arch."),
          text("maintainer", "Who maintains it, by maintainer."),
          text("packager", "Who built it, by packager."),
          new ColumnSpec("installed_size", Scalar.INT64, "Bytes when installed, by size."),
          list("provides", "What it provides, by provides, with versions as declared."),
          list("replaces", "Packages whose files it may replace, by replaces."),
          list("conflicts", "What it cannot be installed with: depend with ! before it."),
          list("install_if", "Packages with which it is installed by itself, by install_if."),
          list("triggers", "Directories that it watches, by triggers."),
          new ColumnSpec("provider_priority", Scalar.INT64, "The field provider_priority."),
          new ColumnSpec("replaces_priority", Scalar.INT64, "The field replaces_priority."),
          text("datahash", "SHA-256 of the data segment, as stated by datahash."),
          new ColumnSpec(
              "datahash_ok",
              Scalar.BOOL,
              "Whether datahash is right; null where there is none, or the package is larger than"
                  + " 64 MiB."),
          list("signatures", "Kinds and key names of its signatures, which are not checked."),
          list("scripts", "Scripts that are there, such as post-install."));

  private record Vendor(String mark, String name) {}

  /** Vendors by what keys, packagers and maintainers have in them; the first counts. */
  private static final List<Vendor> VENDORS =
      List.of(
          new Vendor("alpinelinux.org", "alpine"),
          new Vendor("wolfi-signing", "wolfi"),
          new Vendor("chainguard", "chainguard"),
          new Vendor("postmarketos.org", "postmarketos"),
          new Vendor("adelielinux.org", "adelie"));

  private final ApkReader reader;
  private final PkgInfo info;
  private final @Nullable Boolean datahashOk;

  ApkMetadata(ApkReader reader, @Nullable Boolean datahashOk) {
    this.reader = reader;
    this.info = reader.info();
    this.datahashOk = datahashOk;
  }

  /**
   * The metadata.
   *
   * @throws ExtractionException where there is no name
   */
  PackageMetadata build() throws ExtractionException {
    String name = info.get("pkgname");
    if (name == null) {
      throw new ExtractionException(".PKGINFO has no pkgname");
    }
    String vendor = vendor();
    String architecture = info.get("arch");
    SortedMap<String, String> qualifiers = new TreeMap<>();
    if (architecture != null) {
      qualifiers.put("arch", architecture);
    }
    PackageMetadata.Builder builder = PackageMetadata.builder(COLUMNS);
    String version = info.get("pkgver");
    builder
        .purl(Purl.of("apk", vendor, name, version, qualifiers))
        .namespace(vendor)
        .name(name)
        .version(version)
        .description(Limits.description(info.get("pkgdesc")))
        .homepage(info.get("url"))
        .publishedNanos(built());
    String license = info.get("license");
    if (license != null) {
      builder.addLicenseDeclared(license);
      builder.license(Licenses.expression(license));
    }
    String maintainer = info.get("maintainer");
    if (maintainer != null) {
      builder.addAuthor(maintainer);
    }
    List<String> conflicts = new ArrayList<>();
    for (String word : info.words("depend")) {
      if (word.startsWith("!")) {
        conflicts.add(word.substring(1));
      } else {
        Dependency dependency = dependency(word, vendor);
        if (dependency != null) {
          builder.addDependency(dependency);
        }
      }
    }
    for (String key : List.of("origin", "commit", "maintainer", "packager", "datahash")) {
      builder.column(key, info.get(key));
    }
    for (String key : List.of("provides", "replaces", "install_if", "triggers")) {
      builder.column(key, orNull(info.words(key)));
    }
    return builder
        .column("architecture", architecture)
        .column("installed_size", info.number("size"))
        .column("provider_priority", info.number("provider_priority"))
        .column("replaces_priority", info.number("replaces_priority"))
        .column("conflicts", orNull(conflicts))
        .column("datahash_ok", datahashOk)
        .column("signatures", orNull(reader.signatures()))
        .column("scripts", orNull(reader.scripts()))
        .build();
  }

  /** A name, perhaps a repository's tag, and perhaps an operator and a version. */
  private static @Nullable Dependency dependency(String word, @Nullable String vendor) {
    int nameEnd = 0;
    while (nameEnd < word.length() && "<>=~@".indexOf(word.charAt(nameEnd)) < 0) {
      nameEnd++;
    }
    String name = word.substring(0, nameEnd);
    // Words are parted by blanks alone, so one may be of other white space.
    if (name.isBlank()) {
      return null;
    }
    int operatorAt = nameEnd;
    while (operatorAt < word.length() && "<>=~".indexOf(word.charAt(operatorAt)) < 0) {
      operatorAt++;
    }
    int versionAt = operatorAt;
    while (versionAt < word.length() && "<>=~".indexOf(word.charAt(versionAt)) >= 0) {
      versionAt++;
    }
    String operator = word.substring(operatorAt, versionAt);
    String version = word.substring(versionAt);
    boolean versioned = !operator.isEmpty() && !version.isEmpty();
    // Libraries (so:), commands (cmd:), modules (pc:, py3.12:) and paths are provided by packages.
    boolean isPackage = name.indexOf(':') < 0 && name.indexOf('/') < 0;
    String exact = versioned && operator.equals("=") ? version : null;
    return new Dependency(
        isPackage ? Purl.of("apk", vendor, name, exact, new TreeMap<>()) : null,
        name,
        versioned ? operator + " " + version : null,
        "depend",
        false);
  }

  private @Nullable Long built() {
    Long seconds = info.number("builddate");
    return seconds == null || seconds == 0 || seconds > Long.MAX_VALUE / 1_000_000_000
        ? null
        : seconds * 1_000_000_000;
  }

  /** By the signing keys, else who built it, else who maintains it. */
  private @Nullable String vendor() {
    List<String> hints = new ArrayList<>(reader.signatures());
    for (String key : List.of("packager", "maintainer")) {
      String value = info.get(key);
      if (value != null) {
        hints.add(value);
      }
    }
    for (String hint : hints) {
      for (Vendor vendor : VENDORS) {
        if (hint.contains(vendor.mark)) {
          return vendor.name;
        }
      }
    }
    return null;
  }

  private static @Nullable List<String> orNull(List<String> values) {
    return values.isEmpty() ? null : values;
  }

  private static ColumnSpec text(String name, String meaning) {
    return new ColumnSpec(name, Scalar.STRING, meaning);
  }

  private static ColumnSpec list(String name, String meaning) {
    return new ColumnSpec(name, new ListOf(Scalar.STRING), meaning);
  }
}
