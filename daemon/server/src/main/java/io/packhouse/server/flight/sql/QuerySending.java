package io.packhouse.server.flight.sql;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.packhouse.server.grpc.Pump;
import java.io.IOException;
import java.io.InputStream;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.jspecify.annotations.Nullable;

/**
 * Runs a query and sends its result as it comes. The call's thread waits for it; so whoever cancels
 * closes the result from another thread, which ends that wait.
 *
 * <p>A call that is cancelled, by its client, its deadline or the daemon's end, is known from its
 * context, which is told at once, while the call's own handlers wait for their turn.
 */
final class QuerySending extends Pump<FlightData> {
  private static final System.Logger LOG = System.getLogger(QuerySending.class.getName());

  /** Begins a query. */
  interface Source {
    InputStream open() throws IOException;
  }

  private final Source source;
  private final ByteString ticket;
  private final RunningQueries running;
  private final Context context = Context.current();
  private final Context.CancellationListener listener = _ -> cancel();
  private @Nullable MessageStream messages;

  // Guarded by this: what another thread needs to cancel.
  private @Nullable InputStream result;
  private boolean cancelled;
  private boolean closed;

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
    // Not in the thread that tells: it may be one that keeps the time of all calls.
    context.addListener(
        listener, task -> Thread.ofPlatform().daemon().name("packhoused-cancel").start(task));
    start();
  }

  /** Ends the query. May be called by any thread, at any time. */
  void cancel() {
    synchronized (this) {
      cancelled = true;
    }
    closeOnce();
  }

  private synchronized boolean wasCancelled() {
    return cancelled;
  }

  @Override
  protected boolean step() throws IOException {
    FlightData message;
    try {
      message = wasCancelled() ? null : messages().next();
    } catch (IOException e) {
      if (wasCancelled()) {
        throw ended();
      }
      throw e;
    }
    if (wasCancelled()) {
      throw ended();
    }
    if (message == null) {
      return false;
    }
    send(message);
    return true;
  }

  private MessageStream messages() throws IOException {
    MessageStream current = messages;
    if (current == null) {
      InputStream opened = source.open();
      synchronized (this) {
        result = opened;
      }
      if (wasCancelled()) {
        throw ended();
      }
      current = new MessageStream(opened);
      messages = current;
    }
    return current;
  }

  private static RuntimeException ended() {
    return Status.CANCELLED.withDescription("the query was cancelled").asRuntimeException();
  }

  @Override
  protected void close() {
    context.removeListener(listener);
    running.remove(ticket, this);
    closeOnce();
  }

  private void closeOnce() {
    InputStream open;
    synchronized (this) {
      open = result;
      if (open == null || closed) {
        return;
      }
      closed = true;
    }
    try {
      open.close();
    } catch (IOException e) {
      // The call ends by what it ended with; this is the daemon's to know.
      LOG.log(System.Logger.Level.WARNING, "a query did not end well", e);
    }
  }
}
