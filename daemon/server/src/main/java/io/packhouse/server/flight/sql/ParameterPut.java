package io.packhouse.server.flight.sql;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.packhouse.server.access.Caller;
import io.packhouse.server.grpc.Calls;
import io.packhouse.server.grpc.Failures;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.PutResult;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.DoPutPreparedStatementResult;
import org.jspecify.annotations.Nullable;

/**
 * A call that binds parameters to a prepared statement: its first message names it. All of it runs
 * in the call's executor, one message at a time.
 */
final class ParameterPut implements StreamObserver<FlightData> {
  private final PreparedStatements prepared;
  private final Caller caller;
  private final StreamObserver<PutResult> observer;
  private ByteString handle = ByteString.EMPTY;
  private @Nullable Parameters parameters;
  private boolean over;

  ParameterPut(PreparedStatements prepared, Caller caller, StreamObserver<PutResult> observer) {
    this.prepared = prepared;
    this.caller = caller;
    this.observer = observer;
  }

  @Override
  public void onNext(FlightData data) {
    if (over) {
      // What was under way when the call was answered.
      return;
    }
    try {
      Parameters current = parameters;
      if (current == null) {
        current = begin(data.getFlightDescriptor().getCmd());
        parameters = current;
      }
      current.add(data);
    } catch (Exception | Error e) {
      over = true;
      observer.onError(Failures.status(e));
    }
  }

  private Parameters begin(ByteString cmd) {
    if (!SqlMessages.isOne(cmd)) {
      throw Status.UNIMPLEMENTED
          .withDescription("archives are not written by Flight: see packhouse.v1.TransferService")
          .asRuntimeException();
    }
    Message command = SqlMessages.unpack(cmd);
    if (!(command instanceof CommandPreparedStatementQuery query)) {
      throw FlightSqlService.refusePut(command);
    }
    handle = query.getPreparedStatementHandle();
    return new Parameters(Parameters.count(prepared.find(handle, caller.id()).plan().parameters()));
  }

  @Override
  public void onError(Throwable failure) {
    // The client is gone: nothing was bound.
    over = true;
  }

  @Override
  public void onCompleted() {
    if (over) {
      return;
    }
    over = true;
    Calls.answer(
        observer,
        () -> {
          Parameters all = parameters;
          if (all == null) {
            throw Failures.badField("descriptor", "is missing");
          }
          prepared.bind(handle, caller.id(), all.finish());
          DoPutPreparedStatementResult result =
              DoPutPreparedStatementResult.newBuilder().setPreparedStatementHandle(handle).build();
          return PutResult.newBuilder().setAppMetadata(result.toByteString()).build();
        });
  }
}
