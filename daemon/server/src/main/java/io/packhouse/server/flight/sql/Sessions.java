package io.packhouse.server.flight.sql;

import io.packhouse.server.grpc.Failures;
import java.util.Map;
import org.apache.arrow.flight.impl.Flight.CloseSessionResult;
import org.apache.arrow.flight.impl.Flight.GetSessionOptionsResult;
import org.apache.arrow.flight.impl.Flight.SessionOptionValue;
import org.apache.arrow.flight.impl.Flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.impl.Flight.SetSessionOptionsResult;
import org.apache.arrow.flight.impl.Flight.SetSessionOptionsResult.ErrorValue;

/**
 * Sessions as drivers want them, of which nothing is kept: there is one catalog and one schema, so
 * setting them changes nothing, and other options are not there.
 */
final class Sessions {
  private static final int MAX_OPTIONS = 100;

  private static final Map<String, String> OPTIONS =
      Map.of("catalog", Metadata.CATALOG, "schema", Metadata.SCHEMA);

  private Sessions() {}

  /** Which options cannot be set so, by name. */
  static SetSessionOptionsResult set(SetSessionOptionsRequest request) {
    SetSessionOptionsResult.Builder result = SetSessionOptionsResult.newBuilder();
    if (request.getSessionOptionsCount() > MAX_OPTIONS) {
      throw Failures.badField("session_options", "are more than " + MAX_OPTIONS);
    }
    request
        .getSessionOptionsMap()
        .forEach(
            (name, value) -> {
              ErrorValue error = error(name, value);
              if (error != ErrorValue.UNSPECIFIED) {
                result.putErrors(
                    name, SetSessionOptionsResult.Error.newBuilder().setValue(error).build());
              }
            });
    return result.build();
  }

  private static ErrorValue error(String name, SessionOptionValue value) {
    String ours = OPTIONS.get(name);
    if (ours == null) {
      return ErrorValue.INVALID_NAME;
    }
    boolean isOurs =
        switch (value.getOptionValueCase()) {
          case STRING_VALUE -> value.getStringValue().equals(ours);
          // Unset, which gives it its default.
          case OPTIONVALUE_NOT_SET -> true;
          default -> false;
        };
    return isOurs ? ErrorValue.UNSPECIFIED : ErrorValue.INVALID_VALUE;
  }

  static GetSessionOptionsResult get() {
    GetSessionOptionsResult.Builder result = GetSessionOptionsResult.newBuilder();
    OPTIONS.forEach(
        (name, value) ->
            result.putSessionOptions(
                name, SessionOptionValue.newBuilder().setStringValue(value).build()));
    return result.build();
  }

  static CloseSessionResult close() {
    return CloseSessionResult.newBuilder().setStatus(CloseSessionResult.Status.CLOSED).build();
  }
}
