package io.packhouse.remote;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.packhouse.v1.EntryType;
import io.packhouse.v1.StreamEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.security.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Walks a tree in ascending order of path bytes. What was seen and is not done waits in a queue in
 * that order; a directory that comes out of it puts in what it has. So no more waits than what is
 * beside the directories that lead to an entry. Used by one thread.
 */
final class TreeWalk {
  private static final String ATTRIBUTES =
      "unix:mode,ino,dev,rdev,nlink,uid,gid,size,lastModifiedTime";

  // The types of a mode.
  private static final int TYPE_MASK = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int FILE = 0100000;
  private static final int SYMLINK = 0120000;
  private static final int FIFO = 0010000;
  private static final int CHAR_DEVICE = 0020000;
  private static final int BLOCK_DEVICE = 0060000;
  private static final int PERMISSIONS = 07777;

  /** Takes entries. */
  interface Visitor {
    /**
     * An entry; of a file the visitor reads the contents.
     *
     * @param file where it is
     */
    void entry(StreamEntry entry, Path file) throws IOException, InterruptedException;
  }

  /**
   * Something that waits for its turn.
   *
   * @param device of its tree's root
   * @param included whether it is sent for a directory above it
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody changes it
  private record Waiting(byte[] path, Path file, long device, boolean included)
      implements Comparable<Waiting> {
    @Override
    public int compareTo(Waiting other) {
      return Arrays.compareUnsigned(path, other.path);
    }
  }

  private record Inode(long device, long number) {}

  private record Held(StreamEntry entry, Path file) {}

  private final List<LocalTree> trees;
  private final TreeOptions options;
  private final Visitor visitor;
  private final PriorityQueue<Waiting> queue = new PriorityQueue<>();
  private final Map<Inode, ByteString> firstNames = new HashMap<>();
  private final Map<Integer, String> users = new HashMap<>();
  private final Map<Integer, String> groups = new HashMap<>();

  /** The mounts, which no glob selects or leaves out. */
  private final Set<ByteString> roots = new HashSet<>();

  /** Directories that are sent only if something in or after them is. */
  private final List<Held> held = new ArrayList<>();

  /**
   * @param trees with distinct mounts; one without is the only one
   */
  TreeWalk(List<LocalTree> trees, TreeOptions options, Visitor visitor) {
    this.trees = List.copyOf(trees);
    this.options = options;
    this.visitor = visitor;
  }

  /**
   * Walks the trees.
   *
   * @throws NotDirectoryException if a root is none
   */
  void walk() throws IOException, InterruptedException {
    boolean included = options.filter().includes(new byte[0], true);
    for (LocalTree tree : trees) {
      // The root itself may be a link; what is below is taken as it is.
      Path directory = tree.directory().toRealPath();
      Map<String, Object> attributes = Files.readAttributes(directory, ATTRIBUTES);
      if (type(attributes) != DIRECTORY) {
        throw new NotDirectoryException(tree.directory().toString());
      }
      String mount = tree.mount();
      byte[] path = mount == null ? new byte[0] : mount.getBytes(StandardCharsets.UTF_8);
      queue.add(new Waiting(path, directory, number(attributes, "dev"), included));
      roots.add(ByteString.copyFrom(path));
    }
    for (Waiting next = queue.poll(); next != null; next = queue.poll()) {
      dropHeldBefore(next.path);
      try {
        visit(next);
      } catch (FileSystemException e) {
        if (roots.contains(ByteString.copyFrom(next.path))) {
          throw e;
        }
        fail(next.path, e);
      }
    }
    if (!held.isEmpty() && held.getFirst().entry.getPath().isEmpty()) {
      // A stream begins with the root, also where nothing counts.
      visitor.entry(held.getFirst().entry, held.getFirst().file);
    }
  }

  private void fail(byte[] path, FileSystemException e) throws IOException {
    var problems = options.problems();
    if (problems == null) {
      throw e;
    }
    String reason =
        switch (e) {
          case java.nio.file.AccessDeniedException _ -> "permission denied";
          case java.nio.file.NoSuchFileException _ -> "no such file or directory";
          default -> Objects.requireNonNullElse(e.getReason(), e.getClass().getSimpleName());
        };
    problems.accept(new TreeOptions.Problem(text(path), reason));
  }

  private static String text(byte[] path) {
    return new String(path, StandardCharsets.UTF_8);
  }

  private void list(Waiting parent, boolean included) throws IOException {
    Path directory = parent.file;
    byte[] path = parent.path;
    try (DirectoryStream<Path> names = Files.newDirectoryStream(directory)) {
      for (Path file : names) {
        byte[] child = join(path, nameBytes(file));
        queue.add(new Waiting(child, file, parent.device, included));
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /** The path of a name in a directory; that of the root is empty. */
  static byte[] join(byte[] directory, byte[] name) {
    if (directory.length == 0) {
      return name;
    }
    byte[] path = Arrays.copyOf(directory, directory.length + 1 + name.length);
    path[directory.length] = '/';
    System.arraycopy(name, 0, path, directory.length + 1, name.length);
    return path;
  }

  /** Java shows names as text, which loses what is not text; as a URI it gives every byte away. */
  static byte[] nameBytes(Path file) {
    String name = file.getFileName().toString();
    if (name.chars().allMatch(c -> c < 0x80)) {
      return name.getBytes(StandardCharsets.US_ASCII);
    }
    String uri = file.toUri().getRawPath();
    int end = uri.endsWith("/") ? uri.length() - 1 : uri.length();
    int at = uri.lastIndexOf('/', end - 1) + 1;
    ByteBuffer bytes = ByteBuffer.allocate(end - at);
    while (at < end) {
      if (uri.charAt(at) == '%') {
        bytes.put((byte) Integer.parseInt(uri, at + 1, at + 3, 16));
        at += 3;
      } else {
        bytes.put((byte) uri.charAt(at++));
      }
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  private void visit(Waiting next) throws IOException, InterruptedException {
    Map<String, Object> attributes =
        Files.readAttributes(next.file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
    int type = type(attributes);
    boolean directory = type == DIRECTORY;
    boolean root = roots.contains(ByteString.copyFrom(next.path));
    if (!root && options.filter().excludes(next.path, directory)) {
      return;
    }
    boolean included = next.included || (!root && options.filter().includes(next.path, directory));
    if (directory) {
      StreamEntry entry =
          entry(next.path, next.file, attributes).setType(EntryType.ENTRY_TYPE_DIRECTORY).build();
      if (!options.oneFileSystem() || number(attributes, "dev") == next.device) {
        list(next, included);
      }
      if (included) {
        send(entry, next.file);
      } else {
        held.add(new Held(entry, next.file));
      }
    } else if (included) {
      leaf(next, attributes, type);
    }
  }

  private void leaf(Waiting next, Map<String, Object> attributes, int type)
      throws IOException, InterruptedException {
    boolean device = type == CHAR_DEVICE || type == BLOCK_DEVICE;
    if (type != FILE && type != SYMLINK && type != FIFO && !device) {
      options.skipped().accept(text(next.path));
      return;
    }
    StreamEntry.Builder entry = entry(next.path, next.file, attributes);
    ByteString first = null;
    Inode inode = new Inode(number(attributes, "dev"), number(attributes, "ino"));
    if (number(attributes, "nlink") > 1) {
      first = firstNames.putIfAbsent(inode, ByteString.copyFrom(next.path));
    }
    if (first != null) {
      entry.setType(EntryType.ENTRY_TYPE_HARDLINK).setLinkTarget(first).clearXattrs();
    } else if (type == SYMLINK) {
      Path target = Files.readSymbolicLink(next.file);
      entry
          .setType(EntryType.ENTRY_TYPE_SYMLINK)
          .setLinkTarget(ByteString.copyFrom(linkBytes(target)));
    } else if (type == FIFO) {
      entry.setType(EntryType.ENTRY_TYPE_FIFO);
    } else if (device) {
      long number = number(attributes, "rdev");
      entry
          .setType(
              type == CHAR_DEVICE
                  ? EntryType.ENTRY_TYPE_CHAR_DEVICE
                  : EntryType.ENTRY_TYPE_BLOCK_DEVICE)
          .setDeviceMajor(major(number))
          .setDeviceMinor(minor(number));
    } else {
      if (!Files.isReadable(next.file)) {
        firstNames.remove(inode); // links to what was not sent would lead nowhere
        throw new java.nio.file.AccessDeniedException(next.file.toString());
      }
      entry.setType(EntryType.ENTRY_TYPE_FILE).setSize(number(attributes, "size"));
    }
    send(entry.build(), next.file);
  }

  /** How Linux puts the two numbers of a device into one: makedev(3). */
  private static int major(long device) {
    return (int) (((device >>> 8) & 0xfff) | ((device >>> 32) & ~0xfff));
  }

  private static int minor(long device) {
    return (int) ((device & 0xff) | ((device >>> 12) & ~0xff));
  }

  /** As {@link #nameBytes}, for each name of a target. */
  private static byte[] linkBytes(Path target) throws IOException {
    String text = target.toString();
    if (text.indexOf('\uFFFD') >= 0) {
      throw new FileSystemException(text, null, "a link to a name that is not text");
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void send(StreamEntry entry, Path file) throws IOException, InterruptedException {
    for (Held each : held) {
      visitor.entry(each.entry, each.file);
    }
    held.clear();
    visitor.entry(entry, file);
  }

  /** Drops directories all of whose contents come before a path, and had nothing to send. */
  private void dropHeldBefore(byte[] path) {
    held.removeIf(
        each -> {
          if (each.entry.getPath().isEmpty()) {
            return false; // all that is to come is in the root
          }
          byte[] contents = each.entry.getPath().concat(SLASH).toByteArray();
          int length = Math.min(contents.length, path.length);
          return Arrays.compareUnsigned(path, 0, length, contents, 0, contents.length) > 0;
        });
  }

  private static final ByteString SLASH = ByteString.copyFromUtf8("/");

  private StreamEntry.Builder entry(byte[] path, Path file, Map<String, Object> attributes)
      throws IOException {
    Instant modified = ((FileTime) value(attributes, "lastModifiedTime")).toInstant();
    int uid = (int) number(attributes, "uid");
    int gid = (int) number(attributes, "gid");
    StreamEntry.Builder entry =
        StreamEntry.newBuilder()
            .setPath(ByteString.copyFrom(path))
            .setMode((int) number(attributes, "mode") & PERMISSIONS)
            .setMtime(
                Timestamp.newBuilder()
                    .setSeconds(modified.getEpochSecond())
                    .setNanos(modified.getNano()))
            .setUid(Integer.toUnsignedLong(uid))
            .setGid(Integer.toUnsignedLong(gid))
            .setUser(name(users, uid, file, "unix:owner"))
            .setGroup(name(groups, gid, file, "unix:group"));
    if (options.xattrs() && type(attributes) != SYMLINK) {
      xattrs(file, entry);
    }
    return entry;
  }

  private static void xattrs(Path file, StreamEntry.Builder entry) throws IOException {
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
    if (view == null) {
      return;
    }
    for (String name : view.list()) {
      ByteBuffer value = ByteBuffer.allocate(view.size(name));
      view.read(name, value);
      entry.putXattrs("user." + name, ByteString.copyFrom(value.flip()));
    }
  }

  /** Looked up once a number: the system asks files or servers. A number has no name of its own. */
  private static String name(Map<Integer, String> names, int id, Path file, String attribute)
      throws IOException {
    String known = names.get(id);
    if (known == null) {
      Object owner = Files.getAttribute(file, attribute, LinkOption.NOFOLLOW_LINKS);
      String name = ((Principal) owner).getName();
      known = name.equals(Integer.toUnsignedString(id)) ? "" : name;
      names.put(id, known);
    }
    return known;
  }

  private static int type(Map<String, Object> attributes) {
    return (int) number(attributes, "mode") & TYPE_MASK;
  }

  private static long number(Map<String, Object> attributes, String name) {
    return ((Number) value(attributes, name)).longValue();
  }

  private static Object value(Map<String, Object> attributes, String name) {
    return Objects.requireNonNull(attributes.get(name), name);
  }
}
