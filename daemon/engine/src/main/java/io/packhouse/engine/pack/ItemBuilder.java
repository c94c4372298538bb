package io.packhouse.engine.pack;

import io.packhouse.engine.base.PackBase;
import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.blake3.Hasher;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.memory.SlotPool;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the walk's entries into items. Where it cuts follows from the entries' order and sizes
 * alone.
 *
 * <p>An item takes its two slots as it is begun, both from one thread and in order, so that no two
 * items can wait for each other's.
 *
 * <p>One thread, the walk's.
 */
final class ItemBuilder implements TreeWalker.Visitor {
  /** Bounds what an item of empty or tiny files and links takes. */
  private static final int MAX_ENTRIES = 4_096;

  /** Bounds the descriptors that an item holds. */
  private static final int MAX_DIRECTORIES = 256;

  /** An extent each, at worst: the most that a batch which readers accept has room for. */
  private static final int MAX_SLICES =
      ArchiveFormat.MAX_DECODED_BUFFER_LENGTH / Long.BYTES - 2 * BigFile.MOST_SPLIT;

  private static final int MAX_SKIPPED_LISTED = 1_000;

  private final PackPipeline pipeline;
  private final SlotPool slots;
  private final FileDigests digests;
  private final int blobBytes;
  private final int itemBytes;

  /** Null where there is none. */
  private final @Nullable PackBase base;

  private final List<String> skipped = new ArrayList<>();
  private long skippedCount;
  private long nextOrdinal;
  private @Nullable PackItem item;
  private int used;
  private @Nullable OpenDirectory lastDirectory;
  private @Nullable OpenDirectory lastShared;

  /** Of files that come loaded: directories that they were in, one after the other. */
  private int directoryCount;

  private byte @Nullable [] lastParent;

  /**
   * @param blobBytes length of a slice, and most that an item may have
   * @param itemBytes most that files which share an item may have together: less than a slice,
   *     since thousands of small files take long to read, and the last ones are waited for
   * @param base of a delta; null for none
   */
  ItemBuilder(
      PackPipeline pipeline,
      SlotPool slots,
      FileDigests digests,
      int blobBytes,
      int itemBytes,
      @Nullable PackBase base) {
    this.base = base;
    this.digests = digests;
    this.pipeline = pipeline;
    this.slots = slots;
    this.blobBytes = blobBytes;
    this.itemBytes = itemBytes;
  }

  @Override
  public void directory(PackEntry entry) throws InterruptedException {
    add(entry);
  }

  @Override
  public void skipped(byte[] path) {
    skippedCount++;
    if (skipped.size() < MAX_SKIPPED_LISTED) {
      skipped.add(PathText.display(path));
    }
  }

  @Override
  public void entry(PackEntry entry, OpenDirectory directory, byte[] name)
      throws IOException, InterruptedException {
    long size = entry.size();
    if (entry.type != EntryType.FILE || size == 0 || !entry.isOk()) {
      add(entry);
      return;
    }
    if (size > blobBytes) {
      finish();
      bigFile(entry, size, directory, name);
      return;
    }
    if (used > 0 && used + size > itemBytes) {
      finish();
    }
    PackItem to = add(entry);
    entry.directory = share(to, directory);
    entry.name = name;
    entry.slotOffset = used;
    entry.length = (int) size;
    used += (int) size;
    if (to.directories.size() >= MAX_DIRECTORIES || to.entries.size() >= MAX_ENTRIES) {
      finish();
    }
  }

  /**
   * Takes an entry that is no directory, and its contents from where they come.
   *
   * @param spool takes the contents of a file of several slices as well; null for none
   */
  void loaded(PackEntry entry, EntrySource contents, @Nullable OpenFile spool)
      throws IOException, InterruptedException {
    long size = entry.size();
    if (size > blobBytes) {
      finish();
      loadedBigFile(entry, size, contents, spool);
      return;
    }
    if (used > 0 && used + size > itemBytes) {
      finish();
    }
    PackItem to = add(entry);
    if (entry.type != EntryType.FILE || size == 0) {
      return;
    }
    countDirectory(entry.path);
    contents.read(slots.segment(to.slot).asSlice(used, size));
    entry.loaded = true;
    entry.slotOffset = used;
    entry.length = (int) size;
    used += (int) size;
    if (directoryCount >= MAX_DIRECTORIES || to.entries.size() >= MAX_ENTRIES) {
      finish();
    }
  }

  /** Counts as {@link #share} does, so that items are cut where those of a walk are. */
  private void countDirectory(byte[] path) {
    int end = path.length;
    while (end > 0 && path[end - 1] != '/') {
      end--;
    }
    byte[] before = lastParent;
    if (before == null || !Arrays.equals(before, 0, before.length, path, 0, end)) {
      lastParent = Arrays.copyOf(path, end);
      directoryCount++;
    }
  }

  private void loadedBigFile(
      PackEntry entry, long size, EntrySource contents, @Nullable OpenFile spool)
      throws IOException, InterruptedException {
    long slices = (size - 1) / blobBytes + 1;
    if (slices > MAX_SLICES) {
      throw new PackException(
          PackException.Reason.ENTRY,
          PathText.display(entry.path) + " " + tooManySlices(size),
          null);
    }
    pipeline.found(size);
    BigFile big = new BigFile(entry, spool, (int) slices, sliced(entry));
    int submitted = 0;
    try {
      while (submitted < slices) {
        PackItem slice = begin();
        boolean whole = false;
        try {
          slice.sliceOrdinal = submitted;
          slice.sliceOffset = (long) submitted * blobBytes;
          slice.sliceLength = (int) Math.min(blobBytes, size - slice.sliceOffset);
          MemorySegment slot = slots.segment(slice.slot);
          contents.read(slot.asSlice(0, slice.sliceLength));
          if (spool != null) {
            spool.write(slot, 0, slice.sliceLength, slice.sliceOffset);
          }
          slice.sliceLoaded = true;
          whole = true;
        } finally {
          if (!whole) {
            pipeline.discard(slice);
          }
        }
        slice.bigFile = big;
        submitted++;
        pipeline.submit(slice);
      }
    } finally {
      for (long missing = submitted; missing < slices; missing++) {
        big.sliceDone();
      }
    }
  }

  private @Nullable SlicedDigests sliced(PackEntry entry) {
    return digests.isEmpty() ? null : new SlicedDigests(digests, slots, entry);
  }

  private String tooManySlices(long size) {
    return "has "
        + size
        + " bytes, which is "
        + ((size - 1) / blobBytes + 1)
        + " slices, the limit is "
        + MAX_SLICES
        + "; use a larger --blob-size";
  }

  private PackItem add(PackEntry entry) throws InterruptedException {
    PackItem current = item;
    if (current == null) {
      current = begin();
      item = current;
    }
    pipeline.found(entry.size());
    current.entries.add(entry);
    if (current.entries.size() >= MAX_ENTRIES && entry.size() == 0) {
      finish();
    }
    return current;
  }

  private OpenDirectory share(PackItem to, OpenDirectory directory) {
    OpenDirectory shared = lastShared;
    if (shared == null || !directory.equals(lastDirectory)) {
      shared = directory.share();
      to.directories.add(shared);
      lastDirectory = directory;
      lastShared = shared;
    }
    return shared;
  }

  private void bigFile(PackEntry entry, long size, OpenDirectory directory, byte[] name)
      throws IOException, InterruptedException {
    long slices = (size - 1) / blobBytes + 1;
    if (slices > MAX_SLICES) {
      entry.fail(EntryStatus.UNREADABLE, tooManySlices(size));
    }
    OpenFile file = entry.isOk() ? open(entry, directory, name) : null;
    if (file == null) {
      add(entry);
      return;
    }
    pipeline.found(size);
    int sliceCount = (int) slices;
    BigFile big = new BigFile(entry, file, sliceCount, sliced(entry));
    int submitted = 0;
    try {
      big.expectedDigest = expectedDigest(file, size);
      while (submitted < sliceCount) {
        PackItem slice = begin();
        slice.bigFile = big;
        slice.sliceOrdinal = submitted++;
        slice.sliceOffset = (long) slice.sliceOrdinal * blobBytes;
        slice.sliceLength = (int) Math.min(blobBytes, size - slice.sliceOffset);
        pipeline.submit(slice);
      }
    } finally {
      for (int missing = submitted; missing < sliceCount; missing++) {
        big.sliceDone();
      }
    }
  }

  /**
   * The digest of a file that the base may have, which is read once more for it: once its first
   * slice is placed it is too late.
   */
  private byte @Nullable [] expectedDigest(OpenFile file, long size)
      throws IOException, InterruptedException {
    PackBase from = base;
    if (from == null || !from.mayHaveLength(size)) {
      return null;
    }
    try (Hasher hasher = Blake3.system().newHasher()) {
      hasher.reset();
      for (long at = 0; at < size; ) {
        int slot = pipeline.takeSlot(); // each time, since this fails once the pack has failed
        try {
          int some = (int) Math.min(blobBytes, size - at);
          if (file.read(slots.segment(slot), 0, some, at) < some) {
            return null; // as whoever reads its slices will find
          }
          hasher.update(slots.segment(slot), 0, some);
          at += some;
        } finally {
          slots.release(slot);
        }
      }
      byte[] digest = new byte[ArchiveFormat.DIGEST_LENGTH];
      hasher.finish(digest, 0);
      return digest;
    } catch (FileErrorException e) {
      return null; // likewise
    }
  }

  private static @Nullable OpenFile open(PackEntry entry, OpenDirectory directory, byte[] name)
      throws IOException {
    OpenFile file = null;
    try {
      file = directory.openFile(name);
      FileStatus walked = entry.walked;
      if (walked != null && file.status().isSameFile(walked)) {
        return file;
      }
      entry.fail(EntryStatus.CHANGED, "was replaced by another file during the walk");
    } catch (FileErrorException e) {
      entry.fail(e);
    }
    if (file != null) {
      file.close();
    }
    return null;
  }

  private PackItem begin() throws InterruptedException {
    int slot = pipeline.takeSlot();
    try {
      return new PackItem(nextOrdinal++, slot, pipeline.takeSlot());
    } catch (InterruptedException e) {
      slots.release(slot);
      throw e;
    }
  }

  /** Submits the item being built, if there is one. */
  void finish() throws InterruptedException {
    PackItem done = item;
    item = null;
    used = 0;
    lastDirectory = null;
    lastShared = null;
    directoryCount = 0;
    lastParent = null;
    if (done != null) {
      pipeline.submit(done);
    }
  }

  /** Gives back what the item being built holds, when the walk fails. */
  void discard() throws IOException {
    PackItem unfinished = item;
    item = null;
    if (unfinished != null) {
      pipeline.discard(unfinished);
    }
  }

  long itemCount() {
    return nextOrdinal;
  }

  List<String> skippedPaths() {
    return skipped;
  }

  long skippedCount() {
    return skippedCount;
  }
}
