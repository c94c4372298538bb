package io.packhouse.plugins.rpm;

import io.packhouse.plugins.common.Limits;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A header as the RPM package format has it:
 *
 * <pre>
 *  0  8E AD E8 01   magic and version
 *  4  0             reserved, 4 bytes
 *  8  count         entries of the index, int32
 * 12  length        of the store in bytes, int32
 * 16  index         count × (tag, type, offset in the store, count of values), 4 × int32
 *     store         length bytes
 * </pre>
 *
 * <p>Values are read when they are asked for, each checked against the store's bounds. Immutable.
 */
final class RpmHeader {

  /** Entries, as rpm itself has it. */
  static final int MAX_ENTRIES = 65_536;

  /** Bytes of a store: 64 MiB. The largest real ones, of kernels and texlive, have some 10 MiB. */
  static final int MAX_STORE = 64 << 20;

  /** Bytes kept of one text of many. */
  private static final int MAX_ITEM = 1_024;

  private static final int MAGIC = 0x8EADE801;
  private static final int INTRO = 16;
  private static final int ENTRY = 16;

  private static final int CHAR = 1;
  private static final int INT8 = 2;
  private static final int INT16 = 3;
  private static final int INT32 = 4;
  private static final int INT64 = 5;
  private static final int STRING = 6;
  private static final int STRING_ARRAY = 8;
  private static final int I18N_STRING = 9;

  private record Entry(int type, int offset, int count) {}

  private final String label;
  private final Map<Integer, Entry> entries = new HashMap<>();
  private final ByteBuffer store;
  private final long end;

  private RpmHeader(String label, ByteBuffer index, ByteBuffer store, long end) {
    this.label = label;
    this.store = store;
    this.end = end;
    for (int at = 0; at < index.limit(); at += ENTRY) {
      int offset = index.getInt(at + 8);
      int count = index.getInt(at + 12);
      // Of a tag that occurs twice the first counts, as in rpm's binary search of sorted ones.
      entries.putIfAbsent(index.getInt(at), new Entry(index.getInt(at + 4), offset, count));
    }
  }

  /**
   * Reads a header.
   *
   * @param offset within the file
   * @param label for messages
   * @throws ExtractionException where it is none, larger than a limit, or ends outside the file
   */
  static RpmHeader read(PackageFile file, long offset, String label)
      throws ExtractionException, IOException {
    if (offset + INTRO > file.size()) {
      throw new ExtractionException(label + " at " + offset + " ends outside the file");
    }
    ByteBuffer intro = file.slice(offset, INTRO);
    if (intro.getInt(0) != MAGIC) {
      throw new ExtractionException(
          label + " has no magic at " + offset + ", found " + Integer.toHexString(intro.getInt(0)));
    }
    int count = intro.getInt(8);
    int length = intro.getInt(12);
    if (count < 0 || count > MAX_ENTRIES) {
      throw new ExtractionException(
          label
              + " has more entries than the limit of "
              + MAX_ENTRIES
              + ": "
              + Integer.toUnsignedLong(count));
    }
    if (length < 0 || length > MAX_STORE) {
      throw new ExtractionException(
          label
              + " has a store larger than the limit of "
              + MAX_STORE
              + " bytes: "
              + Integer.toUnsignedLong(length));
    }
    long storeAt = offset + INTRO + (long) ENTRY * count;
    if (storeAt + length > file.size()) {
      throw new ExtractionException(label + " at " + offset + " ends outside the file");
    }
    return new RpmHeader(
        label,
        file.slice(offset + INTRO, ENTRY * count),
        file.slice(storeAt, length),
        storeAt + length);
  }

  /** One past the last byte, from the start of the file. */
  long end() {
    return end;
  }

  boolean has(int tag) {
    return entries.containsKey(tag);
  }

  /**
   * The first text of a tag, that of the C locale where it is translated; null where there is none,
   * it is of another type, or blank.
   */
  @Nullable String text(int tag) throws ExtractionException {
    Entry entry = entries.get(tag);
    if (entry == null || entry.count == 0 || !isText(entry.type)) {
      return null;
    }
    int from = start(tag, entry);
    return Limits.text(text(from, textEnd(from, tag), 4 * Limits.TEXT));
  }

  /**
   * All texts of a tag, at most {@link Limits#ITEMS} and of each 1,024 bytes; empty where there are
   * none.
   */
  List<String> texts(int tag) throws ExtractionException {
    Entry entry = entries.get(tag);
    if (entry == null || !isText(entry.type)) {
      return List.of();
    }
    int count = entry.type == STRING ? 1 : entry.count;
    if (count < 0) {
      throw damaged(tag);
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0, at = start(tag, entry); i < count && i < Limits.ITEMS; i++) {
      int textEnd = textEnd(at, tag);
      texts.add(text(at, textEnd, MAX_ITEM));
      at = textEnd + 1;
    }
    return texts;
  }

  /** The first number of a tag; null where there is none or it is of another type. Unsigned. */
  @Nullable Long number(int tag) throws ExtractionException {
    List<Long> numbers = numbers(tag, 1);
    return numbers.isEmpty() ? null : numbers.getFirst();
  }

  /** The numbers of a tag, at most {@link Limits#ITEMS}; empty where there are none. */
  List<Long> numbers(int tag) throws ExtractionException {
    return numbers(tag, Limits.ITEMS);
  }

  private List<Long> numbers(int tag, int max) throws ExtractionException {
    Entry entry = entries.get(tag);
    int width = entry == null ? 0 : width(entry.type);
    if (entry == null || width == 0) {
      return List.of();
    }
    int start = start(tag, entry);
    if (entry.count < 0 || (long) entry.count * width > store.limit() - start) {
      throw damaged(tag);
    }
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < entry.count && i < max; i++) {
      int at = start + i * width;
      numbers.add(
          switch (width) {
            case 1 -> (long) (store.get(at) & 0xFF);
            case 2 -> (long) (store.getShort(at) & 0xFFFF);
            case 4 -> Integer.toUnsignedLong(store.getInt(at));
            default -> store.getLong(at);
          });
    }
    return numbers;
  }

  private static int width(int type) {
    return switch (type) {
      case CHAR, INT8 -> 1;
      case INT16 -> 2;
      case INT32 -> 4;
      case INT64 -> 8;
      default -> 0;
    };
  }

  private static boolean isText(int type) {
    return type == STRING || type == STRING_ARRAY || type == I18N_STRING;
  }

  private int start(int tag, Entry entry) throws ExtractionException {
    if (entry.offset < 0 || entry.offset >= store.limit()) {
      throw damaged(tag);
    }
    return entry.offset;
  }

  private int textEnd(int from, int tag) throws ExtractionException {
    for (int at = from; at < store.limit(); at++) {
      if (store.get(at) == 0) {
        return at;
      }
    }
    throw damaged(tag);
  }

  private String text(int from, int to, int max) {
    byte[] bytes = new byte[Math.min(to - from, max)];
    store.get(from, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private ExtractionException damaged(int tag) {
    return new ExtractionException(
        label + " has a value of tag " + tag + " that ends outside its store");
  }
}
