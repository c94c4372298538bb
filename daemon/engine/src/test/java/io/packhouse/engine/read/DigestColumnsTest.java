package io.packhouse.engine.read;

import static io.packhouse.engine.read.TestArchive.extent;
import static io.packhouse.engine.read.TestArchive.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.read.verify.ArchiveVerifier;
import io.packhouse.engine.read.verify.Damage;
import io.packhouse.engine.read.verify.VerifyOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives with digests besides BLAKE3, written by Arrow's own vectors. */
class DigestColumnsTest {
  private static final VerifyOptions ALL = VerifyOptions.all(2);
  private static final byte[] CONTENT = utf8("Some contents in three blobs.");

  @TempDir Path directory;
  private final TestArchive archive = new TestArchive();
  private Map<String, Object> file = Map.of();
  private Map<String, Object> second = Map.of();
  private Map<String, Object> folder = Map.of();

  @BeforeEach
  void fill() throws Exception {
    archive.schema =
        with(
            TestColumns.field("sha1", new ArrowType.FixedSizeBinary(20)),
            TestColumns.field("sha512", new ArrowType.FixedSizeBinary(64)));
    folder = archive.row("d", "directory");
    long blob = archive.zstd(CONTENT);
    file = archive.file("d/f", CONTENT, extent(blob, 0, 10), extent(blob, 10, 19));
    file.put("sha1", MessageDigest.getInstance("SHA-1").digest(CONTENT));
    file.put("sha512", MessageDigest.getInstance("SHA-512").digest(CONTENT));
    long raw = archive.raw(CONTENT);
    second = archive.file("d/g", CONTENT, extent(raw, 0, CONTENT.length));
    second.put("sha1", file.get("sha1"));
    second.put("sha512", file.get("sha512"));
  }

  private static Schema with(Field... fields) {
    List<Field> all = new ArrayList<>(TestColumns.INDEX.getFields());
    all.addAll(List.of(fields));
    return new Schema(all);
  }

  private List<Damage> damages(VerifyOptions options) throws IOException {
    try (ArchiveReader reader = ArchiveReader.open(archive.write(directory.resolve("a.pkh")))) {
      return new ArchiveVerifier(reader).verify(options).damages();
    }
  }

  @Test
  void theyAreReadAndRight() throws IOException {
    assertThat(damages(ALL)).isEmpty();
    assertThat(damages(ALL.withDigests(true))).isEmpty();
    assertThat(damages(ALL.withDigests(true).withOnly(List.of(utf8("d/g"))))).isEmpty();
    try (ArchiveReader reader = ArchiveReader.open(directory.resolve("a.pkh"))) {
      assertThat(reader.digests()).containsExactly(DigestAlgorithm.SHA1, DigestAlgorithm.SHA512);
      Entry entry = reader.find("d/f");
      assertThat(entry.digest(DigestAlgorithm.SHA1)).isEqualTo((byte[]) file.get("sha1"));
      assertThat(entry.digest(DigestAlgorithm.SHA256)).isNull();
      assertThat(entry.packageColumns()).doesNotContainKeys("sha1", "sha512");
      assertThat(reader.find("d").digest(DigestAlgorithm.SHA1)).isNull();
    }
  }

  @Test
  void wrongOnesAreFoundByWhoAsksForThem() throws IOException {
    file.put("sha512", new byte[64]);
    assertThat(damages(ALL)).isEmpty();
    assertThat(damages(ALL.withDigests(true)))
        .singleElement()
        .satisfies(
            damage -> {
              assertThat(damage.subject()).isEqualTo("d/f");
              assertThat(damage.problem()).contains("SHA-512");
            });
  }

  @Test
  void wrongOnesOfAFileThatIsOneRawBlobAreFoundToo() throws IOException {
    second.put("sha1", new byte[20]);
    assertThat(damages(ALL)).isEmpty();
    assertThat(damages(ALL.withDigests(true)))
        .singleElement()
        .satisfies(damage -> assertThat(damage.problem()).contains("SHA-1"));
  }

  @Test
  void eachIsThereExactlyWhereContentsAre() throws IOException {
    byte[] sha1 = (byte[]) file.remove("sha1");
    assertThat(damages(ALL))
        .singleElement()
        .satisfies(damage -> assertThat(damage.problem()).contains("has no SHA-1"));
    file.put("sha1", sha1);
    folder.put("sha1", sha1);
    assertThat(damages(ALL))
        .singleElement()
        .satisfies(
            damage -> assertThat(damage.problem()).contains("has no contents but has SHA-1"));
  }

  @Test
  void aColumnOfAnotherTypeIsAnUnknownOne() throws IOException {
    archive.schema = with(TestColumns.field("sha1", ArrowType.Utf8.INSTANCE));
    file.put("sha1", "text");
    second.put("sha1", "text");
    assertThat(damages(ALL.withDigests(true))).hasSize(0);
    try (ArchiveReader reader = ArchiveReader.open(directory.resolve("a.pkh"))) {
      assertThat(reader.digests()).isEmpty();
      assertThat(reader.find("d/f").digest(DigestAlgorithm.SHA1)).isNull();
      assertThat(reader.find("d/f").packageColumns()).containsEntry("sha1", "text");
    }
  }
}
