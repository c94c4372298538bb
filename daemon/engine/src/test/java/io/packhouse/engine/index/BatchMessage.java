package io.packhouse.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;

/**
 * The parts of an Arrow record batch message.
 *
 * @param nodes length and null count of each field
 * @param buffers where each is in the body
 */
record BatchMessage(List<List<Long>> nodes, List<Place> buffers, ByteBuffer body) {
  /** Bytes of the body. */
  record Place(long offset, long length) {}

  static BatchMessage parse(byte[] message) {
    ByteBuffer bytes = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    int metadataLength = bytes.getInt(4);
    ByteBuffer metadata = bytes.slice(8, metadataLength).order(ByteOrder.LITTLE_ENDIAN);
    Message header = Message.getRootAsMessage(metadata);
    RecordBatch batch = (RecordBatch) header.header(new RecordBatch());
    assertThat(8 + metadataLength + header.bodyLength()).isEqualTo(message.length);
    List<List<Long>> nodes = new ArrayList<>();
    for (int i = 0; i < batch.nodesLength(); i++) {
      nodes.add(List.of(batch.nodes(i).length(), batch.nodes(i).nullCount()));
    }
    List<Place> buffers = new ArrayList<>();
    for (int i = 0; i < batch.buffersLength(); i++) {
      buffers.add(new Place(batch.buffers(i).offset(), batch.buffers(i).length()));
    }
    int bodyStart = 8 + metadataLength;
    ByteBuffer body =
        bytes.slice(bodyStart, message.length - bodyStart).order(ByteOrder.LITTLE_ENDIAN);
    return new BatchMessage(nodes, buffers, body);
  }

  /** A buffer's bytes. */
  byte[] decoded(int ordinal) {
    Place place = buffers.get(ordinal);
    byte[] stored = new byte[(int) place.length() - 8];
    body.get((int) place.offset() + 8, stored);
    long length = body.getLong((int) place.offset());
    if (length == -1) {
      return stored;
    }
    return length == 0 ? new byte[0] : Zstd.decompress(stored, (int) length);
  }

  /**
   * Requires that buffers begin at multiples of 8, tile the body but for padding, and overlap only
   * where they are the same.
   */
  void requireBuffersSharedOrApart() {
    TreeSet<Place> places = new TreeSet<>(Comparator.comparingLong(Place::offset));
    places.addAll(buffers);
    assertThat(new HashSet<>(buffers)).hasSameSizeAs(places);
    long end = 0;
    for (Place place : places) {
      assertThat(place.offset()).isEqualTo(end);
      end = (place.offset() + place.length() + 7) & -8;
    }
    assertThat(end).isEqualTo(body.limit());
  }
}
