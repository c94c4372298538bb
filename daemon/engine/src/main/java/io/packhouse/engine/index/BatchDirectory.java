package io.packhouse.engine.index;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Where the batches of an archive that is being written are. One thread at a time. */
public final class BatchDirectory {
  private static final ValueLayout.OfInt LITTLE_ENDIAN_INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @SuppressWarnings("ArrayRecordComponent") // never compared nor printed
  private record Place(
      long offset,
      long length,
      int metadataLength,
      int rows,
      EntryRow.Group group,
      byte[] firstPath,
      byte[] lastPath,
      byte[] digest) {}

  private final List<Place> places = new ArrayList<>();

  public int size() {
    return places.size();
  }

  /** Where batch {@code i} begins. */
  long offset(int i) {
    return places.get(i).offset;
  }

  /** Bytes of its metadata and of the prefix before that, which Arrow counts in. */
  int metadataLength(int i) {
    return places.get(i).metadataLength;
  }

  long bodyLength(int i) {
    Place place = places.get(i);
    return place.length - place.metadataLength;
  }

  /** Adds a batch that was written at {@code offset}. */
  public void add(long offset, EncodedBatch batch) {
    // The message's prefix says how long its metadata is.
    int metadataLength =
        IpcMessages.PREFIX_LENGTH + batch.message().segment().get(LITTLE_ENDIAN_INT, 4);
    places.add(
        new Place(
            offset,
            batch.message().length(),
            metadataLength,
            batch.rows(),
            batch.group(),
            batch.firstPath(),
            batch.lastPath(),
            batch.digest()));
  }

  /** The directory as an Arrow stream, which the caller closes. */
  public IpcBuffer encode(BatchEncoder encoder) throws IOException {
    return encoder.encodeStream(
        IndexSchema.batchDirectory(),
        places.size(),
        (columns, first, count) -> {
          LongColumn offset = (LongColumn) columns[0];
          LongColumn length = (LongColumn) columns[1];
          LongColumn rows = (LongColumn) columns[2];
          TextColumn packageType = (TextColumn) columns[3];
          TextColumn repository = (TextColumn) columns[4];
          BitColumn nested = (BitColumn) columns[5];
          TextColumn firstPath = (TextColumn) columns[6];
          TextColumn lastPath = (TextColumn) columns[7];
          DigestColumn digest = (DigestColumn) columns[8];
          for (int i = 0; i < count; i++) {
            Place place = places.get(first + i);
            offset.set(i, place.offset);
            length.set(i, place.length);
            rows.set(i, place.rows);
            packageType.set(i, place.group.packageType());
            repository.set(i, place.group.repository());
            nested.set(i, place.group.nested());
            firstPath.set(i, place.firstPath);
            lastPath.set(i, place.lastPath);
            digest.set(i, place.digest, 0);
          }
        });
  }
}
