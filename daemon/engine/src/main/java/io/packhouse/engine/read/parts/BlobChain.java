package io.packhouse.engine.read.parts;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.read.memory.CacheStore;
import io.packhouse.engine.read.memory.ReadMemory;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The blobs that extents of an archive may name: its own, and those of its bases. Says which
 * archive has a blob, and what its ordinal is there; reads of the archive's own take no more than
 * the look at the sign that this costs. Safe for concurrent use.
 */
public final class BlobChain implements AutoCloseable {
  private final BlobReader own;
  private final Bases bases;
  private final ReadMemory memory;
  private final CacheStore store;
  private final AtomicReferenceArray<@Nullable BlobReader> readers;

  /**
   * @param own reader of the archive's own blobs, which is closed with this
   * @param bases stay the caller's
   * @param store keeps decoded blobs of the bases
   */
  public BlobChain(BlobReader own, Bases bases, ReadMemory memory, CacheStore store) {
    this.own = own;
    this.bases = bases;
    this.memory = memory;
    this.store = store;
    this.readers = new AtomicReferenceArray<>(bases.list().size());
  }

  /** Of the archive's own blobs. */
  public BlobReader own() {
    return own;
  }

  /** The bases. */
  public Bases bases() {
    return bases;
  }

  /** Whether there is such a blob: of a base's, by what the archive says of it. */
  public boolean has(long blob) {
    return blob >= 0
        ? own.table().has(blob)
        : blob <= ArchiveFormat.FIRST_BASE_BLOB && bases.has(blob);
  }

  /** Position among the bases of the one that has a blob of theirs, which there is. */
  public int position(long blob) {
    return bases.position(blob);
  }

  /** The ordinal of a blob, which there is, in the archive that has it. */
  public long ordinal(long blob) {
    return blob >= 0 ? blob : bases.ordinal(blob);
  }

  /**
   * What reads a blob, which there is, by its {@linkplain #ordinal ordinal}.
   *
   * @throws IOException if it is of a base that cannot be opened
   */
  public BlobReader reader(long blob) throws IOException {
    return blob >= 0 ? own : ofBase(bases.position(blob));
  }

  /** Whether {@link #reader} needs to open nothing. */
  public boolean isOpen(long blob) {
    return blob >= 0 || bases.ifOpen(bases.position(blob)) != null;
  }

  /** What reads the blobs of the base at a position, which is opened unless it is open. */
  public BlobReader ofBase(int position) throws IOException {
    BlobReader present = readers.get(position);
    if (present != null) {
      return present;
    }
    Bases.Base base = bases.open(position);
    BlobReader made = new BlobReader(base.file(), base.table(), memory, store);
    // Of two that are made at once one is used.
    return readers.compareAndSet(position, null, made) ? made : ofBase(position);
  }

  /** Lets go of what is kept. */
  @Override
  public void close() {
    own.close();
    for (int i = 0; i < readers.length(); i++) {
      BlobReader reader = readers.get(i);
      if (reader != null) {
        reader.close();
      }
    }
  }
}
