package io.packhouse.server.roots;

import io.packhouse.engine.fs.DirectoryOpener;
import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.OpenDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Resolves paths that callers send. A path lies under a root by its letters, and no component below
 * the root is a link: that is seen by opening one directory in the other, so whatever is a link at
 * that moment is refused, wherever it leads. The root itself may be a link, or lead through some.
 *
 * <p>Paths are resolved when they are sent, to say at once what is wrong with them, and again by
 * {@link #open} and {@link #make} when work on them begins. These hand out what they opened, so
 * whoever may write to a root on this machine cannot put a link in between. Thread-safe.
 */
public final class Roots implements DirectoryOpener {
  private static final int MAX_CHARS = 4_096;

  private final FileAccess files;
  private volatile List<RootSettings> roots;

  public Roots(FileAccess files, Collection<RootSettings> roots) {
    this.files = files;
    this.roots = List.copyOf(roots);
  }

  /** Takes other roots in place of those it has; what is open stays so. */
  public void use(Collection<RootSettings> wanted) {
    roots = List.copyOf(wanted);
  }

  /**
   * A directory to read.
   *
   * @throws IllegalArgumentException if the path is not absolute, lies under no root, or leads
   *     through a link or to no directory; the message is for the caller
   * @throws IOException if it cannot be looked at
   */
  public Path resolveReadable(String path) throws IOException {
    Request request = parse(path, false);
    walk(request, false).close();
    return request.path();
  }

  /**
   * A directory to write to; it need not exist, nor those that lead to it.
   *
   * @throws IllegalArgumentException as {@link #resolveReadable}, and if the root is not writable
   * @throws IOException if it cannot be looked at
   */
  public Path resolveWritable(String path) throws IOException {
    Request request = parse(path, true);
    walk(request, true).close();
    return request.path();
  }

  /** As {@link #resolveReadable}, but the directory itself. */
  @Override
  public OpenDirectory open(Path directory) throws IOException {
    return walk(parse(directory.toString(), false), false);
  }

  /**
   * As {@link #resolveWritable}, but the directory itself, which is made where it is missing, and
   * so are those that lead to it.
   */
  public Destination make(String path) throws IOException {
    Request request = parse(path, true);
    Destination made =
        new Destination(files.openDirectory(request.root().path()), null, new byte[0], false);
    try {
      for (String name : request.below()) {
        made = made.child(name.getBytes(StandardCharsets.UTF_8));
      }
      return made;
    } catch (FileErrorException e) {
      made.close();
      throw refusal(request, e);
    } catch (Throwable e) {
      made.close();
      throw e;
    }
  }

  /** An open directory to write to. */
  public static final class Destination implements Closeable {
    private final OpenDirectory directory;
    private final @Nullable OpenDirectory parent;
    private final byte[] name;
    private final boolean created;

    private Destination(
        OpenDirectory directory, @Nullable OpenDirectory parent, byte[] name, boolean created) {
      this.directory = directory;
      this.parent = parent;
      this.name = name;
      this.created = created;
    }

    /** A directory in this one, which it takes the place of. */
    private Destination child(byte[] child) throws IOException {
      boolean missing = false;
      OpenDirectory next;
      try {
        next = directory.openDirectory(child);
      } catch (FileErrorException e) {
        if (!e.isNotFound()) {
          throw e;
        }
        directory.createDirectory(child, 0777);
        missing = true;
        next = directory.openDirectory(child);
      }
      if (parent != null) {
        parent.close();
      }
      return new Destination(next, directory, child, missing);
    }

    /** The directory; closed with this. */
    public OpenDirectory directory() {
      return directory;
    }

    /** Whether it was missing. */
    public boolean isCreated() {
      return created;
    }

    /** Takes it away again if it was missing, and nothing is in it. */
    public void removeIfEmpty() throws IOException {
      if (created && parent != null && directory.list().size() == 0) {
        parent.delete(name, true);
      }
    }

    @Override
    public void close() throws IOException {
      directory.close();
      if (parent != null) {
        parent.close();
      }
    }
  }

  private record Request(String text, RootSettings root, Path path, List<String> below) {}

  private Request parse(String text, boolean writing) {
    if (text.length() > MAX_CHARS || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "the path is longer than " + MAX_CHARS + " characters, or has a NUL in it");
    }
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("\"" + text + "\" is no absolute path");
    }
    String trimmed = text.replaceAll("/+$", "");
    List<String> names =
        trimmed.isEmpty() ? List.of() : Arrays.asList(trimmed.substring(1).split("/", -1));
    for (String name : names) {
      if (name.isEmpty() || name.equals(".") || name.equals("..")) {
        throw new IllegalArgumentException(
            "\"" + text + "\" has an empty name, \".\" or \"..\" in it");
      }
    }
    Path path = Path.of(trimmed.isEmpty() ? "/" : trimmed);
    RootSettings root = root(path, writing);
    if (root == null) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is under no root that may be " + (writing ? "written" : "read"));
    }
    return new Request(
        text, root, path, names.subList(root.path().normalize().getNameCount(), names.size()));
  }

  /** The nearest root above a path, of those that permit it. */
  private @Nullable RootSettings root(Path path, boolean writing) {
    RootSettings nearest = null;
    for (RootSettings root : roots) {
      if (path.startsWith(root.path().normalize())
          && (nearest == null
              || root.path().normalize().getNameCount()
                  > nearest.path().normalize().getNameCount())) {
        nearest = root;
      }
    }
    // A root inside of another takes its tree out of it: a read-only one stays read-only.
    return nearest != null && writing && !nearest.writable() ? null : nearest;
  }

  /** Opens the directory; where it may be missing, the last one of its path that is there. */
  private OpenDirectory walk(Request request, boolean mayBeMissing) throws IOException {
    OpenDirectory at = files.openDirectory(request.root().path());
    try {
      for (String name : request.below()) {
        OpenDirectory next = at.openDirectory(name.getBytes(StandardCharsets.UTF_8));
        at.close();
        at = next;
      }
      return at;
    } catch (FileErrorException e) {
      if (mayBeMissing && e.isNotFound()) {
        return at;
      }
      at.close();
      throw refusal(request, e);
    } catch (Throwable e) {
      at.close();
      throw e;
    }
  }

  /** What to throw: returned only where the caller is to be told no more. */
  private static FileErrorException refusal(Request request, FileErrorException e) {
    if (e.isLoop()) {
      throw new IllegalArgumentException(
          "\"" + request.text() + "\" leads through a link, or to what is no directory", e);
    }
    if (e.isNotFound()) {
      throw new IllegalArgumentException("there is no directory \"" + request.text() + "\"", e);
    }
    return e;
  }
}
