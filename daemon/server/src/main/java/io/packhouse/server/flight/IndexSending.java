package io.packhouse.server.flight;

import io.grpc.stub.StreamObserver;
import io.packhouse.engine.read.StoredIndex;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.server.catalog.ArchiveLease;
import io.packhouse.server.flight.wire.FlightMessages;
import io.packhouse.server.grpc.Pump;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;

/**
 * Sends a table that is made of the index: whole batches as they are stored where no rows are left
 * out, and else the rows that are wanted. Of batches that have none, only the columns that rows are
 * filtered by are taken apart.
 */
final class IndexSending extends Pump<FlightData> {
  private final ArchiveLease lease;
  private final BufferAllocator allocator;
  private final StoredIndex index;
  private final Iterator<DirectoryRow> batches;
  private final FlightPlan plan;
  private boolean begun;

  /** Takes over the lease and the allocator. */
  IndexSending(
      ArchiveLease lease,
      BufferAllocator allocator,
      FlightPlan plan,
      List<DirectoryRow> batches,
      StreamObserver<FlightData> observer) {
    super(observer);
    this.lease = lease;
    this.allocator = allocator;
    this.index = StoredIndex.of(lease.reader());
    this.batches = batches.iterator();
    this.plan = plan;
  }

  @Override
  protected boolean step() throws IOException {
    if (!begun) {
      begun = true;
      send(FlightMessages.schema(plan.schema()));
      return true;
    }
    if (!batches.hasNext()) {
      return false;
    }
    DirectoryRow next = batches.next();
    boolean all = plan.filter().admitsAll(next);
    index.batch(
        next,
        (metadata, body) -> {
          if (all && plan.derived() == null) {
            send(plan.columns().batch(metadata, body).data());
          } else {
            sendRows(metadata, body, all);
          }
        });
    return true;
  }

  /** Takes apart what the filter looks at, and the other columns if it finds a row. */
  private void sendRows(ByteBuffer metadata, ByteBuffer body, boolean all) throws IOException {
    BitSet found = all ? null : found(metadata, body);
    if (found != null && found.isEmpty()) {
      return;
    }
    try (VectorSchemaRoot rows = load(plan.columns(), metadata, body);
        VectorSchemaRoot wanted = VectorSchemaRoot.create(plan.schema(), allocator)) {
      int count = 0;
      for (int row = 0; row < rows.getRowCount(); row++) {
        if (found == null || found.get(row)) {
          count = take(rows, row, wanted, count);
        }
      }
      if (count > 0) {
        wanted.setRowCount(count);
        send(FlightMessages.rows(wanted));
      }
    }
  }

  private BitSet found(ByteBuffer metadata, ByteBuffer body) throws IOException {
    BitSet found = new BitSet();
    try (VectorSchemaRoot rows = load(plan.filtered(), metadata, body)) {
      for (int row = 0; row < rows.getRowCount(); row++) {
        found.set(row, plan.filter().admits(rows, row));
      }
    }
    return found;
  }

  private VectorSchemaRoot load(StoredColumns columns, ByteBuffer metadata, ByteBuffer body)
      throws IOException {
    VectorSchemaRoot rows = VectorSchemaRoot.create(columns.schema(), allocator);
    try (ArrowRecordBatch batch = read(columns.batch(metadata, body))) {
      new VectorLoader(rows, CommonsCompressionFactory.INSTANCE).load(batch);
      return rows;
    } catch (Throwable e) {
      rows.close();
      throw e;
    }
  }

  private ArrowRecordBatch read(FlightMessages.Batch message) throws IOException {
    ByteBuffer bytes = message.body().asReadOnlyByteBuffer();
    ArrowBuf buffer = allocator.buffer(bytes.remaining());
    try {
      buffer.setBytes(0, bytes);
      buffer.writerIndex(message.body().size());
      Message metadata = Message.getRootAsMessage(message.metadata().asReadOnlyByteBuffer());
      // Takes the buffer over.
      return MessageSerializer.deserializeRecordBatch(metadata, buffer);
    } catch (Throwable e) {
      buffer.close();
      throw e;
    }
  }

  private int take(VectorSchemaRoot rows, int row, VectorSchemaRoot wanted, int count)
      throws IOException {
    DerivedTable derived = plan.derived();
    if (derived != null) {
      return derived.append(rows, row, wanted, count);
    }
    for (FieldVector target : wanted.getFieldVectors()) {
      target.copyFromSafe(row, count, rows.getVector(target.getName()));
    }
    return count + 1;
  }

  @Override
  protected void close() {
    allocator.close();
    lease.close();
  }
}
