package io.packhouse.server.access;

import org.jspecify.annotations.Nullable;

/** Where tokens are looked up. Thread-safe. */
@FunctionalInterface
public interface Tokens {
  Tokens NONE = _ -> null;

  /**
   * The token with this hash, also an expired one; null for none.
   *
   * @param hash as {@link Token#hash} makes it
   */
  @Nullable Token find(String hash);

  /** These, and those of {@code others} where these have none. */
  default Tokens or(Tokens others) {
    return hash -> {
      Token token = find(hash);
      return token == null ? others.find(hash) : token;
    };
  }
}
