package io.packhouse.engine.read.verify;

import java.util.List;

/**
 * What a verification found.
 *
 * @param damages in order of kind, then offset and subject; the first ones where there are many
 * @param damageCount all of them
 * @param rows of the index that were checked
 * @param files whose contents were read and hashed
 * @param bytes of contents of those
 * @param blobs of the archive itself that were read; each is counted once
 * @param uncheckedFiles whose contents need a base that was not opened, and were not read
 * @param uncheckedBytes of contents of those
 * @param sampled whether only a part was asked for
 */
public record VerifyReport(
    List<Damage> damages,
    long damageCount,
    long rows,
    long files,
    long bytes,
    long blobs,
    long uncheckedFiles,
    long uncheckedBytes,
    boolean sampled) {

  public VerifyReport {
    damages = List.copyOf(damages);
  }

  /** Whether nothing is wrong with what was checked. */
  public boolean isIntact() {
    return damageCount == 0;
  }
}
