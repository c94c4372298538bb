package io.packhouse.engine.extract;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Notes which siblings the extraction of one file asked for, and what they were: what else it said
 * followed from the file, its path and the extractor. Where that cannot be told later, or not for a
 * fair price, it is unknown; that depends on the tree alone, not on what was near or cached.
 * Thread-safe.
 */
public final class SiblingNotes {
  /**
   * What a sibling was.
   *
   * @param size in bytes; {@link #ABSENT} where there was no such file
   * @param blake3 of the contents, not to be changed; null where nobody asked for these
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by hand
  record State(long size, byte @Nullable [] blake3) {
    static final long ABSENT = -1;

    static final State NONE = new State(ABSENT, null);

    private boolean agrees(State other) {
      return size == other.size
          && (blake3 == null || other.blake3 == null || Arrays.equals(blake3, other.blake3));
    }
  }

  @GuardedBy("this")
  private final SortedMap<String, State> asked = new TreeMap<>();

  @GuardedBy("this")
  private boolean unknown;

  private final TreeFiles tree;

  /**
   * @param tree that the file is in
   */
  public SiblingNotes(TreeFiles tree) {
    this.tree = tree;
  }

  /** Makes what was asked for unknown. */
  public synchronized void giveUp() {
    unknown = true;
  }

  /** Notes that a path was asked for; the more that is known of it stays. */
  synchronized void note(String path, State state) {
    State before = asked.get(path);
    if (before == null || before.blake3() == null) {
      asked.put(path, state);
    }
    unknown |= before != null && !before.agrees(state);
  }

  /** The same file, noting once what it has is looked at. */
  PackageFile watch(PackageFile file, byte @Nullable [] blake3) {
    note(file.path(), new State(file.size(), null));
    return new Watched(file, blake3);
  }

  /**
   * What was asked for, as {@link SiblingRecord} has it.
   *
   * @param path of the file, whose bytes these are
   * @return null where it is unknown
   */
  public synchronized byte @Nullable [] record(byte[] path) {
    return unknown ? null : SiblingRecord.encode(path, asked, tree);
  }

  private final class Watched implements PackageFile {
    private final PackageFile file;
    private final byte @Nullable [] blake3;

    Watched(PackageFile file, byte @Nullable [] blake3) {
      this.file = file;
      this.blake3 = blake3;
    }

    private void look() {
      if (blake3 == null) {
        giveUp();
      } else {
        note(file.path(), new State(file.size(), blake3));
      }
    }

    @Override
    public String path() {
      return file.path();
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
      look();
      return file.read(position, target);
    }

    @Override
    public ByteBuffer slice(long position, int length) throws IOException {
      look();
      return file.slice(position, length);
    }
  }
}
