package io.packhouse.engine.read;

import io.packhouse.engine.format.BlobCodec;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A row of the blob table.
 *
 * @param number as extents have it: the ordinal; of a blob of a base at most −2
 * @param archive that has it: the archive itself, or a base
 * @param offset in bytes of the stored bytes in the archive
 * @param storedLength in bytes
 * @param decodedLength in bytes
 * @param codec how the blob is stored; null where this reader does not know
 * @param codecLabel the codec's name in the archive
 * @param blake3 digest of the stored bytes, lower-case hexadecimal
 */
public record BlobInfo(
    long number,
    Path archive,
    long offset,
    int storedLength,
    int decodedLength,
    @Nullable BlobCodec codec,
    String codecLabel,
    String blake3) {}
