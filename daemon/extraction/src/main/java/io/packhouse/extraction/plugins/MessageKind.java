package io.packhouse.extraction.plugins;

/** What a message on a link is; its first byte is the ordinal, since both ends are one build. */
enum MessageKind {
  /** Runner, once: its extractors. */
  HELLO,
  /** Runner, in place of {@link #HELLO}: why it cannot serve. */
  UNUSABLE,
  /** Host: extract from a file. */
  EXTRACT,
  /** Runner: asks for bytes of a file; {@link #BYTES} or {@link #NOT_READ} answers. */
  READ,
  /** Host: the bytes asked for. */
  BYTES,
  /** Host: the bytes or the sibling asked for cannot be read, and why. */
  NOT_READ,
  /**
   * Runner: asks for a sibling; {@link #FOUND}, {@link #NOT_FOUND} or {@link #NOT_READ} answers.
   */
  SIBLING,
  /** Host: the sibling's number, path, size and first bytes. */
  FOUND,
  /** Host: there is no such sibling, or no digest of it. */
  NOT_FOUND,
  /**
   * Runner: asks for the digest of a sibling; {@link #DIGESTED}, {@link #NOT_FOUND} or {@link
   * #NOT_READ} answers.
   */
  DIGEST,
  /** Host: the digest asked for. */
  DIGESTED,
  /** Runner, ends an extraction: metadata, or null. */
  RESULT,
  /** Runner, ends an extraction: the package is damaged. */
  DAMAGED,
  /** Runner, ends an extraction: a read failed. */
  READ_FAILED,
  /** Runner, ends an extraction: the extractor is at fault. */
  FAILED;

  private static final MessageKind[] KINDS = values();

  static MessageKind of(byte ordinal) throws LinkException {
    if (ordinal < 0 || ordinal >= KINDS.length) {
      throw new LinkException("unknown message " + ordinal);
    }
    return KINDS[ordinal];
  }
}
