package io.packhouse.engine.merge;

/**
 * What a merge did.
 *
 * @param id of the merged archive
 * @param archives that blobs were copied of
 * @param rows of the index
 * @param files with contents
 * @param bytes of contents of these
 * @param blobs that were copied
 * @param blobBytes of these, as they are stored
 * @param leftBlobs of all archives that nothing needs any more
 * @param archiveBytes length of the merged archive
 * @param wallNanos from start to end
 */
public record MergeReport(
    String id,
    int archives,
    long rows,
    long files,
    long bytes,
    long blobs,
    long blobBytes,
    long leftBlobs,
    long archiveBytes,
    long wallNanos) {}
