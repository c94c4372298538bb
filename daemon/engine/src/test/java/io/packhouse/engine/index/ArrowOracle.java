package io.packhouse.engine.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
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
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What Arrow Java makes of tables: the oracle of our own encoding. Cells are Java values: {@code
 * String}, {@code byte[]}, {@code Long}, {@code Integer}, {@code Boolean}, {@code List} for lists,
 * {@code Map} for structs, null for null.
 */
final class ArrowOracle {
  private ArrowOracle() {}

  /** The same schema, as Arrow Java has it. */
  static Schema schema(TableSchema schema) {
    return new Schema(
        schema.fields().stream().map(ArrowOracle::field).toList(),
        schema.metadata().isEmpty() ? null : schema.metadata());
  }

  private static org.apache.arrow.vector.types.pojo.Field field(Field field) {
    ArrowType type =
        switch (field.kind()) {
          case UTF8 -> new ArrowType.Utf8();
          case BINARY -> new ArrowType.Binary();
          case BOOL -> new ArrowType.Bool();
          case INT32 -> new ArrowType.Int(32, true);
          case INT64 -> new ArrowType.Int(64, true);
          case TIMESTAMP -> new ArrowType.Timestamp(TimeUnit.NANOSECOND, null);
          case DIGEST_20, DIGEST, DIGEST_64 -> new ArrowType.FixedSizeBinary(field.kind().width());
          case LIST -> new ArrowType.List();
          case STRUCT -> new ArrowType.Struct();
        };
    return new org.apache.arrow.vector.types.pojo.Field(
        field.name(),
        new FieldType(field.nullable(), type, null),
        field.children().stream().map(ArrowOracle::field).toList());
  }

  static byte[] schemaMessage(Schema schema) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (WriteChannel out = new WriteChannel(Channels.newChannel(bytes))) {
      MessageSerializer.serialize(out, schema);
    }
    return bytes.toByteArray();
  }

  /** The message of a batch of these rows, each a map from column names to cells. */
  static byte[] batchMessage(
      BufferAllocator allocator, Schema schema, List<Map<String, Object>> rows) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
        ZstdCodec codec = new ZstdCodec();
        WriteChannel out = new WriteChannel(Channels.newChannel(bytes))) {
      root.getFieldVectors().forEach(vector -> vector.setInitialCapacity(rows.size()));
      root.allocateNew();
      for (int i = 0; i < rows.size(); i++) {
        for (Map.Entry<String, Object> cell : rows.get(i).entrySet()) {
          set(root.getVector(cell.getKey()), i, cell.getValue());
        }
      }
      root.setRowCount(rows.size());
      try (ArrowRecordBatch batch = new VectorUnloader(root, true, codec, true).getRecordBatch()) {
        MessageSerializer.serialize(out, batch);
      }
    }
    return bytes.toByteArray();
  }

  private static void set(FieldVector vector, int ordinal, @Nullable Object value) {
    if (value == null) {
      return;
    }
    switch (vector) {
      case VarCharVector text -> text.setSafe(ordinal, ((String) value).getBytes(UTF_8));
      case VarBinaryVector binary -> binary.setSafe(ordinal, (byte[]) value);
      case FixedSizeBinaryVector digest -> digest.setSafe(ordinal, (byte[]) value);
      case BigIntVector number -> number.setSafe(ordinal, (long) value);
      case IntVector number -> number.setSafe(ordinal, (int) value);
      case TimeStampNanoVector time -> time.setSafe(ordinal, (long) value);
      case BitVector bit -> bit.setSafe(ordinal, (boolean) value ? 1 : 0);
      case ListVector list -> {
        List<?> items = (List<?>) value;
        int start = list.startNewValue(ordinal);
        for (int i = 0; i < items.size(); i++) {
          set(list.getDataVector(), start + i, items.get(i));
        }
        list.endValue(ordinal, items.size());
      }
      case StructVector struct -> {
        struct.setIndexDefined(ordinal);
        ((Map<?, ?>) value)
            .forEach((name, cell) -> set(struct.getChild((String) name), ordinal, cell));
      }
      default -> throw new AssertionError(vector.getField());
    }
  }

  /** All rows of a batch, in a form that {@code equals} compares. */
  static List<Map<String, Object>> rows(VectorSchemaRoot root) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i = 0; i < root.getRowCount(); i++) {
      Map<String, Object> row = new LinkedHashMap<>();
      for (FieldVector vector : root.getFieldVectors()) {
        Object cell = cell(vector, i);
        if (cell != null) {
          row.put(vector.getName(), cell);
        }
      }
      rows.add(row);
    }
    return rows;
  }

  private static @Nullable Object cell(FieldVector vector, int ordinal) {
    if (vector.isNull(ordinal)) {
      return null;
    }
    return switch (vector) {
      case VarCharVector text -> new String(text.get(ordinal), UTF_8);
      case VarBinaryVector binary -> ByteBuffer.wrap(binary.get(ordinal));
      case FixedSizeBinaryVector digest -> ByteBuffer.wrap(digest.get(ordinal));
      case BigIntVector number -> number.get(ordinal);
      case IntVector number -> number.get(ordinal);
      case TimeStampNanoVector time -> time.get(ordinal);
      case BitVector bit -> bit.get(ordinal) == 1;
      case ListVector list -> {
        List<Object> items = new ArrayList<>();
        int end = list.getElementEndIndex(ordinal);
        for (int i = list.getElementStartIndex(ordinal); i < end; i++) {
          items.add(cell(list.getDataVector(), i));
        }
        yield items;
      }
      case StructVector struct -> {
        Map<String, Object> cells = new LinkedHashMap<>();
        for (FieldVector child : struct.getChildrenFromFields()) {
          Object cell = cell(child, ordinal);
          if (cell != null) {
            cells.put(child.getName(), cell);
          }
        }
        yield cells;
      }
      default -> throw new AssertionError(vector.getField());
    };
  }

  /** The form in which {@link #rows} gives cells. */
  static Object comparable(Object value) {
    return switch (value) {
      case byte[] bytes -> ByteBuffer.wrap(bytes);
      case List<?> list -> list.stream().map(ArrowOracle::comparable).toList();
      case Map<?, ?> map -> {
        Map<Object, Object> cells = new LinkedHashMap<>();
        map.forEach((name, cell) -> cells.put(name, comparable(cell)));
        yield cells;
      }
      default -> value;
    };
  }

  /** Arrow's zstd body compression. */
  static final class ZstdCodec extends AbstractCompressionCodec implements AutoCloseable {
    static final CompressionCodec.Factory FACTORY =
        new CompressionCodec.Factory() {
          @Override
          public CompressionCodec createCodec(CodecType type) {
            return new ZstdCodec();
          }

          @Override
          public CompressionCodec createCodec(CodecType type, int level) {
            return new ZstdCodec();
          }
        };

    @Override
    protected ArrowBuf doCompress(BufferAllocator allocator, ArrowBuf source) {
      int length = Math.toIntExact(source.writerIndex());
      int bound = Math.toIntExact(Zstd.compressBound(length));
      ArrowBuf target = allocator.buffer(8L + bound);
      try (ZstdCompressCtx context = new ZstdCompressCtx().setLevel(3)) {
        ByteBuffer from = source.nioBuffer(0, length);
        ByteBuffer to = target.nioBuffer(8, bound);
        target.writerIndex(8L + context.compressDirectByteBuffer(to, 0, bound, from, 0, length));
      }
      return target;
    }

    @Override
    protected ArrowBuf doDecompress(BufferAllocator allocator, ArrowBuf source) {
      long length = readUncompressedLength(source);
      ArrowBuf target = allocator.buffer(length);
      ByteBuffer frame = source.nioBuffer(8, Math.toIntExact(source.writerIndex() - 8));
      ByteBuffer to = target.nioBuffer(0, Math.toIntExact(length));
      Zstd.decompressDirectByteBuffer(to, 0, (int) length, frame, 0, frame.remaining());
      target.writerIndex(length);
      return target;
    }

    @Override
    public CodecType getCodecType() {
      return CodecType.ZSTD;
    }

    @Override
    public void close() {}
  }
}
