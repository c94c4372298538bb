package io.packhouse.engine.pack;

import io.packhouse.engine.memory.SlotPool;
import io.packhouse.engine.share.Anchors;
import io.packhouse.engine.share.PartList;
import io.packhouse.engine.share.Sharing;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Places contents that may share parts: what is in no match goes to frames that are short, since
 * later files will need some of it, and a reader of theirs decodes all of these.
 *
 * <p>Belongs to the placing.
 */
final class PartPlacer {
  /** Makes the item's next blob. */
  interface NewBlob {
    BlobPlan make(PackItem item, Effort effort);
  }

  /** Most of a frame whose contents are packages, which later ones need a little of each. */
  static final int FRAME_BYTES = 256 << 10;

  /** Most that a reader of a file that shares parts of another one reads of that. */
  private static final int MOST_OWN_RAW_BYTES = 1 << 20;

  /** A match that is worth its extents, of packages and programs. */
  private static final int LEAST_MATCH = 128;

  /** Of text, which zstd makes shorter than its extents are. */
  private static final int LEAST_TEXT_MATCH = 2048;

  /** The same where it need not be stored at all. */
  private static final int LEAST_EARLIER_TEXT_MATCH = 256;

  private final Sharing sharing;
  private final PartFinder finder;
  private final NewBlob newBlob;
  private final int frameBytes;
  private final int wideFrameBytes;

  /** The last frame of each effort of the item being placed; the {@link Placer}'s. */
  private final Map<Effort, BlobPlan> frames;

  private @Nullable PackItem item;

  /** The digest of the contents in hand where they are a whole file. */
  private byte @Nullable [] wholeDigest;

  private int wholeLength;

  /** What the contents in hand are worth. */
  private Effort effort = Effort.NONE;

  PartPlacer(
      Sharing sharing,
      SlotPool slots,
      NewBlob newBlob,
      Map<Effort, BlobPlan> frames,
      int frameBytes) {
    this.sharing = sharing;
    this.finder = new PartFinder(sharing, slots);
    this.newBlob = newBlob;
    this.frames = frames;
    this.frameBytes = Math.min(frameBytes, FRAME_BYTES);
    this.wideFrameBytes = frameBytes;
  }

  /** Whether contents of the item, of files that end in it, are to be placed here at all. */
  boolean takes(PackItem item) {
    return finder.isEnough(item.entries);
  }

  /** Whether these contents are to be placed here; to be asked once of each, in order. */
  boolean takes(byte[] path, Effort of, int length) {
    return finder.suits(of, length) && sharing.takes(path, length);
  }

  /**
   * Places a file.
   *
   * @return its extents, as triples
   * @throws IOException if there will never be memory for the window
   */
  long[] place(PackItem of, PackEntry entry) throws IOException {
    if (entry.firstAnchor < 0) {
      finder.find(of, entry);
    }
    wholeDigest = entry.digest;
    wholeLength = entry.length;
    sharing.bringEarlier(entry.path, entry.length, 0, entry.length);
    return place(
        of,
        entry.path,
        entry.effort,
        entry.slotOffset,
        entry.length,
        entry.firstAnchor,
        entry.lastAnchor);
  }

  /** Places a slice likewise. */
  long[] placeSlice(PackItem of, PackEntry entry) throws IOException {
    if (of.anchors == null) {
      finder.findSlice(of);
    }
    wholeDigest = null;
    sharing.bringEarlier(entry.path, entry.size(), of.sliceOffset, of.sliceLength);
    return place(
        of,
        entry.path,
        of.sliceEffort,
        0,
        of.sliceLength,
        0,
        Objects.requireNonNull(of.anchors).count());
  }

  private long[] place(
      PackItem of, byte[] path, Effort worth, int offset, int length, int first, int last)
      throws IOException {
    PartList parts = sharing.parts(of.slot);
    int firstPart = parts.count();
    item = of;
    effort = worth;
    Anchors anchors = Objects.requireNonNull(of.anchors);
    int least = worth == Effort.TEXT ? LEAST_TEXT_MATCH : LEAST_MATCH;
    int leastEarlier = Math.min(least, LEAST_EARLIER_TEXT_MATCH);
    sharing.share(
        path, offset, offset + length, anchors, first, last, least, leastEarlier, this::store);
    long[] extents = new long[3 * (parts.count() - firstPart)];
    for (int part = firstPart, at = 0; part < parts.count(); part++) {
      extents[at++] = parts.blob(part);
      extents[at++] = parts.offset(part);
      extents[at++] = parts.length(part);
    }
    return extents;
  }

  private void store(int slotOffset, int length) {
    byte[] digest = wholeDigest;
    if (digest != null && isWholeRaw(length)) {
      BlobPlan own = newBlob.make(Objects.requireNonNull(item), effort);
      own.contentDigest = digest;
      sharing.stored(slotOffset, length, own.ordinal, own.append(slotOffset, length));
      return;
    }
    boolean packed = effort == Effort.FAST || effort == Effort.NONE;
    PackItem of = Objects.requireNonNull(item);
    boolean slice = of.bigFile != null;
    int limit = packed ? frameBytes : slice ? of.sliceLength : wideFrameBytes;
    Effort goesTo = packed || slice ? effort : Effort.TEXT; // as the Placer has it
    int end = slotOffset + length;
    int at = slotOffset;
    while (at < end) {
      BlobPlan frame = frames.get(goesTo);
      if (frame == null
          || frame.decodedLength >= limit
          || (!packed && frame.decodedLength + (end - at) > limit)) {
        frame = newBlob.make(of, goesTo);
        frames.put(goesTo, frame);
      }
      int some = Math.min(end - at, limit - frame.decodedLength);
      sharing.stored(at, some, frame.ordinal, frame.append(at, some));
      at += some;
    }
  }

  /** Whether these are all of a file's contents, as they go to a raw blob of their own. */
  private boolean isWholeRaw(int length) {
    return length == wholeLength
        && effort == Effort.NONE
        && length >= Placer.OWN_RAW_BYTES
        && length <= MOST_OWN_RAW_BYTES;
  }

  /** Ends an item. */
  void endItem(PackItem of) {
    item = null;
    sharing.endItem();
    Anchors anchors = of.anchors;
    if (anchors != null) {
      of.anchors = null;
      sharing.give(anchors);
    }
  }
}
