package io.packhouse.server.flight.sql;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import io.packhouse.server.grpc.Pump;
import java.io.IOException;
import java.io.InputStream;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.jspecify.annotations.Nullable;

/**
 * Runs a query and sends its result as it comes. The call's thread waits for it; so whoever cancels
 * does so by the context, of which the query is told at once, while the call's own handlers wait
 * for their turn.
 */
final class QuerySending extends Pump<FlightData> {
  private static final System.Logger LOG = System.getLogger(QuerySending.class.getName());

  /** Begins a query. */
  interface Source {
    /** Begins it; the cancellation of {@code call} ends it. */
    InputStream open(Context call) throws IOException;
  }

  private final Source source;
  private final ByteString ticket;
  private final RunningQueries running;

  /** Cancelled with the call, by its client, its deadline or the daemon's end, or by itself. */
  private final Context.CancellableContext call = Context.current().withCancellation();

  private @Nullable InputStream result;
  private @Nullable MessageStream messages;

  QuerySending(
      Source source,
      ByteString ticket,
      RunningQueries running,
      StreamObserver<FlightData> observer) {
    super(observer);
    this.source = source;
    this.ticket = ticket;
    this.running = running;
  }

  /** To be called once, in the service's method. */
  void begin() {
    running.add(ticket, this);
    start();
  }

  /** Ends the query. May be called by any thread, at any time. */
  void cancel() {
    call.cancel(null);
  }

  @Override
  protected boolean step() throws IOException {
    MessageStream current = messages;
    if (current == null) {
      InputStream opened = source.open(call);
      result = opened;
      current = new MessageStream(opened);
      messages = current;
    }
    FlightData message = current.next();
    if (message == null) {
      return false;
    }
    send(message);
    return true;
  }

  @Override
  protected void close() {
    running.remove(ticket, this);
    try {
      if (result != null) {
        result.close();
      }
    } catch (IOException e) {
      // The call ends by what it ended with; this is the daemon's to know.
      LOG.log(System.Logger.Level.WARNING, "a query did not end well", e);
    }
    call.cancel(null);
  }
}
