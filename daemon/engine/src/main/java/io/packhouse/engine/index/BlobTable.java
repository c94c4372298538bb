package io.packhouse.engine.index;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BlobCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Where the blobs of an archive that is being written are. 57 bytes a blob; one thread at a time.
 */
public final class BlobTable {
  private long[] offsets = new long[256];
  private int[] storedLengths = new int[256];
  private int[] decodedLengths = new int[256];
  private boolean[] zstd = new boolean[256];
  private byte[] digests = new byte[256 * ArchiveFormat.DIGEST_LENGTH];
  private int size;

  /** Number of blobs, and the ordinal of the next. */
  public int size() {
    return size;
  }

  /** Adds the next blob. */
  public void add(
      long offset, int storedLength, int decodedLength, BlobCodec codec, byte[] digest) {
    if (size == offsets.length) {
      int capacity = Math.multiplyExact(size, 2);
      offsets = Arrays.copyOf(offsets, capacity);
      storedLengths = Arrays.copyOf(storedLengths, capacity);
      decodedLengths = Arrays.copyOf(decodedLengths, capacity);
      zstd = Arrays.copyOf(zstd, capacity);
      digests = Arrays.copyOf(digests, Math.multiplyExact(capacity, ArchiveFormat.DIGEST_LENGTH));
    }
    offsets[size] = offset;
    storedLengths[size] = storedLength;
    decodedLengths[size] = decodedLength;
    zstd[size] = codec == BlobCodec.ZSTD;
    System.arraycopy(
        digest, 0, digests, size * ArchiveFormat.DIGEST_LENGTH, ArchiveFormat.DIGEST_LENGTH);
    size++;
  }

  /** The table as an Arrow stream, which the caller closes. */
  public IpcBuffer encode(BatchEncoder encoder) throws IOException {
    byte[] zstdLabel = BlobCodec.ZSTD.label().getBytes(StandardCharsets.UTF_8);
    byte[] rawLabel = BlobCodec.RAW.label().getBytes(StandardCharsets.UTF_8);
    return encoder.encodeStream(
        IndexSchema.blobTable(),
        size,
        (columns, first, count) -> {
          LongColumn offset = (LongColumn) columns[0];
          LongColumn stored = (LongColumn) columns[1];
          LongColumn decoded = (LongColumn) columns[2];
          TextColumn codec = (TextColumn) columns[3]; // its parameters, 4, are null
          DigestColumn digest = (DigestColumn) columns[5];
          for (int i = 0; i < count; i++) {
            int ordinal = first + i;
            offset.set(i, offsets[ordinal]);
            stored.set(i, storedLengths[ordinal]);
            decoded.set(i, decodedLengths[ordinal]);
            codec.set(i, zstd[ordinal] ? zstdLabel : rawLabel);
            digest.set(i, digests, ordinal * ArchiveFormat.DIGEST_LENGTH);
          }
        });
  }
}
