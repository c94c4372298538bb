package io.packhouse.server.flight;

import io.grpc.stub.StreamObserver;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.ContentReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.server.catalog.ArchiveLease;
import io.packhouse.server.flight.wire.FlightMessages;
import io.packhouse.server.grpc.Failures;
import io.packhouse.server.grpc.Pump;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Sends files' bytes, each checked against its digest, in the order in which they are asked for: a
 * row a file, and several, with rising offsets, for those of more than {@link #PIECE_BYTES}. What
 * cannot be read is a row with an error.
 */
final class ContentSending extends Pump<FlightData> {
  /** Bytes of a row at most, and about those of a message: gRPC clients refuse more than 4 MiB. */
  static final int PIECE_BYTES = 2 << 20;

  private static final int MESSAGE_ROWS = 4_096;

  static final Schema SCHEMA =
      new Schema(
          List.of(
              field("path", ArrowType.Utf8.INSTANCE),
              field("offset", new ArrowType.Int(64, true)),
              field("content", ArrowType.Binary.INSTANCE),
              field("error", ArrowType.Utf8.INSTANCE)));

  private final ArchiveLease lease;
  private final BufferAllocator allocator;
  private final Iterator<String> paths;
  private final VectorSchemaRoot rows;
  private final VarCharVector pathColumn;
  private final BigIntVector offsetColumn;
  private final VarBinaryVector contentColumn;
  private final VarCharVector errorColumn;
  private boolean begun;
  private int count;
  private long bytes;

  // The file that is being read; null between two.
  private @Nullable ContentReader contents;
  private String path = "";
  private long offset;

  /** Takes over the lease and the allocator. */
  ContentSending(
      ArchiveLease lease,
      BufferAllocator allocator,
      List<String> paths,
      StreamObserver<FlightData> observer) {
    super(observer);
    this.lease = lease;
    this.allocator = allocator;
    this.paths = paths.iterator();
    rows = VectorSchemaRoot.create(SCHEMA, allocator);
    pathColumn = (VarCharVector) rows.getVector("path");
    offsetColumn = (BigIntVector) rows.getVector("offset");
    contentColumn = (VarBinaryVector) rows.getVector("content");
    errorColumn = (VarCharVector) rows.getVector("error");
  }

  private static Field field(String name, ArrowType type) {
    return new Field(name, FieldType.nullable(type), null);
  }

  @Override
  protected boolean step() throws IOException {
    if (!begun) {
      begun = true;
      send(FlightMessages.schema(SCHEMA));
      return true;
    }
    while (count < MESSAGE_ROWS && bytes < PIECE_BYTES) {
      if (contents == null && !paths.hasNext()) {
        flush();
        return false;
      }
      try {
        if (contents == null) {
          begin(paths.next());
        } else {
          proceed(contents);
        }
      } catch (IOException e) {
        release();
        add(null, 0, String.valueOf(Failures.toRpcStatus(e).getMessage()));
      }
    }
    flush();
    return true;
  }

  private void begin(String next) throws IOException {
    path = next;
    offset = 0;
    ArchiveReader reader = lease.reader();
    Entry shown = reader.find(next);
    if (shown == null) {
      add(null, 0, "there is no entry " + next);
      return;
    }
    Entry file = reader.resolve(shown);
    if (file.type() != EntryType.FILE || !file.isOk()) {
      add(null, 0, next + ": is no file whose contents are in the archive");
      return;
    }
    if (file.size() == 0) {
      add(new byte[0], 0, null);
      return;
    }
    contents = reader.newContents(file, 0, file.size());
  }

  /** Adds the next piece; a decoded blob may be larger than a piece. */
  private void proceed(ContentReader open) throws IOException {
    MemorySegment chunk = open.next();
    if (chunk == null) {
      release();
      return;
    }
    for (long at = 0; at < chunk.byteSize(); ) {
      long length = Math.min(PIECE_BYTES, chunk.byteSize() - at);
      add(chunk.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), offset, null);
      offset += length;
      at += length;
      if (bytes >= PIECE_BYTES) {
        flush();
      }
    }
  }

  private void add(byte @Nullable [] content, long at, @Nullable String error) {
    pathColumn.setSafe(count, path.getBytes(StandardCharsets.UTF_8));
    offsetColumn.setSafe(count, at);
    if (content == null) {
      contentColumn.setNull(count);
    } else {
      contentColumn.setSafe(count, content);
      bytes += content.length;
    }
    if (error == null) {
      errorColumn.setNull(count);
    } else {
      errorColumn.setSafe(count, error.getBytes(StandardCharsets.UTF_8));
    }
    count++;
  }

  private void flush() {
    if (count > 0) {
      rows.setRowCount(count);
      send(FlightMessages.rows(rows));
      rows.clear();
      rows.allocateNew();
      count = 0;
      bytes = 0;
    }
  }

  private void release() {
    ContentReader held = contents;
    contents = null;
    if (held != null) {
      held.close();
    }
  }

  @Override
  protected void close() {
    release();
    rows.close();
    allocator.close();
    lease.close();
  }
}
