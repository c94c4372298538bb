package io.packhouse.engine.read;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.EntryType;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A digest by which files are looked for. Its length tells the algorithm; that of BLAKE3 is also
 * SHA-256's, and then either will do. Immutable, thread-safe.
 */
public final class ContentDigest {
  private final byte[] value;

  /** Besides BLAKE3; null where none has this length. */
  private final @Nullable DigestAlgorithm algorithm;

  private ContentDigest(byte[] value, @Nullable DigestAlgorithm algorithm) {
    this.value = value;
    this.algorithm = algorithm;
  }

  /**
   * Takes a digest.
   *
   * @throws IllegalArgumentException if it has the length of none that an archive records
   */
  public static ContentDigest of(byte[] value) {
    Optional<DigestAlgorithm> algorithm =
        DigestAlgorithm.COLUMNS.stream().filter(a -> a.length() == value.length).findFirst();
    if (algorithm.isEmpty() && value.length != ArchiveFormat.DIGEST_LENGTH) {
      throw new IllegalArgumentException(
          "must have 32 bytes (BLAKE3, SHA-256), 20 (SHA-1) or 64 (SHA-512), has " + value.length);
    }
    return new ContentDigest(value.clone(), algorithm.orElse(null));
  }

  /** The digest. */
  public byte[] value() {
    return value.clone();
  }

  private boolean mayBeBlake3() {
    return value.length == ArchiveFormat.DIGEST_LENGTH;
  }

  /** Why no file of an archive can be found by it, in a few words; null where one may be. */
  public @Nullable String problem(ArchiveReader reader) {
    return mayBeBlake3() || algorithm == null || reader.digests().contains(algorithm)
        ? null
        : "records no "
            + algorithm.standardName()
            + "; pack --digests does, BLAKE3 is always there";
  }

  /** Whether an entry is a file with this digest. */
  public boolean matches(Entry entry) throws IOException {
    return entry.is(EntryType.FILE)
        && ((mayBeBlake3() && Arrays.equals(value, entry.blake3()))
            || (algorithm != null && Arrays.equals(value, entry.digest(algorithm))));
  }
}
