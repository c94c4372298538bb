package io.packhouse.engine.read.verify;

/**
 * Something that is wrong with an archive.
 *
 * @param kind of part that is damaged
 * @param subject which one: an entry's path, {@code blob 17}, {@code batch 3}, {@code footer}
 * @param offset in bytes of the damaged part in the archive; −1 where there is no single one
 * @param problem what is wrong, one line
 */
public record Damage(Kind kind, String subject, long offset, String problem) {

  /** What is damaged. */
  public enum Kind {
    /** Seal, footer, head, tables, padding: the archive as such. */
    ARCHIVE,
    BATCH,
    BLOB,
    ENTRY,
    /** Nothing is damaged, but a base is not there, so contents that need it were not checked. */
    BASE,
    /** Nothing is damaged, but the entry needs a newer reader. */
    UNSUPPORTED
  }

  @Override
  public String toString() {
    return problem;
  }
}
