package io.packhouse.engine.read.chain;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a delta needs.
 *
 * @param bases nearest first; empty for an archive that is no delta
 * @param ownBytes of files' contents that the archive has itself
 */
public record ChainReport(List<Link> bases, long ownBytes) {
  /** How many blobs are used where that is not known. */
  public static final long UNKNOWN = -1;

  /**
   * A base.
   *
   * @param id 64 hexadecimal digits
   * @param blobs that it has itself
   * @param file where it is; null where it was not found
   * @param problem why it cannot be used; null where it can
   * @param usedBlobs of these, that the delta needs; {@link #UNKNOWN} where bases are not there
   * @param usedBytes of files' contents that are in it; of files whose place only the nearest base
   *     knows, all are counted for that where it is not there
   */
  public record Link(
      String id,
      long blobs,
      @Nullable Path file,
      @Nullable String problem,
      long usedBlobs,
      long usedBytes) {}

  public ChainReport {
    bases = List.copyOf(bases);
  }
}
