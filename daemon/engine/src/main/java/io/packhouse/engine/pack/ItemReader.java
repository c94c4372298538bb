package io.packhouse.engine.pack;

import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.blake3.Hasher;
import io.packhouse.engine.codec.blake3.PieceHasher;
import io.packhouse.engine.extract.NearbyFiles;
import io.packhouse.engine.extract.OpenFileView;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.fs.FileBatchReader;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.memory.SlotPool;
import io.packhouse.engine.share.Sharing;
import io.packhouse.engine.threads.Pulse;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The first half of a worker: reads an item's contents into its slot, hashes them, tells what is
 * worth compressing, and offers package files to extractors. One thread.
 */
final class ItemReader {
  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[64 << 10]);

  /** How far around a file its siblings are looked for. */
  private static final int NEARBY = 32;

  private final SlotPool slots;
  private final FileExtractions extractions;
  private final FileDigests furtherDigests;
  private final int blobBytes;
  private final boolean storesPackages;
  private final Stage.Clock clock;
  private final Pulse pulse;
  private final Hasher hasher;
  private final PieceHasher pieces;

  /** Null where no parts are shared. */
  private final @Nullable PartFinder parts;

  private final Compressibility compressibility;
  private final FileBatchReader batch;

  /** Files of the item, those that were read, and where they are. */
  private PackEntry[] files = new PackEntry[64];

  private long[] offsets = new long[64];
  private int[] lengths = new int[64];
  private byte[] digests = new byte[64 * ArchiveFormat.DIGEST_LENGTH];

  /**
   * @param kit stays the caller's
   * @param sharing of parts of files; null for none
   * @param pulse told of what is computed, not of what is read: a slow disk is no stuck worker
   */
  ItemReader(
      WorkerKit kit,
      SlotPool slots,
      FileExtractions extractions,
      FileDigests furtherDigests,
      PackOptions options,
      @Nullable Sharing sharing,
      Stage.Clock clock,
      Pulse pulse) {
    this.batch = kit.batch;
    this.hasher = kit.hasher;
    this.pieces = kit.pieces;
    this.compressibility = kit.compressibility;
    this.slots = slots;
    this.extractions = extractions;
    this.furtherDigests = furtherDigests;
    this.blobBytes = options.blobBytes();
    this.storesPackages = options.storesPackages();
    this.parts = sharing == null ? null : new PartFinder(sharing, slots);
    this.clock = clock;
    this.pulse = pulse;
  }

  /** Reads an item; what goes wrong with an entry is noted in that entry. */
  void read(PackItem item) throws IOException {
    if (item.bigFile != null) {
      readSlice(item, item.bigFile);
    } else {
      readFiles(item);
    }
  }

  private void readFiles(PackItem item) throws IOException {
    long start = System.nanoTime();
    MemorySegment slot = slots.segment(item.slot);
    int count = 0;
    for (PackEntry entry : item.entries) {
      OpenDirectory directory = entry.directory;
      byte[] name = entry.name;
      FileStatus walked = entry.walked;
      if (directory == null || name == null || walked == null) {
        continue;
      }
      entry.directory = null;
      entry.name = null;
      int ordinal = batch.add(directory, name, walked, entry.slotOffset, entry.length);
      if (ordinal == files.length) {
        grow();
      }
      files[ordinal] = entry;
    }
    batch.read(slot);
    closeDirectories(item);
    for (int i = 0; i < batch.size(); i++) {
      PackEntry entry = files[i];
      check(entry, i);
      if (entry.isOk()) {
        files[count] = entry;
        offsets[count] = entry.slotOffset;
        lengths[count] = entry.length;
        count++;
      }
    }
    Arrays.fill(files, count, Math.max(count, batch.size()), null);
    batch.clear();
    for (PackEntry entry : item.entries) {
      if (entry.loaded) {
        if (count == files.length) {
          grow();
        }
        files[count] = entry;
        offsets[count] = entry.slotOffset;
        lengths[count] = entry.length;
        count++;
      }
    }
    start = clock.add(Stage.READ, start);
    pulse.begin();
    try {
      look(item, slot, count, start);
    } finally {
      pulse.end();
    }
    Arrays.fill(files, 0, count, null);
  }

  /** Hashes files that were read, tells what is worth compressing, and extracts. */
  private void look(PackItem item, MemorySegment slot, int count, long readNanos) {
    hasher.hashMany(slot, offsets, lengths, count, digests);
    ByteBuffer buffer = slots.buffer(item.slot);
    for (int i = 0; i < count; i++) {
      int at = i * ArchiveFormat.DIGEST_LENGTH;
      files[i].digest = Arrays.copyOfRange(digests, at, at + ArchiveFormat.DIGEST_LENGTH);
    }
    if (!furtherDigests.isEmpty()) {
      furtherDigests.hash(slot, files, count);
    }
    long start = clock.add(Stage.HASH, readNanos);
    for (int i = 0; i < count; i++) {
      PackEntry entry = files[i];
      entry.effort = effort(buffer, entry.slotOffset, entry.length);
    }
    start = clock.add(Stage.EFFORT, start);
    if (parts != null) {
      parts.find(item, files, count);
      start = clock.add(Stage.SHARE, start);
    }
    for (int i = 0; i < count; i++) {
      PackEntry entry = files[i];
      if (extractions.wants(entry.path)) {
        String path = new String(entry.path, StandardCharsets.UTF_8);
        ByteBuffer view = buffer.slice(entry.slotOffset, entry.length).asReadOnlyBuffer();
        Nearby near = new Nearby(i, count, buffer);
        extractions.extract(entry, PackageFile.of(path, view), entry.digest, near);
        pulse.step();
      }
    }
    clock.add(Stage.EXTRACT, start);
  }

  private Effort effort(ByteBuffer buffer, int offset, int length) {
    Effort worth = compressibility.effort(buffer, offset, length);
    return worth == Effort.FAST && storesPackages ? Effort.NONE : worth;
  }

  /** The files of the item near another: most siblings are in the directory of those that ask. */
  private final class Nearby implements NearbyFiles {
    private final int of;
    private final int count;
    private final ByteBuffer buffer;

    Nearby(int of, int count, ByteBuffer buffer) {
      this.of = of;
      this.count = count;
      this.buffer = buffer;
    }

    @Override
    public @Nullable PackageFile find(String path) {
      PackEntry entry = entry(path);
      if (entry == null) {
        return null;
      }
      ByteBuffer view = buffer.slice(entry.slotOffset, entry.length).asReadOnlyBuffer();
      return PackageFile.of(path, view);
    }

    @Override
    public byte @Nullable [] blake3(String path) {
      PackEntry entry = entry(path);
      return entry == null ? null : entry.digest;
    }

    private @Nullable PackEntry entry(String path) {
      byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
      int to = Math.min(count, of + NEARBY);
      for (int i = Math.max(0, of - NEARBY); i < to; i++) {
        PackEntry entry = files[i];
        if (Arrays.equals(entry.path, bytes) && entry.input == files[of].input) {
          return entry;
        }
      }
      return null;
    }
  }

  private void grow() {
    int capacity = files.length * 2;
    files = Arrays.copyOf(files, capacity);
    offsets = Arrays.copyOf(offsets, capacity);
    lengths = Arrays.copyOf(lengths, capacity);
    digests = new byte[capacity * ArchiveFormat.DIGEST_LENGTH];
  }

  private void check(PackEntry entry, int ordinal) {
    FileErrorException error = batch.error(ordinal);
    if (error != null) {
      entry.fail(error);
    } else if (!batch.isUnchanged(ordinal) || batch.bytesRead(ordinal) != entry.length) {
      checkUnchanged(entry, batch.status(ordinal), batch.bytesRead(ordinal), entry.length);
    }
  }

  /** A file that grew, shrank or was written to is not what the walk saw. */
  private static void checkUnchanged(PackEntry entry, FileStatus now, int read, int expected) {
    FileStatus walked = entry.walked;
    if (walked == null || !now.isSameFile(walked)) {
      entry.fail(EntryStatus.CHANGED, "was replaced by another file during the pack");
    } else if (now.size() != walked.size()) {
      entry.fail(
          EntryStatus.CHANGED,
          "changed size during the pack, from " + walked.size() + " to " + now.size() + " bytes");
    } else if (read != expected) {
      entry.fail(
          EntryStatus.UNREADABLE,
          "ends before its size, which is " + now.size() + " bytes; such files are not on disk");
    } else if (now.mtimeNanosSinceEpoch() != walked.mtimeNanosSinceEpoch()) {
      entry.fail(EntryStatus.CHANGED, "was written to during the pack");
    }
  }

  private void readSlice(PackItem item, BigFile big) throws IOException {
    PackEntry entry = big.entry;
    try {
      MemorySegment slot = slots.segment(item.slot);
      OpenFile file = big.file;
      pieces.begin(item.sliceLength, (long) item.sliceOrdinal * (blobBytes / Blake3.CHUNK_LENGTH));
      try {
        if (item.sliceLoaded) {
          hashLoaded(slot);
          item.sliceRead = true;
        } else if (file != null) {
          int read = readPieces(file, slot, item);
          item.sliceRead = read == item.sliceLength;
          synchronized (big) {
            checkUnchanged(entry, file.status(), read, item.sliceLength);
          }
        }
      } catch (FileErrorException e) {
        synchronized (big) {
          entry.fail(e);
        }
      }
      if (!item.sliceRead) {
        return;
      }
      pieces.chainingValue(item.sliceValue, 0);
      lookAtSlice(item, big, slot);
    } finally {
      big.sliceDone();
    }
  }

  private void lookAtSlice(PackItem item, BigFile big, MemorySegment slot) {
    PackEntry entry = big.entry;
    OpenFile file = big.file;
    pulse.begin();
    try {
      long start = System.nanoTime();
      item.sliceZero = isZero(slot, item.sliceLength);
      item.sliceEffort = effort(slots.buffer(item.slot), 0, item.sliceLength);
      start = clock.add(Stage.EFFORT, start);
      if (parts != null) {
        parts.findSlice(item, big);
        start = clock.add(Stage.SHARE, start);
      }
      if (item.isLastSlice()) {
        if (file != null && extractions.wants(entry.path)) {
          String path = new String(entry.path, StandardCharsets.UTF_8);
          PackageFile view = new OpenFileView(path, file, entry.size());
          big.reused = extractions.extract(entry, view, big.expectedDigest, NearbyFiles.NONE);
        }
        clock.add(Stage.EXTRACT, start);
      }
    } finally {
      pulse.end();
    }
  }

  /**
   * Reads a slice piece by piece, and hashes each while it is in the processor's cache.
   *
   * @return bytes that were read
   */
  private int readPieces(OpenFile file, MemorySegment slot, PackItem item) throws IOException {
    int at = 0;
    for (int piece = pieces.nextLength(); piece > 0; piece = pieces.nextLength()) {
      long start = System.nanoTime();
      int read = file.read(slot, at, piece, item.sliceOffset + at);
      start = clock.add(Stage.READ, start);
      if (read < piece) {
        return at + read;
      }
      pieces.add(slot, at);
      clock.add(Stage.HASH, start);
      at += piece;
    }
    return at;
  }

  private void hashLoaded(MemorySegment slot) {
    long start = System.nanoTime();
    int at = 0;
    for (int piece = pieces.nextLength(); piece > 0; piece = pieces.nextLength()) {
      pieces.add(slot, at);
      at += piece;
    }
    clock.add(Stage.HASH, start);
  }

  private static boolean isZero(MemorySegment slot, int length) {
    for (long at = 0; at < length; at += ZEROS.byteSize()) {
      long count = Math.min(ZEROS.byteSize(), length - at);
      if (MemorySegment.mismatch(slot, at, at + count, ZEROS, 0, count) >= 0) {
        return false;
      }
    }
    return true;
  }

  /** Closes what an item holds open; harmless when done again. */
  static void closeDirectories(PackItem item) throws IOException {
    for (OpenDirectory directory : item.directories) {
      directory.close();
    }
    item.directories.clear();
  }
}
