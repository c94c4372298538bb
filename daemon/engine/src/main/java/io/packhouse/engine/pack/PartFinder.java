package io.packhouse.engine.pack;

import io.packhouse.engine.memory.SlotPool;
import io.packhouse.engine.share.AnchorScanner;
import io.packhouse.engine.share.Anchors;
import io.packhouse.engine.share.Sharing;
import io.packhouse.engine.share.SharingOptions.Mode;

/** Finds the anchors of contents that may share parts, ahead of the placing. One thread. */
final class PartFinder {
  /** Less has next to nothing to share, and is mostly text among which zstd finds it. */
  private static final int LEAST_LENGTH = 8 << 10;

  private final Sharing sharing;
  private final SlotPool slots;
  private final AnchorScanner scanner = new AnchorScanner();

  PartFinder(Sharing sharing, SlotPool slots) {
    this.sharing = sharing;
    this.slots = slots;
  }

  /** Whether contents may share parts. Text is left to zstd, unless all is to be looked at. */
  boolean suits(Effort effort, int length) {
    return length >= LEAST_LENGTH && (effort != Effort.TEXT || sharing.options().mode() == Mode.ON);
  }

  /** Finds the anchors of the item's files that will probably be looked at. */
  void find(PackItem item, PackEntry[] files, int count) {
    for (int i = 0; i < count; i++) {
      PackEntry entry = files[i];
      if (suits(entry.effort, entry.length) && sharing.seems(entry.path)) {
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
  void findSlice(PackItem item, PackEntry entry) {
    if (!item.sliceZero && suits(item.sliceEffort, item.sliceLength) && sharing.seems(entry.path)) {
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
