package io.packhouse.engine.pack;

import io.packhouse.engine.base.PackBase;
import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.blake3.Hasher;
import io.packhouse.engine.codec.blake3.SliceTree;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.index.EntryRow;
import io.packhouse.engine.index.IndexSink;
import io.packhouse.engine.memory.SlotPool;
import io.packhouse.engine.pack.PackException.Reason;
import io.packhouse.engine.share.Sharing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides, in path order and from contents alone, what goes where: which contents are new, which
 * blob takes them, and what each entry's row says.
 *
 * <p>Of an item's new contents, those worth the same effort share a blob: those that shrink well up
 * to the length of a frame, so that one of them is soon read, those that hardly shrink all, since
 * they decode several times as fast. Those that are stored get one of their own if they are long
 * enough, since its digest is the file's and costs nothing.
 *
 * <p>One item at a time, in order; the caller makes each call happen before the next.
 */
final class Placer {
  /** Contents not worth compressing get a raw blob of their own from this length. */
  static final int OWN_RAW_BYTES = 32 << 10;

  private static final byte[] EMPTY_DIGEST = Blake3.digest(new byte[0]);
  private static final long[] NO_EXTENTS = {};

  /** What the dedup table has in place of an ordinal for the first of {@link #splitFiles}. */
  private static final int FIRST_SPLIT = -2;

  private final PackOptions options;
  private final RowFactory rows;
  private final byte @Nullable [] emptyDigests;
  private final IndexSink[] sinks;
  private final Tally tally;
  private final DedupTable dedup;
  private final SliceTree slices;

  /** Null where no parts are shared. */
  private final @Nullable PartPlacer parts;

  /** Null where there is none. */
  private final @Nullable PackBase base;

  private final SplitFiles splitFiles = new SplitFiles();

  /** The last blob of each effort that contents of the item in hand share. */
  private final Map<Effort, BlobPlan> frames = new EnumMap<>(Effort.class);

  /** First names of files with several that are not in the archive. */
  private final Set<ByteBuffer> failedFirstNames = new HashSet<>();

  private int nextBlob;

  /**
   * @param emptyDigests of an empty file, besides BLAKE3; null where none are recorded
   * @param sinks get each row, in this order; stay the caller's
   * @param dedup that remembers nothing yet; stays the caller's, as {@code hasher} does
   * @param sharing of parts of files, which stays the caller's; null for none
   * @param base of a delta, which stays the caller's; null for none
   */
  Placer(
      PackOptions options,
      RowFactory rows,
      byte @Nullable [] emptyDigests,
      List<IndexSink> sinks,
      Tally tally,
      DedupTable dedup,
      Hasher hasher,
      @Nullable Sharing sharing,
      SlotPool slots,
      @Nullable PackBase base) {
    this.base = base;
    this.options = options;
    this.rows = rows;
    this.emptyDigests = emptyDigests;
    this.sinks = sinks.toArray(new IndexSink[0]);
    this.tally = tally;
    this.dedup = dedup;
    this.slices = new SliceTree(hasher);
    this.parts =
        sharing == null
            ? null
            : new PartPlacer(sharing, slots, this::newBlob, frames, options.frameBytes());
  }

  /** Plans the blobs of an item and hands out the rows of its entries. */
  void place(PackItem item) throws IOException {
    BigFile big = item.bigFile;
    if (big != null) {
      placeSlice(item, big);
    } else {
      placeFiles(item);
    }
    frames.clear();
    if (parts != null) {
      parts.endItem(item);
    }
  }

  private void placeFiles(PackItem item) throws IOException {
    PartPlacer sharer = parts != null && parts.takes(item) ? parts : null;
    for (PackEntry entry : item.entries) {
      long[] extents = null;
      byte[] digest = entry.digest;
      if (entry.isOk() && entry.type == EntryType.FILE) {
        if (digest == null) {
          entry.digest = EMPTY_DIGEST;
          entry.digests = emptyDigests;
          extents = NO_EXTENTS;
        } else if (dedup.find(digest)) {
          extents = deduped(entry.length);
        } else if ((extents = ofBase(digest, entry.length)) != null) {
          // Nothing is to be stored.
        } else if (sharer != null && sharer.takes(entry.path, entry.effort, entry.length)) {
          extents = sharer.place(item, entry);
          remember(digest, extents);
        } else if (entry.effort != Effort.NONE || entry.length < OWN_RAW_BYTES) {
          // Small files are mostly text, and the few that are not compress better among them.
          Effort effort = entry.effort == Effort.BINARY ? Effort.TEXT : entry.effort;
          BlobPlan blob = frames.get(effort);
          if (blob == null || (effort == Effort.TEXT && overflows(blob, entry))) {
            blob = newBlob(item, effort);
            frames.put(effort, blob);
          }
          extents = assign(blob, entry, digest);
        } else {
          BlobPlan own = newBlob(item, entry.effort);
          own.contentDigest = digest;
          extents = assign(own, entry, digest);
        }
      }
      emit(entry, extents);
    }
  }

  /** Where the base has a file. */
  private long @Nullable [] ofBase(byte[] digest, long length) throws IOException {
    PackBase from = base;
    long[] extents = from == null ? null : from.find(digest, length);
    if (extents != null) {
      tally.baseFiles++;
      tally.baseBytes += length;
    }
    return extents;
  }

  /** The extents of what was just found. */
  private long[] deduped(int length) {
    tally.dedupedBytes += length;
    int ordinal = dedup.ordinal();
    return ordinal >= 0
        ? new long[] {ordinal, dedup.offset(), length}
        : splitFiles.get(FIRST_SPLIT - ordinal);
  }

  /** Remembers what was just not found. */
  private void remember(byte[] digest, long[] extents) {
    if (extents.length == 3 && extents[0] >= 0) {
      dedup.add(digest, (int) extents[0], (int) extents[1]);
      return;
    }
    int number = splitFiles.add(extents);
    if (number >= 0) {
      dedup.add(digest, FIRST_SPLIT - number, 0);
    }
  }

  private void placeSlice(PackItem item, BigFile big) throws IOException {
    if (item.sliceOrdinal == 0) {
      slices.reset();
      byte[] expected = big.expectedDigest;
      big.baseExtents = expected == null ? null : ofBase(expected, big.entry.size());
    }
    slices.add(item.sliceValue, 0);
    if (!item.sliceRead || big.baseExtents != null) {
      // The entry has failed, and what the slot holds is no content of the tree; or it has a place.
    } else if (item.sliceZero) {
      big.addExtent(ArchiveFormat.ZEROS, 0, item.sliceLength);
      tally.holeBytes += item.sliceLength;
    } else if (dedup.find(item.sliceValue)) {
      addExtents(big, deduped(item.sliceLength));
    } else if (parts != null
        && big.mayBeSplit()
        && parts.takes(big.entry.path, item.sliceEffort, item.sliceLength)) {
      long[] extents = parts.placeSlice(item, big.entry);
      remember(item.sliceValue.clone(), extents);
      addExtents(big, extents);
    } else {
      BlobPlan blob = newBlob(item, item.sliceEffort);
      int offset = blob.append(0, item.sliceLength);
      dedup.add(item.sliceValue.clone(), blob.ordinal, offset);
      big.addExtent(blob.ordinal, offset, item.sliceLength);
    }
    if (item.isLastSlice()) {
      byte[] digest = new byte[ArchiveFormat.DIGEST_LENGTH];
      slices.finish(digest, 0);
      big.entry.digest = digest;
      long[] there = big.baseExtents;
      if ((there != null || big.reused) && !Arrays.equals(digest, big.expectedDigest)) {
        big.entry.fail(EntryStatus.CHANGED, "was written to during the pack");
      }
      emit(big.entry, there == null ? big.extents() : there);
    }
  }

  private static void addExtents(BigFile big, long[] extents) {
    for (int i = 0; i < extents.length; i += 3) {
      big.addExtent(extents[i], extents[i + 1], extents[i + 2]);
    }
  }

  private boolean overflows(BlobPlan frame, PackEntry entry) {
    return frame.decodedLength + entry.length > options.frameBytes();
  }

  private BlobPlan newBlob(PackItem item, Effort effort) {
    BlobPlan blob = new BlobPlan(nextBlob, effort);
    nextBlob = Math.addExact(nextBlob, 1);
    item.blobs.add(blob);
    return blob;
  }

  private long[] assign(BlobPlan blob, PackEntry entry, byte[] digest) {
    int offset = blob.append(entry.slotOffset, entry.length);
    dedup.add(digest, blob.ordinal, offset);
    return new long[] {blob.ordinal, offset, entry.length};
  }

  private void emit(PackEntry entry, long @Nullable [] extents) throws IOException {
    byte[] target = entry.linkTarget;
    if (entry.type == EntryType.HARDLINK
        && target != null
        && failedFirstNames.contains(ByteBuffer.wrap(target))) {
      entry.fail(
          EntryStatus.UNREADABLE,
          "another name of " + PathText.display(target) + ", which could not be read");
    }
    if (!entry.isOk()) {
      failed(entry);
    }
    hand(rows.row(entry, entry.isOk() ? extents : null));
    if (entry.extraction != null) {
      for (EntryRow nested : rows.nestedRows(entry)) {
        hand(nested);
      }
    }
  }

  private void hand(EntryRow row) throws IOException {
    tally.count(row);
    for (IndexSink sink : sinks) {
      sink.row(row);
    }
  }

  private void failed(PackEntry entry) throws PackException {
    String error = String.valueOf(entry.error);
    if (!options.keepGoing()) {
      throw new PackException(
          Reason.ENTRY,
          PathText.display(entry.path)
              + ": "
              + error
              + "; nothing was written. Use --keep-going to list such entries as "
              + entry.status.label()
              + ", or exclude them",
          null);
    }
    if (entry.walked != null && entry.walked.links() > 1) {
      failedFirstNames.add(ByteBuffer.wrap(entry.path));
    }
  }
}
