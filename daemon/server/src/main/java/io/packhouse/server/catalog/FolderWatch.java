package io.packhouse.server.catalog;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Tells which folders changed, by the notifications of the system. These come for changes made on
 * this machine; what others change on a network file system is seen by a look now and then only.
 * Thread-safe; {@link #await} is for one thread.
 */
final class FolderWatch implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(FolderWatch.class.getName());

  /** A change is told when nothing followed for so long, so that a copy is looked at once. */
  private static final long QUIET_MILLIS = 100;

  private static final int MAX_ROUNDS = 20;

  private final WatchService service;

  // Guarded by this.
  private final Map<WatchKey, Set<String>> folders = new HashMap<>();
  private final Map<Path, WatchKey> watched = new HashMap<>();
  private boolean warned;

  private FolderWatch(WatchService service) {
    this.service = service;
  }

  static FolderWatch start() throws IOException {
    return new FolderWatch(FileSystems.getDefault().newWatchService());
  }

  /** Watches a directory of a folder, if it is not watched yet. */
  synchronized void watch(String folder, Path directory) {
    try {
      WatchKey key = watched.get(directory);
      if (key == null || !key.isValid()) {
        key =
            directory.register(
                service,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_DELETE,
                StandardWatchEventKinds.ENTRY_MODIFY);
        watched.put(directory, key);
      }
      folders.computeIfAbsent(key, _ -> new HashSet<>()).add(folder);
    } catch (IOException e) {
      if (!warned) {
        warned = true;
        LOG.log(
            System.Logger.Level.WARNING,
            "cannot watch " + directory + "; changes by hand are seen by re-scans only",
            e);
      }
    }
  }

  /** Watches no directory for this folder any more. */
  synchronized void unwatch(String folder) {
    for (WatchKey key : List.copyOf(folders.keySet())) {
      Set<String> of = folders.getOrDefault(key, Set.of());
      if (of.remove(folder) && of.isEmpty()) {
        key.cancel();
        folders.remove(key);
        watched.values().remove(key);
      }
    }
  }

  /**
   * Waits for changes.
   *
   * @param millis to wait at most
   * @return names of the folders that changed; empty if none did
   * @throws ClosedWatchServiceException once it is closed
   */
  Set<String> await(long millis) throws InterruptedException {
    Set<String> changed = new HashSet<>();
    WatchKey key = service.poll(millis, TimeUnit.MILLISECONDS);
    for (int i = 0; key != null && i < MAX_ROUNDS; i++) {
      while (key != null) {
        take(key, changed);
        key = service.poll();
      }
      key = service.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
    }
    if (key != null) {
      take(key, changed);
    }
    return changed;
  }

  private synchronized void take(WatchKey key, Set<String> changed) {
    Set<String> of = folders.getOrDefault(key, Set.of());
    if (key.pollEvents().stream().anyMatch(FolderWatch::isOfInterest)) {
      changed.addAll(of);
    }
    if (!key.reset()) {
      // The directory is gone; one of its name may come back.
      changed.addAll(of);
      folders.remove(key);
      watched.values().remove(key);
    }
  }

  /** Hidden files come and go while archives are written. */
  private static boolean isOfInterest(WatchEvent<?> event) {
    return !(event.context() instanceof Path name) || !name.toString().startsWith(".");
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
