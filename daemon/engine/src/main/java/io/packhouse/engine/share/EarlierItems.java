package io.packhouse.engine.share;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings earlier files into the window, beside new ones like them, where they are as others that
 * were read. What is brought follows from the new files' order alone. The placing's.
 */
final class EarlierItems {
  /** Of longer files only what lies near the place of the new contents is brought. */
  private static final long WHOLE = 16L << 20;

  /** What is known is looked through for what has gone when there is this much, then twice. */
  private static final int FIRST_KNOWN = 1 << 12;

  /** A piece of a file. */
  private record Piece(long file, int ordinal) {
    // A record's own are linked at their first use.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Piece that && file == that.file && ordinal == that.ordinal;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(file) * 31 + ordinal;
    }
  }

  private final EarlierFiles files;
  private final Window window;
  private final int pieceLength;
  private final AnchorScanner scanner = new AnchorScanner();
  private final Anchors anchors = new Anchors();

  /** Where pieces were brought to. */
  private final Map<Piece, Long> places = new HashMap<>();

  private int mostKnown = FIRST_KNOWN;
  private Window.@Nullable Item item;
  private int used;

  /**
   * @param slotLength of an item
   */
  EarlierItems(EarlierFiles files, Window window, long slotLength) {
    this.files = files;
    this.window = window;
    this.pieceLength = (int) Long.highestOneBit(slotLength);
  }

  /** Brings what contents [offset, offset + length) of a file may share parts with. */
  void bring(byte[] path, long fileLength, long offset, int length, AnchorTable table)
      throws IOException {
    if (places.size() > mostKnown) {
      places.values().removeIf(place -> window.item(place) == null);
      mostKnown = Math.max(FIRST_KNOWN, 2 * places.size());
    }
    long[] numbers = files.near(path, fileLength);
    // The best last, since the table has the latest place of what is in several.
    for (int i = numbers.length - 1; i >= 0; i--) {
      bring(numbers[i], offset, length, table);
    }
  }

  private void bring(long number, long offset, int length, AnchorTable table) throws IOException {
    // The first piece of a whole file tells of the others, which came after it.
    if (isThere(new Piece(number, -1))) {
      return;
    }
    EarlierFiles.EarlierFile file = files.open(number);
    if (file == null) {
      return;
    }
    long all = 0;
    long[] extents = file.extents();
    for (int i = 2; i < extents.length; i += 3) {
      all += extents[i];
    }
    boolean whole = all <= WHOLE;
    long from = whole ? 0 : Math.max(0, offset - pieceLength) / pieceLength * pieceLength;
    long to = whole ? all : Math.min(all, offset + length + pieceLength);
    for (long at = from; at < to; at += pieceLength) {
      Piece piece = new Piece(number, whole ? -1 : (int) (at / pieceLength));
      if (whole ? at > 0 || !isThere(piece) : !isThere(piece)) {
        long place = bringPiece(file, at, (int) Math.min(pieceLength, all - at), table);
        places.put(piece, place);
      }
    }
  }

  private boolean isThere(Piece piece) {
    Long place = places.get(piece);
    return place != null && window.item(place) != null;
  }

  /** Returns its place. */
  private long bringPiece(EarlierFiles.EarlierFile file, long from, int length, AnchorTable table)
      throws IOException {
    Window.Item to = item;
    if (to == null || used + length > pieceLength || window.item(to.place(0)) != to) {
      to = window.beginEarlier();
      item = to;
      used = 0;
    }
    int start = used;
    int end = start + length;
    long[] extents = file.extents();
    long position = 0; // of the extent in the file
    int runStart = start;
    for (int i = 0; i < extents.length && used < end; i += 3) {
      long extentEnd = position + extents[i + 2];
      if (extentEnd > from) {
        long skip = Math.max(0, from - position);
        int some = (int) Math.min(extents[i + 2] - skip, end - used);
        boolean stored = isStored(extents[i], extents[i + 1] + extents[i + 2]);
        if (!stored) {
          finish(to, runStart, used, table);
          runStart = used + some;
        } else if (some > 0) {
          if (used == runStart) {
            to.parts.beginFile(used, end); // ends earlier where there is a hole
          }
          file.read(i / 3, skip, some, to.segment, used);
          to.parts.add(used, some, (int) extents[i], (int) (extents[i + 1] + skip));
        }
        used += some;
      }
      position = extentEnd;
    }
    finish(to, runStart, used, table);
    used = end;
    return to.place(start);
  }

  /**
   * Whether an extent can be a part: holes are none, nor what has numbers beyond those of parts.
   */
  private static boolean isStored(long blob, long end) {
    return blob != -1 && blob >= Integer.MIN_VALUE && end <= Integer.MAX_VALUE;
  }

  private void finish(Window.Item of, int from, int to, AnchorTable table) {
    if (to <= from) {
      return;
    }
    of.parts.endFile(to);
    scanner.scan(of.segment, from, to, anchors);
    for (int i = 0; i < anchors.count(); i++) {
      table.replace(anchors.hashes[i], of.place(anchors.positions[i]));
    }
    anchors.clear();
  }
}
