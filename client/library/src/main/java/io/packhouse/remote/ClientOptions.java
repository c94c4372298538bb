package io.packhouse.remote;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a daemon.
 *
 * @param address where it listens
 * @param token a bearer token; null for none
 * @param trusted certificates of authorities to trust instead of the system's, in PEM; null for the
 *     system's
 * @param certificate the client's own certificate chain, in PEM; null for none
 * @param key its private key, in PEM; null for none
 * @param attempts how often a call is made that fails for a passing reason, 1 or more
 * @param firstPause before the second attempt; each later one is twice as long, up to 10 s
 */
public record ClientOptions(
    Address address,
    @Nullable String token,
    @Nullable Path trusted,
    @Nullable Path certificate,
    @Nullable Path key,
    int attempts,
    Duration firstPause) {

  public ClientOptions {
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts must be positive, attempts=" + attempts);
    }
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("a certificate and its key go together");
    }
  }

  /** The defaults: no credentials but those of the socket's peer, five attempts. */
  public static ClientOptions of(Address address) {
    return new ClientOptions(address, null, null, null, null, 5, Duration.ofMillis(100));
  }

  /** The same with a bearer token. */
  public ClientOptions withToken(@Nullable String secret) {
    return new ClientOptions(address, secret, trusted, certificate, key, attempts, firstPause);
  }

  /** The same with other authorities to trust. */
  public ClientOptions withTrusted(@Nullable Path pem) {
    return new ClientOptions(address, token, pem, certificate, key, attempts, firstPause);
  }

  /** The same with a certificate of the client's own. */
  public ClientOptions withCertificate(@Nullable Path chain, @Nullable Path privateKey) {
    return new ClientOptions(address, token, trusted, chain, privateKey, attempts, firstPause);
  }

  /** The same with another number of attempts. */
  public ClientOptions withAttempts(int count) {
    return new ClientOptions(address, token, trusted, certificate, key, count, firstPause);
  }

  /** Leaves the token out. */
  @Override
  public String toString() {
    return address + (token == null ? "" : " with a token");
  }
}
