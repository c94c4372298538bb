package io.packhouse.engine.share;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.memory.SlotPool;
import io.packhouse.engine.memory.WarmPool;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a pack's files share with files before them.
 *
 * <p>Workers find anchors ({@link AnchorScanner#scan}), which takes most of the time. The placing,
 * file after file, looks the anchors up in a table of where they were last, compares the bytes
 * there, in both directions as far as they are equal, and puts the anchor's new place into the
 * table, whether it was found or not. So a match is in the latest version of a thing, which is
 * near. What is compared are whole files as they were read: a match may run over any number of
 * parts, and is cut into ranges of blobs only then.
 *
 * <p>What is found follows from the files in their order and from the options, not from time. The
 * work is bounded: an anchor has four places to look at, and of bytes compared all but some hundred
 * an anchor become part of a match, or are not looked at again.
 *
 * <p>Source of the idea, with sparse fingerprints in place of anchors: J. Bentley and D. McIlroy,
 * "Data compression using long common strings", DCC 1999. The measurements are in
 * docs/decisions/0014-sharing.md.
 *
 * <p>{@link #seems}, {@link #takeAnchors}, {@link #give} and {@link AnchorScanner#scan} are for any
 * thread; the rest is the placing's.
 */
public final class Sharing implements AutoCloseable {
  /** Takes what is in no match. */
  @FunctionalInterface
  public interface Rest {
    /** Stores bytes of the slot, and says where by calls of {@link Sharing#stored}, in order. */
    void store(int slotOffset, int length);
  }

  /** A match is cut into parts that have so many bytes on average, or it is not worth it. */
  private static final int LEAST_PART = 64;

  /** Anchors whose buckets are fetched together. */
  private static final int TOUCHED = 64;

  private final SharingOptions options;
  private final Gate gate;
  private final Window window;
  private final WarmPool tables;
  private final AnchorTable.Key tableKey;

  /** Null where there are none. */
  private final @Nullable EarlierItems earlier;

  private final @Nullable EarlierFiles files;

  /** Lent when the first file is looked at. */
  private @Nullable AnchorTable table;

  private Window.@Nullable Item current;

  @GuardedBy("this")
  private final ArrayDeque<Anchors> free = new ArrayDeque<>();

  /** Keeps the compiler from leaving out what is only touched. */
  @SuppressWarnings("UnusedVariable")
  private long touched;

  // The match that was found last.
  private int matchFrom;
  private int matchLength;
  private int matchOffset;
  private int matchEnd;

  private long sharedBytes;
  private long earlierBytes;
  private long lookedAtBytes;

  /**
   * @param slots stay the caller's; has {@link SharingOptions#windowSlots} to spare
   * @param tables lends the table of anchors
   */
  public Sharing(SharingOptions options, SlotPool slots, WarmPool tables) {
    this(options, slots, tables, null);
  }

  /**
   * Likewise, with files that are stored already.
   *
   * @param files stay the caller's; they take half of the window. Null for none
   */
  public Sharing(
      SharingOptions options, SlotPool slots, WarmPool tables, @Nullable EarlierFiles files) {
    this.options = options;
    this.tables = tables;
    this.tableKey = AnchorTable.Key.of(options.tableBytes());
    this.files = files;
    this.gate = new Gate(options.mode() == SharingOptions.Mode.ON);
    int all = options.windowSlots(slots.slotLength());
    int ofEarlier = files == null ? 0 : all / 2;
    this.window = new Window(slots, all - ofEarlier, ofEarlier);
    this.earlier = files == null ? null : new EarlierItems(files, window, slots.slotLength());
  }

  /** Whether there are earlier files. */
  public boolean hasEarlier() {
    return earlier != null;
  }

  /**
   * Whether the file of this path will probably be looked at.
   *
   * @param digest of the whole file; null where it is not known
   */
  public boolean seems(byte[] path, byte @Nullable [] digest) {
    EarlierFiles there = files;
    return gate.isOpen(path) && (there == null || digest == null || !there.mayHave(digest));
  }

  public SharingOptions options() {
    return options;
  }

  /** Empty anchors, which are the caller's until they are given back. */
  public synchronized Anchors takeAnchors() {
    Anchors anchors = free.pollLast();
    return anchors == null ? new Anchors() : anchors;
  }

  /** Takes anchors back. */
  public synchronized void give(Anchors anchors) {
    anchors.clear();
    free.addLast(anchors);
  }

  /** Bytes that are in matches. */
  public long sharedBytes() {
    return sharedBytes;
  }

  /** Of these, bytes that are in blobs of negative numbers. */
  public long earlierBytes() {
    return earlierBytes;
  }

  /** Bytes of all files that were looked at. */
  public long lookedAtBytes() {
    return lookedAtBytes;
  }

  /** Whether the next file, or slice of one, is to be looked at: it is told to {@link #share}. */
  public boolean takes(byte[] path, int length) {
    return gate.kind(path).takes(length);
  }

  /**
   * Begins, if need be, and returns the list of what the files of the item are made of.
   *
   * @param slot of the item; stays as it is until it leaves the window
   * @throws IOException if there will never be memory for it
   */
  public PartList parts(int slot) throws IOException {
    Window.Item item = current;
    if (item == null) {
      item = window.begin(slot);
      current = item;
    }
    return item.parts;
  }

  /**
   * Has earlier files ready that contents [offset, offset + length) of a file may share parts with:
   * before {@link #share} is called with them.
   *
   * @throws IOException if they cannot be read
   */
  public void bringEarlier(byte[] path, long fileLength, long offset, int length)
      throws IOException {
    EarlierItems items = earlier;
    if (items != null) {
      items.bring(path, fileLength, offset, length, table());
    }
  }

  /** Says where bytes of the slot that are in no match are stored. */
  public void stored(int slotOffset, int length, int blob, int blobOffset) {
    Objects.requireNonNull(current).parts.add(slotOffset, length, blob, blobOffset);
  }

  /** Ends the item. */
  public void endItem() {
    Window.Item item = current;
    if (item != null) {
      item.parts.trim();
      current = null;
    }
  }

  /**
   * Looks for matches of a file, or a slice of one, in the item whose {@link #parts} were asked for
   * last, and adds its parts.
   *
   * @param from where it begins in the slot
   * @param to where it ends
   * @param anchors of it, from {@code firstAnchor} to {@code lastAnchor}
   * @param least length of a match that is worth it
   * @param leastEarlier likewise, of one in an earlier file
   * @return bytes in matches
   */
  public int share(
      byte[] path,
      int from,
      int to,
      Anchors anchors,
      int firstAnchor,
      int lastAnchor,
      int least,
      int leastEarlier,
      Rest rest) {
    Window.Item item = Objects.requireNonNull(current);
    AnchorTable all = table();
    item.parts.beginFile(from, to);
    int shared = 0;
    int done = from;
    int skipped = from;
    for (int i = firstAnchor; i < lastAnchor; i++) {
      if ((i - firstAnchor) % TOUCHED == 0) {
        touched += all.touch(anchors.hashes, i, Math.min(i + TOUCHED, lastAnchor));
      }
      int at = anchors.positions[i];
      int found = all.replace(anchors.hashes[i], item.place(at));
      if (found == 0 || at < skipped) {
        continue;
      }
      Window.Item matched = match(item, found, at, done, to, least, leastEarlier);
      if (matched == null) {
        skipped = Math.max(skipped, matchEnd);
        continue;
      }
      if (matchFrom > done) {
        rest.store(done, matchFrom - done);
      }
      copy(matched.parts, item.parts);
      shared += matchLength;
      done = matchFrom + matchLength;
      skipped = done;
    }
    if (done < to) {
      rest.store(done, to - done);
    }
    sharedBytes += shared;
    lookedAtBytes += to - from;
    gate.kind(path).shared(shared);
    return shared;
  }

  private AnchorTable table() {
    AnchorTable present = table;
    if (present == null) {
      present = tables.take(tableKey, () -> new AnchorTable(tableKey));
      table = present;
    }
    return present;
  }

  /**
   * The longest match at an anchor, as {@code match...} say. Null where there is none that is worth
   * it: there is none either before {@code matchEnd} then, which may be 0.
   */
  private Window.@Nullable Item match(
      Window.Item item, int found, int at, int done, int to, int least, int leastEarlier) {
    Window.Item best = null;
    matchEnd = 0;
    matchLength = 0;
    AnchorTable all = table();
    for (int i = 0; i < found; i++) {
      Window.Item other = window.item(all.place(i));
      if (other == null) {
        continue;
      }
      int there = window.offset(all.place(i));
      int file = other.parts.fileAt(there);
      if (file < 0) {
        continue;
      }
      int end = other.parts.fileEnd(file);
      if (other == item) {
        end = Math.min(end, done); // what comes after has no parts yet
      }
      if (there >= end) {
        continue;
      }
      int ahead = ahead(item.segment, at, other.segment, there, Math.min(to - at, end - there));
      if (ahead < AnchorScanner.WINDOW) {
        continue;
      }
      int most = Math.min(at - done, there - other.parts.fileStart(file));
      int behind = behind(item.buffer, at, other.buffer, there, most);
      int length = ahead + behind;
      if (length < (other.isEarlier() ? leastEarlier : least) || length <= matchLength) {
        continue;
      }
      matchEnd = Math.max(matchEnd, at + ahead);
      if (isWorthIt(other.parts, there - behind, length)) {
        best = other;
        matchFrom = at - behind;
        matchLength = length;
        matchOffset = there - behind;
      }
    }
    return best;
  }

  private static int ahead(MemorySegment one, int at, MemorySegment other, int there, int most) {
    long equal =
        MemorySegment.mismatch(one, at, at + (long) most, other, there, there + (long) most);
    return equal < 0 ? most : (int) equal;
  }

  private static int behind(ByteBuffer one, int at, ByteBuffer other, int there, int most) {
    int equal = 0;
    while (equal + Long.BYTES <= most) {
      int back = equal + Long.BYTES;
      long different = one.getLong(at - back) ^ other.getLong(there - back);
      if (different != 0) {
        return equal + (Long.numberOfLeadingZeros(different) >>> 3);
      }
      equal = back;
    }
    while (equal < most && one.get(at - equal - 1) == other.get(there - equal - 1)) {
      equal++;
    }
    return equal;
  }

  /** Parts of parts of parts would end as single bytes. */
  private static boolean isWorthIt(PartList parts, int from, int length) {
    int count = parts.partAt(from + length - 1) - parts.partAt(from) + 1;
    return (long) count * LEAST_PART <= length;
  }

  /** Adds the parts of the match. */
  private void copy(PartList from, PartList to) {
    int end = matchOffset + matchLength;
    int target = matchFrom;
    int at = matchOffset;
    for (int part = from.partAt(at); at < end; part++) {
      int length = Math.min(end, from.to(part)) - at;
      to.add(target, length, from.blob(part), from.offset(part) + (at - from.from(part)));
      earlierBytes += from.blob(part) < 0 ? length : 0;
      target += length;
      at += length;
    }
  }

  /** Lets go of all slots, and gives the table back. Idempotent. */
  @Override
  public void close() {
    window.close();
    AnchorTable lent = table;
    if (lent != null) {
      table = null;
      lent.clear();
      tables.give(tableKey, lent);
    }
  }
}
