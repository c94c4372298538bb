package io.packhouse.plugins.oci;

import io.packhouse.spi.ExtractionException;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Blobs of a layout by their digests. */
final class Blobs {

  private static final Pattern DIGEST =
      Pattern.compile("sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}");

  /**
   * A blob that is there.
   *
   * @param bytes not changed any more
   * @param ok whether they have the digest they were asked for by
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared nor printed
  record Blob(byte[] bytes, boolean ok) {}

  private final BlobSource source;

  Blobs(BlobSource source) {
    this.source = source;
  }

  /** Whether a text is a digest that names a blob: it becomes part of a path. */
  static boolean isDigest(@Nullable String digest) {
    return digest != null && digest.length() <= 135 && DIGEST.matcher(digest).matches();
  }

  /** The document of a digest; null where it is not there, or the digest names none. */
  @Nullable Blob find(@Nullable String digest) throws ExtractionException, IOException {
    if (digest == null || !isDigest(digest)) {
      return null;
    }
    byte[] bytes = source.document("blobs/" + digest.replace(':', '/'));
    return bytes == null ? null : new Blob(bytes, digest(bytes, digest).equals(digest));
  }

  /** The digest of bytes, by the algorithm of another. */
  private static String digest(byte[] bytes, String like) {
    String algorithm = like.substring(0, like.indexOf(':'));
    try {
      byte[] digest = MessageDigest.getInstance("SHA-" + algorithm.substring(3)).digest(bytes);
      return algorithm + ":" + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has it, algorithm=" + algorithm, e);
    }
  }

  /** The SHA-256 digest of bytes, as digests are written. */
  static String sha256(byte[] bytes) {
    return digest(bytes, "sha256:");
  }
}
