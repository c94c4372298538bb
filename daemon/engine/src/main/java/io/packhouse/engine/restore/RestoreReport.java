package io.packhouse.engine.restore;

import java.util.List;

/**
 * What a restore did.
 *
 * @param id of the archive, 64 hexadecimal digits
 * @param files restored
 * @param directories restored, the root and parents of what was selected included
 * @param symlinks restored
 * @param hardlinks restored as links; those whose first name was not selected are files
 * @param specials FIFOs and devices restored
 * @param bytes contents of the restored files
 * @param problems the first 1,000, in no particular order
 * @param damagedCount entries with a problem of kind DAMAGED, and so on
 * @param failedCount see {@link Kind#FAILED}
 * @param notInArchiveCount see {@link Kind#NOT_IN_ARCHIVE}
 * @param skippedCount see {@link Kind#SKIPPED}
 * @param attributeCount see {@link Kind#ATTRIBUTE}
 * @param wallNanos from start to end
 */
public record RestoreReport(
    String id,
    long files,
    long directories,
    long symlinks,
    long hardlinks,
    long specials,
    long bytes,
    List<Problem> problems,
    long damagedCount,
    long failedCount,
    long notInArchiveCount,
    long skippedCount,
    long attributeCount,
    long wallNanos) {

  public RestoreReport {
    problems = List.copyOf(problems);
  }

  /** What became of an entry with a problem. */
  public enum Kind {
    /** Not restored: what the archive has of it is damaged, or breaks a rule of the format. */
    DAMAGED,
    /** Not restored: it could not be read or written, or needs a newer reader. */
    FAILED,
    /** Not restored: it could not be read when it was packed. */
    NOT_IN_ARCHIVE,
    /** Not restored: a FIFO or device that this process or file system may not create. */
    SKIPPED,
    /** Restored, but for an owner or extended attribute that could not be set. */
    ATTRIBUTE
  }

  /**
   * An entry that is not restored as the archive has it.
   *
   * @param path display path in the archive
   * @param reason one line
   */
  public record Problem(Kind kind, String path, String reason) {}

  /** Entries restored. */
  public long entries() {
    return files + directories + symlinks + hardlinks + specials;
  }

  /** Problems in all. */
  public long problemCount() {
    return damagedCount + failedCount + notInArchiveCount + skippedCount + attributeCount;
  }
}
