package io.packhouse.engine.pack;

import java.util.List;
import java.util.Map;

/**
 * What a pack did.
 *
 * @param id the archive's id, 64 hexadecimal digits
 * @param files regular files in the archive, failed ones included
 * @param directories root included
 * @param specials FIFOs and devices
 * @param packages entries in which an extractor found a package
 * @param skipped display paths of sockets, the first 1,000
 * @param skippedCount sockets in all
 * @param failures entries that could not be read, the first 1,000; empty unless told to keep going
 * @param failedCount entries that could not be read, in all
 * @param extractErrors package files whose extractor failed
 * @param unseenSiblings package files of a source whose extractor asked for other files of the
 *     tree, such as a parent's description, which could not be looked at
 * @param bytesIn contents of all files
 * @param dedupedBytes contents that were in the archive already, whole files or slices of files
 * @param baseFiles files all of whose contents the base has
 * @param baseBytes contents of those, not stored
 * @param basePartBytes contents of other files that the base has as parts of its files, not stored
 * @param sharedBytes contents that were in the archive already, or in the base, parts of other
 *     files
 * @param extents of all files
 * @param holeBytes zeros of sparse files, not stored
 * @param blobs in the archive
 * @param rawBlobBytes stored unchanged
 * @param compressedInBytes contents of blobs that were compressed
 * @param compressedOutBytes what they were compressed to
 * @param indexBytes batches, tables and footer
 * @param archiveBytes the archive's length
 * @param wallNanos from start to the durable archive
 * @param stageNanos busy time by stage, in the stages' order, summed over threads: walk, read,
 *     hash, effort, share, extract, place, compress, index, write, sync
 * @param waitNanos time spent waiting: by the walk for slots, by all workers together for the walk,
 *     by the writer for the workers
 */
public record PackReport(
    String id,
    long files,
    long directories,
    long symlinks,
    long hardlinks,
    long specials,
    long packages,
    List<String> skipped,
    long skippedCount,
    List<Failure> failures,
    long failedCount,
    long extractErrors,
    long unseenSiblings,
    long bytesIn,
    long dedupedBytes,
    long baseFiles,
    long baseBytes,
    long basePartBytes,
    long sharedBytes,
    long extents,
    long holeBytes,
    long blobs,
    long rawBlobBytes,
    long compressedInBytes,
    long compressedOutBytes,
    long indexBytes,
    long archiveBytes,
    long wallNanos,
    Map<String, Long> stageNanos,
    Map<String, Long> waitNanos) {

  /**
   * An entry that could not be read.
   *
   * @param path display path in the archive
   * @param status as in the index: missing, unreadable, changed
   */
  public record Failure(String path, String status, String error) {}

  /** Contents divided by the archive's length; 0 for an empty archive. */
  public double ratio() {
    return archiveBytes == 0 ? 0 : (double) bytesIn / archiveBytes;
  }
}
