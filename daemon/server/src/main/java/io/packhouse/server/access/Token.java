package io.packhouse.server.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A bearer token as it is kept: what it says of its holder, and a hash in place of the secret.
 *
 * <p>A secret is {@code pkh_} and 256 random bits, so one round of SHA-256 is enough: there is
 * nothing to guess. For the same reason tokens may be looked up by their hash: how long that takes
 * tells nothing of use.
 *
 * @param name tells tokens apart; 1 to 64 letters, digits, {@code - _ .}
 * @param hash SHA-256 of the secret in hexadecimal
 * @param grant what its holder may do
 * @param created when it was made
 * @param expires from when on it is refused; null for never
 */
public record Token(
    String name, String hash, Grant grant, Instant created, @Nullable Instant expires) {
  private static final String PREFIX = "pkh_";
  private static final int SECRET_BYTES = 32;

  public Token {
    if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException(
          "a token's name is 1 to 64 letters, digits, '-', '_' or '.', not \"" + name + "\"");
    }
    if (!hash.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("token " + name + " has no SHA-256 of 64 digits");
    }
    for (String folder : grant.folders()) {
      if (folder.isEmpty() || !folder.matches("[^\\s,/*]+")) {
        throw new IllegalArgumentException("token " + name + " has a bad folder: " + folder);
      }
    }
  }

  /** A new secret. It is not kept anywhere: whoever asks for it shows it once. */
  public static String newSecret(SecureRandom random) {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** What is kept of a secret. */
  public static String hash(String secret) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  boolean isExpired(Instant now) {
    return expires != null && !now.isBefore(expires);
  }
}
