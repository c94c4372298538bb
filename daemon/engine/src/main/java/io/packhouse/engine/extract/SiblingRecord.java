package io.packhouse.engine.extract;

import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.extract.SiblingNotes.State;
import io.packhouse.engine.fs.PathText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What the column {@code extract_siblings} has: which siblings an extraction asked for, and a
 * digest of what they were.
 *
 * <pre>
 *  digest    16 bytes   the first of BLAKE3 of the states, one after another
 *  siblings             each: dropped, length &lt;&lt; 1 | contents, text
 *
 *  dropped   varint     bytes to take off the end of the file's own path
 *  length    varint     bytes of text, which follow what is left of that path
 *  contents             1 where the contents were looked at, 0 where only the size was
 *
 *  state     1 byte     0 no such file; 1 a size follows; 2 a BLAKE3 follows
 * </pre>
 *
 * <p>Varints are LEB128. Nothing at all stands for no siblings. Source: {@code FORMAT.md}.
 */
public final class SiblingRecord {
  /** Longest record; what an extraction asks for beyond that is not recorded. */
  public static final int MAX_LENGTH = 8 << 10;

  static final int DIGEST_LENGTH = 16;

  /** Bytes of files that are read for one record; an extraction may well read less. */
  private static final long MAX_READ = 4L << 20;

  private static final int MAX_SIBLINGS = 256;
  private static final int STATE_LENGTH = 1 + Blake3.DIGEST_LENGTH;

  private SiblingRecord() {}

  /** The record; null where it would be too long. */
  static byte @Nullable [] encode(byte[] path, SortedMap<String, State> asked, TreeFiles tree) {
    if (asked.isEmpty()) {
      return new byte[0];
    }
    if (asked.size() > MAX_SIBLINGS) {
      return null;
    }
    ByteBuffer states = states(asked.size());
    ByteArrayOutputStream siblings = new ByteArrayOutputStream();
    for (Map.Entry<String, State> each : asked.entrySet()) {
      byte[] sibling = each.getKey().getBytes(StandardCharsets.UTF_8);
      int same = Arrays.mismatch(path, sibling);
      same = same < 0 ? path.length : same;
      putNumber(siblings, path.length - same);
      int length = sibling.length - same;
      putNumber(siblings, (length << 1) | (each.getValue().blake3() == null ? 0 : 1));
      siblings.write(sibling, same, length);
      putState(states, each.getValue());
    }
    if (siblings.size() > MAX_LENGTH - DIGEST_LENGTH) {
      return null;
    }
    return ByteBuffer.allocate(DIGEST_LENGTH + siblings.size())
        .put(digest(states, tree))
        .put(siblings.toByteArray())
        .array();
  }

  /**
   * Whether the siblings of a file are what they were. A record that is none is one that differs.
   *
   * @param path of the file
   * @param tree that the file is in, on this machine's disks
   * @throws IOException if one cannot be read
   */
  public static boolean isSame(byte[] record, byte[] path, TreeFiles tree, NearbyFiles nearby)
      throws IOException {
    if (record.length == 0) {
      return true;
    }
    if (record.length <= DIGEST_LENGTH || record.length > MAX_LENGTH || !tree.isOnDisk()) {
      return false;
    }
    ByteBuffer in = ByteBuffer.wrap(record).position(DIGEST_LENGTH);
    // Each takes two bytes at least.
    ByteBuffer states = states(Math.min(MAX_SIBLINGS, in.remaining() / 2));
    long left = MAX_READ;
    while (in.hasRemaining()) {
      int dropped = number(in);
      int length = number(in);
      boolean contents = (length & 1) != 0;
      length >>>= 1;
      if (dropped < 0
          || dropped > path.length
          || length > in.remaining()
          || !states.hasRemaining()) {
        return false;
      }
      byte[] sibling = Arrays.copyOf(path, path.length - dropped + length);
      in.get(sibling, path.length - dropped, length);
      if (!PathText.isUtf8(sibling)) {
        return false;
      }
      State state =
          tree.state(new String(sibling, StandardCharsets.UTF_8), contents ? left : -1, nearby);
      if (state == null) {
        return false;
      }
      left -= contents ? Math.max(0, state.size()) : 0;
      putState(states, state);
    }
    return Arrays.equals(digest(states, tree), 0, DIGEST_LENGTH, record, 0, DIGEST_LENGTH);
  }

  private static ByteBuffer states(int count) {
    return ByteBuffer.allocate(count * STATE_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void putState(ByteBuffer to, State state) {
    byte[] contents = state.blake3();
    if (contents != null) {
      to.put((byte) 2).put(contents);
    } else if (state.size() == State.ABSENT) {
      to.put((byte) 0);
    } else {
      to.put((byte) 1).putLong(state.size());
    }
  }

  private static byte[] digest(ByteBuffer states, TreeFiles tree) {
    byte[] all = new byte[states.position()];
    states.get(0, all);
    return Arrays.copyOf(tree.blake3(ByteBuffer.wrap(all)), DIGEST_LENGTH);
  }

  private static void putNumber(ByteArrayOutputStream to, int number) {
    int rest = number;
    while (rest > 0x7F) {
      to.write((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    to.write(rest);
  }

  /** A number of at most 21 bits; −1 where there is none. */
  private static int number(ByteBuffer in) {
    int number = 0;
    for (int shift = 0; shift < 21 && in.hasRemaining(); shift += 7) {
      int next = in.get();
      number |= (next & 0x7F) << shift;
      if (next >= 0) {
        return number;
      }
    }
    return -1;
  }
}
