package io.packhouse.plugins.deb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.ExtractorContract;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DebExtractorTest extends ExtractorContract {

  private static final String CONTROL =
      """
      Package: libfoo1
      Source: foo (1:2.0-3)
      Version: 1:2.0-3+b1
      Architecture: amd64
      Multi-Arch: same
      Maintainer: Foo Team <foo@lists.alioth.debian.org>
      Installed-Size: 123
      Pre-Depends: init-system-helpers (>= 1.54~)
      Depends: libc6 (>= 2.14), default-mta | mail-transport-agent (<< 3), python3:any,
       libfoo-common (= 1:2.0-3)
      Recommends: bar
      Suggests: baz (>> 1)
      Conflicts: oldfoo
      Breaks: bar (<< 1.0)
      Replaces: bar (<< 1.0)
      Provides: foo-abi (= 2), foo-plugin
      Section: libs
      Priority: optional
      Homepage: https://foo.example/
      Description: frobnicates
       At length.
       .
       And more.
      """;

  private static final String COPYRIGHT =
      """
      Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
      Upstream-Name: foo

      Files: *
      Copyright: 2020 A
      License: GPL-2+ or Expat

      Files: lib/*
      Copyright: 2020 B
      License: BSD-3-clause
       Redistribution and use

      Files: debian/*
      Copyright: 2021 C
      License: GPL-3

      License: GPL-2+
       On Debian systems
      """;

  @Override
  protected PackageExtractor extractor() {
    return new DebExtractor();
  }

  @Override
  protected ExtractionContext context() {
    return StandaloneContext.of(ExtractionLimits.DEFAULT);
  }

  @Override
  protected List<PackageFile> samples() {
    return List.of(
        full(".xz").file("pool/libfoo1_2.0-3_amd64.deb"),
        full(".gz").file("a.udeb"),
        full(".zst").file("a.ddeb"),
        full("").file("plain.deb"));
  }

  private static Debs full(String suffix) {
    return Debs.deb(CONTROL)
        .packed(suffix)
        .control("./postinst", "#!/bin/sh\n")
        .control("./prerm", "#!/bin/sh\n")
        .control("./md5sums", "")
        .control("./conffiles", "/etc/foo.conf\nremove-on-upgrade /etc/old\n")
        .data("./usr/lib/libfoo.so.1", new byte[1000])
        .data("./usr/share/doc/libfoo1/copyright", COPYRIGHT);
  }

  private PackageMetadata extract(PackageFile file) throws Exception {
    return Objects.requireNonNull(extractor().extract(file, context()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".gz", ".xz", ".zst"})
  void allFieldsAreTold(String suffix) throws Exception {
    PackageMetadata found = extract(full(suffix).file("x.deb"));
    assertThat(found.purl()).isEqualTo("pkg:deb/debian/libfoo1@1:2.0-3%2Bb1?arch=amd64");
    assertThat(found.namespace()).isEqualTo("debian");
    assertThat(found.name()).isEqualTo("libfoo1");
    assertThat(found.version()).isEqualTo("1:2.0-3+b1");
    assertThat(found.description()).isEqualTo("frobnicates");
    assertThat(found.homepage()).isEqualTo("https://foo.example/");
    assertThat(found.authors()).containsExactly("Foo Team <foo@lists.alioth.debian.org>");
    assertThat(found.publishedNanos()).isEqualTo(1_700_000_000_000_000_000L);
    assertThat(found.licensesDeclared())
        .containsExactly("GPL-2+ or Expat", "BSD-3-clause", "GPL-3");
    assertThat(found.license()).isEqualTo("(GPL-2.0-or-later OR MIT) AND BSD-3-Clause");
    assertThat(found.columns())
        .containsEntry("source", "foo")
        .containsEntry("source_version", "1:2.0-3")
        .containsEntry("epoch", 1L)
        .containsEntry("upstream_version", "2.0")
        .containsEntry("revision", "3+b1")
        .containsEntry("multi_arch", "same")
        .containsEntry("section", "libs")
        .containsEntry("priority", "optional")
        .containsEntry("essential", false)
        .containsEntry("kind", "deb")
        .containsEntry("installed_size_kib", 123L)
        .containsEntry("provides", List.of("foo-abi (= 2)", "foo-plugin"))
        .containsEntry("conflicts", List.of("oldfoo"))
        .containsEntry("breaks", List.of("bar (<< 1.0)"))
        .containsEntry("replaces", List.of("bar (<< 1.0)"))
        .containsEntry("alternatives", List.of("default-mta | mail-transport-agent (<< 3)"))
        .containsEntry("maintainer_scripts", List.of("postinst", "prerm"))
        .containsEntry("conffiles", List.of("/etc/foo.conf"))
        .containsEntry("has_md5sums", true)
        .containsEntry("data_compression", suffix.isEmpty() ? "none" : suffix.substring(1))
        .containsEntry("copyright_read", true);
  }

  @Test
  void dependenciesKeepAlternativesQualifiersAndConstraints() throws Exception {
    assertThat(extract(full("").file("x.deb")).dependencies())
        .containsExactly(
            needs("init-system-helpers", ">= 1.54~", "pre-depends", false),
            needs("libc6", ">= 2.14", "depends", false),
            needs("default-mta", null, "depends", true),
            needs("mail-transport-agent", "<< 3", "depends", true),
            new Dependency("pkg:deb/debian/python3", "python3:any", null, "depends", false),
            new Dependency(
                "pkg:deb/debian/libfoo-common@1:2.0-3",
                "libfoo-common",
                "= 1:2.0-3",
                "depends",
                false),
            needs("bar", null, "recommends", true),
            needs("baz", ">> 1", "suggests", true));
  }

  private static Dependency needs(String name, String requirement, String scope, boolean optional) {
    return new Dependency("pkg:deb/debian/" + name, name, requirement, scope, optional);
  }

  @ParameterizedTest
  @CsvSource({
    "Maintainer: A <a@ubuntu.com>, 1, ubuntu",
    "Maintainer: A <a@lists.ubuntu.com>, 1, ubuntu",
    "Maintainer: A <a@notdebian.org>, 1, ''",
    "Maintainer: A <a@debian.org.example>, 1, ''",
    "Maintainer: A <a@x.example>, 1-1ubuntu2, ubuntu",
    "Maintainer: A <a@x.example>, 1-1+deb12u1, debian",
    "Maintainer: A <a@x.example>, 1-1, ''",
    "Origin: Debian, 1-1, debian",
    "Bugs: debbugs://bugs.debian.org, 1-1, debian",
  })
  void vendorIsToldByOriginBugsMaintainerAndVersion(String field, String version, String vendor)
      throws Exception {
    String control = "Package: a\nVersion: " + version + "\n" + field + "\n";
    PackageMetadata found = extract(Debs.deb(control).file("x.deb"));
    assertThat(Objects.requireNonNullElse(found.namespace(), "")).isEqualTo(vendor);
    assertThat(found.purl()).startsWith("pkg:deb/" + (vendor.isEmpty() ? "" : vendor + "/") + "a@");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "GPL-2+; GPL-2.0-or-later",
        "GPL-3; GPL-3.0-only",
        "LGPL-2.1+; LGPL-2.1-or-later",
        "Expat; MIT",
        "Apache-2.0; Apache-2.0",
        "GPL-1+ or Artistic; GPL-1.0-or-later OR Artistic-1.0",
        "Perl and Expat; (Artistic-1.0-Perl OR GPL-1.0-or-later) AND MIT",
        "GPL-2+ or Expat, and ISC; (GPL-2.0-or-later OR MIT) AND ISC",
        "GFDL-NIV-1.3+; GFDL-1.3-no-invariants-or-later",
        "MPL-1.1; MPL-1.1",
      })
  void shortNamesOfCopyrightBecomeSpdx(String declared, String expected) {
    DebCopyright found =
        DebCopyright.parse(("Format: x\nLicense: " + declared + "\n").getBytes(UTF));
    assertThat(Objects.requireNonNull(found).expression()).isEqualTo(expected);
    assertThat(found.declared()).containsExactly(declared);
  }

  private static final java.nio.charset.Charset UTF = java.nio.charset.StandardCharsets.UTF_8;

  @Test
  void unknownLicenseNamesLeaveNoExpression() {
    DebCopyright found =
        DebCopyright.parse(
            "Format: x\n\nFiles: *\nLicense: custom\n\nFiles: b\nLicense: Expat\n".getBytes(UTF));
    assertThat(Objects.requireNonNull(found).expression()).isNull();
    assertThat(found.declared()).containsExactly("custom", "Expat");
    assertThat(DebCopyright.parse("This package was debianized by".getBytes(UTF))).isNull();
  }

  @Test
  void copyrightBehindTheBoundIsNotLookedFor() throws Exception {
    PackageMetadata found =
        extract(
            Debs.deb("Package: a\nVersion: 1\n")
                .packed(".xz")
                .data("./usr/bin/a", new byte[(int) DebReader.MAX_DATA_BYTES])
                .data("./usr/share/doc/a/copyright", COPYRIGHT)
                .file("a.deb"));
    assertThat(found.columns()).containsEntry("copyright_read", false);
    assertThat(found.licensesDeclared()).isEmpty();
  }

  @Test
  void copyrightThatTheListOfFilesLacksIsNotLookedFor() throws Exception {
    for (String listed : List.of("./usr/share/doc/a/copyright", "usr/share/doc/b/copyright")) {
      PackageMetadata found =
          extract(
              Debs.deb("Package: a\nVersion: 1\n")
                  .packed(".xz")
                  .control("./md5sums", "d41d8cd98f00b204e9800998ecf8427e  " + listed + "\n")
                  .data("./usr/share/doc/a/copyright", COPYRIGHT)
                  .file("a.deb"));
      assertThat(found.columns()).containsEntry("copyright_read", listed.contains("/a/"));
    }
  }

  @Test
  void hugeDataIsNotInflated() throws Exception {
    ExtractionLimits limits =
        new ExtractionLimits(1 << 20, 100, 4, java.time.Duration.ofMinutes(1));
    PackageMetadata found =
        extractor()
            .extract(
                Debs.deb("Package: a\nVersion: 1\n")
                    .packed(".zst")
                    .data("./big", new byte[32 << 20])
                    .file("a.deb"),
                StandaloneContext.of(limits));
    assertThat(Objects.requireNonNull(found).name()).isEqualTo("a");
  }

  @Test
  void repeatedAndMalformedFieldsAreReadAsFarAsTheyMakeSense() throws Exception {
    PackageMetadata found =
        extract(
            Debs.deb(
                    """
                    \uFEFFpackage: a
                    Package: b
                    no field
                    VERSION: 1
                    Installed-Size: many
                    Depends: , |, (>= 1), ok (>= , also (2), [amd64] , x <!nocheck>
                    Essential: YES
                    """)
                .file("a.deb"));
    assertThat(found.name()).isEqualTo("a");
    assertThat(found.version()).isEqualTo("1");
    assertThat(found.columns())
        .containsEntry("essential", true)
        .doesNotContainKey("installed_size_kib")
        .containsEntry("source", "a")
        .containsEntry("source_version", "1");
    assertThat(found.dependencies())
        .extracting(Dependency::name, Dependency::requirement)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("ok", null),
            org.assertj.core.groups.Tuple.tuple("also", "= 2"),
            org.assertj.core.groups.Tuple.tuple("x", null));
  }

  @Test
  void relationsAreBounded() throws Exception {
    PackageMetadata found =
        extract(Debs.deb("Package: a\nVersion: 1\nDepends: " + "b,".repeat(30_000)).file("a.deb"));
    assertThat(found.dependencies()).hasSize(DebRelations.MAX_RELATIONS);
  }

  @Test
  void fieldsOfManyRelationsAreReadToTheirEnd() throws Exception {
    String many = "librust-a-with-a-long-name-dev (= 0.3.9-1+b1),\n ".repeat(3_000);
    PackageMetadata found =
        extract(
            Debs.deb("Package: a\nVersion: 1\nProvides: " + many + "last\nSection: x\n")
                .file("a.deb"));
    assertThat((List<?>) found.columns().get("provides")).hasSize(3_001).last().isEqualTo("last");
  }

  @Test
  void membersWithUnderscoreBeforeControlAreSkipped() throws Exception {
    assertThat(
            extract(Debs.deb("Package: a\nVersion: 1\n").before("_x", new byte[3]).file("a.deb"))
                .name())
        .isEqualTo("a");
    assertThatThrownBy(
            () ->
                extract(
                    Debs.deb("Package: a\nVersion: 1\n").before("x", new byte[3]).file("a.deb")))
        .isInstanceOf(ExtractionException.class)
        .hasMessage("expected member control.tar, found x");
  }

  @Test
  void unknownFormatIsRefused() {
    assertThatThrownBy(() -> extract(Debs.deb("Package: a\n").version("3.0\n").file("a.deb")))
        .isInstanceOf(ExtractionException.class)
        .hasMessage("package format must be 2.x, found 3.0");
  }

  @Test
  void missingDataArchiveLeavesWhatControlSays() {
    assertThatThrownBy(
            () -> extract(Debs.deb("Package: a\nVersion: 1\n").withoutData().file("a.deb")))
        .isInstanceOfSatisfying(
            ExtractionException.class,
            e -> {
              assertThat(e.reason()).isEqualTo("package has no data.tar: it ends early");
              assertThat(Objects.requireNonNull(e.partial()).name()).isEqualTo("a");
            });
  }

  @Test
  void truncatedDataArchiveLeavesWhatControlSays() {
    byte[] bytes = full(".xz").bytes();
    PackageFile file = PackageFile.of("a.deb", ByteBuffer.wrap(bytes, 0, bytes.length - 100));
    assertThatThrownBy(() -> extract(file))
        .isInstanceOfSatisfying(
            ExtractionException.class,
            e -> assertThat(Objects.requireNonNull(e.partial()).name()).isEqualTo("libfoo1"));
  }

  @Test
  void packagesWithoutNameOrVersionAreErrors() {
    assertThatThrownBy(() -> extract(Debs.deb("Version: 1\n").file("a.deb")))
        .hasMessage("control has no field Package");
    assertThatThrownBy(() -> extract(Debs.deb("Package: a\n").file("a.deb")))
        .hasMessage("control has no field Version");
  }

  @Test
  void otherArsAreNotClaimed() throws Exception {
    byte[] bytes =
        "!<arch>\nlib.o/          0           0     0     644     0         `\n".getBytes(UTF);
    assertThat(extractor().extract(PackageFile.of("a.deb", ByteBuffer.wrap(bytes)), context()))
        .isNull();
  }
}
