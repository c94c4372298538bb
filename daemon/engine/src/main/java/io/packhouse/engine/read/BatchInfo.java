package io.packhouse.engine.read;

import org.jspecify.annotations.Nullable;

/**
 * A row of the batch directory.
 *
 * @param ordinal of the batch, from 0
 * @param offset in bytes of the message in the archive
 * @param length in bytes of the message with its body
 * @param rows in the batch
 * @param packageType of all rows of the batch; null where they are no packages
 * @param repository of all rows of the batch
 * @param nested whether the rows are packages nested in files
 * @param firstPath path of the first row, as text for people
 * @param lastPath path of the last row, as text for people
 */
public record BatchInfo(
    int ordinal,
    long offset,
    long length,
    int rows,
    @Nullable String packageType,
    @Nullable String repository,
    boolean nested,
    String firstPath,
    String lastPath) {}
