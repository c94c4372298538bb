package io.packhouse.engine.pack;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.EntryStatus;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.DirectoryListing;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.select.PathFilter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Visits directory trees in ascending order of path bytes, by open directory handles, following no
 * link.
 *
 * <p>Children of {@code a} are all those paths that begin with {@code a/}, and {@code a-b} and
 * {@code a.b} sort on either side of them. So a directory is entered not where its own path sorts,
 * but where its path with {@code /} does: it waits until the next sibling's name is greater.
 *
 * <p>One thread.
 */
final class TreeWalker {

  /** Takes entries in path order. */
  interface Visitor {
    /**
     * Takes an entry that is no directory.
     *
     * @param entry new, its status telling whether it could be looked at
     * @param directory where it is; stays the walker's, to be shared if it is kept
     * @param name its name there
     */
    void entry(PackEntry entry, OpenDirectory directory, byte[] name)
        throws IOException, InterruptedException;

    /** A directory itself; there is nothing to read. */
    void directory(PackEntry entry) throws IOException, InterruptedException;

    /** A socket, which archives do not hold. */
    void skipped(byte[] path);
  }

  /**
   * A tree to visit.
   *
   * @param directory stays the caller's
   * @param mount path bytes of the tree's root in the archive
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared nor printed
  record Root(OpenDirectory directory, int input, byte[] mount) {}

  /** A tree whose root was visited, and what is in it not yet. */
  private record Begun(Frame frame, int input, long device) {}

  private record FileId(long device, long inode) {}

  /** The first name of a file with several, and how many of them are still to come. */
  private static final class FirstName {
    final byte[] path;
    int left;

    FirstName(byte[] path, int left) {
      this.path = path;
      this.left = left;
    }
  }

  /** A directory being visited, or waiting until its path with a slash is reached. */
  private static final class Frame {
    final OpenDirectory directory;
    final byte[] path;
    final byte[] name;
    final DirectoryListing listing;
    final boolean included;
    final Deque<Frame> waiting = new ArrayDeque<>();
    int next;

    Frame(
        OpenDirectory directory,
        byte[] path,
        byte[] name,
        DirectoryListing listing,
        boolean included) {
      this.directory = directory;
      this.path = path;
      this.name = name;
      this.listing = listing;
      this.included = included;
    }
  }

  private final PackOptions options;
  private final PathFilter filter;
  private final Visitor visitor;
  private final Map<FileId, FirstName> firstNames = new HashMap<>();

  /** Directories above what counts that have not been handed on, since nothing in them counted. */
  private final List<PackEntry> heldBack = new ArrayList<>();

  private int input;
  private long rootDevice;

  TreeWalker(PackOptions options, Visitor visitor) {
    this.options = options;
    this.filter = options.filter();
    this.visitor = visitor;
  }

  /**
   * Visits trees, which sort among each other as the directories of one do.
   *
   * @param roots in ascending order of mounts
   */
  void walk(List<Root> roots) throws IOException, InterruptedException {
    Deque<Begun> waiting = new ArrayDeque<>();
    try {
      for (Root root : roots) {
        while (!waiting.isEmpty()
            && PathText.contentsPrecede(waiting.element().frame.path, root.mount)) {
          finish(waiting.pop());
        }
        waiting.push(begin(root));
      }
      while (!waiting.isEmpty()) {
        finish(waiting.pop());
      }
    } finally {
      for (Begun begun : waiting) {
        begun.frame.directory.close();
      }
      heldBack.clear();
    }
  }

  private Begun begin(Root root) throws IOException, InterruptedException {
    input = root.input;
    FileStatus status = root.directory.status();
    boolean included = !filter.hasIncludes();
    PackEntry entry = new PackEntry(root.mount, EntryType.DIRECTORY, input, status);
    readXattrs(entry, root.directory, null);
    DirectoryListing listing = root.directory.list();
    offer(entry, included);
    Frame frame = new Frame(root.directory.share(), root.mount, root.mount, listing, included);
    return new Begun(frame, input, status.device());
  }

  private void finish(Begun begun) throws IOException, InterruptedException {
    input = begun.input;
    rootDevice = begun.device;
    Deque<Frame> stack = new ArrayDeque<>();
    stack.push(begun.frame);
    try {
      while (!stack.isEmpty()) {
        step(stack);
      }
    } finally {
      for (Frame frame : stack) {
        frame.directory.close();
        for (Frame waiting : frame.waiting) {
          waiting.directory.close();
        }
      }
    }
  }

  private void step(Deque<Frame> stack) throws IOException, InterruptedException {
    Frame frame = stack.element();
    byte[] name = frame.next < frame.listing.size() ? frame.listing.name(frame.next) : null;
    Frame waiting = frame.waiting.peek();
    if (waiting != null && (name == null || PathText.contentsPrecede(waiting.name, name))) {
      stack.push(frame.waiting.pop());
    } else if (name != null) {
      frame.next++;
      visit(frame, name, frame.listing.kind(frame.next - 1));
    } else {
      stack.pop().directory.close();
      dropHeldBack(frame.path);
    }
  }

  private void visit(Frame frame, byte[] name, FileKind listedKind)
      throws IOException, InterruptedException {
    byte[] path = PathText.join(frame.path, name);
    boolean listedDirectory = listedKind == FileKind.DIRECTORY;
    if (listedKind != FileKind.UNKNOWN && filter.excludes(path, listedDirectory)) {
      return;
    }
    if (path.length > ArchiveFormat.MAX_PATH_LENGTH) {
      throw new PackException(
          PackException.Reason.ENTRY,
          "path of "
              + path.length
              + " bytes, the limit is "
              + ArchiveFormat.MAX_PATH_LENGTH
              + ": "
              + PathText.display(path).substring(0, 200)
              + "…; exclude it",
          null);
    }
    FileStatus status;
    try {
      status = frame.directory.status(name);
    } catch (FileErrorException e) {
      EntryType type = listedDirectory ? EntryType.DIRECTORY : EntryType.FILE;
      PackEntry entry = new PackEntry(path, type, input, null);
      entry.fail(e);
      boolean counts = frame.included || filter.includes(path, listedDirectory);
      if (counts) {
        offer(entry, true);
      }
      return;
    }
    boolean directory = status.kind() == FileKind.DIRECTORY;
    if (filter.excludes(path, directory)) {
      return;
    }
    boolean included = frame.included || filter.includes(path, directory);
    if (directory) {
      PackEntry entry = new PackEntry(path, EntryType.DIRECTORY, input, status);
      readXattrs(entry, frame.directory, name);
      Frame child = null;
      if (!options.oneFileSystem() || status.device() == rootDevice) {
        child = open(frame, name, entry, included);
      }
      if (child != null) {
        frame.waiting.push(child);
      }
      if (child != null || included || !entry.isOk()) {
        offer(entry, included || !entry.isOk());
      }
    } else if (included) {
      visitLeaf(frame, name, path, status);
    }
  }

  private void visitLeaf(Frame frame, byte[] name, byte[] path, FileStatus status)
      throws IOException, InterruptedException {
    EntryType type =
        switch (status.kind()) {
          case FILE -> EntryType.FILE;
          case SYMLINK -> EntryType.SYMLINK;
          case FIFO -> EntryType.FIFO;
          case CHAR_DEVICE -> EntryType.CHAR_DEVICE;
          case BLOCK_DEVICE -> EntryType.BLOCK_DEVICE;
          case SOCKET, UNKNOWN, DIRECTORY -> null;
        };
    if (type == null) {
      visitor.skipped(path);
      return;
    }
    byte[] firstName = status.links() > 1 ? firstName(status, path) : null;
    PackEntry entry =
        new PackEntry(path, firstName == null ? type : EntryType.HARDLINK, input, status);
    if (firstName != null) {
      entry.linkTarget = firstName;
    } else {
      if (type == EntryType.SYMLINK) {
        readLink(entry, frame.directory, name);
      }
      readXattrs(entry, frame.directory, name);
    }
    handOnHeldBack();
    visitor.entry(entry, frame.directory, name);
  }

  /** The first name of the file in this walk, or null if this is it. */
  private byte @Nullable [] firstName(FileStatus status, byte[] path) {
    FileId id = new FileId(status.device(), status.inode());
    FirstName first = firstNames.get(id);
    if (first == null) {
      firstNames.put(id, new FirstName(path, status.links() - 1));
      return null;
    }
    if (--first.left == 0) {
      firstNames.remove(id);
    }
    return first.path;
  }

  private static void readLink(PackEntry entry, OpenDirectory directory, byte[] name)
      throws IOException {
    try {
      byte[] target = directory.readLink(name);
      if (target.length > ArchiveFormat.MAX_PATH_LENGTH) {
        entry.fail(EntryStatus.UNREADABLE, "link target of " + target.length + " bytes");
      } else {
        entry.linkTarget = target;
      }
    } catch (FileErrorException e) {
      entry.fail(e);
    }
  }

  private void readXattrs(PackEntry entry, OpenDirectory directory, byte @Nullable [] name)
      throws IOException {
    if (!options.xattrs()) {
      return;
    }
    try {
      entry.xattrs =
          name == null ? directory.extendedAttributes() : directory.extendedAttributes(name);
    } catch (FileErrorException e) {
      if (!e.isUnsupported()) {
        entry.fail(e);
      }
    }
  }

  /**
   * Opens and lists a directory at once, so that its own row can say if that fails.
   *
   * @return null if it failed
   */
  private static @Nullable Frame open(Frame parent, byte[] name, PackEntry entry, boolean included)
      throws IOException {
    OpenDirectory directory = null;
    try {
      directory = parent.directory.openDirectory(name);
      FileStatus walked = entry.walked;
      if (walked == null || !directory.status().isSameFile(walked)) {
        entry.fail(EntryStatus.CHANGED, "was replaced by another directory during the walk");
      } else {
        return new Frame(directory, entry.path, name, directory.list(), included);
      }
    } catch (FileErrorException e) {
      entry.fail(e);
    }
    if (directory != null) {
      directory.close();
    }
    return null;
  }

  private void offer(PackEntry entry, boolean counts) throws IOException, InterruptedException {
    if (!counts) {
      heldBack.add(entry);
      return;
    }
    handOnHeldBack();
    visitor.directory(entry);
  }

  private void handOnHeldBack() throws IOException, InterruptedException {
    if (!heldBack.isEmpty()) {
      for (PackEntry directory : heldBack) {
        visitor.directory(directory);
      }
      heldBack.clear();
    }
  }

  /** Forgets a directory in which nothing counted. */
  private void dropHeldBack(byte[] path) {
    heldBack.removeIf(entry -> Arrays.equals(entry.path, path));
  }
}
