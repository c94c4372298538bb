package io.packhouse.remote;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a local tree is sent.
 *
 * @param filter what of it; the daemon is told of nothing else, either
 * @param oneFileSystem whether directories of other file systems are sent, but not entered
 * @param xattrs whether extended attributes are sent: those of the user namespace, which are all
 *     that Java sees
 * @param problems is told what cannot be read, which is then left out; null fails instead
 * @param skipped is told display paths of sockets, which no archive can hold
 */
public record TreeOptions(
    Filter filter,
    boolean oneFileSystem,
    boolean xattrs,
    @Nullable Consumer<Problem> problems,
    Consumer<String> skipped) {

  /** All of the tree; fails at what cannot be read. */
  public static final TreeOptions ALL =
      new TreeOptions(
          new Filter() {
            @Override
            public boolean excludes(byte[] path, boolean directory) {
              return false;
            }

            @Override
            public boolean includes(byte[] path, boolean directory) {
              return true;
            }
          },
          false,
          false,
          null,
          path -> {});

  /** Which entries are sent, by the bytes of their paths in the tree. Thread-safe. */
  public interface Filter {
    /** Whether the entry is left out, and all below. */
    boolean excludes(byte[] path, boolean directory);

    /** Whether the entry is sent, and all below; what leads to one that is sent is sent, too. */
    boolean includes(byte[] path, boolean directory);
  }

  /**
   * Something that cannot be read.
   *
   * @param path of the entry in the tree
   * @param problem why
   */
  public record Problem(String path, String problem) {}

  /** The same with another filter. */
  public TreeOptions withFilter(Filter other) {
    return new TreeOptions(other, oneFileSystem, xattrs, problems, skipped);
  }

  /** The same, but goes on without what cannot be read. */
  public TreeOptions withProblems(Consumer<Problem> listener) {
    return new TreeOptions(filter, oneFileSystem, xattrs, listener, skipped);
  }
}
