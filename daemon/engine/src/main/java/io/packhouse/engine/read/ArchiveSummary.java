package io.packhouse.engine.read;

import io.packhouse.engine.read.verify.ArchiveVerifier;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an archive is and holds, by its own account: totals are the footer's, sums of blobs are the
 * blob table's. {@link ArchiveVerifier} tells whether they are true.
 *
 * @param id the digest that names the archive, 64 hexadecimal digits
 * @param length of the archive in bytes
 * @param formatVersion of the archive, such as {@code 1.0}
 * @param producer who wrote it, free text; empty where it does not say
 * @param options of the writer, for information
 * @param rows of the index
 * @param bytes sum of the sizes of all files
 * @param failed rows whose contents are not in the archive
 * @param batches of the index
 * @param blobs in the archive; raw, zstd and those of unknown codecs
 * @param storedBytes sum of the blobs' stored lengths
 * @param decodedBytes sum of the blobs' decoded lengths
 * @param indexBytes sum of the batches' lengths
 */
public record ArchiveSummary(
    String id,
    long length,
    String formatVersion,
    String producer,
    Map<String, String> options,
    long rows,
    long files,
    long directories,
    long symlinks,
    long hardlinks,
    long specials,
    long nested,
    long failed,
    long bytes,
    List<BatchInfo> batches,
    long blobs,
    long rawBlobs,
    long zstdBlobs,
    long storedBytes,
    long rawStoredBytes,
    long zstdStoredBytes,
    long decodedBytes,
    long indexBytes) {

  public ArchiveSummary {
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    batches = List.copyOf(batches);
  }
}
