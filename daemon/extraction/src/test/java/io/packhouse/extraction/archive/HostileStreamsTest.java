package io.packhouse.extraction.archive;

import static io.packhouse.extraction.archive.Tars.compressed;
import static io.packhouse.extraction.archive.Tars.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.spi.ArchiveFormat;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ArchiveMember.Kind;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.MemberStream;
import io.packhouse.spi.PackageFile;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class HostileStreamsTest {

  private static final int MAX_BYTES = 100_000;
  private static final long HUGE = 0x7_0000_0000L;

  private final SafeArchiveOpener opener = opener(MAX_BYTES);

  @Test
  void gzipWithinGzipEndsAtTheLimitOfBoth() throws Exception {
    byte[] inner = compressed(ArchiveFormat.GZIP, new byte[20 * MAX_BYTES]);
    byte[] outer = compressed(ArchiveFormat.GZIP, inner);
    byte[] once;
    try (InputStream stream = opener.decompress(file("a.gz.gz", outer))) {
      once = stream.readAllBytes();
    }
    assertThat(once).isEqualTo(inner);
    try (InputStream stream = opener.decompress(file("a.gz", once))) {
      int allowed = MAX_BYTES - inner.length;
      assertThat(stream.readNBytes(allowed)).hasSize(allowed);
      ExtractionIOException e = catchThrowableOfType(ExtractionIOException.class, stream::read);
      assertThat(e.damage().reason()).contains("limit of 100000 bytes");
    }
  }

  @Test
  void compressedTarsWithinTarsEndAtTheLimitOfAll() throws Exception {
    byte[] tar = new Tars().member("0", new byte[MAX_BYTES / 3]).tar();
    for (int i = 1; i < 6; i++) {
      byte[] packed = compressed(ArchiveFormat.GZIP, tar);
      tar = new Tars().member("a" + i, packed).member("b" + i, packed).tar();
    }
    byte[] bomb = tar;
    // The last fits in the limit by itself, but no longer in what is left of it.
    assertThat(reason(() -> open(file("bomb", bomb)))).contains("larger than the limit of");
  }

  private void open(PackageFile archive) throws Exception {
    try (MemberStream stream = opener.members(archive)) {
      for (ArchiveMember m = stream.next(); m != null; m = stream.next()) {
        PackageFile nested = m.file(m.name());
        if (opener.detect(nested) != null) {
          open(nested);
        }
      }
    }
  }

  @Test
  void linksOfTarHaveTargetsAndAreNotFollowed() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
      for (byte type :
          new byte[] {TarConstants.LF_SYMLINK, TarConstants.LF_LINK, TarConstants.LF_CHR}) {
        TarArchiveEntry entry = new TarArchiveEntry("link" + (char) type, type);
        entry.setLinkName("../../etc/passwd");
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
      }
    }
    try (MemberStream stream = opener.members(file("a.tar", bytes.toByteArray()))) {
      for (String name : List.of("link2", "link1")) {
        ArchiveMember link = stream.next();
        assertThat(link.name()).isEqualTo(name);
        assertThat(link.kind()).isEqualTo(Kind.LINK);
        assertThat(link.linkTarget()).isEqualTo("../../etc/passwd");
        assertThat(link.bytes(0)).isEmpty();
      }
      ArchiveMember device = stream.next();
      assertThat(device.kind()).isEqualTo(Kind.OTHER);
      assertThat(device.linkTarget()).isNull();
      assertThat(stream.next()).isNull();
    }
  }

  @Test
  void paxHeaderOfHugeSizeIsRefused() {
    for (char type : new char[] {'x', 'g'}) {
      byte[] tar = joined(header("h", type, HUGE), new byte[1024]);
      assertThat(reason(() -> all(tar))).as("%s", type).startsWith("tar is damaged");
      byte[] gzip = compressed(ArchiveFormat.GZIP, tar);
      assertThat(reason(() -> all(gzip))).as("%s", type).contains("damaged");
    }
    // What is there is no excuse for keeping it.
    byte[] header = joined(header("h", 'x', 8 << 20), new byte[9 << 20]);
    assertThat(reason(() -> all(header))).startsWith("tar is damaged");
    byte[] name = joined(header("h", 'L', 8 << 20), filled(9 << 20));
    assertThat(reason(() -> all(name))).contains("header larger than the limit");
  }

  @Test
  void sizesThatPaxStatesAreCheckedAgainstTheFile() throws Exception {
    for (String size : List.of("" + HUGE, "" + Long.MAX_VALUE, "-1", "x", "99999999999999999999")) {
      byte[] record = record("size", size);
      byte[] tar =
          joined(
              header("h", 'x', record.length),
              padded(record),
              header("m", '0', 5),
              padded(new byte[5]),
              new byte[1024]);
      for (byte[] bytes : List.of(tar, compressed(ArchiveFormat.GZIP, tar))) {
        assertThat(reason(() -> all(bytes))).as(size).isNotEmpty();
        assertThat(
                reason(
                    () -> {
                      try (MemberStream stream = opener.members(file("a.tar", bytes))) {
                        stream.next().file("m");
                      }
                    }))
            .as(size)
            .isNotEmpty();
        assertThat(
                reason(
                    () -> {
                      try (MemberStream stream = opener.members(file("a.tar", bytes))) {
                        stream.next().bytes(MAX_BYTES);
                      }
                    }))
            .as(size)
            .isNotEmpty();
      }
    }
  }

  @Test
  void thousandsOfLongNamesInARowAreRefused() {
    for (char type : new char[] {'L', 'K'}) {
      assertRefused(type, new byte[0], 9_000);
      assertRefused(type, ascii("n".repeat(20)), 4_500);
    }
  }

  @Test
  void thousandsOfPaxHeadersInARowAreRefused() {
    for (char type : new char[] {'x', 'g'}) {
      assertRefused(type, new byte[0], 9_000);
      assertRefused(type, record("path", "n".repeat(11)), 4_500);
    }
  }

  private static void assertRefused(char type, byte[] value, int times) {
    byte[] one = joined(header("h", type, value.length), padded(value));
    ByteArrayOutputStream chain = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      chain.writeBytes(one);
    }
    chain.writeBytes(joined(header("m", '0', 0), new byte[1024]));
    byte[] tar = chain.toByteArray();
    for (byte[] bytes : List.of(tar, compressed(ArchiveFormat.ZSTD, tar))) {
      assertThat(reason(() -> all(opener(20_000_000), bytes)))
          .as("%s of %d", type, value.length)
          .containsAnyOf("damaged", "header larger than the limit");
    }
  }

  @Test
  void arWithABadHeaderIsRefused() {
    String good = arHeader("m/", "5");
    for (String header :
        List.of(
            arHeader("m/", "five"),
            arHeader("m/", "-5"),
            arHeader("m/", "" + Integer.MAX_VALUE),
            arHeader("m/", "9999999999"),
            good.replace("`\n", "xx"),
            good.substring(0, 40),
            arHeader("#1/9999999999", "5"),
            arHeader("#1/999999999", "5"),
            arHeader("/7", "5"),
            arHeader("/99999999999", "5"))) {
      byte[] ar = ascii("!<arch>\n" + header + "hello\n");
      assertThat(reason(() -> all(ar))).as(header).doesNotContain("\n").isNotEmpty();
    }
  }

  @Test
  void arWithNamesOfGnuIsRead() throws Exception {
    String table = "a-very-long-name-of-a-member/\nanother-long-name-of-a-member/\n";
    String ar =
        "!<arch>\n"
            + arHeader("//", "" + table.length())
            + table
            + (table.length() % 2 == 0 ? "" : "\n")
            + arHeader("/0", "5")
            + "hello\n"
            + arHeader("/30", "2")
            + "hi"
            + arHeader("short/", "0");
    try (MemberStream stream = opener.members(file("a.a", ascii(ar)))) {
      ArchiveMember first = stream.next();
      assertThat(first.name()).isEqualTo("a-very-long-name-of-a-member");
      assertThat(first.bytes(5)).asString().isEqualTo("hello");
      assertThat(stream.next().name()).isEqualTo("another-long-name-of-a-member");
      assertThat(stream.next().name()).isEqualTo("short");
      assertThat(stream.next()).isNull();
    }
    byte[] beyond = ascii(ar.replace("/30 ", "/999"));
    assertThat(reason(() -> all(beyond))).startsWith("ar is damaged");
    byte[] huge = ascii("!<arch>\n" + arHeader("//", "2000000000") + table);
    assertThat(reason(() -> all(huge))).startsWith("ar is damaged");
  }

  private static SafeArchiveOpener opener(long maxBytes) {
    return new SafeArchiveOpener(new ExtractionLimits(maxBytes, 1_000, 16, Duration.ofSeconds(30)));
  }

  private void all(byte[] archive) throws Exception {
    all(opener(MAX_BYTES), archive);
  }

  private static void all(SafeArchiveOpener opener, byte[] archive) throws Exception {
    try (MemberStream stream = opener.members(file("a", archive))) {
      for (ArchiveMember m = stream.next(); m != null; m = stream.next()) {
        assertThat(m.size()).isNotNegative();
      }
    }
  }

  private static String reason(ThrowingCallable use) {
    ExtractionException e = catchThrowableOfType(ExtractionException.class, use);
    return e == null ? "" : e.reason();
  }

  private static byte[] header(String name, char type, long size) {
    TarArchiveEntry entry = new TarArchiveEntry(name, (byte) type);
    entry.setSize(size);
    byte[] header = new byte[512];
    entry.writeEntryHeader(header);
    return header;
  }

  private static byte[] record(String key, String value) {
    int length = key.length() + value.length() + 3;
    int digits = length + 1 < 10 ? 1 : 2;
    return ascii(length + digits + " " + key + "=" + value + "\n");
  }

  private static String arHeader(String name, String size) {
    return String.format("%-16s%-12s%-6s%-6s%-8s%-10s`\n", name, "0", "0", "0", "100644", size);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] padded(byte[] bytes) {
    return joined(bytes, new byte[-bytes.length & 511]);
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 'n');
    return bytes;
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }
}
