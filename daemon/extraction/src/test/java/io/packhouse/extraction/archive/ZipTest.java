package io.packhouse.extraction.archive;

import static io.packhouse.extraction.archive.Jars.jar;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.ZipDirectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class ZipTest {

  private final Jars sound = jar().member("a/1.x", "one").member("a/2.y", "no").member("b/3.x", "");

  @Test
  void findsOnlyMembersOfBothEndsAndInflatesThem() throws Exception {
    for (Jars jar : List.of(sound, sound.stored())) {
      List<ArchiveMember> found = find(jar.at("z"));
      assertThat(found).extracting(ArchiveMember::name).containsExactly("a/1.x");
      assertThat(found.getFirst().bytes(3)).asString().isEqualTo("one");
    }
  }

  @Test
  void findsByName() throws Exception {
    ZipDirectory zip = zip(sound.member("./c/ü", "named").member("dir/", "").at("z"));
    assertThat(zip.size()).isEqualTo(6);
    assertThat(zip.find("a/1.x").bytes(3)).asString().isEqualTo("one");
    assertThat(zip.find("c/ü").bytes(9)).asString().isEqualTo("named");
    assertThat(zip.find("dir").kind()).isEqualTo(ArchiveMember.Kind.DIRECTORY);
    assertThat(zip.find("a/1")).isNull();
    assertThat(zip.find("1.x")).isNull();
    assertThat(zip.find("")).isNull();
  }

  @Test
  void visitorSeesAllEntriesAndTakesHeadsOfSome() throws Exception {
    PackageFile file =
        new Jars().member("a/long", "0123456789".repeat(10_000)).member("b", "xy").at("z");
    List<String> seen = new ArrayList<>();
    byte[] name = new byte[4];
    new SafeArchiveOpener(ExtractionLimits.DEFAULT)
        .zip(file)
        .visit(
            entry -> {
              int length = entry.copyName(name);
              String head = new String(entry.member().head(4), StandardCharsets.US_ASCII);
              String start = new String(name, 0, Math.min(length, 4), StandardCharsets.US_ASCII);
              seen.add(length + " " + start + " " + head);
            });
    assertThat(seen).containsExactly("6 a/lo 0123", "1 b xy");
  }

  @Test
  void commentsPrefixesAndEmptyZipsAreRead() throws Exception {
    assertThat(find(sound.comment("c".repeat(65_535)).at("z"))).hasSize(1);
    byte[] script = "#!/bin/sh\nexec java -jar $0\n".getBytes(StandardCharsets.US_ASCII);
    PackageFile prefixed = Jars.file("z", joined(script, sound.bytes()));
    assertThat(find(prefixed).getFirst().bytes(3)).asString().isEqualTo("one");
    assertThat(find(new Jars().at("z"))).isEmpty();
  }

  @Test
  void endRecordInACommentIsPassedOver() throws Exception {
    byte[] bytes = sound.comment("PK\5\6" + "c".repeat(30)).bytes();
    assertThat(find(Jars.file("z", bytes))).hasSize(1);
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
    List<ArchiveMember> found = find(large.at("z"));
    assertThat(found).hasSize(20);
    assertThat(found.get(19).bytes(10)).asString().isEqualTo("19");
  }

  @Test
  void zip64EndRecordIsUsedWhereTheShortOneIsFull() throws Exception {
    byte[] zip64 = zip64(sound.bytes());
    assertThat(find(Jars.file("z", zip64)).getFirst().bytes(3)).asString().isEqualTo("one");
    PackageFile prefixed = Jars.file("z", joined(new byte[100], zip64));
    assertThat(find(prefixed).getFirst().bytes(3)).asString().isEqualTo("one");
  }

  @Test
  void moreThan65535EntriesAreCountedWithZip64() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < 70_000; i++) {
        zip.putNextEntry(new ZipEntry(i == 69_999 ? "a/last.x" : "b/" + i));
      }
    }
    PackageFile file = Jars.file("z", bytes.toByteArray());
    assertThat(find(file)).hasSize(1);
    assertThat(zip(file).size()).isEqualTo(70_000);
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
  void lastOfDuplicateNamesIsFoundAndAllAreListed() throws Exception {
    byte[] bytes = jar().member("a/1.x", "one").member("a/2.x", "two").bytes();
    replace(bytes, "a/2.x", "a/1.x");
    ZipDirectory zip = zip(Jars.file("z", bytes));
    assertThat(zip.find("a/1.x").bytes(3)).asString().isEqualTo("two");
    assertThat(zip.members()).extracting(ArchiveMember::name).endsWith("a/1.x", "a/1.x");
  }

  @Test
  void entriesAreCountedOnceForTheFile() throws Exception {
    ExtractionLimits four = new ExtractionLimits(99, 4, 1, Duration.ofSeconds(9));
    ZipDirectory zip = new SafeArchiveOpener(four).zip(sound.at("z"));
    for (int i = 0; i < 3; i++) {
      assertThat(zip.members()).hasSize(4);
      assertThat(zip.find("a/1.x")).isNotNull();
    }
    ExtractionLimits three = new ExtractionLimits(99, 3, 1, Duration.ofSeconds(9));
    ExtractionException e =
        catchThrowableOfType(
            ExtractionException.class,
            () -> new SafeArchiveOpener(three).zip(sound.at("z")).find("x"));
    assertThat(e.reason()).contains("limit of 3");
    ArchiveMember member = find(sound.at("z")).getFirst();
    e = catchThrowableOfType(ExtractionException.class, () -> member.bytes(2));
    assertThat(e.reason()).contains("limit of 2 bytes").contains("a/1.x");
  }

  @Test
  void memberThatIsNotWhatTheDirectorySaysIsRefused() {
    byte[] bytes = sound.bytes();
    int entry = indexOf(bytes, "PK\1\2", indexOf(bytes, "PK\1\2", 0) + 1);
    int size = little(bytes).getInt(entry + 20);
    for (Lie lie :
        List.of(
            new Lie(8, 1, "is encrypted"),
            new Lie(10, 99, "unknown method 99"),
            new Lie(10, 0, "of two sizes"),
            new Lie(16, 7, "CRC-32"),
            new Lie(20, 1, "ends early"),
            new Lie(20, 90_000, "ends outside"),
            new Lie(24, 2, "longer than its size of 2"),
            new Lie(24, 9, "ends early, at 3 of 9"),
            new Lie(24, 0x7FFF_FFFF, "does not inflate to its size"),
            new Lie(42, 1, "no local header"),
            new Lie(42, bytes.length - 1, "outside the file"))) {
      byte[] changed = bytes.clone();
      if (lie.field == 8 || lie.field == 10) {
        little(changed).putShort(entry + lie.field, (short) lie.value);
      } else {
        little(changed).putInt(entry + lie.field, lie.value);
      }
      ExtractionException e =
          catchThrowableOfType(
              ExtractionException.class,
              () -> find(Jars.file("z", changed)).getFirst().bytes(Integer.MAX_VALUE));
      assertThat(e).as("%s of %d", lie, size).isNotNull();
      assertThat(e.reason()).contains("zip member a/1.x").contains(lie.reason);
    }
  }

  private record Lie(int field, int value, String reason) {}

  private static ZipDirectory zip(PackageFile file) throws ExtractionException, IOException {
    return new SafeArchiveOpener(ExtractionLimits.DEFAULT).zip(file);
  }

  private static List<ArchiveMember> find(PackageFile zip) throws ExtractionException, IOException {
    return zip(zip).find("a/", ".x", 99);
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

  private static void replace(byte[] bytes, String from, String to) {
    byte[] replacement = to.getBytes(StandardCharsets.ISO_8859_1);
    for (int at = indexOf(bytes, from, 0); at >= 0; at = indexOf(bytes, from, at + 1)) {
      System.arraycopy(replacement, 0, bytes, at, replacement.length);
    }
  }

  private static int indexOf(byte[] bytes, String text, int from) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text, from);
  }

  private static byte[] joined(byte[] head, byte[] tail) {
    return ByteBuffer.allocate(head.length + tail.length).put(head).put(tail).array();
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
