package io.packhouse.engine.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.codec.digest.DigesterPool;
import io.packhouse.engine.extract.NearbyFiles;
import io.packhouse.engine.extract.SiblingCache;
import io.packhouse.engine.extract.SiblingDigests;
import io.packhouse.engine.extract.SiblingRecord;
import io.packhouse.engine.extract.TreeFiles;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.engine.read.arrow.ArrowBatch;
import io.packhouse.engine.read.arrow.Column;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.engine.read.verify.ArchiveVerifier;
import io.packhouse.engine.read.verify.VerifyOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Archives of every version are read as on the day they were made; see {@code golden/README.md}.
 */
class GoldenArchiveTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  static List<Path> archives() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      List<Path> found = files.filter(f -> f.toString().endsWith(".pkh")).sorted().toList();
      assertThat(found).hasSizeGreaterThanOrEqualTo(5);
      return found;
    }
  }

  @ParameterizedTest
  @MethodSource("archives")
  void entriesAreThoseOfTheManifest(Path archive) throws IOException {
    List<String> found = new ArrayList<>();
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      EntryCursor entries = reader.entries();
      for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
        found.add(line(entry));
      }
    }
    String manifest = archive.toString().replace(".pkh", ".tsv");
    assertThat(found).containsExactlyElementsOf(Files.readAllLines(Path.of(manifest)));
  }

  @ParameterizedTest
  @MethodSource("archives")
  void contentsAreThoseOfTheManifest(Path archive) throws IOException {
    int files = 0;
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      for (String line : Files.readAllLines(Path.of(archive.toString().replace(".pkh", ".tsv")))) {
        String[] columns = line.split("\t", -1);
        if (columns[1].equals("file")) {
          Entry entry = reader.find(unquote(columns[0]));
          assertThat(entry).as(columns[0]).isNotNull();
          byte[] contents = reader.readAllBytes(entry, 64 << 20);
          assertThat(contents).hasSize(Integer.parseInt(columns[2]));
          assertThat(HexFormat.of().formatHex(Blake3.digest(contents))).isEqualTo(columns[3]);
          files++;
        }
      }
    }
    assertThat(files).isPositive();
  }

  @ParameterizedTest
  @MethodSource("archives")
  void archiveIsIntact(Path archive) throws IOException {
    VerifyOptions all = VerifyOptions.all(1).withDigests(true);
    try (ArchiveReader reader = ArchiveReader.open(archive)) {
      assertThat(new ArchiveVerifier(reader).verify(all).damages()).isEmpty();
    }
  }

  @Test
  void digestsAreThoseOfOtherPrograms() throws IOException {
    List<String> found = new ArrayList<>();
    try (ArchiveReader reader = ArchiveReader.open(GOLDEN.resolve("v1.1-digests.pkh"))) {
      assertThat(reader.summary().formatVersion()).isEqualTo("1.1");
      for (DigestAlgorithm algorithm : DigestAlgorithm.COLUMNS) {
        EntryCursor entries = reader.entries();
        for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
          byte[] digest = entry.digest(algorithm);
          if (digest != null) {
            found.add(HexFormat.of().formatHex(digest) + "  " + entry.path());
          }
        }
      }
    }
    assertThat(found)
        .containsExactlyInAnyOrderElementsOf(
            Files.readAllLines(GOLDEN.resolve("v1.1-digests.sums")));
  }

  @Test
  void whatExtractorsAskedForHoldsInTheTreeThatWasPacked(@TempDir Path folder) throws IOException {
    Map<String, byte[]> records = new TreeMap<>();
    try (ArchiveReader reader = ArchiveReader.open(GOLDEN.resolve("v1.3-siblings.pkh"))) {
      assertThat(reader.summary().formatVersion()).isEqualTo("1.3");
      assertThat(reader.parts().footer().metadata().values())
          .containsKey(ArchiveFormat.KEY_EXTRACTORS);
      Column column = Objects.requireNonNull(reader.parts().index().columns().extractSiblings());
      EntryCursor entries = reader.entries();
      for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
        if (entry.is(EntryType.FILE)) {
          Path file = folder.resolve(entry.path());
          Files.createDirectories(file.getParent());
          Files.write(file, reader.readAllBytes(entry, 1 << 20));
          DirectoryRow batch = reader.parts().index().directory().rows().get(entry.batch());
          try (ArrowBatch rows = reader.parts().index().acquire(batch)) {
            byte[] record = rows.column(column).bytesOrNull(entry.row());
            if (record != null) {
              records.put(entry.path(), record);
            }
          }
        }
      }
    }
    String lib = "org/example/lib/1.0/lib-1.0";
    assertThat(records)
        .containsOnlyKeys(
            lib + ".jar",
            lib + ".jar.sha1",
            lib + ".pom",
            lib + ".pom.sha1",
            "org/example/lib/1.1/lib-1.1.pom",
            "org/example/parent/1/parent-1.pom",
            "gone.jar.sha1",
            "list.zip");
    assertThat(changed(records, folder)).isEmpty();
    Files.writeString(folder.resolve("org/example/parent/1/parent-1.pom"), "<project/>");
    Files.writeString(folder.resolve("gone.jar"), "");
    assertThat(changed(records, folder))
        .containsExactly("gone.jar.sha1", lib + ".jar", lib + ".pom");
  }

  /** The files whose siblings are not what they were. */
  private static List<String> changed(Map<String, byte[]> records, Path folder) throws IOException {
    List<String> changed = new ArrayList<>();
    try (OpenDirectory root = SystemFileAccess.instance().openDirectory(folder);
        DigesterPool digesters = new DigesterPool()) {
      TreeFiles tree =
          new TreeFiles(
              root, null, new SiblingCache(1 << 20), new SiblingDigests(digesters, false));
      for (Map.Entry<String, byte[]> each : records.entrySet()) {
        byte[] path = each.getKey().getBytes(UTF_8);
        if (!SiblingRecord.isSame(each.getValue(), path, tree, NearbyFiles.NONE)) {
          changed.add(each.getKey());
        }
      }
    }
    return changed;
  }

  private static String line(Entry entry) throws IOException {
    byte[] digest = entry.blake3();
    byte[] target = entry.linkTarget();
    return String.join(
        "\t",
        quote(entry.pathBytes()),
        entry.typeLabel(),
        Long.toString(entry.size()),
        digest == null ? "" : HexFormat.of().formatHex(digest),
        "%04o".formatted(entry.mode()),
        Long.toString(entry.mtimeNanos()),
        target == null ? "" : quote(target));
  }

  private static String quote(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      boolean plain = b >= 0 && (Character.isLetterOrDigit(b) || "/._-".indexOf(b) >= 0);
      text.append(plain ? String.valueOf((char) b) : "%%%02x".formatted(b & 0xff));
    }
    return text.toString();
  }

  private static byte[] unquote(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '%') {
        bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
        i += 2;
      } else {
        bytes.write(text.charAt(i));
      }
    }
    return bytes.toByteArray();
  }
}
