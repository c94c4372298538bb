package io.packhouse.engine.index;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.ipc.message.ArrowBlock;

/** Where the batches of an archive that is being written are. One thread at a time. */
public final class BatchDirectory {
  private static final ValueLayout.OfInt LITTLE_ENDIAN_INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @SuppressWarnings("ArrayRecordComponent") // never compared nor printed
  private record Place(
      long offset,
      long length,
      int rows,
      EntryRow.Group group,
      byte[] firstPath,
      byte[] lastPath,
      byte[] digest) {}

  private final List<Place> places = new ArrayList<>();
  private final List<ArrowBlock> blocks = new ArrayList<>();

  public int size() {
    return places.size();
  }

  /** The Arrow footer's blocks, in file order. */
  public List<ArrowBlock> blocks() {
    return List.copyOf(blocks);
  }

  /** Adds a batch that was written at {@code offset}. */
  public void add(long offset, EncodedBatch batch) {
    long length = batch.message().length();
    places.add(
        new Place(
            offset,
            length,
            batch.rows(),
            batch.group(),
            batch.firstPath(),
            batch.lastPath(),
            batch.digest()));
    // The message's prefix says how long its metadata is; Arrow counts the prefix in.
    int metadataLength = batch.message().segment().get(LITTLE_ENDIAN_INT, 4) + 8;
    blocks.add(new ArrowBlock(offset, metadataLength, length - metadataLength));
  }

  /** The directory as an Arrow stream, which the caller closes. */
  public IpcBuffer encode(BatchEncoder encoder) throws IOException {
    return encoder.encodeStream(
        IndexSchema.batchDirectory(),
        places.size(),
        (root, first, count) -> {
          for (int i = 0; i < count; i++) {
            Place place = places.get((int) first + i);
            ColumnVectors.set(root.getVector("offset"), i, place.offset);
            ColumnVectors.set(root.getVector("length"), i, place.length);
            ColumnVectors.set(root.getVector("rows"), i, (long) place.rows);
            ColumnVectors.set(root.getVector("package_type"), i, place.group.packageType());
            ColumnVectors.set(root.getVector("repository"), i, place.group.repository());
            ColumnVectors.set(root.getVector("nested"), i, place.group.nested());
            ColumnVectors.set(root.getVector("first_path"), i, place.firstPath);
            ColumnVectors.set(root.getVector("last_path"), i, place.lastPath);
            ColumnVectors.set(root.getVector("blake3"), i, place.digest);
          }
        });
  }
}
