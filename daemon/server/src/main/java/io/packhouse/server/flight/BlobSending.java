package io.packhouse.server.flight;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.StreamObserver;
import io.packhouse.engine.read.StoredIndex;
import io.packhouse.server.catalog.ArchiveLease;
import io.packhouse.server.flight.wire.FlightMessages;
import io.packhouse.server.grpc.Pump;
import java.io.IOException;
import org.apache.arrow.flight.impl.Flight.FlightData;

/** Sends an archive's blob table as it is stored: in one go, since its digest is of all of it. */
final class BlobSending extends Pump<FlightData> {
  private final ArchiveLease lease;

  /** Takes over the lease. */
  BlobSending(ArchiveLease lease, StreamObserver<FlightData> observer) {
    super(observer);
    this.lease = lease;
  }

  @Override
  protected boolean step() throws IOException {
    StoredIndex.of(lease.reader())
        .blobTable(
            (metadata, body) ->
                send(
                    new FlightMessages.Batch(
                            UnsafeByteOperations.unsafeWrap(metadata),
                            UnsafeByteOperations.unsafeWrap(body))
                        .data()));
    return false;
  }

  @Override
  protected void close() {
    lease.close();
  }
}
