package io.packhouse.server.flight;

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
final class Tickets {
  /** How long a ticket is good. */
  static final Duration LIFETIME = Duration.ofHours(1);

  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_LENGTH = 32;
  private static final int MAC_LENGTH = 32;
  private static final int MAX_LENGTH = 4 << 20;

  /**
   * What a ticket says.
   *
   * @param query what the stream has
   * @param archiveId of the archive that the flight was told of; another in its place is refused
   * @param firstBatch ordinal of the first batch of the index that is its
   * @param endBatch one past its last
   * @param caller who may use it
   * @param expires seconds since 1970
   */
  record Ticket(
      FlightQuery query,
      String archiveId,
      int firstBatch,
      int endBatch,
      String caller,
      long expires) {}

  private final JsonMapper json =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  private final SecretKeySpec key;
  private final Clock clock;

  /** Signs with a key of 32 bytes. */
  Tickets(byte[] key, Clock clock) {
    this.key = new SecretKeySpec(key, ALGORITHM);
    this.clock = clock;
  }

  /**
   * Signs with the key of a file, which is made where there is none, so that tickets outlive a
   * restart.
   *
   * @throws IOException if it can neither be read nor made
   */
  static Tickets ofKeyFile(Path file, Clock clock) throws IOException {
    try {
      return new Tickets(read(file), clock);
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
      return new Tickets(key, clock);
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
  long expiry() {
    return clock.instant().plus(LIFETIME).getEpochSecond();
  }

  /** A ticket for a caller, from now on. */
  ByteString make(
      FlightQuery query, String archiveId, int firstBatch, int endBatch, String caller) {
    try {
      byte[] text =
          json.writeValueAsBytes(
              new Ticket(query, archiveId, firstBatch, endBatch, caller, expiry()));
      return ByteString.copyFrom(mac(text, 0)).concat(ByteString.copyFrom(text));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a query that cannot be written", e);
    }
  }

  /**
   * What a ticket says.
   *
   * @throws io.grpc.StatusRuntimeException if it is none of ours, another's, or too old
   */
  Ticket read(ByteString bytes, String caller) {
    if (bytes.size() <= MAC_LENGTH || bytes.size() > MAX_LENGTH) {
      throw Failures.badField("ticket", "is none that this daemon made: get a new flight info");
    }
    byte[] all = bytes.toByteArray();
    if (!MessageDigest.isEqual(Arrays.copyOf(all, MAC_LENGTH), mac(all, MAC_LENGTH))) {
      throw Failures.badField("ticket", "is none that this daemon made: get a new flight info");
    }
    Ticket ticket;
    try {
      ticket = json.readValue(all, MAC_LENGTH, all.length - MAC_LENGTH, Ticket.class);
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
