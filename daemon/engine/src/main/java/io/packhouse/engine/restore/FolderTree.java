package io.packhouse.engine.restore;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.Entry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The directories of the destination: makes them, keeps a bounded number of them open, and gives
 * them their modes and times once nothing more comes into them.
 *
 * <p>Until then a directory is open to this user alone. Every directory is opened by its name in
 * the one above, never through a link. {@link #open} is thread-safe; all else belongs to the
 * planning thread.
 */
final class FolderTree implements AutoCloseable {
  private static final int WORKING_MODE = 0700;

  private final Folder root;
  private final OpenDirectory rootHandle;
  private final boolean force;
  private final boolean sync;
  private final Attributes attributes;
  private final Tally tally;
  private final int openLimit;

  /** Folders that more may come into, by path, in path order. */
  private final Map<String, Folder> live = new LinkedHashMap<>();

  /** Handles in order of their last use. */
  @GuardedBy("this")
  private final LinkedHashMap<Folder, OpenDirectory> handles = new LinkedHashMap<>(64, 0.75f, true);

  /**
   * @param rootHandle stays the caller's
   * @param openLimit directories to keep open, at least 2
   */
  FolderTree(
      Folder root,
      OpenDirectory rootHandle,
      RestoreOptions options,
      Attributes attributes,
      Tally tally,
      int openLimit) {
    this.root = root;
    this.rootHandle = rootHandle;
    this.force = options.force();
    this.sync = options.sync();
    this.attributes = attributes;
    this.tally = tally;
    this.openLimit = openLimit;
    live.put("", root);
  }

  /** The folder of this path, null where the archive has not named it as a directory. */
  @Nullable Folder find(byte[] path) {
    return live.get(Selection.key(path));
  }

  void add(Folder folder) {
    live.put(Selection.key(folder.path), folder);
  }

  /** Makes a folder and those above it. Its failure is noted in the folder, and told. */
  void make(Folder folder) {
    Deque<Folder> missing = new ArrayDeque<>();
    for (Folder at = folder; at != null && !at.made && at.failure == null; at = at.parent) {
      missing.push(at);
    }
    for (Folder at : missing) {
      Folder parent = at.parent;
      if (parent != null && parent.failure != null) {
        at.failure = parent.failure;
        tally.failed(at.path, new IOException("the directory above it is not there"));
        continue;
      }
      try {
        if (parent != null) {
          makeOne(parent, at);
        }
        at.made = true;
      } catch (IOException e) {
        at.failure = String.valueOf(e.getMessage());
        tally.failed(at.path, e);
      }
    }
  }

  private void makeOne(Folder parent, Folder folder) throws IOException {
    try (OpenDirectory above = open(parent)) {
      try {
        above.createDirectory(folder.name, WORKING_MODE);
        folder.created = true;
        return;
      } catch (FileErrorException e) {
        if (!e.isExists() || !force) {
          throw e;
        }
      }
      try (OpenDirectory present = above.openDirectory(folder.name)) {
        FileStatus status = present.status();
        if ((status.mode() & WORKING_MODE) != WORKING_MODE) {
          present.setMode(status.mode() | WORKING_MODE);
          folder.formerMode = status.mode();
        }
      } catch (FileErrorException e) {
        if (!e.isLoop()) {
          throw e;
        }
        above.delete(folder.name, false);
        above.createDirectory(folder.name, WORKING_MODE);
        folder.created = true;
      }
    }
  }

  /** A handle of a folder that is made; the caller closes it. */
  synchronized OpenDirectory open(Folder folder) throws IOException {
    Deque<Folder> closed = new ArrayDeque<>();
    OpenDirectory handle = null;
    for (Folder at = folder; handle == null; ) {
      Folder parent = at.parent;
      if (parent == null) {
        handle = rootHandle;
      } else {
        handle = handles.get(at);
        if (handle == null) {
          closed.push(at);
          at = parent;
        }
      }
    }
    for (Folder at : closed) {
      // Opened before the oldest is closed, since that may be the one above.
      handle = handle.openDirectory(at.name);
      handles.put(at, handle);
      if (handles.size() > openLimit) {
        close(handles.keySet().iterator().next());
      }
    }
    return handle.share();
  }

  /** Opens the directory of a path by its names, without the help of folders. */
  OpenDirectory openPath(byte[] path) throws IOException {
    OpenDirectory at = rootHandle.share();
    try {
      for (int start = 0; start < path.length; ) {
        int end = start;
        while (end < path.length && path[end] != '/') {
          end++;
        }
        OpenDirectory next = at.openDirectory(Arrays.copyOfRange(path, start, end));
        at.close();
        at = next;
        start = end + 1;
      }
      return at;
    } catch (Throwable t) {
      at.close();
      throw t;
    }
  }

  /**
   * Completes the folders that a path has passed, the deepest first, and forgets them.
   *
   * @param path of the last entry that was restored; null after the very last, which completes all
   */
  void complete(byte @Nullable [] path) {
    List<Folder> passed = new ArrayList<>();
    for (Folder folder : live.values()) {
      if (path == null || folder.isPassedBy(path)) {
        passed.add(folder);
      }
    }
    Collections.reverse(passed);
    for (Folder folder : passed) {
      live.remove(Selection.key(folder.path));
      if (folder.made) {
        try {
          complete(folder);
        } catch (IOException e) {
          tally.failed(folder.path, e);
        }
      }
    }
  }

  private void complete(Folder folder) throws IOException {
    try (OpenDirectory directory = open(folder)) {
      Entry entry = folder.entry;
      if (entry != null && (folder.created || folder.selected)) {
        attributes.applyToDirectory(directory, entry);
        tally.restored(EntryType.DIRECTORY, 0);
      } else if (folder.formerMode >= 0) {
        directory.setMode(folder.formerMode);
      }
      if (sync) {
        directory.force();
      }
    } finally {
      synchronized (this) {
        close(folder);
      }
    }
  }

  /** Notes that what is in a folder, or would be, is not restored. */
  static String failureIn(Folder folder) {
    return "its directory " + PathText.display(folder.path) + " is not restored";
  }

  @GuardedBy("this")
  private void close(Folder folder) throws IOException {
    OpenDirectory handle = handles.remove(folder);
    if (handle != null) {
      handle.close();
    }
  }

  /** Closes all handles but the root's. */
  @Override
  public synchronized void close() throws IOException {
    for (OpenDirectory handle : handles.values()) {
      handle.close();
    }
    handles.clear();
  }

  Folder root() {
    return root;
  }
}
