package io.packhouse.engine.read;

import io.packhouse.engine.format.BlobCodec;
import org.jspecify.annotations.Nullable;

/**
 * A row of the blob table.
 *
 * @param ordinal of the blob, from 0
 * @param offset in bytes of the stored bytes in the archive
 * @param storedLength in bytes
 * @param decodedLength in bytes
 * @param codec how the blob is stored; null where this reader does not know
 * @param codecLabel the codec's name in the archive
 * @param blake3 digest of the stored bytes, lower-case hexadecimal
 */
public record BlobInfo(
    long ordinal,
    long offset,
    int storedLength,
    int decodedLength,
    @Nullable BlobCodec codec,
    String codecLabel,
    String blake3) {}
