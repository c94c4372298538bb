package io.packhouse.plugins.rpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionException;
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

class RpmExtractorTest extends ExtractorContract {

  private static final int EQUAL = 8;
  private static final int GREATER_EQUAL = 12;
  private static final int RPMLIB = 1 << 24 | 10;

  @Override
  protected PackageExtractor extractor() {
    return new RpmExtractor();
  }

  @Override
  protected List<PackageFile> samples() {
    return List.of(
        full().file("Packages/f/foo-2.0-3.fc41.x86_64.rpm"),
        Rpms.rpm("foo", "2.0", "3").file("foo-2.0-3.src.rpm"));
  }

  private static Rpms full() {
    return Rpms.rpm("foo", "2.0", "3.fc41")
        .numbers(RpmTags.EPOCH, 2)
        .translated(RpmTags.SUMMARY, "frobnicates", "frobniziert")
        .translated(RpmTags.DESCRIPTION, "At length.", "Lang.")
        .translated(RpmTags.GROUP, "Unspecified")
        .numbers(RpmTags.BUILD_TIME, 1_700_000_000)
        .text(RpmTags.BUILD_HOST, "builder.example")
        .numbers(RpmTags.SIZE, -1)
        .text(RpmTags.VENDOR, "Fedora Project")
        .text(RpmTags.PACKAGER, "Fedora Project")
        .text(RpmTags.LICENSE, "GPL-2.0-or-later AND MIT")
        .text(RpmTags.URL, "https://foo.example/")
        .text(RpmTags.OS, "linux")
        .text(RpmTags.ARCH, "x86_64")
        .text(RpmTags.SOURCE_RPM, "foo-2.0-3.fc41.src.rpm")
        .text(RpmTags.PAYLOAD_FORMAT, "cpio")
        .text(RpmTags.PAYLOAD_COMPRESSOR, "zstd")
        .text(RpmTags.MODULARITY_LABEL, "foo:1:2:3")
        .text(1024, "/sbin/ldconfig")
        .text(1087, "/bin/sh")
        .texts(RpmTags.PROVIDE_NAME, "foo", "libfoo.so.1()(64bit)")
        .numbers(RpmTags.PROVIDE_FLAGS, EQUAL, 0)
        .texts(RpmTags.PROVIDE_VERSION, "2:2.0-3.fc41", "")
        .texts(
            RpmTags.REQUIRE_NAME,
            "/bin/sh",
            "libc.so.6(GLIBC_2.4)(64bit)",
            "bar",
            "foo-libs(x86-64)",
            "rpmlib(CompressedFileNames)",
            "/bin/sh",
            "(a if b)",
            "baz")
        .numbers(RpmTags.REQUIRE_FLAGS, 0, 0, GREATER_EQUAL, EQUAL, RPMLIB, 0, 0, EQUAL)
        .texts(RpmTags.REQUIRE_VERSION, "", "", "1.0", "2:2.0-3.fc41", "3.0.4-1", "", "", "7")
        .texts(RpmTags.RECOMMEND_NAME, "nice")
        .texts(RpmTags.RECOMMEND_NAME + 1, "")
        .numbers(RpmTags.RECOMMEND_NAME + 2, 0)
        .texts(RpmTags.OBSOLETE_NAME, "oldfoo")
        .numbers(RpmTags.OBSOLETE_FLAGS, 2)
        .texts(RpmTags.OBSOLETE_VERSION, "1")
        .signed(268)
        .signed(278);
  }

  private PackageMetadata extract(PackageFile file) throws Exception {
    return Objects.requireNonNull(extractor().extract(file, context()));
  }

  @Test
  void allTagsAreTold() throws Exception {
    PackageMetadata found = extract(full().file("x.rpm"));
    assertThat(found.purl()).isEqualTo("pkg:rpm/fedora/foo@2.0-3.fc41?arch=x86_64&epoch=2");
    assertThat(found.namespace()).isEqualTo("fedora");
    assertThat(found.name()).isEqualTo("foo");
    assertThat(found.version()).isEqualTo("2.0-3.fc41");
    assertThat(found.license()).isEqualTo("GPL-2.0-or-later AND MIT");
    assertThat(found.description()).isEqualTo("frobnicates");
    assertThat(found.homepage()).isEqualTo("https://foo.example/");
    assertThat(found.authors()).containsExactly("Fedora Project");
    assertThat(found.publishedNanos()).isEqualTo(1_700_000_000_000_000_000L);
    assertThat(found.columns())
        .containsEntry("epoch", 2L)
        .containsEntry("version", "2.0")
        .containsEntry("release", "3.fc41")
        .containsEntry("architecture", "x86_64")
        .containsEntry("kind", "binary")
        .containsEntry("source_rpm", "foo-2.0-3.fc41.src.rpm")
        .containsEntry("long_description", "At length.")
        .containsEntry("group", "Unspecified")
        .containsEntry("installed_size", 0xFFFF_FFFFL)
        .containsEntry("payload_compressor", "zstd")
        .containsEntry("modularity_label", "foo:1:2:3")
        .containsEntry("format", 3L)
        .containsEntry("provides", List.of("foo = 2:2.0-3.fc41", "libfoo.so.1()(64bit)"))
        .containsEntry("obsoletes", List.of("oldfoo < 1"))
        .containsEntry("rpmlib_requires", List.of("rpmlib(CompressedFileNames) <= 3.0.4-1"))
        .containsEntry("signatures", List.of("rsa-header", "openpgp"))
        .containsEntry("digests", List.of("sha256-header"))
        .containsEntry("scripts", List.of("postin", "preun"));
  }

  @Test
  void requirementsOfPackagesHavePurlsAndOthersHaveNone() throws Exception {
    assertThat(extract(full().file("x.rpm")).dependencies())
        .containsExactly(
            new Dependency(null, "/bin/sh", null, "requires", false),
            new Dependency(null, "libc.so.6(GLIBC_2.4)(64bit)", null, "requires", false),
            new Dependency("pkg:rpm/fedora/bar", "bar", ">= 1.0", "requires", false),
            new Dependency(
                "pkg:rpm/fedora/foo-libs@2.0-3.fc41?epoch=2",
                "foo-libs(x86-64)",
                "= 2:2.0-3.fc41",
                "requires",
                false),
            new Dependency(null, "(a if b)", null, "requires", false),
            new Dependency("pkg:rpm/fedora/baz", "baz", "= 7", "requires", false),
            new Dependency("pkg:rpm/fedora/nice", "nice", null, "recommends", true));
  }

  @Test
  void packagesWithoutSourceRpmAreSources() throws Exception {
    PackageMetadata found =
        extract(Rpms.rpm("foo", "2.0", "3").text(RpmTags.ARCH, "x86_64").file("x.rpm"));
    assertThat(found.purl()).isEqualTo("pkg:rpm/foo@2.0-3?arch=src");
    assertThat(found.columns())
        .containsEntry("kind", "source")
        .containsEntry("architecture", "x86_64")
        .containsEntry("payload_compressor", "gzip");
  }

  @ParameterizedTest
  @CsvSource({"63,0,4", "5114,6,6", "1000,0,3"})
  void formatIsToldByTagRegionAndLead(int tag, int value, long format) throws Exception {
    Rpms rpm = Rpms.rpm("foo", "2.0", "3");
    if (tag != RpmTags.NAME) {
      rpm.numbers(tag, value);
    }
    assertThat(extract(rpm.file("x.rpm")).columns()).containsEntry("format", format);
  }

  @ParameterizedTest
  @CsvSource({
    "'Red Hat, Inc.', redhat",
    "openSUSE, opensuse",
    "SUSE LLC <https://www.suse.com/>, suse",
    "AlmaLinux, almalinux",
    "Somebody, ''"
  })
  void vendorIsTheNamespace(String vendor, String namespace) throws Exception {
    PackageMetadata found =
        extract(Rpms.rpm("a", "1", "1").text(RpmTags.VENDOR, vendor).file("a.rpm"));
    assertThat(Objects.requireNonNullElse(found.namespace(), "")).isEqualTo(namespace);
  }

  @Test
  void changedHeaderIsAnErrorWithWhatItSays() {
    byte[] bytes = Rpms.rpm("foo", "2.0", "3").bytes();
    bytes[bytes.length - 6] ^= 1;
    assertFails(bytes, "main header does not match its SHA-256 digest", true);
  }

  @Test
  void shortPayloadIsAnErrorWithWhatTheHeaderSays() {
    byte[] bytes = Rpms.rpm("foo", "2.0", "3").bytes();
    assertThatThrownBy(
            () -> extract(PackageFile.of("a.rpm", ByteBuffer.wrap(bytes, 0, bytes.length - 2))))
        .isInstanceOfSatisfying(
            ExtractionException.class,
            e -> {
              assertThat(e.reason()).startsWith("file ends early: headers and payload are ");
              assertThat(Objects.requireNonNull(e.partial()).name()).isEqualTo("foo");
            });
  }

  @Test
  void boundsAreCheckedBeforeAnythingIsRead() {
    byte[] count = full().bytes();
    ByteBuffer.wrap(count).putInt(96 + 8, 65_537);
    assertFails(count, "signature header has more entries than the limit of 65536: 65537", false);
    byte[] negative = full().bytes();
    ByteBuffer.wrap(negative).putInt(96 + 8, -1);
    assertFails(
        negative, "signature header has more entries than the limit of 65536: 4294967295", false);
    byte[] store = full().bytes();
    ByteBuffer.wrap(store).putInt(96 + 12, RpmHeader.MAX_STORE + 1);
    assertFails(
        store,
        "signature header has a store larger than the limit of 67108864 bytes: 67108865",
        false);
    byte[] outside = full().bytes();
    ByteBuffer.wrap(outside).putInt(96 + 12, 1 << 20);
    assertFails(outside, "signature header at 96 ends outside the file", false);
  }

  @Test
  void valuesOutsideTheStoreAreErrors() {
    byte[] bytes = Rpms.rpm("foo", "2.0", "3").withoutDigests().bytes();
    // An empty signature header, then the main one; its first entry is Name.
    ByteBuffer.wrap(bytes).putInt(96 + 16 + 16 + 8, 1 << 20);
    assertFails(bytes, "main header has a value of tag 1000 that ends outside its store", false);
    byte[] counted = full().withoutDigests().bytes();
    for (int at = 96; at + 16 < counted.length; at += 4) {
      ByteBuffer entry = ByteBuffer.wrap(counted);
      if (entry.getInt(at) == RpmTags.REQUIRE_NAME && entry.getInt(at + 4) == 8) {
        entry.putInt(at + 12, Integer.MAX_VALUE);
      }
    }
    assertFails(counted, "main header has a value of tag 1049 that ends outside its store", false);
  }

  @Test
  void namelessPackagesAreErrors() {
    assertFails(
        new Rpms().text(RpmTags.VERSION, "1").bytes(), "main header has no tag Name", false);
    assertFails(
        new Rpms().text(RpmTags.NAME, "a").bytes(), "main header has no tag Version", false);
  }

  @Test
  void tagsOfUnexpectedTypesAreLeftOut() throws Exception {
    PackageMetadata found =
        extract(
            Rpms.rpm("a", "1", "1")
                .text(RpmTags.EPOCH, "one")
                .numbers(RpmTags.URL, 5)
                .numbers(RpmTags.REQUIRE_NAME, 5)
                .file("a.rpm"));
    assertThat(found.homepage()).isNull();
    assertThat(found.columns()).doesNotContainKey("epoch");
    assertThat(found.dependencies()).isEmpty();
  }

  private void assertFails(byte[] bytes, String reason, boolean partial) {
    assertThatThrownBy(() -> extract(PackageFile.of("a.rpm", ByteBuffer.wrap(bytes))))
        .isInstanceOfSatisfying(
            ExtractionException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.partial() != null).isEqualTo(partial);
            });
  }
}
