package io.packhouse.plugins.generic;

import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Compares recorded digests with files of the tree. The host computes them, and decides how large
 * files may be; where it computes none, those of small files are computed here. One thread.
 */
final class DigestCheck {

  /** What came of a check. */
  enum Outcome {
    /** The digest is right. */
    OK(true, null),
    /** The digest is wrong. */
    WRONG(false, null),
    /** There is no such file in the tree. */
    MISSING(null, "missing"),
    /** The file, or those before it together, are larger than the bounds. */
    TOO_LARGE(null, "too-large"),
    /** The file could not be read. */
    UNREADABLE(null, "unreadable");

    private final @Nullable Boolean ok;
    private final @Nullable String reason;

    Outcome(@Nullable Boolean ok, @Nullable String reason) {
      this.ok = ok;
      this.reason = reason;
    }

    /** Whether the digest is right; null where it was not checked. */
    @Nullable Boolean ok() {
      return ok;
    }

    /** Why it was not checked; null where it was. */
    @Nullable String reason() {
      return reason;
    }
  }

  /**
   * The largest file that is read here: poms and small jars. Where the JVM stops at C1, the JDK's
   * SHA-1 runs at 0.25 GB/s, so all of a repository would cost twice what packing it does.
   */
  static final long MAX_FILE_BYTES = 128L << 10;

  /** Bytes that one list may have read here. */
  static final long MAX_BYTES = 64L << 20;

  /** A host allows few files to be open at a time, and large ones it keeps open. */
  private static final int MAX_LARGE = 16;

  private static final int PIECE = 1 << 16;

  private final ExtractionContext context;
  private long bytes;
  private int large;

  DigestCheck(ExtractionContext context) {
    this.context = context;
  }

  /**
   * Checks one file.
   *
   * @param relativePath relative to the directory of the file under extraction
   * @param algorithm as the own column has it
   * @param digest in lower-case hexadecimal digits
   */
  Outcome check(String relativePath, String algorithm, String digest) {
    try {
      byte[] computed = context.digest(relativePath, algorithm);
      if (computed != null) {
        return HexFormat.of().formatHex(computed).equals(digest) ? Outcome.OK : Outcome.WRONG;
      }
      if (large == MAX_LARGE || bytes >= MAX_BYTES) {
        return Outcome.TOO_LARGE;
      }
      PackageFile file = context.sibling(relativePath);
      if (file == null) {
        return Outcome.MISSING;
      }
      long size = file.size();
      if (size > MAX_FILE_BYTES || (bytes > 0 && bytes + size > MAX_BYTES)) {
        large++;
        return Outcome.TOO_LARGE;
      }
      bytes += size;
      return digest(file, algorithm).equals(digest) ? Outcome.OK : Outcome.WRONG;
    } catch (IOException e) {
      return Outcome.UNREADABLE;
    }
  }

  private static String digest(PackageFile file, String algorithm) throws IOException {
    MessageDigest digest = messageDigest(algorithm);
    long size = file.size();
    byte[] piece = new byte[(int) Math.min(PIECE, size)];
    for (long position = 0; position < size; ) {
      int length = file.read(position, ByteBuffer.wrap(piece));
      if (length <= 0) {
        throw new IOException("file ends early, at " + position);
      }
      digest.update(piece, 0, length);
      position += length;
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest messageDigest(String algorithm) {
    try {
      return MessageDigest.getInstance(
          algorithm.startsWith("sha") ? "SHA-" + algorithm.substring(3) : algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has it, algorithm=" + algorithm, e);
    }
  }
}
