package io.packhouse.server.access;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A handshake of Arrow Flight, which drivers begin with: they send a name and a password as HTTP
 * has them, {@code authorization: Basic}, and are answered with {@code authorization: Bearer},
 * which all their other calls have. The password is a token; the name is anything.
 */
final class Handshake<Q, R> extends SimpleForwardingServerCall<Q, R> {
  static final String METHOD = "arrow.flight.protocol.FlightService/Handshake";

  private static final String BASIC = "basic ";
  private static final String BEARER = "Bearer ";
  private static final int MAX_HEADER_CHARS = 2_048;

  private final String bearer;
  private boolean sentHeaders;

  /**
   * A call that answers with a header.
   *
   * @param bearer its value
   */
  Handshake(ServerCall<Q, R> call, String bearer) {
    super(call);
    this.bearer = bearer;
  }

  /**
   * Puts the token of a name and password into the headers in their place.
   *
   * @return the header with a token, that is there now or was; null if there is none
   */
  static @Nullable String replacePassword(Metadata headers) {
    String value = headers.get(Authenticator.AUTHORIZATION);
    if (value == null || value.length() > MAX_HEADER_CHARS) {
      return null;
    }
    if (!value.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return value;
    }
    String pair;
    try {
      byte[] decoded = Base64.getDecoder().decode(value.substring(BASIC.length()).strip());
      pair = new String(decoded, StandardCharsets.ISO_8859_1);
    } catch (IllegalArgumentException e) {
      // It stays what it is, and is refused as such.
      return null;
    }
    String bearer = BEARER + pair.substring(pair.indexOf(':') + 1);
    headers.discardAll(Authenticator.AUTHORIZATION);
    headers.put(Authenticator.AUTHORIZATION, bearer);
    return bearer;
  }

  @Override
  public void sendHeaders(Metadata headers) {
    sentHeaders = true;
    headers.put(Authenticator.AUTHORIZATION, bearer);
    super.sendHeaders(headers);
  }

  /** Some clients look for the header at the beginning only, where there may be no message. */
  @Override
  public void close(Status status, Metadata trailers) {
    if (status.isOk() && !sentHeaders) {
      sendHeaders(new Metadata());
    }
    super.close(status, trailers);
  }
}
