package io.packhouse.server.catalog;

import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.format.UnsupportedFormatException;
import io.packhouse.engine.pack.OutputFile;
import io.packhouse.engine.pack.OutputPlace;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.SharedReadMemory;
import io.packhouse.engine.read.parts.DirectoryRow;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The archives of configured directories. The files are the truth: a look at an archive is a look
 * at its file, every time; only {@link #entries} is what the last scan saw.
 *
 * <p>A scan runs at the start, on request, when folders are configured, when the system tells of a
 * change in a folder, and now and then. It reads the seal of files that are new or changed; of the
 * others it looks at size, time and inode, which is also what {@link #open} relies on to notice
 * that a file was replaced.
 */
public final class DirectoryCatalog implements Catalog {
  private static final System.Logger LOG = System.getLogger(DirectoryCatalog.class.getName());
  private static final int LOCKS = 64;
  private static final int TABLES = 4;

  /** By name, in the order of the configuration; never changed, but replaced as a whole. */
  private volatile Map<String, SafeFolder> folders;

  private final Duration rescanInterval;
  private final SharedReadMemory memory;
  private final OpenArchives open;
  private final ConcurrentSkipListMap<ArchiveName, CatalogEntry> entries =
      new ConcurrentSkipListMap<>();

  /** One of these is held while an archive is opened or looked at, by its name. */
  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

  private final ReentrantLock scanning = new ReentrantLock();
  private final CountDownLatch scanned = new CountDownLatch(1);
  private final @Nullable FolderWatch watch;
  private final Thread watcher;
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean closed;
  private volatile Runnable onChange = () -> {};

  private DirectoryCatalog(CatalogSettings settings) {
    rescanInterval = settings.rescanInterval();
    folders = byName(settings.folders());
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new ReentrantLock();
    }
    memory = new SharedReadMemory(settings.cacheBytes(), settings.tableBytes());
    open = new OpenArchives(settings.openArchives(), TABLES * settings.tableBytes());
    watch = newWatch();
    watcher = Thread.ofPlatform().name("packhoused-catalog").daemon().unstarted(this::keepUp);
  }

  /** A catalog that begins to look at its folders, on a thread of its own. */
  public static DirectoryCatalog start(CatalogSettings settings) {
    DirectoryCatalog catalog = new DirectoryCatalog(settings);
    catalog.watcher.start();
    return catalog;
  }

  private static Map<String, SafeFolder> byName(List<CatalogFolder> folders) {
    Map<String, SafeFolder> byName = new LinkedHashMap<>();
    folders.forEach(folder -> byName.put(folder.name(), new SafeFolder(folder)));
    return Collections.unmodifiableMap(byName);
  }

  private static @Nullable FolderWatch newWatch() {
    try {
      return FolderWatch.start();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot watch folders; re-scans must do", e);
      return null;
    }
  }

  /** The folders as they are configured. */
  public List<CatalogFolder> folders() {
    return folders.values().stream().map(SafeFolder::folder).toList();
  }

  /**
   * Takes other folders in place of those it has. Who holds a lease of an archive that is gone with
   * its folder may read on. Returns when the new ones have been looked at.
   *
   * @param wanted with distinct names
   */
  public void use(List<CatalogFolder> wanted) {
    scanning.lock();
    try {
      Map<String, SafeFolder> before = folders;
      folders = byName(wanted);
      Set<String> added = new LinkedHashSet<>(folders.keySet());
      before.forEach(
          (name, folder) -> {
            if (isCurrent(folder)) {
              added.remove(name);
            } else if (watch != null) {
              watch.unwatch(name);
            }
          });
      // Who opens an archive meanwhile looks at the folders once more, after it is known here.
      for (ArchiveName name : entries.keySet()) {
        if (added.contains(name.folder()) || !folders.containsKey(name.folder())) {
          forget(name);
        }
      }
      LOG.log(System.Logger.Level.INFO, "catalog: {0}", scan(added));
    } finally {
      scanning.unlock();
    }
  }

  /** Whether a folder of this name is still in the same place. */
  private boolean isCurrent(SafeFolder folder) {
    SafeFolder now = folders.get(folder.folder().name());
    return now != null && now.folder().path().equals(folder.folder().path());
  }

  /**
   * What the last scan saw, in order of name; waits for the first one.
   *
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public List<CatalogEntry> entries() throws InterruptedException {
    scanned.await();
    return List.copyOf(entries.values());
  }

  /** Waits for the first scan; false if that takes longer than this. */
  public boolean awaitScan(long millis) throws InterruptedException {
    return scanned.await(millis, TimeUnit.MILLISECONDS);
  }

  /** What is known by now, in order of name, before the end of the first scan too. */
  public Collection<CatalogEntry> known() {
    return Collections.unmodifiableCollection(entries.values());
  }

  /**
   * Has something be run whenever an entry is added, changed or removed: soon, and by whoever finds
   * out, so it must not take long.
   */
  public void onChange(Runnable listener) {
    onChange = listener;
  }

  private void know(CatalogEntry entry) {
    CatalogEntry before = entries.put(entry.name(), entry);
    if (!entry.equals(before)) {
      onChange.run();
    }
  }

  @Override
  public ArchiveLease open(ArchiveName name) throws IOException {
    SafeFolder folder = requireFolder(name);
    // A link on the way can be of no harm here: only what was opened without one can be equal.
    FileStamp stamp = quickStamp(folder.path(name));
    ArchiveLease lease = stamp == null ? null : open.lease(name, stamp);
    if (lease != null) {
      return lease;
    }
    ReentrantLock lock = lock(name);
    lock.lock();
    try {
      ensureOpen();
      ArchiveLease opened = openSafely(folder, name);
      dropIfGone(folder, name);
      return opened;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public ArchiveReader openAlone(ArchiveName name) throws IOException {
    ensureOpen();
    SafeFolder folder = requireFolder(name);
    return reader(folder, name, folder.open(name));
  }

  private ArchiveReader reader(SafeFolder folder, ArchiveName name, SafeFolder.Opened file)
      throws IOException {
    FolderBases bases = new FolderBases(folder, name, entries.values());
    return ArchiveReader.open(file.channel(), Path.of(name.toString()), memory, bases);
  }

  private ArchiveLease openSafely(SafeFolder folder, ArchiveName name) throws IOException {
    FileStamp stamp;
    try {
      stamp = folder.stamp(name);
    } catch (NoSuchFileException e) {
      forget(name);
      throw e;
    }
    ArchiveLease lease = open.lease(name, stamp);
    if (lease != null) {
      return lease;
    }
    SafeFolder.Opened file = folder.open(name);
    try {
      ArchiveReader reader = reader(folder, name, file);
      know(describe(name, file.stamp(), reader));
      return open.add(name, reader, file.stamp());
    } catch (CorruptArchiveException e) {
      know(unreadable(name, file.stamp(), e.problem()));
      throw e;
    } catch (UnsupportedFormatException e) {
      know(unreadable(name, file.stamp(), text(e)));
      throw e;
    }
  }

  private static CatalogEntry describe(ArchiveName name, FileStamp stamp, ArchiveReader reader) {
    long rows = 0;
    for (DirectoryRow batch : reader.parts().index().directory().rows()) {
      rows += batch.rows();
    }
    String version =
        reader.parts().footer().seal().majorVersion()
            + "."
            + reader.parts().footer().seal().minorVersion();
    return new CatalogEntry(name, stamp, reader.id(), rows, version, "");
  }

  private static CatalogEntry unreadable(ArchiveName name, FileStamp stamp, String problem) {
    return new CatalogEntry(name, stamp, "", 0, "", problem.isEmpty() ? "unreadable" : problem);
  }

  private static String text(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static @Nullable FileStamp quickStamp(Path path) {
    try {
      return FileStamp.of(
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * Looks at an archive's file now.
   *
   * @throws NoSuchFileException if there is none
   * @throws IOException if it cannot be looked at; not if it can, and is no archive
   */
  public CatalogEntry look(ArchiveName name) throws IOException {
    SafeFolder folder = requireFolder(name);
    ReentrantLock lock = lock(name);
    lock.lock();
    try {
      FileStamp stamp = folder.stamp(name);
      CatalogEntry known = entries.get(name);
      if (known != null && known.stamp().equals(stamp)) {
        return known;
      }
      open.retire(name);
      CatalogEntry entry = read(folder, name, stamp);
      know(entry);
      dropIfGone(folder, name);
      return entry;
    } catch (NoSuchFileException e) {
      forget(name);
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private CatalogEntry read(SafeFolder folder, ArchiveName name, FileStamp stamp)
      throws NoSuchFileException {
    try {
      SafeFolder.Opened file = folder.open(name);
      try (ArchiveReader reader = reader(folder, name, file)) {
        return describe(name, file.stamp(), reader);
      }
    } catch (NoSuchFileException e) {
      throw e;
    } catch (CorruptArchiveException e) {
      return unreadable(name, stamp, e.problem());
    } catch (IOException e) {
      return unreadable(name, stamp, text(e));
    }
  }

  /** Lets go of what has become known of an archive after its folder had gone, or moved. */
  private void dropIfGone(SafeFolder folder, ArchiveName name) {
    if (!isCurrent(folder)) {
      forget(name);
      changed(name); // one of the new folder may have been known by that name
    }
  }

  private void forget(ArchiveName name) {
    if (entries.remove(name) != null) {
      onChange.run();
    }
    open.retire(name);
  }

  /** Deletes what is left over in the folders, as {@link SafeFolder#sweep} says. */
  void sweep(Pattern names, BiPredicate<String, Instant> isLeft) {
    for (SafeFolder folder : folders.values()) {
      try {
        folder.sweep(names, isLeft);
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "cannot sweep " + folder.folder().path(), e);
      }
    }
  }

  @Override
  public OutputPlace place(ArchiveName name) throws IOException {
    return requireFolder(name).place(name, true);
  }

  /**
   * Deletes what a killed process left beside an archive that it was writing.
   *
   * @throws IOException if the archive's directory cannot be looked at
   */
  public void sweepLeftovers(ArchiveName name) throws IOException {
    try (OutputPlace place = requireFolder(name).place(name, false)) {
      OutputFile.sweep(place);
    } catch (NoSuchFileException e) {
      // The directory is gone, with all that was in it.
      LOG.log(System.Logger.Level.DEBUG, "nothing to sweep: {0}", e.getMessage());
    }
  }

  @Override
  public void changed(ArchiveName name) {
    try {
      look(name);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot look at " + name, e);
    }
  }

  /**
   * Deletes an archive's file. Who reads it may read on.
   *
   * @param id of the archive that is to go; empty for whatever is there
   * @throws NoSuchFileException if there is no such file
   * @throws FileSystemException if it is another archive, or the folder is read-only
   */
  public void remove(ArchiveName name, String id) throws IOException {
    SafeFolder folder = requireFolder(name);
    CatalogEntry entry = look(name);
    if (!id.isEmpty() && !id.equals(entry.id())) {
      throw new OtherArchiveException(name, id, entry.id());
    }
    ReentrantLock lock = lock(name);
    lock.lock();
    try {
      folder.delete(name, entry.stamp());
      forget(name);
    } finally {
      lock.unlock();
    }
  }

  /** Looks at all folders. One scan runs at a time. */
  public RescanReport rescan() {
    return scan(folders.keySet());
  }

  private RescanReport scan(Set<String> names) {
    scanning.lock();
    try {
      long[] counts = new long[6];
      for (String name : names) {
        SafeFolder folder = folders.get(name);
        if (folder != null && !closed) {
          scan(folder, counts);
        }
      }
      return new RescanReport(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
    } finally {
      scanning.unlock();
    }
  }

  private void scan(SafeFolder folder, long[] counts) {
    Set<ArchiveName> seen = new HashSet<>();
    try {
      folder.walk(
          new SafeFolder.Visitor() {
            @Override
            public void file(ArchiveName name, FileStamp stamp) throws IOException {
              CatalogEntry known = entries.get(name);
              CatalogEntry entry =
                  known != null && known.stamp().equals(stamp) ? known : look(name);
              seen.add(name);
              counts[0]++;
              counts[1] += known == null ? 1 : 0;
              counts[2] += known != null && !known.stamp().equals(entry.stamp()) ? 1 : 0;
              counts[4] += entry.isReadable() ? 0 : 1;
            }

            @Override
            public void directory(Path path) {
              if (watch != null) {
                watch.watch(folder.folder().name(), path);
              }
            }

            @Override
            public void failed(String name, IOException e) {
              counts[5]++;
              LOG.log(System.Logger.Level.WARNING, "catalog: cannot look at " + name, e);
            }
          });
    } catch (IOException e) {
      counts[5]++;
      LOG.log(
          System.Logger.Level.WARNING, "catalog folder " + folder.folder().name() + ": " + e, e);
    }
    String name = folder.folder().name();
    for (ArchiveName known : entries.keySet()) {
      if (known.folder().equals(name) && !seen.contains(known)) {
        counts[3] += isGone(known) ? 1 : 0;
      }
    }
  }

  private boolean isGone(ArchiveName name) {
    try {
      look(name);
      return false;
    } catch (NoSuchFileException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void keepUp() {
    try {
      RescanReport first = scan(folders.keySet());
      LOG.log(System.Logger.Level.INFO, "catalog: {0}", first);
      scanned.countDown();
      long interval = rescanInterval.toMillis();
      long forever = TimeUnit.DAYS.toMillis(1);
      long last = System.nanoTime();
      while (!closed) {
        long since = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - last);
        long wait = interval == 0 ? forever : Math.max(0, interval - since);
        Set<String> changed = await(wait);
        if (closed) {
          break;
        }
        if (!changed.isEmpty()) {
          scan(changed);
        } else if (interval > 0) {
          scan(folders.keySet());
          last = System.nanoTime();
        }
      }
    } catch (InterruptedException | ClosedWatchServiceException e) {
      LOG.log(System.Logger.Level.DEBUG, "catalog: watching ends");
    } finally {
      scanned.countDown();
    }
  }

  private Set<String> await(long millis) throws InterruptedException {
    if (watch != null) {
      return watch.await(millis);
    }
    boolean ended = closing.await(millis, TimeUnit.MILLISECONDS);
    LOG.log(System.Logger.Level.TRACE, "catalog: waited, closing {0}", ended);
    return Set.of();
  }

  /** Archives that are open. */
  public int openArchives() {
    return open.size();
  }

  /** Leases that are held at the moment. */
  public int leases() {
    return open.leases();
  }

  /** What all archives are read with. */
  public SharedReadMemory memory() {
    return memory;
  }

  private SafeFolder requireFolder(ArchiveName name) throws NoSuchFileException {
    SafeFolder folder = folders.get(name.folder());
    if (folder == null) {
      throw new NoSuchFileException(name.toString());
    }
    return folder;
  }

  private ReentrantLock lock(ArchiveName name) {
    return locks[Math.floorMod(name.hashCode(), LOCKS)];
  }

  private void ensureOpen() throws IOException {
    if (closed) {
      throw new IOException("the catalog is closed");
    }
  }

  /** Ends watching, and closes archives, those in use with their last lease. Idempotent. */
  @Override
  public void close() {
    closed = true;
    closing.countDown();
    try {
      if (watch != null) {
        watch.close();
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot end watching", e);
    }
    // It may be reading a file, which an interrupt would close: the flag ends it soon.
    boolean interrupted = false;
    while (watcher.isAlive()) {
      try {
        watcher.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    open.close();
    memory.close();
  }
}
