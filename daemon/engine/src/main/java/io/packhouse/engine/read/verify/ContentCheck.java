package io.packhouse.engine.read.verify;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.codec.digest.DigesterPool;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.format.MissingBaseException;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.ContentReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.SlicedDigest;
import io.packhouse.engine.read.memory.CacheStore;
import io.packhouse.engine.read.parts.ArchiveParts;
import io.packhouse.engine.read.parts.BlobChain;
import io.packhouse.engine.read.parts.BlobReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Reads files' contents on several threads.
 *
 * <p>Files are taken in path order, which is nearly the order of their blobs, by workers that share
 * a cache of decoded blobs: so a blob is decoded once, but for one that a distant file shares. Big
 * files are {@linkplain SlicedCheck checked slice by slice}; of those whose extents are no slices,
 * the next blobs are decoded by workers that are free, while one hashes it. Small files are handed
 * over many at a time, since waking a worker takes longer than reading one. What is queued is
 * bounded, and so is the cache.
 *
 * <p>One thread hands in files and blobs.
 */
final class ContentCheck implements AutoCloseable {
  // Some blobs a worker: memory that is touched for the first time costs more than it saves.
  private static final long CACHE_BYTES_PER_WORKER = 8L << 20;
  private static final long MIN_CACHE_BYTES = 16L << 20;
  private static final long MAX_CACHE_BYTES = 64L << 20;
  private static final int QUEUED_PER_WORKER = 8;

  /** What a worker is handed at once: this many files, or their bytes. */
  private static final int GROUP_FILES = 128;

  private static final long GROUP_BYTES = 256 << 10;

  private final ArchiveReader reader;
  private final BlobChain blobs;
  private final Findings findings;
  private final VerifyProgress progress;
  private final int workers;

  /** That are computed again. */
  private final Set<DigestAlgorithm> digests;

  private final DigesterPool digesters = new DigesterPool();
  private final ExecutorService executor;
  private final Semaphore queue;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicLong files = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  // Of the one thread: files whose bases are not open.
  private long uncheckedFiles;
  private long uncheckedBytes;

  /** Files that are handed over next. */
  private List<Entry> group = new ArrayList<>();

  private long groupBytes;

  // Guarded by itself: blobs that were read and found whole.
  private final BitSet whole = new BitSet();

  ContentCheck(ArchiveReader reader, VerifyOptions options, Findings findings) throws IOException {
    this.reader = reader;
    this.findings = findings;
    this.progress = options.progress();
    this.workers = options.workers();
    this.digests = options.digests() ? reader.digests() : Set.of();
    ArchiveParts parts = reader.parts();
    CacheStore store =
        new CacheStore(
            Math.clamp(CACHE_BYTES_PER_WORKER * workers, MIN_CACHE_BYTES, MAX_CACHE_BYTES));
    BlobReader own = new BlobReader(parts.file(), parts.blobs().table(), parts.memory(), store);
    this.blobs = new BlobChain(own, parts.bases(), parts.memory(), store);
    this.queue = new Semaphore(workers * QUEUED_PER_WORKER);
    this.executor =
        Executors.newFixedThreadPool(
            workers, Thread.ofPlatform().name("packhouse-verify-", 0).daemon().factory());
  }

  long files() {
    return files.get();
  }

  long bytes() {
    return bytes.get();
  }

  /** Files that need a base that is not open. */
  long uncheckedFiles() {
    return uncheckedFiles;
  }

  long uncheckedBytes() {
    return uncheckedBytes;
  }

  long blobsRead() {
    synchronized (whole) {
      return whole.cardinality();
    }
  }

  /** Checks a file's contents, now or later. */
  void file(Entry entry) throws IOException {
    if (!entry.is(EntryType.FILE) || !entry.isOk() || !entry.hasContents()) {
      return;
    }
    findings.check(
        Damage.Kind.ENTRY,
        entry.path(),
        () -> {
          Entry located = located(entry);
          if (located == null) {
            uncheckedFiles++;
            uncheckedBytes += entry.size();
          } else {
            check(located);
          }
        });
  }

  private void check(Entry entry) throws IOException {
    SlicedDigest digest = slicedDigest(entry);
    if (digest == null) {
      group.add(entry);
      groupBytes += entry.size();
      if (group.size() == GROUP_FILES || groupBytes >= GROUP_BYTES) {
        submitGroup();
      }
      return;
    }
    SlicedCheck sliced = new SlicedCheck(entry, digest, blobs, reader.parts().memory());
    long position = 0;
    for (int i = 0; i < entry.extentCount(); i++) {
      int extent = i;
      long start = position;
      submit(
          () -> {
            if (sliced.check(extent, start)) {
              checkFile(entry, sliced::finish);
            }
          });
      position += entry.extentLength(i);
    }
  }

  /** The entry with extents that name blobs; null where it needs a base that is not open. */
  private @Nullable Entry located(Entry entry) throws IOException {
    // All bases were opened that could be and should be.
    Entry located = entry;
    if (entry.extentCount() == 1 && blobs.bases().isReference(entry.extentBlob(0))) {
      if (blobs.bases().ifOpen(0) == null) {
        return null;
      }
      try {
        located = reader.located(entry);
      } catch (MissingBaseException e) {
        return null; // which was told when the bases were opened
      }
    }
    for (int i = 0; i < located.extentCount(); i++) {
      long blob = located.extentBlob(i);
      if (blob <= ArchiveFormat.FIRST_BASE_BLOB && blobs.has(blob) && !blobs.isOpen(blob)) {
        return null;
      }
    }
    return located;
  }

  private void submitGroup() throws IOException {
    List<Entry> entries = group;
    group = new ArrayList<>();
    groupBytes = 0;
    submit(
        () -> {
          for (Entry entry : entries) {
            if (failure.get() != null) {
              return;
            }
            checkFile(entry, () -> readFile(entry));
          }
        });
  }

  /** Null for a file that is not of slices, or breaks a rule, which reading it then tells. */
  private @Nullable SlicedDigest slicedDigest(Entry entry) throws IOException {
    // Other digests take a file from front to back.
    if (entry.extentCount() < 2 || entry.blake3() == null || !digests.isEmpty()) {
      return null;
    }
    try {
      ContentReader.checkExtents(entry, blobs, false);
    } catch (CorruptArchiveException | UnsupportedFormatException e) {
      return null;
    }
    return SlicedDigest.of(entry);
  }

  /** Checks all blobs that were not read as part of a file. */
  void remainingBlobs() throws IOException {
    drain();
    for (int i = 0; i < blobs.own().table().count(); i++) {
      int ordinal = i;
      synchronized (whole) {
        if (whole.get(i)) {
          continue;
        }
      }
      submit(
          () -> {
            if (findings.check(
                Damage.Kind.BLOB, "blob " + ordinal, () -> blobs.own().check(ordinal))) {
              markWhole(ordinal);
            }
          });
    }
    drain();
  }

  /** Waits until all that was handed in is done. */
  void drain() throws IOException {
    submitGroup();
    queue.acquireUninterruptibly(workers * QUEUED_PER_WORKER);
    queue.release(workers * QUEUED_PER_WORKER);
    rethrow();
  }

  private void submit(Findings.Check check) throws IOException {
    rethrow();
    queue.acquireUninterruptibly();
    try {
      executor.execute(
          () -> {
            try {
              if (failure.get() == null) {
                check.run();
              }
            } catch (Throwable t) {
              failure.compareAndSet(null, t);
            } finally {
              queue.release();
            }
          });
    } catch (Throwable t) {
      queue.release();
      throw t;
    }
  }

  private void rethrow() throws IOException {
    switch (failure.get()) {
      case null -> {}
      case IOException e -> throw new IOException(e.getMessage(), e);
      case Throwable t -> throw new IllegalStateException("verification failed", t);
    }
  }

  private void checkFile(Entry entry, Findings.Check check) throws IOException {
    boolean intact = findings.check(Damage.Kind.ENTRY, entry.path(), check);
    if (intact) {
      synchronized (whole) {
        for (int i = 0; i < entry.extentCount(); i++) {
          if (entry.extentBlob(i) >= 0) {
            whole.set((int) entry.extentBlob(i));
          }
        }
      }
    }
    files.incrementAndGet();
    bytes.addAndGet(entry.size());
    progress.fileChecked(entry);
  }

  private void readFile(Entry entry) throws IOException {
    AtomicInteger reached = new AtomicInteger();
    int hinted = 0;
    try (DigestCheck check = new DigestCheck(entry, digests, digesters);
        ContentReader contents =
            new ContentReader(blobs, reader.parts().memory().decoders(), entry, 0, entry.size())) {
      if (contents.isOneRawBlob() && digests.isEmpty()) {
        // The digest of the file was found to be that of the blob.
        long blob = entry.extentBlob(0);
        blobs.reader(blob).check(blobs.ordinal(blob));
        return;
      }
      MemorySegment chunk = contents.next();
      while (chunk != null) {
        check.update(chunk);
        reached.set(contents.extent());
        hinted = hint(entry, contents.extent(), Math.max(hinted, contents.extent()), reached);
        chunk = contents.next();
      }
      check.finish();
    }
  }

  /** Has free workers decode the blobs of the next extents. */
  private int hint(Entry entry, int extent, int hinted, AtomicInteger reached) throws IOException {
    int last = Math.min(entry.extentCount() - 1, extent + workers);
    int next = hinted;
    while (next < last) {
      next++;
      long blob = entry.extentBlob(next);
      if (workers == 1 || blob == ArchiveFormat.ZEROS) {
        continue;
      }
      BlobReader from = blobs.reader(blob);
      long ordinal = blobs.ordinal(blob);
      if (!from.keeps(from.table().decodedLength(ordinal))) {
        continue;
      }
      if (blob == entry.extentBlob(next - 1) || !queue.tryAcquire()) {
        continue;
      }
      int ahead = next;
      executor.execute(
          () -> {
            try {
              // Too late where the reader is there already.
              if (reached.get() < ahead) {
                from.acquire(ordinal).close();
              }
            } catch (IOException e) {
              // The reader of the file meets the same, and reports it.
            } finally {
              queue.release();
            }
          });
    }
    return next;
  }

  private void markWhole(int ordinal) {
    synchronized (whole) {
      whole.set(ordinal);
    }
  }

  /** Waits for the workers, and lets go of all memory. */
  @Override
  public void close() {
    executor.shutdown();
    boolean interrupted = false;
    while (true) {
      try {
        if (executor.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
      } catch (InterruptedException e) {
        // Workers use the archive: leaving them behind would leave them with a closed one.
        interrupted = true;
      }
    }
    digesters.close();
    blobs.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
