package io.packhouse.extraction.archive;

import static io.packhouse.extraction.archive.RawZip.crc;
import static io.packhouse.extraction.archive.RawZip.deflated;
import static io.packhouse.extraction.archive.RawZip.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.spi.ArchiveFormat;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.ZipDirectory;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class HostileZipsTest {

  private static final int MAX_BYTES = 100_000;
  private static final Map<Integer, ArchiveFormat> METHODS =
      Map.of(
          RawZip.BZIP2, ArchiveFormat.BZIP2,
          RawZip.ZSTD, ArchiveFormat.ZSTD,
          RawZip.XZ, ArchiveFormat.XZ);

  private final SafeArchiveOpener opener =
      new SafeArchiveOpener(new ExtractionLimits(MAX_BYTES, 1_000, 4, Duration.ofSeconds(30)));

  @Test
  void quineEndsAtTheNestingLimit() throws Exception {
    byte[] quine = ZipQuine.bytes();
    PackageFile file = Jars.file("quine.zip", quine);
    for (int depth = 0; depth < 4; depth++) {
      ArchiveMember itself = opener.zip(file).find("quine.zip");
      assertThat(itself.bytes(quine.length)).isEqualTo(quine);
      file = itself.file("quine.zip");
    }
    ArchiveMember last = opener.zip(file).find("quine.zip");
    assertThat(reason(() -> last.file("quine.zip")))
        .isEqualTo("archives nest deeper than the limit of 4");
  }

  @Test
  void membersOverOneKernelEndAtTheInflatedBytesLimit() throws Exception {
    byte[] kernel = new byte[MAX_BYTES / 10];
    byte[] packed = deflated(kernel);
    RawZip zip = new RawZip();
    int at = zip.data(packed);
    for (int i = 0; i < 100; i++) {
      zip.entry(name("m" + i), 0, RawZip.DEFLATED, crc(kernel), packed.length, kernel.length, at);
    }
    List<ArchiveMember> members = opener.zip(zip.file()).members();
    for (int i = 0; i < 10; i++) {
      assertThat(members.get(i).bytes(MAX_BYTES)).isEqualTo(kernel);
    }
    assertThat(reason(() -> members.get(10).bytes(MAX_BYTES))).contains("limit of 100000 bytes");
  }

  @Test
  void storedMembersOverTheSameBytesEndAtTheInflatedBytesLimit() throws Exception {
    byte[] kernel = new byte[MAX_BYTES / 10];
    RawZip zip = new RawZip();
    int at = zip.data(kernel);
    for (int i = 0; i < 100; i++) {
      zip.entry(name("m" + i), 0, RawZip.STORED, crc(kernel), kernel.length, kernel.length, at);
    }
    List<ArchiveMember> members = opener.zip(zip.file()).members();
    assertThat(
            reason(
                () -> {
                  for (ArchiveMember member : members) {
                    assertThat(member.bytes(MAX_BYTES)).isEqualTo(kernel);
                  }
                }))
        .contains("limit of 100000 bytes");
  }

  @Test
  void storedMemberOf10BytesThatClaims4GibIsRefusedBeforeMemoryIsTaken() throws Exception {
    RawZip zip = new RawZip();
    int at = zip.data(new byte[10]);
    zip.entry(name("both"), 0, RawZip.STORED, 0, -2, -2, at);
    zip.entry(name("size"), 0, RawZip.STORED, 0, 10, -2, at);
    ZipDirectory directory = opener.zip(zip.file());
    for (Map.Entry<String, String> expected :
        Map.of("both", "ends outside the file", "size", "of two sizes").entrySet()) {
      ArchiveMember member = directory.find(expected.getKey());
      assertThat(member.size()).isEqualTo(0xFFFF_FFFEL);
      for (ThrowingCallable use : uses(member)) {
        assertThat(reason(use)).contains(expected.getValue());
      }
      assertThat(reason(() -> member.bytes(Integer.MAX_VALUE))).contains("larger than the limit");
    }
  }

  @Test
  void memberThatInflatesPastItsSizeAndTheLimitIsRefused() throws Exception {
    byte[] contents = new byte[10 * MAX_BYTES];
    byte[] packed = deflated(contents);
    RawZip zip = new RawZip();
    zip.entry(name("m"), 0, RawZip.DEFLATED, crc(contents), packed.length, 10, zip.data(packed));
    ArchiveMember member = opener.zip(zip.file()).find("m");
    assertThat(member.head(100)).isEqualTo(new byte[10]);
    String reason = "zip member m is longer than its size of 10 bytes";
    assertThat(reason(() -> member.bytes(100))).isEqualTo(reason);
    assertThat(reason(() -> member.file("m"))).isEqualTo(reason);
    try (InputStream stream = member.stream()) {
      ExtractionIOException e =
          catchThrowableOfType(ExtractionIOException.class, stream::readAllBytes);
      assertThat(e.damage().reason()).isEqualTo(reason);
      // It stays refused.
      assertThat(catchThrowableOfType(ExtractionIOException.class, stream::read)).isNotNull();
    }
  }

  @Test
  void membersOfOtherMethodsAreReadAndLimited() throws Exception {
    byte[] text = "contents".repeat(100).getBytes(StandardCharsets.US_ASCII);
    byte[] bomb = new byte[2 * MAX_BYTES];
    for (Map.Entry<Integer, ArchiveFormat> method : METHODS.entrySet()) {
      ZipDirectory zip =
          opener.zip(
              new RawZip()
                  .member(
                      name("text"),
                      0,
                      method.getKey(),
                      Tars.compressed(method.getValue(), text),
                      text)
                  .file());
      assertThat(zip.find("text").bytes(800)).as("%s", method).isEqualTo(text);
      assertThat(zip.find("text").head(3)).as("%s", method).asString().isEqualTo("con");
    }
    for (Map.Entry<Integer, ArchiveFormat> method : METHODS.entrySet()) {
      byte[] packed = Tars.compressed(method.getValue(), bomb);
      RawZip zip = new RawZip().member(name("bomb"), 0, method.getKey(), packed, bomb);
      zip.entry(name("lie"), 0, method.getKey(), 0, packed.length, 10, 0);
      zip.entry(name("cut"), 0, method.getKey(), crc(bomb), packed.length / 2, bomb.length, 0);
      try (SafeArchiveOpener other =
          new SafeArchiveOpener(new ExtractionLimits(MAX_BYTES, 9, 1, Duration.ofSeconds(30)))) {
        ZipDirectory directory = other.zip(zip.file());
        assertThat(reason(() -> directory.find("lie").bytes(10)))
            .as("%s", method)
            .contains("longer than its size of 10 bytes");
        assertThat(reason(() -> directory.find("cut").bytes(3 * MAX_BYTES)))
            .as("%s", method)
            .containsAnyOf("zip member cut is damaged", "limit of 100000 bytes");
        assertThat(reason(() -> directory.find("bomb").bytes(3 * MAX_BYTES)))
            .as("%s", method)
            .contains("limit of 100000 bytes");
      }
    }
  }

  @Test
  void encryptedMembersAreListedButNotRead() throws Exception {
    byte[] contents = new byte[20];
    RawZip zip = new RawZip();
    for (int method : new int[] {RawZip.STORED, RawZip.DEFLATED, RawZip.ZSTD}) {
      zip.member(name("m" + method), 1, method, contents, contents);
    }
    List<ArchiveMember> members = opener.zip(zip.file()).members();
    assertThat(members).hasSize(3);
    for (ArchiveMember member : members) {
      for (ThrowingCallable use : uses(member)) {
        assertThat(reason(use)).isEqualTo("zip member " + member.name() + " is encrypted");
      }
    }
  }

  @Test
  void namesThatAreNotUtf8AreTakenForCp437() throws Exception {
    byte[] name = {'c', 'a', 'f', (byte) 0x82, '/', (byte) 0xE1};
    byte[] contents = {1, 2, 3};
    RawZip zip = new RawZip().member(name, 0, RawZip.STORED, contents, contents);
    zip.member(name, 1 << 11, RawZip.STORED, contents, contents);
    ZipDirectory directory = opener.zip(zip.file());
    assertThat(directory.find("café/ß").bytes(3)).isEqualTo(contents);
    assertThat(directory.members())
        .extracting(ArchiveMember::name)
        .containsExactly("café/ß", "caf\uFFFD/\uFFFD");
  }

  private static List<ThrowingCallable> uses(ArchiveMember member) {
    return List.of(() -> member.head(5), member::stream, () -> member.file("f"));
  }

  private static String reason(ThrowingCallable use) {
    ExtractionException e = catchThrowableOfType(ExtractionException.class, use);
    assertThat(e).isNotNull();
    return e.reason();
  }
}
