package io.packhouse.engine.read;

import com.github.luben.zstd.Zstd;
import com.google.flatbuffers.FlatBufferBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeStampNanoVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.compression.AbstractCompressionCodec;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.compression.CompressionUtil;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.apache.arrow.vector.ipc.message.ArrowFooter;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** FORMAT.md's schemas, and rows of maps as Arrow messages. */
final class TestColumns {
  static final byte[] END = {-1, -1, -1, -1, 0, 0, 0, 0};

  private static final ArrowType UTF8 = ArrowType.Utf8.INSTANCE;
  private static final ArrowType BINARY = ArrowType.Binary.INSTANCE;
  private static final ArrowType BOOL = ArrowType.Bool.INSTANCE;
  private static final ArrowType INT64 = new ArrowType.Int(64, true);
  private static final ArrowType INT32 = new ArrowType.Int(32, true);
  private static final ArrowType TIME = new ArrowType.Timestamp(TimeUnit.NANOSECOND, null);
  private static final ArrowType DIGEST = new ArrowType.FixedSizeBinary(32);

  static final Schema INDEX =
      new Schema(
          List.of(
              required("path", UTF8),
              field("path_raw", BINARY),
              required("type", UTF8),
              required("status", UTF8),
              field("error", UTF8),
              required("size", INT64),
              field("mode", INT32),
              field("mtime", TIME),
              field("uid", INT64),
              field("gid", INT64),
              field("user", UTF8),
              field("group", UTF8),
              field("link_target", UTF8),
              field("link_target_raw", BINARY),
              field("device_major", INT64),
              field("device_minor", INT64),
              list("xattrs", struct("item", field("name", UTF8), field("value", BINARY))),
              field("blake3", DIGEST),
              list(
                  "extents",
                  struct(
                      "item",
                      field("blob", INT64),
                      field("offset", INT64),
                      field("length", INT64))),
              field("repository", UTF8),
              field("purl", UTF8),
              field("package_type", UTF8),
              field("namespace", UTF8),
              field("name", UTF8),
              field("version", UTF8),
              field("license", UTF8),
              list("licenses_declared", field("item", UTF8)),
              list("authors", field("item", UTF8)),
              field("description", UTF8),
              field("homepage", UTF8),
              field("vcs_url", UTF8),
              field("published", TIME),
              list(
                  "dependencies",
                  struct(
                      "item",
                      field("purl", UTF8),
                      field("name", UTF8),
                      field("requirement", UTF8),
                      field("scope", UTF8),
                      field("optional", BOOL))),
              field("parent_path", UTF8),
              field("parent_purl", UTF8),
              field("extract_status", UTF8),
              field("extract_error", UTF8),
              struct("maven", field("packaging", UTF8), field("snapshot", BOOL))));

  static final Schema BLOBS =
      new Schema(
          List.of(
              required("offset", INT64),
              required("stored_length", INT64),
              required("decoded_length", INT64),
              required("codec", UTF8),
              field("codec_parameters", BINARY),
              required("blake3", DIGEST)));

  static final Schema DIRECTORY =
      new Schema(
          List.of(
              required("offset", INT64),
              required("length", INT64),
              required("rows", INT64),
              field("package_type", UTF8),
              field("repository", UTF8),
              required("nested", BOOL),
              required("first_path", BINARY),
              required("last_path", BINARY),
              required("blake3", DIGEST)));

  /** An encapsulated message; the metadata's length includes its prefix. */
  @SuppressWarnings("ArrayRecordComponent") // of tests, which change none
  record Batch(byte[] bytes, int metadataLength) {}

  private TestColumns() {}

  static Field field(String name, ArrowType type) {
    return new Field(name, FieldType.nullable(type), null);
  }

  static Field required(String name, ArrowType type) {
    return new Field(name, FieldType.notNullable(type), null);
  }

  static Field list(String name, Field element) {
    return new Field(name, FieldType.nullable(ArrowType.List.INSTANCE), List.of(element));
  }

  static Field struct(String name, Field... fields) {
    return new Field(name, FieldType.nullable(ArrowType.Struct.INSTANCE), List.of(fields));
  }

  /** The index without one column. */
  static Schema without(String name) {
    List<Field> fields = new ArrayList<>(INDEX.getFields());
    fields.removeIf(field -> field.getName().equals(name));
    return new Schema(fields);
  }

  static byte[] schemaMessage(Schema schema) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    MessageSerializer.serialize(new WriteChannel(TestArchive.channel(out)), schema);
    return out.toByteArray();
  }

  static byte[] flatbuffer(ArrowFooter footer) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    builder.finish(footer.writeTo(builder));
    return builder.sizedByteArray();
  }

  static Batch batch(Schema schema, List<Map<String, Object>> rows, boolean compress)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CompressionCodec codec = compress ? new ZstdCodec() : NoCompressionCodec.INSTANCE;
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
      for (FieldVector vector : root.getFieldVectors()) {
        vector.allocateNew();
        for (int row = 0; row < rows.size(); row++) {
          set(vector, row, rows.get(row).get(vector.getName()));
        }
      }
      root.setRowCount(rows.size());
      try (ArrowRecordBatch batch = new VectorUnloader(root, true, codec, true).getRecordBatch();
          WriteChannel channel = new WriteChannel(TestArchive.channel(out))) {
        ArrowBlock block = MessageSerializer.serialize(channel, batch);
        return new Batch(out.toByteArray(), block.getMetadataLength());
      }
    }
  }

  private static void set(FieldVector vector, int row, Object value) {
    if (value == null) {
      if (vector instanceof StructVector struct) {
        struct.setNull(row);
        for (FieldVector child : struct.getChildrenFromFields()) {
          set(child, row, null);
        }
      } else if (vector instanceof ListVector list) {
        list.setNull(row);
      } else {
        vector.setValueCount(Math.max(row + 1, vector.getValueCount()));
        vector.setNull(row);
      }
      return;
    }
    switch (vector) {
      case VarCharVector text ->
          text.setSafe(
              row,
              value instanceof byte[] bytes
                  ? bytes
                  : ((String) value).getBytes(StandardCharsets.UTF_8));
      case VarBinaryVector bytes -> bytes.setSafe(row, (byte[]) value);
      case BigIntVector number -> number.setSafe(row, (Long) value);
      case IntVector number -> number.setSafe(row, (Integer) value);
      case TimeStampNanoVector time -> time.setSafe(row, (Long) value);
      case FixedSizeBinaryVector bytes -> bytes.setSafe(row, (byte[]) value);
      case BitVector bit -> bit.setSafe(row, (Boolean) value ? 1 : 0);
      case ListVector list -> {
        int start = list.startNewValue(row);
        List<?> values = (List<?>) value;
        for (int i = 0; i < values.size(); i++) {
          set(list.getDataVector(), start + i, values.get(i));
        }
        list.endValue(row, values.size());
      }
      case StructVector struct -> {
        struct.setIndexDefined(row);
        for (FieldVector child : struct.getChildrenFromFields()) {
          set(child, row, ((Map<?, ?>) value).get(child.getName()));
        }
      }
      default -> throw new AssertionError(vector);
    }
  }

  private static final class ZstdCodec extends AbstractCompressionCodec {
    @Override
    protected ArrowBuf doCompress(BufferAllocator allocator, ArrowBuf source) {
      byte[] bytes = new byte[(int) source.writerIndex()];
      source.getBytes(0, bytes);
      byte[] frame = Zstd.compress(bytes);
      ArrowBuf target = allocator.buffer(frame.length + 8L);
      target.setBytes(8, frame);
      target.writerIndex(frame.length + 8L);
      return target;
    }

    @Override
    protected ArrowBuf doDecompress(BufferAllocator allocator, ArrowBuf source) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompressionUtil.CodecType getCodecType() {
      return CompressionUtil.CodecType.ZSTD;
    }
  }
}
