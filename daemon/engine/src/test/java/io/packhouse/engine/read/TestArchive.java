package io.packhouse.engine.read;

import com.github.luben.zstd.Zstd;
import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.format.BaseId;
import io.packhouse.engine.format.Seal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.apache.arrow.vector.ipc.message.ArrowFooter;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Writes archives by the letter of FORMAT.md with Arrow's own vectors, sharing no code with the
 * real writer; and, where a test asks, archives that break a rule but are sealed all the same.
 */
public final class TestArchive {
  /** A blob, already stored. */
  @SuppressWarnings("ArrayRecordComponent") // of tests, which change none
  record Stored(byte[] bytes, long decodedLength, String codec, byte[] parameters, byte[] digest) {}

  private final List<Stored> blobs = new ArrayList<>();
  private final List<Map<String, Object>> rows = new ArrayList<>();
  public int rowsPerBatch = 1000;
  public boolean compress = true;
  int majorVersion = 1;
  int minorVersion;
  int flags;
  byte[] junkBeforeMarker = new byte[0];
  byte paddingByte;
  final Map<String, String> metadata = new LinkedHashMap<>();
  Schema schema = TestColumns.INDEX;
  UnaryOperator<byte[]> batchEdit = UnaryOperator.identity();
  UnaryOperator<byte[]> blobTableEdit = UnaryOperator.identity();
  UnaryOperator<byte[]> directoryEdit = UnaryOperator.identity();
  UnaryOperator<byte[]> footerEdit = UnaryOperator.identity();
  Consumer<List<Map<String, Object>>> blobRowsEdit = list -> {};
  Consumer<List<Map<String, Object>>> directoryRowsEdit = list -> {};

  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] digest(byte[] bytes) {
    return Blake3.digest(bytes);
  }

  /** Adds a blob as it is; gives its ordinal. */
  long add(Stored blob) {
    blobs.add(blob);
    return blobs.size() - 1L;
  }

  public long raw(byte[] content) {
    return add(new Stored(content, content.length, "raw", null, digest(content)));
  }

  /** Adds a raw blob whose digest in the blob table is another. */
  public long rawWithWrongDigest(byte[] content) {
    return add(new Stored(content, content.length, "raw", null, new byte[32]));
  }

  public long zstd(byte[] content) {
    byte[] frame = Zstd.compress(content);
    return add(new Stored(frame, content.length, "zstd", null, digest(frame)));
  }

  /** Makes it a delta of these, nearest first. */
  public TestArchive bases(List<BaseId> bases) {
    minorVersion = 2;
    metadata.put("packhouse.bases", BaseId.text(bases));
    return this;
  }

  public static Map<String, Object> extent(long blob, long offset, long length) {
    return Map.of("blob", blob, "offset", offset, "length", length);
  }

  /** Adds a row that a test may change before the archive is written. */
  public Map<String, Object> row(String path, String type) {
    Map<String, Object> row = new HashMap<>();
    row.put("path", path);
    row.put("type", type);
    row.put("status", "ok");
    row.put("size", 0L);
    row.put("mode", 0644);
    row.put("mtime", 1_700_000_000_000_000_000L);
    row.put("repository", "main");
    rows.add(row);
    return row;
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // copied, and only read
  public final Map<String, Object> file(
      String path, byte[] content, Map<String, Object>... extents) {
    Map<String, Object> row = row(path, "file");
    row.put("size", (long) content.length);
    row.put("blake3", digest(content));
    row.put("extents", Arrays.asList(extents.clone()));
    return row;
  }

  public Map<String, Object> hardlink(String path, String target) {
    Map<String, Object> row = row(path, "hardlink");
    row.put("link_target", target);
    return row;
  }

  /** Puts the rows so far into path order. */
  void sortRows() {
    rows.sort((a, b) -> Arrays.compareUnsigned(pathOf(a), pathOf(b)));
  }

  public Path write(Path path) throws IOException {
    return Files.write(path, build());
  }

  static byte[] pathOf(Map<String, Object> row) {
    byte[] raw = (byte[]) row.get("path_raw");
    return raw != null ? raw : utf8((String) row.get("path"));
  }

  byte[] build() {
    try {
      return new Build().run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Build {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<ArrowBlock> blocks = new ArrayList<>();
    private final List<Map<String, Object>> directory = new ArrayList<>();
    private final Map<String, String> footer = new LinkedHashMap<>();

    byte[] run() throws IOException {
      out.write(utf8("ARROW1"));
      out.write(new byte[2]);
      out.write(TestColumns.schemaMessage(schema));
      footer.put("packhouse.format_version", majorVersion + "." + minorVersion);
      footer.put("packhouse.head.length", "" + out.size());
      footer.put("packhouse.head.blake3", hex(digest(out.toByteArray())));
      List<Map<String, Object>> blobRows = writeBlobs();
      writeBatches();
      out.write(junkBeforeMarker);
      pad();
      out.write(TestColumns.END);
      blobRowsEdit.accept(blobRows);
      directoryRowsEdit.accept(directory);
      table("packhouse.blob_table.", TestColumns.BLOBS, blobRows, blobTableEdit);
      pad();
      table("packhouse.batch_directory.", TestColumns.DIRECTORY, directory, directoryEdit);
      pad();
      totals();
      footer.put("packhouse.producer", "test");
      footer.put("packhouse.option.level", "3");
      footer.putAll(metadata);
      byte[] flatbuffer =
          footerEdit.apply(
              TestColumns.flatbuffer(new ArrowFooter(schema, List.of(), blocks, footer)));
      writeSealAndFooter(flatbuffer);
      return out.toByteArray();
    }

    private List<Map<String, Object>> writeBlobs() throws IOException {
      List<Map<String, Object>> blobRows = new ArrayList<>();
      for (Stored blob : blobs) {
        Map<String, Object> row = new HashMap<>();
        row.put("offset", (long) out.size());
        row.put("stored_length", (long) blob.bytes.length);
        row.put("decoded_length", blob.decodedLength);
        row.put("codec", blob.codec);
        row.put("codec_parameters", blob.parameters);
        row.put("blake3", blob.digest);
        blobRows.add(row);
        out.write(blob.bytes);
      }
      return blobRows;
    }

    private void writeBatches() throws IOException {
      Map<List<Object>, List<Map<String, Object>>> groups = new LinkedHashMap<>();
      for (Map<String, Object> row : rows) {
        List<Object> group =
            Arrays.asList(
                row.get("package_type"), row.get("repository"), "nested".equals(row.get("type")));
        groups.computeIfAbsent(group, key -> new ArrayList<>()).add(row);
      }
      for (var group : groups.entrySet()) {
        List<Map<String, Object>> members = group.getValue();
        for (int from = 0; from < members.size(); from += rowsPerBatch) {
          int to = Math.min(members.size(), from + rowsPerBatch);
          writeBatch(group.getKey(), members.subList(from, to));
        }
      }
    }

    private void writeBatch(List<Object> group, List<Map<String, Object>> members)
        throws IOException {
      pad();
      TestColumns.Batch batch = TestColumns.batch(schema, members, compress);
      byte[] bytes = batchEdit.apply(batch.bytes());
      blocks.add(
          new ArrowBlock(
              out.size(), batch.metadataLength(), bytes.length - batch.metadataLength()));
      Map<String, Object> row = new HashMap<>();
      row.put("offset", (long) out.size());
      row.put("length", (long) bytes.length);
      row.put("rows", (long) members.size());
      row.put("package_type", group.get(0));
      row.put("repository", group.get(1));
      row.put("nested", group.get(2));
      row.put("first_path", pathOf(members.getFirst()));
      row.put("last_path", pathOf(members.getLast()));
      row.put("blake3", digest(bytes));
      directory.add(row);
      out.write(bytes);
    }

    private void table(
        String key, Schema columns, List<Map<String, Object>> tableRows, UnaryOperator<byte[]> edit)
        throws IOException {
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      stream.write(TestColumns.schemaMessage(columns));
      for (int from = 0; from < tableRows.size(); from += 1000) {
        int to = Math.min(tableRows.size(), from + 1000);
        stream.write(TestColumns.batch(columns, tableRows.subList(from, to), compress).bytes());
      }
      stream.write(TestColumns.END);
      byte[] bytes = edit.apply(stream.toByteArray());
      footer.put(key + "offset", "" + out.size());
      footer.put(key + "length", "" + bytes.length);
      footer.put(key + "rows", "" + tableRows.size());
      footer.put(key + "blake3", hex(digest(bytes)));
      out.write(bytes);
    }

    private void totals() {
      Map<String, String> types =
          Map.of(
              "file",
              "files",
              "directory",
              "directories",
              "symlink",
              "symlinks",
              "hardlink",
              "hardlinks",
              "fifo",
              "specials",
              "nested",
              "nested");
      Map<String, Long> totals = new LinkedHashMap<>();
      for (String name :
          List.of(
              "rows",
              "files",
              "directories",
              "symlinks",
              "hardlinks",
              "specials",
              "nested",
              "failed",
              "bytes")) {
        totals.put(name, 0L);
      }
      for (Map<String, Object> row : rows) {
        totals.merge("rows", 1L, Long::sum);
        totals.merge(types.getOrDefault(row.get("type"), "unknown"), 1L, Long::sum);
        totals.merge("bytes", (Long) row.get("size"), Long::sum);
        totals.merge("failed", "ok".equals(row.get("status")) ? 0L : 1L, Long::sum);
      }
      totals.forEach((name, count) -> footer.put("packhouse.total." + name, "" + count));
    }

    private void writeSealAndFooter(byte[] flatbuffer) throws IOException {
      long offset = out.size();
      long length = offset + Seal.LENGTH + flatbuffer.length + 10;
      ByteBuffer seal = ByteBuffer.allocate(Seal.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
      seal.put(utf8("PKHSEAL\0")).putShort((short) majorVersion).putShort((short) minorVersion);
      seal.putInt(flags).putLong(offset).putLong(length);
      ByteBuffer trailer = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
      trailer.putInt(flatbuffer.length).put(utf8("ARROW1"));
      ByteArrayOutputStream signed = new ByteArrayOutputStream();
      signed.write(seal.array(), 0, 32);
      signed.write(flatbuffer);
      signed.write(trailer.array());
      seal.put(digest(signed.toByteArray()));
      out.write(seal.array());
      out.write(flatbuffer);
      out.write(trailer.array());
    }

    private void pad() {
      while (out.size() % 8 != 0) {
        out.write(paddingByte);
      }
    }

    private static String hex(byte[] bytes) {
      return HexFormat.of().formatHex(Objects.requireNonNull(bytes));
    }
  }

  /** A channel-backed sink, for Arrow's serialiser. */
  static java.nio.channels.WritableByteChannel channel(ByteArrayOutputStream out) {
    return Channels.newChannel(out);
  }
}
