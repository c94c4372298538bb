package io.packhouse.engine.index;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BlobCodec;
import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.PackageMetadata;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.util.ByteArrayReadableSeekableByteChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Arrow Java is the oracle: it reads what was written, and writes the same buffers. */
class BatchEncoderTest {
  private final TableSchema schema =
      IndexSchema.index(
          RandomRows.COLUMNS, DigestAlgorithm.COLUMNS, ArchiveFormat.SIBLINGS_MINOR_VERSION);
  private final RootAllocator allocator = new RootAllocator();
  private final IpcBuffers buffers = new IpcBuffers();
  private final BatchEncoder encoder = new BatchEncoder(schema, buffers);

  @AfterEach
  void nothingIsHeld() {
    encoder.close();
    buffers.close();
    allocator.close();
  }

  @Test
  void schemasAreThoseOfArrowJava() throws IOException {
    for (TableSchema each :
        List.of(
            schema,
            IndexSchema.index(new TreeMap<>(), Set.of()),
            IndexSchema.index(new TreeMap<>(), Set.of(DigestAlgorithm.SHA512)),
            IndexSchema.blobTable(),
            IndexSchema.batchDirectory())) {
      assertThat(IpcMessages.schema(each))
          .isEqualTo(ArrowOracle.schemaMessage(ArrowOracle.schema(each)));
    }
  }

  @Test
  void randomBatchesHaveTheirValuesAndTheBuffersOfArrowJava() throws IOException {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 60; round++) {
      int count = List.of(1, 2, 7, 8, 9, 63, 64, 65, 200, 1_500).get(random.nextInt(10));
      assertFaithful(new RandomRows(random).rows(count), "seed " + seed + ", round " + round);
    }
  }

  @Test
  void listsOfManyElementsAreWhole() throws IOException {
    long[] many = new SplittableRandom(3).longs(3 * 700_000).toArray();
    assertFaithful(
        List.of(file("a", new long[0]), file("b", many), file("c", new long[3])), "many extents");
  }

  @Test
  void aBatchDoesNotDependOnThoseBefore() throws IOException {
    List<EntryRow> rows = new RandomRows(new SplittableRandom(8)).rows(300);
    byte[] first = encode(rows);
    for (int i = 0; i < 20; i++) {
      encode(new RandomRows(new SplittableRandom(i)).rows(100 * (i % 7) + 1));
    }
    assertThat(encode(rows)).isEqualTo(first);
  }

  @Test
  void equalBuffersAreStoredOnce() throws IOException {
    List<EntryRow> rows = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      PackageMetadata metadata =
          PackageMetadata.builder(List.of()).namespace("n" + i * i).version("n" + i * i).build();
      rows.add(row("p" + (1000 + i), EntryType.FILE, new long[0], "text", metadata));
    }
    BatchMessage batch = BatchMessage.parse(encode(rows));
    int namespace = buffer("namespace");
    int version = buffer("version");
    for (int i = 0; i < 3; i++) {
      assertThat(batch.buffers().get(namespace + i)).isEqualTo(batch.buffers().get(version + i));
    }
    assertThat(batch.buffers().get(namespace + 2)).isNotEqualTo(batch.buffers().get(2));
    batch.requireBuffersSharedOrApart();
  }

  /** The first buffer of a column. */
  private int buffer(String column) {
    int buffer = 0;
    for (Field field : schema.fields()) {
      if (field.name().equals(column)) {
        return buffer;
      }
      buffer += field.buffers();
    }
    throw new AssertionError(column);
  }

  @Test
  void nestedRowsAreSortedByTheirPaths() throws IOException {
    List<EntryRow> rows = new ArrayList<>();
    for (String path : List.of("b!/x", "a!/y", "a!/x")) {
      rows.add(row(path, EntryType.NESTED, null, "every", null));
    }
    try (EncodedBatch batch = encoder.encode(rows)) {
      assertThat(batch.firstPath()).isEqualTo("a!/x".getBytes(UTF_8));
      assertThat(batch.lastPath()).isEqualTo("b!/x".getBytes(UTF_8));
    }
  }

  @Test
  void tooManyExtentsInABatchAreRefused() throws IOException {
    long[] half = new long[3 * (17 << 20)];
    assertThatThrownBy(() -> encoder.encode(List.of(file("a", half), file("b/ü", half))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("b/ü")
        .hasMessageContaining("extents")
        .hasMessageContaining("33554432");
  }

  @Test
  void tooMuchTextInABatchIsRefused() {
    List<EntryRow> rows = new ArrayList<>();
    String text = "d".repeat(5 << 20);
    for (int i = 100; i < 160; i++) {
      rows.add(
          row(
              "p" + i,
              EntryType.FILE,
              null,
              "text",
              PackageMetadata.builder(List.of()).description(text).build()));
    }
    assertThatThrownBy(() -> encoder.encode(rows))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("p159")
        .hasMessageContaining("description")
        .hasMessageContaining("268435456");
  }

  @Test
  void tooManyRowsAreRefused() {
    EntryRow row = file("a", new long[0]);
    List<EntryRow> rows = new ArrayList<>();
    for (int i = 0; i <= ArchiveFormat.MAX_BATCH_ROWS; i++) {
      rows.add(row);
    }
    assertThatThrownBy(() -> encoder.encode(rows)).hasMessageContaining("65537");
  }

  @Test
  void schemasThatReadersRefuseAreRefused() {
    ColumnType type = ColumnType.Scalar.INT64;
    for (int i = 0; i < 33; i++) {
      type = new ColumnType.ListOf(type);
    }
    Map<String, List<ColumnSpec>> deep = Map.of("t", List.of(new ColumnSpec("c", type, "deep")));
    assertThatThrownBy(() -> IndexSchema.index(new TreeMap<>(deep), Set.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("deeper");
  }

  @Test
  void emptyTableHasNoBatch() throws IOException {
    try (IpcBuffer table = new BlobTable().encode(encoder)) {
      assertThat(read(bytes(table))).isEmpty();
    }
  }

  @Test
  void blobTableOfSeveralBatchesIsWhole() throws IOException {
    BlobTable table = new BlobTable();
    List<Map<String, Object>> expected = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 2 * ArchiveFormat.MAX_BATCH_ROWS + 10; i++) {
      byte[] digest = new byte[32];
      random.nextBytes(digest);
      BlobCodec codec = random.nextBoolean() ? BlobCodec.ZSTD : BlobCodec.RAW;
      table.add(i * 100L, i + 1, i + 2, codec, digest);
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("offset", i * 100L);
      row.put("stored_length", i + 1L);
      row.put("decoded_length", i + 2L);
      row.put("codec", codec.label());
      row.put("blake3", ByteBuffer.wrap(digest));
      expected.add(row);
    }
    try (IpcBuffer encoded = table.encode(encoder)) {
      assertThat(read(bytes(encoded)).equals(expected)).isTrue();
    }
  }

  /** Encodes rows, and compares with what Arrow Java reads and writes. */
  private void assertFaithful(List<EntryRow> rows, String description) throws IOException {
    List<Map<String, Object>> cells = rows.stream().map(RandomRows::cells).toList();
    byte[] message;
    byte[] file;
    try (EncodedBatch batch = encoder.encode(rows)) {
      message = bytes(batch.message());
      assertThat(batch.digest()).isEqualTo(Blake3.digest(message));
      assertThat(batch.rows()).isEqualTo(rows.size());
      file = file(batch);
    }
    try (ArrowFileReader reader =
        new ArrowFileReader(
            new ByteArrayReadableSeekableByteChannel(file),
            allocator,
            ArrowOracle.ZstdCodec.FACTORY)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      assertThat(root.getSchema()).isEqualTo(ArrowOracle.schema(schema));
      assertThat(reader.getMetaData()).containsEntry("a", "ü").containsEntry("b", "");
      assertThat(reader.loadNextBatch()).isTrue();
      List<Map<String, Object>> read = ArrowOracle.rows(root);
      assertThat(read).as(description).hasSameSizeAs(rows);
      for (int i = 0; i < read.size(); i++) {
        Object expected = ArrowOracle.comparable(cells.get(i));
        if (!read.get(i).equals(expected)) { // AssertJ takes its time with so many
          assertThat(read.get(i)).as("%s, row %d", description, i).isEqualTo(expected);
        }
      }
      assertThat(reader.loadNextBatch()).isFalse();
    }
    byte[] oracle = ArrowOracle.batchMessage(allocator, ArrowOracle.schema(schema), cells);
    BatchMessage ours = BatchMessage.parse(message);
    BatchMessage theirs = BatchMessage.parse(oracle);
    assertThat(ours.nodes()).as(description).isEqualTo(theirs.nodes());
    assertThat(ours.buffers()).as(description).hasSameSizeAs(theirs.buffers());
    for (int i = 0; i < ours.buffers().size(); i++) {
      assertThat(Arrays.mismatch(ours.decoded(i), theirs.decoded(i)))
          .as("%s, buffer %d", description, i)
          .isEqualTo(-1);
    }
    ours.requireBuffersSharedOrApart();
  }

  /** An Arrow file of one batch, with a gap before it. */
  private byte[] file(EncodedBatch batch) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ArchiveFormat.arrowMagic());
    out.writeBytes(new byte[2]);
    out.writeBytes(IpcMessages.schema(schema));
    out.writeBytes(new byte[64]);
    BatchDirectory batches = new BatchDirectory();
    batches.add(out.size(), batch);
    out.writeBytes(bytes(batch.message()));
    out.writeBytes(IpcMessages.endOfStream());
    Map<String, String> metadata = new TreeMap<>(Map.of("a", "ü", "b", ""));
    byte[] footer = IpcMessages.footer(schema, batches, metadata);
    out.writeBytes(footer);
    out.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(footer.length).array());
    out.writeBytes(ArchiveFormat.arrowMagic());
    return out.toByteArray();
  }

  private List<Map<String, Object>> read(byte[] stream) throws IOException {
    List<Map<String, Object>> rows = new ArrayList<>();
    try (ArrowStreamReader reader =
        new ArrowStreamReader(
            new ByteArrayInputStream(stream), allocator, ArrowOracle.ZstdCodec.FACTORY)) {
      while (reader.loadNextBatch()) {
        rows.addAll(ArrowOracle.rows(reader.getVectorSchemaRoot()));
      }
    }
    return rows;
  }

  private byte[] encode(List<EntryRow> rows) throws IOException {
    try (EncodedBatch batch = encoder.encode(rows)) {
      return bytes(batch.message());
    }
  }

  private static byte[] bytes(IpcBuffer buffer) {
    return buffer.segment().toArray(ValueLayout.JAVA_BYTE);
  }

  private static EntryRow file(String path, long[] extents) {
    return row(path, EntryType.FILE, extents, null, null);
  }

  private static EntryRow row(
      String path, EntryType type, long[] extents, String packageType, PackageMetadata metadata) {
    return new EntryRow(
        path.getBytes(UTF_8),
        type,
        EntryStatus.OK,
        null,
        0,
        null,
        null,
        null,
        extents == null ? null : new byte[32],
        null,
        extents,
        null,
        packageType,
        metadata,
        null,
        null,
        null,
        null,
        null);
  }
}
