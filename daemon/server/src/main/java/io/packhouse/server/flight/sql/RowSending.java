package io.packhouse.server.flight.sql;

import io.grpc.stub.StreamObserver;
import io.packhouse.server.grpc.Pump;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.flight.impl.Flight.FlightData;

/** Sends messages that are there. */
final class RowSending extends Pump<FlightData> {
  private final Iterator<FlightData> messages;

  RowSending(List<FlightData> messages, StreamObserver<FlightData> observer) {
    super(observer);
    this.messages = messages.iterator();
  }

  @Override
  protected boolean step() {
    send(messages.next());
    return messages.hasNext();
  }

  @Override
  protected void close() {}
}
