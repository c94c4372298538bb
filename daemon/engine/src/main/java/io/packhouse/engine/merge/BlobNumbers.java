package io.packhouse.engine.merge;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.read.parts.BlobChain;
import io.packhouse.engine.read.parts.BlobReader;
import java.io.IOException;
import java.util.BitSet;

/**
 * Which blobs of a chain are needed, and what their ordinals become: the oldest archive's come
 * first, those of each in their order there. One thread.
 */
final class BlobNumbers {
  private final BlobReader[] readers;
  private final BitSet[] used;
  private final int[][] ordinals;
  private final BlobChain chain;
  private int count;

  /** Opens all archives of the chain. */
  BlobNumbers(BlobChain chain) throws IOException {
    this.chain = chain;
    int bases = chain.bases().list().size();
    readers = new BlobReader[bases + 1];
    used = new BitSet[bases + 1];
    ordinals = new int[bases + 1][];
    // The archive itself is the last, its nearest base the one before.
    for (int i = 0; i < bases; i++) {
      readers[bases - 1 - i] = chain.ofBase(i);
    }
    readers[bases] = chain.own();
    for (int i = 0; i <= bases; i++) {
      used[i] = new BitSet(readers[i].table().count());
    }
  }

  private int archive(long blob) {
    return blob >= 0 ? readers.length - 1 : readers.length - 2 - chain.position(blob);
  }

  /** Says that an extent names a blob, which there is. */
  void use(long blob) {
    if (blob != ArchiveFormat.ZEROS) {
      used[archive(blob)].set((int) chain.ordinal(blob));
    }
  }

  /** Gives those that are used their ordinals. */
  void number() throws IOException {
    long all = 0;
    for (BitSet of : used) {
      all += of.cardinality();
    }
    if (all > Integer.MAX_VALUE) {
      throw new IOException(chain.own().file().path() + ": the chain has too many blobs: " + all);
    }
    for (int i = 0; i < readers.length; i++) {
      ordinals[i] = new int[used[i].length()];
      for (int old = used[i].nextSetBit(0); old >= 0; old = used[i].nextSetBit(old + 1)) {
        ordinals[i][old] = count++;
      }
    }
  }

  /** The {@code blob} of an extent in the merged archive. */
  long renumbered(long blob) {
    return blob == ArchiveFormat.ZEROS ? blob : ordinals[archive(blob)][(int) chain.ordinal(blob)];
  }

  int archives() {
    return readers.length;
  }

  BlobReader reader(int archive) {
    return readers[archive];
  }

  /** The blobs of an archive that are used. */
  BitSet used(int archive) {
    return used[archive];
  }
}
