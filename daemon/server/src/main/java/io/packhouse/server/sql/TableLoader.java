package io.packhouse.server.sql;

import io.packhouse.server.catalog.CatalogEntry;
import io.packhouse.server.catalog.CatalogFolder;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.server.sql.StoredSegment.StoredArchive;
import io.packhouse.sql.Segment;
import io.packhouse.sql.SqlException;
import io.packhouse.sql.SqlException.Reason;
import io.packhouse.sql.SqlOptions;
import io.packhouse.sql.SqlProcess;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes the tables of archives that are new, in the background, and puts small segments together.
 * One thread decides; as many processes as there are processors make segments where much is to do.
 */
final class TableLoader implements Closeable {
  private static final System.Logger LOG = System.getLogger(TableLoader.class.getName());

  private static final long FEWEST_ROWS = 100_000;
  private static final long MOST_ROWS = 1_000_000;

  private static final long GATHERING_MILLIS = 100;

  /** Processes that have nothing to do end after this. */
  private static final Duration IDLE = Duration.ofSeconds(20);

  private final DirectoryCatalog catalog;
  private final TableCache cache;
  private final SegmentFolder segments;
  private final Path folder;
  private final SqlOptions options;
  private final Runnable onIdle;
  private final Semaphore changed = new Semaphore(1);
  private final Thread thread =
      Thread.ofPlatform().name("packhoused-sql").daemon().unstarted(this::keepUp);

  /** Guarded by itself. */
  private final List<@Nullable SqlProcess> processes = new ArrayList<>();

  private volatile boolean closed;

  /**
   * @param onIdle called now and then
   */
  TableLoader(
      DirectoryCatalog catalog,
      TableCache cache,
      SegmentFolder segments,
      Path folder,
      SqlOptions options,
      Runnable onIdle) {
    this.catalog = catalog;
    this.cache = cache;
    this.segments = segments;
    this.folder = folder;
    this.options = options;
    this.onIdle = onIdle;
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      processes.add(null);
    }
  }

  void start() {
    catalog.onChange(changed::release);
    thread.start();
  }

  /** Archives are to be loaded again. */
  void wake() {
    changed.release();
  }

  private void keepUp() {
    try {
      long idleSince = System.nanoTime();
      while (!closed) {
        if (changed.tryAcquire(1, TimeUnit.SECONDS)) {
          // Where many come, several at once cost less.
          TimeUnit.MILLISECONDS.sleep(GATHERING_MILLIS);
          changed.drainPermits();
          cache.compare(catalog.entries());
        }
        if (step()) {
          idleSince = System.nanoTime();
          changed.release();
        } else if (System.nanoTime() - idleSince > IDLE.toNanos()) {
          endProcesses();
        }
        onIdle.run();
      }
    } catch (InterruptedException e) {
      LOG.log(System.Logger.Level.DEBUG, "tables of SQL: interrupted");
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "tables of SQL are no longer made", e);
    }
  }

  /** Does what is to be done next; false if that is nothing. */
  private boolean step() throws InterruptedException {
    List<List<CatalogEntry>> work = cache.work(processes.size(), FEWEST_ROWS, MOST_ROWS);
    if (!work.isEmpty()) {
      // Each has its process, and a small job has the first, which is warm.
      List<Thread> others = new ArrayList<>();
      for (int i = 1; i < work.size(); i++) {
        int number = i;
        others.add(
            Thread.ofPlatform()
                .name("packhoused-sql-" + i)
                .daemon()
                .start(() -> load(number, work.get(number))));
      }
      load(0, work.getFirst());
      for (Thread other : others) {
        other.join();
      }
      return true;
    }
    Optional<List<StoredSegment>> old = cache.mergeable();
    old.ifPresent(this::merge);
    return old.isPresent();
  }

  private void load(int number, List<CatalogEntry> entries) {
    Path file = segments.newFile();
    List<StoredArchive> loaded = new ArrayList<>();
    Map<String, Path> folders =
        catalog.folders().stream()
            .collect(Collectors.toMap(CatalogFolder::name, CatalogFolder::path));
    try {
      SqlProcess process = process(number);
      process.create(file);
      for (CatalogEntry entry : entries) {
        Path root = folders.get(entry.name().folder());
        if (closed || root == null) {
          break;
        }
        if (load(process, entry, root)) {
          loaded.add(new StoredArchive(entry.name().toString(), entry.id(), entry.rows()));
        }
      }
      process.finish();
      if (loaded.isEmpty()) {
        Files.deleteIfExists(file);
      } else {
        cache.add(segments.add(entries.getFirst().name().folder(), file, loaded));
      }
    } catch (IOException e) {
      failed(entries, e);
    }
  }

  /** Loads an archive; false if that archive cannot be loaded, which is noted. */
  private boolean load(SqlProcess process, CatalogEntry entry, Path root) throws IOException {
    String name = entry.name().toString();
    try {
      process.load(name, name, root.resolve(entry.name().path()), entry.id());
      return true;
    } catch (SqlException e) {
      if (!process.isUsable()) {
        throw e;
      }
      // One that cannot be read was most likely removed, or replaced, which the catalog tells soon.
      System.Logger.Level level =
          e.reason() == Reason.ARCHIVE ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING;
      LOG.log(level, "SQL has no tables of " + name + ": " + e.getMessage());
      cache.fail(entry, String.valueOf(e.getMessage()));
      return false;
    }
  }

  /** A whole segment failed: one of several archives may be the reason, so each is tried alone. */
  private void failed(List<CatalogEntry> entries, IOException e) {
    if (closed) {
      return;
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "cannot make SQL tables of " + entries.size() + " archives",
        e);
    if (entries.size() == 1 || !(e instanceof SqlException)) {
      Reason reason = e instanceof SqlException known ? known.reason() : Reason.INTERNAL;
      String problem =
          switch (reason) {
            case MEMORY -> "making its tables needs more memory than sql.memory";
            case DISK -> "the disk is full on which its tables would be";
            default -> "making its tables failed";
          };
      entries.forEach(entry -> cache.fail(entry, problem));
    } else {
      for (CatalogEntry entry : entries) {
        load(0, List.of(entry));
      }
    }
  }

  private void merge(List<StoredSegment> old) {
    Path file = segments.newFile();
    List<Segment> parts =
        old.stream().map(segment -> new Segment(segment.file(), segment.gone())).toList();
    List<StoredArchive> live = old.stream().flatMap(segment -> segment.live().stream()).toList();
    try {
      process(0).merge(file, parts);
      cache.replace(old, segments.add(old.getFirst().folder(), file, live));
    } catch (IOException e) {
      if (!closed) {
        // Whatever is wrong with them, they can be made again.
        LOG.log(System.Logger.Level.WARNING, "cannot merge segments of SQL tables", e);
        old.forEach(cache::discard);
      }
    }
  }

  private SqlProcess process(int number) throws IOException {
    synchronized (processes) {
      if (closed) {
        throw new SqlException(Reason.CLOSED, "the daemon ends");
      }
      SqlProcess process = processes.get(number);
      if (process == null || !process.isUsable()) {
        if (process != null) {
          process.close();
        }
        process = SqlProcess.startBelow(folder, options);
        processes.set(number, process);
      }
      return process;
    }
  }

  private void endProcesses() {
    synchronized (processes) {
      for (int i = 0; i < processes.size(); i++) {
        SqlProcess process = processes.set(i, null);
        try {
          if (process != null) {
            process.close();
          }
        } catch (IOException e) {
          LOG.log(System.Logger.Level.WARNING, "cannot clean up after a process of SQL", e);
        }
      }
    }
  }

  /** Ends what is under way; it is begun anew after the next start. */
  @Override
  public void close() {
    closed = true;
    endProcesses();
    changed.release();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
