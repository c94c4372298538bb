package io.packhouse.server.flight.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.packhouse.server.grpc.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes tickets and reads them: 32 bytes of HMAC-SHA-256, and what they sign as JSON. A ticket says
 * all that its stream needs, so the daemon keeps nothing of it; it is good for one caller and some
 * time, and what the caller may see is asked again when it is used. Thread-safe.
 */
public final class Signer {
  /** How long a ticket is good. */
  public static final Duration LIFETIME = Duration.ofHours(1);

  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_LENGTH = 32;
  private static final int MAC_LENGTH = 32;
  private static final int MAX_LENGTH = 4 << 20;

  /** What a ticket says: a record whose components no other kind of ticket has all of. */
  public interface Signed {
    /** Who may use it. */
    String caller();

    /** Until when, in seconds since 1970. */
    long expires();
  }

  private final JsonMapper json =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();
  private final SecretKeySpec key;
  private final Clock clock;

  /** Signs with a key of 32 bytes. */
  public Signer(byte[] key, Clock clock) {
    this.key = new SecretKeySpec(key, ALGORITHM);
    this.clock = clock;
  }

  /**
   * Signs with the key of a file, which is made where there is none, so that tickets outlive a
   * restart.
   *
   * @throws IOException if it can neither be read nor made
   */
  public static Signer ofKeyFile(Path file, Clock clock) throws IOException {
    try {
      return new Signer(read(file), clock);
    } catch (NoSuchFileException e) {
      byte[] key = new byte[KEY_LENGTH];
      new SecureRandom().nextBytes(key);
      Path made =
          Files.createTempFile(
              file.toAbsolutePath().getParent(),
              ".flight-key-",
              null,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(made, key);
      Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
      return new Signer(key, clock);
    }
  }

  private static byte[] read(Path file) throws IOException {
    byte[] key = Files.readAllBytes(file);
    if (key.length != KEY_LENGTH) {
      throw new IOException(
          file + ": has " + key.length + " bytes, not 32; remove it, and a new key is made");
    }
    return key;
  }

  /** When a ticket that is made now expires, in seconds since 1970. */
  public long expiry() {
    return clock.instant().plus(LIFETIME).getEpochSecond();
  }

  /** A ticket. */
  public ByteString sign(Signed ticket) {
    try {
      byte[] text = json.writeValueAsBytes(ticket);
      return ByteString.copyFrom(mac(text, 0)).concat(ByteString.copyFrom(text));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a ticket that cannot be written", e);
    }
  }

  /**
   * What a ticket says.
   *
   * @throws io.grpc.StatusRuntimeException if it is none of ours, another's, or too old
   */
  public <T extends Signed> T read(ByteString bytes, Class<T> kind, String caller) {
    if (bytes.size() <= MAC_LENGTH || bytes.size() > MAX_LENGTH) {
      throw Failures.badField("ticket", "is none that this daemon made: get a new flight info");
    }
    byte[] all = bytes.toByteArray();
    if (!MessageDigest.isEqual(Arrays.copyOf(all, MAC_LENGTH), mac(all, MAC_LENGTH))) {
      throw Failures.badField("ticket", "is none that this daemon made: get a new flight info");
    }
    T ticket;
    try {
      ticket = json.readValue(all, MAC_LENGTH, all.length - MAC_LENGTH, kind);
    } catch (IOException e) {
      throw Failures.badField("ticket", "is of another version: get a new flight info");
    }
    if (!ticket.caller().equals(caller)) {
      throw Status.PERMISSION_DENIED
          .withDescription("the ticket was made for another caller")
          .asRuntimeException();
    }
    if (clock.instant().getEpochSecond() > ticket.expires()) {
      throw Failures.badField("ticket", "has expired: get a new flight info");
    }
    return ticket;
  }

  private byte[] mac(byte[] bytes, int from) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(bytes, from, bytes.length - from);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
