package io.packhouse.engine.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.MissingBaseException;
import io.packhouse.engine.pack.OutputFile;
import io.packhouse.engine.pack.PackException;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.Packer;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.engine.read.TestChain;
import io.packhouse.engine.read.base.BaseArchive;
import io.packhouse.engine.read.verify.ArchiveVerifier;
import io.packhouse.engine.read.verify.VerifyOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergerTest {
  @TempDir Path folder;

  private MergeReport merge(Path delta, Path out) throws IOException {
    try (ArchiveReader reader = ArchiveReader.open(delta);
        OutputFile file = OutputFile.create(out, false)) {
      return new Merger(reader, "test", (blobs, bytes, all) -> {}).merge(file);
    }
  }

  /** Everything that rows say, but for where their contents are. */
  private static Map<String, List<Object>> rows(ArchiveReader reader) throws IOException {
    Map<String, List<Object>> rows = new TreeMap<>();
    EntryCursor entries = reader.entries();
    for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
      rows.put(
          entry.path(),
          List.of(
              entry.typeLabel(),
              entry.statusLabel(),
              entry.size(),
              entry.mode(),
              entry.mtimeNanos(),
              entry.blake3() == null ? "" : java.util.HexFormat.of().formatHex(entry.blake3()),
              String.valueOf(entry.repository()),
              String.valueOf(entry.purl()),
              entry.batch(),
              entry.row(),
              entry.packageColumns().toString()));
    }
    return rows;
  }

  private static void assertWhole(Path delta, Path merged) throws IOException {
    try (ArchiveReader before = ArchiveReader.open(delta);
        ArchiveReader after = ArchiveReader.open(merged)) {
      assertThat(after.bases().isEmpty()).isTrue();
      assertThat(after.summary().formatVersion()).isIn("1.0", "1.1");
      assertThat(rows(after)).isEqualTo(rows(before));
      assertThat(after.summary().options()).isEqualTo(before.summary().options());
      assertThat(new ArchiveVerifier(after).verify(VerifyOptions.all(2)).damages()).isEmpty();
    }
  }

  @Test
  void chainBecomesOneArchive() throws Exception {
    TestChain chain = new TestChain(folder);
    Path whole = Files.createDirectory(folder.resolve("w")).resolve("whole.pkh");
    MergeReport report = merge(chain.third, whole);
    assertWhole(chain.third, whole);
    assertThat(report.archives()).isEqualTo(3);
    assertThat(report.blobs()).isEqualTo(4);
    assertThat(report.leftBlobs()).isZero();
    assertThat(report.files()).isEqualTo(9);
    assertThat(report.archiveBytes()).isEqualTo(Files.size(whole));
    try (ArchiveReader reader = ArchiveReader.open(whole)) {
      assertThat(reader.readAllBytes(Objects.requireNonNull(reader.find("mixed")), 1 << 20))
          .isEqualTo(chain.mixed());
    }
  }

  @Test
  void theSameArchivesGiveTheSameBytes() throws Exception {
    TestChain chain = new TestChain(folder);
    merge(chain.third, folder.resolve("a"));
    merge(chain.third, folder.resolve("b"));
    assertThat(folder.resolve("a")).hasSameBinaryContentAs(folder.resolve("b"));
  }

  @Test
  void packedDeltasMerge() throws Exception {
    Path tree = Files.createDirectories(folder.resolve("tree/sub")).getParent();
    Random random = new Random(5);
    for (int i = 0; i < 40; i++) {
      byte[] bytes = new byte[random.nextInt(60_000)];
      random.nextBytes(bytes);
      Files.write(tree.resolve("sub/f" + i), bytes);
      Files.writeString(tree.resolve("t" + i + ".txt"), ("text " + i + "\n").repeat(i * 20));
    }
    byte[] big = new byte[5 << 20];
    random.nextBytes(big);
    Files.write(tree.resolve("big"), big);
    Path first = folder.resolve("first.pkh");
    pack(tree, first, null);
    for (int i = 0; i < 40; i += 3) {
      Files.delete(tree.resolve("sub/f" + i));
      Files.writeString(tree.resolve("n" + i), "new " + i);
    }
    Files.move(tree.resolve("big"), tree.resolve("bigger"));
    Path second = folder.resolve("second.pkh");
    pack(tree, second, first);
    Files.writeString(tree.resolve("last"), "last");
    Path third = folder.resolve("third.pkh");
    pack(tree, third, second);
    assertThat(Files.size(third)).isLessThan(Files.size(first) / 10);

    Path whole = folder.resolve("whole.pkh");
    MergeReport report = merge(third, whole);
    assertWhole(third, whole);
    assertThat(report.leftBlobs()).isPositive();
    assertThat(Files.size(whole)).isLessThan(Files.size(first) + (64 << 10));
    // What was merged is a base like any other.
    Files.writeString(tree.resolve("more"), "more");
    Path fourth = folder.resolve("fourth.pkh");
    pack(tree, fourth, whole);
    try (ArchiveReader reader = ArchiveReader.open(fourth)) {
      assertThat(reader.bases().size()).isEqualTo(1);
      assertThat(new ArchiveVerifier(reader).verify(VerifyOptions.all(2)).damages()).isEmpty();
    }
  }

  private static void pack(Path tree, Path out, @org.jspecify.annotations.Nullable Path base)
      throws IOException, InterruptedException {
    Packer packer =
        new Packer(List.of(PackInput.of(tree)), PackOptions.defaults(), PackListener.NONE);
    if (base == null) {
      packer.pack(out);
      return;
    }
    try (BaseArchive of = BaseArchive.open(base)) {
      packer.withBase(of);
      packer.pack(out);
    }
  }

  @Test
  void nothingIsLeftOfAMergeThatFails() throws Exception {
    TestChain chain = new TestChain(folder);
    Path out = Files.createDirectory(folder.resolve("w")).resolve("whole.pkh");
    long offset;
    try (ArchiveReader reader = ArchiveReader.open(chain.first)) {
      offset = reader.blob(1).offset() + 9;
    }
    byte[] bytes = Files.readAllBytes(chain.first);
    bytes[(int) offset] ^= 1;
    Files.write(chain.first, bytes);
    assertThatThrownBy(() -> merge(chain.third, out))
        .isInstanceOf(CorruptArchiveException.class)
        .hasMessageContaining("first.pkh");
    Files.delete(chain.first);
    assertThatThrownBy(() -> merge(chain.third, out)).isInstanceOf(MissingBaseException.class);
    try (var left = Files.list(out.getParent())) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void cancelledMergeWritesNothing() throws Exception {
    TestChain chain = new TestChain(folder);
    Path out = folder.resolve("whole.pkh");
    try (ArchiveReader reader = ArchiveReader.open(chain.third);
        OutputFile file = OutputFile.create(out, false)) {
      Merger[] merger = {null};
      merger[0] =
          new Merger(
              reader, "test", (blobs, done, all) -> Objects.requireNonNull(merger[0]).cancel());
      assertThatThrownBy(() -> merger[0].merge(file))
          .isInstanceOfSatisfying(
              PackException.class,
              e -> assertThat(e.reason()).isEqualTo(PackException.Reason.CANCELLED));
    }
    assertThat(out).doesNotExist();
  }
}
