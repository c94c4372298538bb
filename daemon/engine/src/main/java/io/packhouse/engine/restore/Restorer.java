package io.packhouse.engine.restore;

import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.Entry;
import io.packhouse.engine.read.EntryCursor;
import io.packhouse.engine.read.EntryFilter;
import io.packhouse.engine.restore.RestoreException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Restores an archive to a directory.
 *
 * <p>The calling thread reads the index, makes directories and links, and plans windows; workers
 * decode blobs, check digests and write files. Hard links of a window are made when its files are
 * there, and a directory gets its mode and time when everything in it is.
 *
 * <p>A restorer restores once. {@link #cancel} may be called from any thread; nothing else may be
 * shared between threads. Do not interrupt the calling thread: it reads, see {@link ArchiveReader}.
 * A restore that fails leaves the files that were whole by then, and removes those that were not.
 */
public final class Restorer {
  private static final int FIRST_WINDOW = 128;
  private static final int LAST_WINDOW = 32 << 10;
  private static final long BYTES_PER_ENTRY = 1024;
  private static final int MIN_OPEN_FOLDERS = 8;
  private static final int MAX_OPEN_FOLDERS = 512;
  private static final long TICK_MILLIS = 100;

  private final ArchiveReader reader;
  private final RestoreOptions options;
  private final RestoreListener listener;
  private final FileAccess files = SystemFileAccess.instance();
  private final Tally tally;
  private boolean used;

  /**
   * @param reader stays the caller's
   */
  public Restorer(ArchiveReader reader, RestoreOptions options, RestoreListener listener) {
    this.reader = reader;
    this.options = options;
    this.listener = listener;
    this.tally = new Tally(options.keepGoing());
  }

  /** Makes the restore fail soon, with reason CANCELLED. From any thread, at any time. */
  public void cancel() {
    tally.stop(Reason.CANCELLED, new CancellationException("cancelled"));
  }

  /**
   * Restores what is selected. The destination is created with the directories above it; without
   * {@code force} it must be empty if it exists.
   *
   * @return what was done; with {@code keepGoing}, and always where entries are not in the archive,
   *     look at its problems
   * @throws RestoreException for all reasons that lie in archive, destination or options
   * @throws IOException if the index cannot be read
   * @throws InterruptedException if the calling thread is interrupted
   */
  public RestoreReport restore(Path destination) throws IOException, InterruptedException {
    requireSources();
    boolean created = !Files.exists(destination, LinkOption.NOFOLLOW_LINKS);
    try (OpenDirectory root = openDestination(destination)) {
      return restore(root, created);
    } finally {
      if (created && tally.isStopped() && tally.entries() <= 1) {
        deleteIfEmpty(destination);
      }
    }
  }

  /** Nothing is made where something is asked for that is not there, or a base that it needs. */
  private void requireSources() throws IOException {
    for (byte[] path : options.selection().paths()) {
      if (reader.find(path) == null) {
        throw new RestoreException(
            Reason.NOT_FOUND,
            PathText.display(path) + " is not in " + reader.path() + "; nothing was restored",
            null,
            null);
      }
    }
    if (!options.keepGoing()) {
      NeededBases.open(reader, options.selection());
    }
  }

  /**
   * Restores what is selected, into an open directory.
   *
   * @param destination stays the caller's; without {@code force} it must be empty
   * @param created whether it was made for this, and gets the attributes of the archive's root
   *     whatever is selected
   * @throws RestoreException as {@link #restore(Path)} does, likewise the others
   */
  public RestoreReport restore(OpenDirectory destination, boolean created)
      throws IOException, InterruptedException {
    if (used) {
      throw new IllegalStateException("a restorer restores once");
    }
    used = true;
    long start = System.nanoTime();
    requireSources();
    boolean empty = destination.list().size() == 0;
    if (!empty && !options.force()) {
      throw new RestoreException(
          Reason.DESTINATION,
          destination.displayPath() + " is not empty; restore to another directory, or with force",
          null,
          null);
    }
    restore(destination, created, empty);
    RestoreReport report = tally.report(reader.id(), System.nanoTime() - start);
    Throwable cause = tally.stopCause();
    if (cause instanceof Error error) {
      throw error;
    }
    if (cause instanceof RuntimeException bug && !(cause instanceof CancellationException)) {
      throw bug;
    }
    if (cause != null) {
      throw new RestoreException(
          tally.stopReason(),
          cause.getMessage() + "; stopped, " + report.files() + " file(s) restored and kept",
          cause,
          report);
    }
    return report;
  }

  private OpenDirectory openDestination(Path destination) throws RestoreException {
    try {
      if (!Files.isDirectory(destination)) {
        Files.createDirectories(destination);
      }
      return files.openDirectory(destination);
    } catch (IOException e) {
      String reason = e instanceof FileErrorException ? e.getMessage() : e.toString();
      throw new RestoreException(
          Reason.DESTINATION, "cannot restore to " + destination + ": " + reason, e, null);
    }
  }

  private static void deleteIfEmpty(Path destination) {
    try {
      Files.deleteIfExists(destination);
    } catch (IOException e) {
      // Something is in it, or it is somebody else's by now: it stays.
    }
  }

  private void restore(OpenDirectory root, boolean created, boolean empty)
      throws IOException, InterruptedException {
    Identity identity = Identity.current();
    boolean predictable = empty && (root.status().mode() & 02000) == 0 && !hasDefaultAcl(root);
    Attributes attributes = new Attributes(options, identity, predictable, files, tally);
    Selection selection = options.selection();
    Folder top =
        new Folder(
            null, new byte[0], new byte[0], selection.selects(new byte[0], true), false, null);
    top.made = true;
    top.created = created;
    int openFolders = Math.clamp(files.openFileLimit() / 4, MIN_OPEN_FOLDERS, MAX_OPEN_FOLDERS);
    // A reader holds the stored bytes of a blob beside the decoded ones, so half of the memory is
    // for these, and a quarter for the windows.
    try (FolderTree folders = new FolderTree(top, root, options, attributes, tally, openFolders);
        BlobBuffers buffers = new BlobBuffers(options.memoryBytes() * 3 / 8)) {
      Job job = new Job(reader, options, files, attributes, folders, buffers, tally);
      Planner planner = new Planner(job);
      try (Crew crew = new Crew(job)) {
        try {
          restore(planner, crew, job);
        } catch (Throwable t) {
          // Closing the crew waits for its tasks: let it abandon them.
          tally.stop(Reason.ENTRY, t);
          throw t;
        }
      }
      folders.complete(null);
      tick(planner, true);
    }
  }

  private static boolean hasDefaultAcl(OpenDirectory root) throws IOException {
    try {
      return root.extendedAttributes().containsKey("system.posix_acl_default");
    } catch (FileErrorException e) {
      return true;
    }
  }

  private void restore(Planner planner, Crew crew, Job job)
      throws IOException, InterruptedException {
    int lastLimit =
        Math.clamp(options.memoryBytes() / 8 / BYTES_PER_ENTRY, FIRST_WINDOW, LAST_WINDOW);
    int limit = FIRST_WINDOW;
    Window window = new Window();
    Window running = null;
    // Directories above what is searched for by prefix come first in path order, too.
    byte[] prefix = options.selection().commonPrefix();
    for (int i = 0; i < prefix.length; i++) {
      if (i == 0 || prefix[i] == '/') {
        Entry above = reader.find(Arrays.copyOf(prefix, i));
        if (above != null) {
          planner.plan(above, window);
        }
      }
    }
    EntryCursor cursor = reader.entries(EntryFilter.ALL.withoutNested().withPrefix(prefix));
    for (Entry entry = next(cursor); entry != null && !tally.isStopped(); entry = next(cursor)) {
      planner.plan(entry, window);
      if (window.weight >= limit) {
        limit = Math.min(2 * limit, lastLimit);
        crew.submit(window, window.tasks(job));
        finish(planner, running, job, false);
        running = window;
        window = new Window();
      }
    }
    List<Task> rest = window.tasks(job);
    crew.submit(window, rest);
    finish(planner, running, job, true);
    finish(planner, window, job, true);
  }

  /** The next entry. Where a batch is damaged, told to keep going, one beyond it. */
  private @Nullable Entry next(EntryCursor cursor) throws IOException {
    while (true) {
      try {
        return cursor.next();
      } catch (CorruptArchiveException e) {
        tally.failed(new byte[0], e);
        if (tally.isStopped()) {
          return null;
        }
      }
    }
  }

  private void finish(Planner planner, @Nullable Window window, Job job, boolean allFound)
      throws InterruptedException {
    if (window == null) {
      return;
    }
    while (!window.await(TICK_MILLIS)) {
      tick(planner, allFound);
    }
    tick(planner, allFound);
    planner.link(window);
    if (window.lastPath != null) {
      job.folders().complete(window.lastPath);
    }
  }

  private void tick(Planner planner, boolean allFound) {
    listener.progress(
        new RestoreListener.Progress(
            planner.entriesFound,
            planner.bytesFound,
            allFound,
            tally.entries(),
            tally.bytes.get(),
            tally.problemCount(),
            tally.currentPath()));
  }
}
