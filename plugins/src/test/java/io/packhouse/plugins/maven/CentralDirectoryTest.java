package io.packhouse.plugins.maven;

import static io.packhouse.plugins.maven.Jars.jar;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class CentralDirectoryTest {

  private static final byte[] HEAD = "a/".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TAIL = ".x".getBytes(StandardCharsets.US_ASCII);

  private final Jars sound = jar().member("a/1.x", "one").member("a/2.y", "no").member("b/3.x", "");

  @Test
  void findsOnlyMembersOfBothEndsAndInflatesThem() throws Exception {
    for (Jars jar : List.of(sound, sound.stored())) {
      PackageFile zip = jar.at("z");
      List<ZipMember> found = find(zip);
      assertThat(found).extracting(ZipMember::name).containsExactly("a/1.x");
      assertThat(found.getFirst().content(zip, 3)).asString().isEqualTo("one");
    }
  }

  @Test
  void commentsPrefixesAndEmptyZipsAreRead() throws Exception {
    assertThat(find(sound.comment("c".repeat(65_535)).at("z"))).hasSize(1);
    byte[] script = "#!/bin/sh\nexec java -jar $0\n".getBytes(StandardCharsets.US_ASCII);
    PackageFile prefixed = Jars.file("z", joined(script, sound.bytes()));
    assertThat(find(prefixed).getFirst().content(prefixed, 3)).asString().isEqualTo("one");
    assertThat(find(new Jars().at("z"))).isEmpty();
  }

  @Test
  void storedZipWithinATruncatedOneIsNotTakenForIt() {
    byte[] inner = sound.bytes();
    byte[] outer = jar().member("inner.zip", inner).stored().bytes();
    int end = new String(outer, StandardCharsets.ISO_8859_1).indexOf("PK\5\6") + 22;
    assertThat(end).isLessThan(outer.length);
    PackageFile cut = PackageFile.of("z", ByteBuffer.wrap(outer, 0, end));
    assertThat(failure(cut).reason()).contains("not where it is said to be");
  }

  @Test
  void directoryOfManyWindowsIsReadWhole() throws Exception {
    Jars large = new Jars();
    for (int i = 0; i < 20; i++) {
      large.member("b/" + i + "n".repeat(60_000), "").member("a/" + i + ".x", "" + i);
    }
    PackageFile zip = large.at("z");
    List<ZipMember> found = find(zip);
    assertThat(found).hasSize(20);
    assertThat(found.get(19).content(zip, 10)).asString().isEqualTo("19");
  }

  @Test
  void zip64EndRecordIsUsedWhereTheShortOneIsFull() throws Exception {
    PackageFile zip = Jars.file("z", zip64(sound.bytes()));
    assertThat(find(zip).getFirst().content(zip, 3)).asString().isEqualTo("one");
    PackageFile prefixed = Jars.file("z", joined(new byte[100], zip64(sound.bytes())));
    assertThat(find(prefixed).getFirst().content(prefixed, 3)).asString().isEqualTo("one");
  }

  @Test
  void moreThan65535EntriesAreCountedWithZip64() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < 70_000; i++) {
        zip.putNextEntry(new ZipEntry(i == 69_999 ? "a/last.x" : "b/" + i));
      }
    }
    assertThat(find(Jars.file("z", bytes.toByteArray()))).hasSize(1);
  }

  @Test
  void valuesOutsideTheFileAreRefused() {
    byte[] bytes = sound.bytes();
    int end = bytes.length - 22;
    for (int field : new int[] {10, 12, 16}) {
      byte[] changed = bytes.clone();
      little(changed).putInt(end + field, 0x7000_0000);
      assertThat(failure(Jars.file("z", changed)).reason()).contains("central directory");
      little(changed).putInt(end + field, -1);
      assertThat(failure(Jars.file("z", changed)).reason()).contains("central directory");
    }
  }

  @Test
  void limitsAreNamedWhenReached() throws Exception {
    PackageFile zip = sound.at("z");
    ExtractionLimits three = new ExtractionLimits(1, 3, 1, Duration.ofSeconds(1));
    ExtractionException e =
        catchThrowableOfType(
            ExtractionException.class,
            () -> CentralDirectory.locate(zip).find(HEAD, TAIL, 99, 99, three));
    assertThat(e.reason()).contains("limit of 3");
    ZipMember member = find(zip).getFirst();
    e = catchThrowableOfType(ExtractionException.class, () -> member.content(zip, 2));
    assertThat(e.reason()).contains("limit of 2 bytes").contains("a/1.x");
  }

  @Test
  void memberThatIsNotWhatTheDirectorySaysIsRefused() throws Exception {
    PackageFile zip = sound.at("z");
    ZipMember m = find(zip).getFirst();
    for (ZipMember lying :
        List.of(
            new ZipMember("n", 1, m.method(), m.crc(), m.packedSize(), 3, m.headerOffset()),
            new ZipMember("n", 0, 12, m.crc(), m.packedSize(), 3, m.headerOffset()),
            new ZipMember("n", 0, 0, m.crc(), m.packedSize(), 3, m.headerOffset()),
            new ZipMember("n", 0, m.method(), 7, m.packedSize(), 3, m.headerOffset()),
            new ZipMember("n", 0, m.method(), m.crc(), 1, 3, m.headerOffset()),
            new ZipMember("n", 0, m.method(), m.crc(), 900, 3, m.headerOffset()),
            new ZipMember("n", 0, m.method(), m.crc(), m.packedSize(), 2, m.headerOffset()),
            new ZipMember("n", 0, m.method(), m.crc(), m.packedSize(), 9, m.headerOffset()),
            new ZipMember("n", 0, m.method(), m.crc(), m.packedSize(), 3, m.headerOffset() + 1),
            new ZipMember("n", 0, m.method(), m.crc(), m.packedSize(), 3, zip.size() - 1),
            new ZipMember("n", 0, m.method(), m.crc(), m.packedSize(), 3, Long.MAX_VALUE))) {
      ExtractionException e =
          catchThrowableOfType(ExtractionException.class, () -> lying.content(zip, 1_000));
      assertThat(Objects.requireNonNull(e, lying.toString()).reason()).contains("zip member n");
    }
  }

  private static List<ZipMember> find(PackageFile zip) throws ExtractionException, IOException {
    return CentralDirectory.locate(zip).find(HEAD, TAIL, 99, 99, ExtractionLimits.DEFAULT);
  }

  private static ExtractionException failure(PackageFile zip) {
    return catchThrowableOfType(ExtractionException.class, () -> find(zip));
  }

  /** The same zip with all that its end record says moved to one of zip64. */
  private static byte[] zip64(byte[] zip) {
    int end = zip.length - 22;
    ByteBuffer from = little(zip);
    byte[] bytes = new byte[zip.length + 56 + 20];
    ByteBuffer to = little(bytes);
    to.put(zip, 0, end).putInt(0x06064b50).putLong(44).putInt(45).putLong(0);
    to.putLong(from.getShort(end + 8)).putLong(from.getShort(end + 10));
    to.putLong(from.getInt(end + 12)).putLong(from.getInt(end + 16));
    to.putInt(0x07064b50).putInt(0).putLong(end).putInt(1);
    to.putInt(0x06054b50).putInt(0).putInt(-1).putInt(-1).putInt(-1).putShort((short) 0);
    return bytes;
  }

  private static byte[] joined(byte[] head, byte[] tail) {
    return ByteBuffer.allocate(head.length + tail.length).put(head).put(tail).array();
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
