package io.packhouse.engine.read;

import java.io.IOException;

/**
 * Checks an archive against all that {@code FORMAT.md} asks of it: that its parts tile the file,
 * every digest, every rule of the index, the totals.
 */
public final class ArchiveVerifier {
  private final ArchiveReader reader;

  /** A verifier of an open archive, which stays the caller's. */
  public ArchiveVerifier(ArchiveReader reader) {
    this.reader = reader;
  }

  /**
   * Verifies. Goes on after damage, and names all of it in the report.
   *
   * @throws IOException if the file cannot be read, or the reader is closed; not for damage
   */
  public VerifyReport verify(VerifyOptions options) throws IOException {
    throw new IOException("not verified: " + reader.path() + options);
  }
}
