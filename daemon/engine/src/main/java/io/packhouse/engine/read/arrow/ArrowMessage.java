package io.packhouse.engine.read.arrow;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.read.memory.Place;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An encapsulated Arrow message.
 *
 * <pre>
 *  0           4                 8                  8 + metadata length
 *  +-----------+-----------------+------------------+--------+
 *  | FFFFFFFF  | metadata length | metadata, padded | body   |
 *  +-----------+-----------------+------------------+--------+
 * </pre>
 *
 * @param message the metadata; null for the end-of-stream marker
 * @param length of the whole message in bytes
 */
public record ArrowMessage(@Nullable Message message, MemorySegment body, long length) {
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Bytes before the metadata: the continuation mark and the metadata length. */
  public static final int PREFIX_LENGTH = 8;

  /** Reads the message at {@code at}, which must end inside {@code bytes}. */
  public static ArrowMessage parse(MemorySegment bytes, long at, Place place) throws IOException {
    long left = bytes.byteSize() - at;
    if (left < PREFIX_LENGTH) {
      throw place.corrupt("ends inside an Arrow message");
    }
    if (bytes.get(INT, at) != ArchiveFormat.CONTINUATION_MARKER) {
      throw place.corrupt("has no Arrow message at byte " + at + " of it");
    }
    int metadataLength = bytes.get(INT, at + 4);
    if (metadataLength == 0) {
      return new ArrowMessage(null, bytes.asSlice(at, 0), PREFIX_LENGTH);
    }
    if (metadataLength < 0
        || metadataLength > ArchiveFormat.MAX_MESSAGE_METADATA_LENGTH
        || metadataLength % ArchiveFormat.ALIGNMENT != 0
        || metadataLength > left - PREFIX_LENGTH) {
      throw place.corrupt(
          "Arrow metadata of "
              + metadataLength
              + " bytes, limit "
              + ArchiveFormat.MAX_MESSAGE_METADATA_LENGTH
              + ", left "
              + (left - PREFIX_LENGTH));
    }
    byte[] metadata =
        bytes.asSlice(at + PREFIX_LENGTH, metadataLength).toArray(ValueLayout.JAVA_BYTE);
    return place.guarded(
        () -> {
          ByteBuffer buffer = ByteBuffer.wrap(metadata).order(ByteOrder.LITTLE_ENDIAN);
          Message message = Message.getRootAsMessage(buffer);
          if (message.version() != MetadataVersion.V5) {
            throw place.corrupt("Arrow metadata version", "V5", "number " + message.version());
          }
          long bodyLength = message.bodyLength();
          long bodyLeft = left - PREFIX_LENGTH - metadataLength;
          if (bodyLength < 0
              || bodyLength > ArchiveFormat.MAX_BATCH_BODY_LENGTH
              || bodyLength > bodyLeft) {
            throw place.corrupt(
                "Arrow body of "
                    + bodyLength
                    + " bytes, limit "
                    + ArchiveFormat.MAX_BATCH_BODY_LENGTH
                    + ", left "
                    + bodyLeft);
          }
          MemorySegment body = bytes.asSlice(at + PREFIX_LENGTH + metadataLength, bodyLength);
          return new ArrowMessage(message, body, PREFIX_LENGTH + metadataLength + bodyLength);
        });
  }

  /** Whether this is the end-of-stream marker. */
  public boolean isEnd() {
    return message == null;
  }

  /** The columns of a schema message. */
  public ColumnSet schema(Place place) throws IOException {
    Message metadata = message;
    return place.guarded(
        () -> {
          if (metadata == null || metadata.headerType() != MessageHeader.Schema) {
            throw place.corrupt("has no Arrow schema where one must be");
          }
          return ColumnSet.parse((Schema) metadata.header(new Schema()), place);
        });
  }

  /** The header of a record batch message. */
  public RecordBatch recordBatch(Place place) throws IOException {
    Message metadata = message;
    return place.guarded(
        () -> {
          if (metadata == null || metadata.headerType() != MessageHeader.RecordBatch) {
            throw place.corrupt("has no Arrow record batch where one must be");
          }
          RecordBatch header = (RecordBatch) metadata.header(new RecordBatch());
          if (header == null) {
            throw place.corrupt("has an empty Arrow record batch");
          }
          return header;
        });
  }
}
