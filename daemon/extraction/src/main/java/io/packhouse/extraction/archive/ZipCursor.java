package io.packhouse.extraction.archive;

import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Goes over the entries of a central directory, in windows and without an object for each.
 *
 * <pre>
 * entry      0 "PK\1\2"    4 made by u16  8 flags u16  10 method u16  12 time u16  14 date u16
 *           16 crc u32  20 packed size u32  24 size u32  28 name length u16  30 extra length u16
 *           32 comment length u16  38 attributes u32  42 header offset u32  46 name, extra, comment
 * </pre>
 */
final class ZipCursor {

  private static final int ENTRY_SIGNATURE = 0x02014b50;
  private static final int ENTRY_LENGTH = 46;

  /** What is looked at in one piece; holds the longest entry but its comment. */
  private static final int WINDOW = 256 << 10;

  private final PackageFile file;
  private final ZipEnd bounds;
  private ByteBuffer window;
  private long windowAt;
  private long next;
  private long seen;
  private int entry;
  private int nameLength;
  private int nameFrom;
  private int nameTo;
  private int extraLength;

  ZipCursor(PackageFile file, ZipEnd bounds) throws IOException {
    this.file = file;
    this.bounds = bounds;
    this.next = bounds.offset();
    this.windowAt = next;
    this.window = window(next);
  }

  /** Whether there was another entry, which is now the current one. */
  boolean next() throws ExtractionException, IOException {
    long at = next;
    long end = bounds.end();
    if (at >= end) {
      // Some writers let the count of 16 bits wrap rather than use zip64.
      if ((short) seen != (short) bounds.entries()) {
        throw damaged("expected " + bounds.entries() + " entries, found " + seen);
      }
      return false;
    }
    if (end - at < ENTRY_LENGTH) {
      throw damaged("cut entry at " + at);
    }
    if (at + ENTRY_LENGTH > windowAt + window.limit()) {
      move(at);
    }
    entry = (int) (at - windowAt);
    if (window.getInt(entry) != ENTRY_SIGNATURE) {
      throw damaged("no entry at " + at);
    }
    nameLength = Short.toUnsignedInt(window.getShort(entry + 28));
    extraLength = Short.toUnsignedInt(window.getShort(entry + 30));
    int commentLength = Short.toUnsignedInt(window.getShort(entry + 32));
    next = at + ENTRY_LENGTH + nameLength + extraLength + commentLength;
    if (next > end) {
      throw damaged("cut entry at " + at);
    }
    if (at + ENTRY_LENGTH + nameLength + extraLength > windowAt + window.limit()) {
      move(at);
      entry = 0;
    }
    nameFrom = entry + ENTRY_LENGTH;
    nameTo = nameFrom + nameLength;
    seen++;
    return true;
  }

  /** How many entries were gone to. */
  long seen() {
    return seen;
  }

  /**
   * Copies the name, as {@link Names#normal} has it, as far as there is room.
   *
   * @return its length
   */
  int copyName(byte[] target) {
    int from = nameFrom;
    int to = nameTo;
    if (to - from >= 2 && window.get(from) == '.' && window.get(from + 1) == '/') {
      from += 2;
    }
    while (to > from && window.get(to - 1) == '/') {
      to--;
    }
    window.get(from, target, 0, Math.min(to - from, target.length));
    return to - from;
  }

  /** Whether the name, as {@link Names#normal} has it, begins and ends so. */
  boolean matches(byte[] head, byte[] tail) {
    int from = nameFrom;
    int to = nameTo;
    if (to - from >= 2 && window.get(from) == '.' && window.get(from + 1) == '/') {
      from += 2;
    }
    while (to > from && window.get(to - 1) == '/') {
      to--;
    }
    return to - from >= head.length + tail.length && has(from, head) && has(to - tail.length, tail);
  }

  /** Whether the name, as {@link Names#normal} has it, is this. */
  boolean matches(byte[] name) {
    // A name can be longer only by what normal() takes off, which is rare: this is most often all.
    if (nameTo - nameFrom < name.length) {
      return false;
    }
    int from = nameFrom;
    int to = nameTo;
    if (to - from >= 2 && window.get(from) == '.' && window.get(from + 1) == '/') {
      from += 2;
    }
    while (to > from && window.get(to - 1) == '/') {
      to--;
    }
    return to - from == name.length && has(from, name);
  }

  /** The current entry. */
  ZipEntryData entry() throws ExtractionException {
    byte[] name = new byte[nameLength];
    window.get(nameFrom, name);
    return ZipEntryData.read(window, entry, name, extraLength, bounds.prefix(), file.size());
  }

  private boolean has(int at, byte[] expected) {
    for (int i = 0; i < expected.length; i++) {
      if (window.get(at + i) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private void move(long at) throws IOException {
    windowAt = at;
    window = window(at);
  }

  private ByteBuffer window(long at) throws IOException {
    int length = (int) Math.min(WINDOW, bounds.end() - at);
    return file.slice(at, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ExtractionException damaged(String what) {
    return new ExtractionException("central directory is damaged: " + what);
  }
}
