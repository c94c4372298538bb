package io.packhouse.engine.diff;

import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.DirectoryListing;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.PathText;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A directory tree in the order of an archive, by open directory handles, following no link.
 *
 * <p>Paths below {@code a} begin with {@code a/}, and {@code a-b} sorts before these: a directory
 * waits until the next sibling's name sorts behind its own with a slash. Sockets are passed over,
 * since archives hold none.
 */
final class TreeSource implements ItemSource {

  private record FileId(long device, long inode) {}

  /** A directory being visited, or waiting for its turn. */
  private static final class Frame {
    final OpenDirectory directory;
    final byte[] path;
    final byte[] name;
    final DirectoryListing listing;
    final Deque<Frame> waiting = new ArrayDeque<>();
    int next;

    Frame(OpenDirectory directory, byte[] path, byte[] name, DirectoryListing listing) {
      this.directory = directory;
      this.path = path;
      this.name = name;
      this.listing = listing;
    }
  }

  private final Deque<Frame> stack = new ArrayDeque<>();
  private final Map<FileId, byte[]> firstNames = new HashMap<>();
  private @Nullable Item root;

  /**
   * @param directory stays the caller's
   */
  TreeSource(OpenDirectory directory) throws IOException {
    byte[] top = new byte[0];
    DirectoryListing listing = directory.list();
    root = new Item(top, EntryType.DIRECTORY, directory.status(), null, directory.share(), null);
    stack.push(new Frame(directory.share(), top, top, listing));
  }

  @Override
  public @Nullable Item next() throws IOException {
    Item first = root;
    if (first != null) {
      root = null;
      return first;
    }
    while (!stack.isEmpty()) {
      Frame frame = stack.element();
      byte[] name = frame.next < frame.listing.size() ? frame.listing.name(frame.next) : null;
      Frame waiting = frame.waiting.peek();
      if (waiting != null && (name == null || PathText.contentsPrecede(waiting.name, name))) {
        stack.push(frame.waiting.pop());
      } else if (name != null) {
        frame.next++;
        Item item = visit(frame, name);
        if (item != null) {
          return item;
        }
      } else {
        stack.pop().directory.close();
      }
    }
    return null;
  }

  private @Nullable Item visit(Frame frame, byte[] name) throws IOException {
    byte[] path = PathText.join(frame.path, name);
    FileStatus status;
    try {
      status = frame.directory.status(name);
    } catch (FileErrorException e) {
      return e.isNotFound() ? null : failed(path, EntryType.FILE, e);
    }
    EntryType type = type(status.kind());
    if (type == null) {
      return null;
    }
    byte[] target = null;
    try {
      if (type == EntryType.DIRECTORY) {
        OpenDirectory child = frame.directory.openDirectory(name);
        try {
          frame.waiting.push(new Frame(child, path, name, child.list()));
        } catch (Throwable t) {
          child.close();
          throw t;
        }
      } else {
        byte[] first = status.links() > 1 ? firstName(status, path) : null;
        if (first != null) {
          target = first;
          type = EntryType.HARDLINK;
        } else if (type == EntryType.SYMLINK) {
          target = frame.directory.readLink(name);
        }
      }
    } catch (FileErrorException e) {
      return failed(path, type, e);
    }
    return new Item(path, type, status, target, frame.directory.share(), name);
  }

  private static Item failed(byte[] path, EntryType type, FileErrorException e) {
    Item item = new Item(path, type, null, null, null, null);
    item.problem = e.getMessage();
    return item;
  }

  private static @Nullable EntryType type(FileKind kind) {
    return switch (kind) {
      case FILE -> EntryType.FILE;
      case DIRECTORY -> EntryType.DIRECTORY;
      case SYMLINK -> EntryType.SYMLINK;
      case FIFO -> EntryType.FIFO;
      case CHAR_DEVICE -> EntryType.CHAR_DEVICE;
      case BLOCK_DEVICE -> EntryType.BLOCK_DEVICE;
      case SOCKET, UNKNOWN -> null;
    };
  }

  /** The first name of a file in this walk, or null if this is it. */
  private byte @Nullable [] firstName(FileStatus status, byte[] path) {
    return firstNames.putIfAbsent(new FileId(status.device(), status.inode()), path);
  }

  @Override
  public void close() throws IOException {
    Item first = root;
    root = null;
    if (first != null) {
      first.close();
    }
    for (Frame frame : stack) {
      frame.directory.close();
      for (Frame waiting : frame.waiting) {
        waiting.directory.close();
      }
    }
    stack.clear();
  }
}
