package io.packhouse.engine.index;

import com.google.flatbuffers.FlatBufferBuilder;
import io.packhouse.engine.format.ArchiveFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flatbuf.Block;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.FixedSizeBinary;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Timestamp;
import org.apache.arrow.flatbuf.Type;

/**
 * The flatbuffers of an archive: schema messages and the footer, with the bytes that Arrow Java
 * makes of the same schema. Its own classes for this start Jackson, which takes longer than packing
 * a thousand files.
 */
public final class IpcMessages {
  /** Bytes before a message's metadata: the continuation marker and the metadata's length. */
  static final int PREFIX_LENGTH = 8;

  private static final int[] NONE = {};

  private IpcMessages() {}

  /** A schema as an encapsulated message. */
  public static byte[] schema(TableSchema schema) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    finishMessage(builder, MessageHeader.Schema, schema(builder, schema), 0);
    ByteBuffer flatbuffer = builder.dataBuffer();
    int length = (int) ArchiveFormat.align(flatbuffer.remaining());
    return ByteBuffer.allocate(PREFIX_LENGTH + length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(ArchiveFormat.CONTINUATION_MARKER)
        .putInt(length)
        .put(flatbuffer)
        .array();
  }

  /** An Arrow stream's last bytes. */
  public static byte[] endOfStream() {
    return ByteBuffer.allocate(ArchiveFormat.END_OF_STREAM_LENGTH)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(ArchiveFormat.CONTINUATION_MARKER)
        .putInt(0)
        .array();
  }

  /** The flatbuffer of an archive's footer. */
  public static byte[] footer(
      TableSchema schema, BatchDirectory batches, Map<String, String> metadata) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    int ofSchema = schema(builder, schema);
    Footer.startDictionariesVector(builder, 0);
    int dictionaries = builder.endVector();
    Footer.startRecordBatchesVector(builder, batches.size());
    for (int i = batches.size() - 1; i >= 0; i--) {
      Block.createBlock(
          builder, batches.offset(i), batches.metadataLength(i), batches.bodyLength(i));
    }
    int blocks = builder.endVector();
    int custom = keyValues(builder, metadata);
    Footer.startFooter(builder);
    Footer.addSchema(builder, ofSchema);
    Footer.addDictionaries(builder, dictionaries);
    Footer.addRecordBatches(builder, blocks);
    Footer.addCustomMetadata(builder, custom);
    Footer.addVersion(builder, MetadataVersion.V5);
    builder.finish(Footer.endFooter(builder));
    return builder.sizedByteArray();
  }

  static void finishMessage(FlatBufferBuilder builder, byte type, int header, long bodyLength) {
    Message.startMessage(builder);
    Message.addHeaderType(builder, type);
    Message.addHeader(builder, header);
    Message.addVersion(builder, MetadataVersion.V5);
    Message.addBodyLength(builder, bodyLength);
    builder.finish(Message.endMessage(builder));
  }

  private static int schema(FlatBufferBuilder builder, TableSchema schema) {
    int fields = Schema.createFieldsVector(builder, fields(builder, schema.fields()));
    int custom = keyValues(builder, schema.metadata());
    Schema.startSchema(builder);
    Schema.addEndianness(builder, Endianness.Little);
    Schema.addFields(builder, fields);
    Schema.addCustomMetadata(builder, custom);
    return Schema.endSchema(builder);
  }

  private static int[] fields(FlatBufferBuilder builder, List<Field> fields) {
    int[] offsets = new int[fields.size()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = field(builder, fields.get(i));
    }
    return offsets;
  }

  private static int field(FlatBufferBuilder builder, Field field) {
    int name = builder.createString(field.name());
    int type = type(builder, field.kind());
    int children =
        org.apache.arrow.flatbuf.Field.createChildrenVector(
            builder, fields(builder, field.children()));
    int custom = org.apache.arrow.flatbuf.Field.createCustomMetadataVector(builder, NONE);
    org.apache.arrow.flatbuf.Field.startField(builder);
    org.apache.arrow.flatbuf.Field.addName(builder, name);
    org.apache.arrow.flatbuf.Field.addNullable(builder, field.nullable());
    org.apache.arrow.flatbuf.Field.addTypeType(builder, typeNumber(field.kind()));
    org.apache.arrow.flatbuf.Field.addType(builder, type);
    org.apache.arrow.flatbuf.Field.addChildren(builder, children);
    org.apache.arrow.flatbuf.Field.addCustomMetadata(builder, custom);
    return org.apache.arrow.flatbuf.Field.endField(builder);
  }

  private static byte typeNumber(Field.Kind kind) {
    return switch (kind) {
      case UTF8 -> Type.Utf8;
      case BINARY -> Type.Binary;
      case BOOL -> Type.Bool;
      case INT32, INT64 -> Type.Int;
      case TIMESTAMP -> Type.Timestamp;
      case DIGEST_20, DIGEST, DIGEST_64 -> Type.FixedSizeBinary;
      case LIST -> Type.List;
      case STRUCT -> Type.Struct_;
    };
  }

  private static int type(FlatBufferBuilder builder, Field.Kind kind) {
    return switch (kind) {
      case UTF8, BINARY, BOOL, LIST, STRUCT -> {
        builder.startTable(0); // without parameters
        yield builder.endTable();
      }
      case INT32 -> integer(builder, 32);
      case INT64 -> integer(builder, 64);
      case TIMESTAMP -> {
        Timestamp.startTimestamp(builder);
        Timestamp.addUnit(builder, TimeUnit.NANOSECOND);
        yield Timestamp.endTimestamp(builder);
      }
      case DIGEST_20, DIGEST, DIGEST_64 ->
          FixedSizeBinary.createFixedSizeBinary(builder, kind.width());
    };
  }

  private static int integer(FlatBufferBuilder builder, int bits) {
    Int.startInt(builder);
    Int.addBitWidth(builder, bits);
    Int.addIsSigned(builder, true);
    return Int.endInt(builder);
  }

  private static int keyValues(FlatBufferBuilder builder, Map<String, String> metadata) {
    int[] offsets = new int[metadata.size()];
    int i = 0;
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      int key = builder.createString(entry.getKey());
      int value = builder.createString(entry.getValue());
      KeyValue.startKeyValue(builder);
      KeyValue.addKey(builder, key);
      KeyValue.addValue(builder, value);
      offsets[i++] = KeyValue.endKeyValue(builder);
    }
    return org.apache.arrow.flatbuf.Field.createCustomMetadataVector(builder, offsets);
  }
}
