package io.packhouse.engine.pack;

import io.packhouse.engine.memory.SlotPool;
import io.packhouse.engine.share.AnchorScanner;
import io.packhouse.engine.share.Anchors;
import io.packhouse.engine.share.Sharing;
import io.packhouse.engine.share.SharingOptions.Mode;
import java.util.Arrays;
import java.util.List;

/** Finds the anchors of contents that may share parts, ahead of the placing. One thread. */
final class PartFinder {
  /** Less has next to nothing to share, and is mostly text among which zstd finds it. */
  private static final int LEAST_LENGTH = 8 << 10;

  /** One byte of a slot in this many is worth keeping it. */
  private static final int LEAST_OF_SLOT = 8;

  /** Less is not worth looking for in earlier files either. */
  private static final int LEAST_EARLIER_LENGTH = 1 << 10;

  private final Sharing sharing;
  private final SlotPool slots;
  private final AnchorScanner scanner = new AnchorScanner();

  PartFinder(Sharing sharing, SlotPool slots) {
    this.sharing = sharing;
    this.slots = slots;
  }

  /**
   * Whether contents may share parts. Text is left to zstd, unless all is to be looked at, or there
   * are earlier files, which zstd does not know.
   */
  boolean suits(Effort effort, int length) {
    if (sharing.hasEarlier()) {
      return length >= LEAST_EARLIER_LENGTH;
    }
    return length >= LEAST_LENGTH && (effort != Effort.TEXT || sharing.options().mode() == Mode.ON);
  }

  /**
   * Whether what may share parts is enough of these files. Their slot is kept for it, and memory
   * that is touched for the first time costs more than what a few of them share saves.
   */
  boolean isEnough(List<PackEntry> files) {
    if (sharing.options().mode() == Mode.ON || sharing.hasEarlier()) {
      return true;
    }
    long all = 0;
    long suitable = 0;
    for (PackEntry entry : files) {
      all += entry.length;
      suitable += suits(entry.effort, entry.length) ? entry.length : 0;
    }
    return suitable * LEAST_OF_SLOT >= all;
  }

  /** Finds the anchors of the item's files that will probably be looked at. */
  void find(PackItem item, PackEntry[] files, int count) {
    if (!isEnough(Arrays.asList(files).subList(0, count))) {
      return;
    }
    for (int i = 0; i < count; i++) {
      PackEntry entry = files[i];
      if (suits(entry.effort, entry.length) && sharing.seems(entry.path, entry.digest)) {
        find(item, entry);
      }
    }
  }

  /** Finds the anchors of a file. */
  void find(PackItem item, PackEntry entry) {
    Anchors anchors = anchors(item);
    entry.firstAnchor = anchors.count();
    scan(item, anchors, entry.slotOffset, entry.length);
    entry.lastAnchor = anchors.count();
  }

  /** Finds the anchors of a slice, if it will probably be looked at. */
  void findSlice(PackItem item, BigFile file) {
    byte[] path = file.entry.path;
    byte[] digest = file.expectedDigest;
    if (!item.sliceZero
        && suits(item.sliceEffort, item.sliceLength)
        && sharing.seems(path, digest)) {
      findSlice(item);
    }
  }

  void findSlice(PackItem item) {
    scan(item, anchors(item), 0, item.sliceLength);
  }

  private Anchors anchors(PackItem item) {
    Anchors anchors = item.anchors;
    if (anchors == null) {
      anchors = sharing.takeAnchors();
      item.anchors = anchors;
    }
    return anchors;
  }

  private void scan(PackItem item, Anchors anchors, int offset, int length) {
    scanner.scan(slots.segment(item.slot), offset, offset + length, anchors);
  }
}
