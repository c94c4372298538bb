package io.packhouse.engine.diff;

import io.packhouse.engine.diff.DiffEntry.Attribute;
import io.packhouse.engine.diff.DiffEntry.Kind;
import io.packhouse.engine.fs.PathText;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Merges two sides by path. Files that must be read are hashed ahead of the merge. One thread. */
final class Comparison implements AutoCloseable {
  private static final int MAX_AHEAD = 512;

  /** A pair of items of one path, or one of either side alone. */
  private record Pair(@Nullable Item left, @Nullable Item right, @Nullable Future<?> hashed) {}

  private final DiffOptions options;
  private final FileHasher hasher;
  private final Run differences;
  private final Deque<Pair> ahead = new ArrayDeque<>();
  private long unchanged;

  Comparison(DiffOptions options, FileHasher hasher, DiffConsumer out) {
    this.options = options;
    this.hasher = hasher;
    this.differences = new Run(this, hasher, out);
  }

  DiffSummary run(ItemSource left, ItemSource right) throws IOException, InterruptedException {
    Item from = left.next();
    Item to = right.next();
    while (from != null || to != null) {
      int order = from == null ? 1 : to == null ? -1 : PathText.compare(from.path, to.path);
      add(order <= 0 ? from : null, order >= 0 ? to : null);
      if (order <= 0) {
        from = left.next();
      }
      if (order >= 0) {
        to = right.next();
      }
    }
    while (!ahead.isEmpty()) {
      settle();
    }
    differences.end();
    return differences.summary(unchanged);
  }

  private void add(@Nullable Item left, @Nullable Item right)
      throws IOException, InterruptedException {
    Future<?> hashed = null;
    if (left != null && right != null && mustHash(left, right)) {
      hashed = hasher.submit(right);
    }
    ahead.add(new Pair(left, right, hashed));
    if (ahead.size() > MAX_AHEAD) {
      settle();
    }
  }

  private boolean mustHash(Item left, Item right) {
    boolean readable = right.digest == null && right.directory != null && right.ok;
    boolean alike = left.isFile() && right.isFile() && left.ok && left.size == right.size;
    boolean trusted = options.quick() && left.hasMtime && left.mtimeNanos == right.mtimeNanos;
    return readable && alike && !trusted;
  }

  private void settle() throws IOException, InterruptedException {
    Pair pair = ahead.remove();
    Item left = pair.left;
    Item right = pair.right;
    if (pair.hashed != null) {
      await(pair.hashed);
    }
    Item one = right != null ? right : left;
    if (one != null && (left == null || right == null)) {
      if (right != null && right.problem != null) {
        differences.add(unreadable(right));
        right.close();
      } else if (one.path.length == 0) {
        // Archives of named inputs have no root: that the other side has one says nothing.
        one.close();
      } else {
        differences.addLone(one, right != null);
      }
    } else if (left != null && right != null) {
      try (left;
          right) {
        if (right.problem != null) {
          differences.add(unreadable(right));
          return;
        }
        Set<Attribute> changes = changes(left, right);
        if (changes.isEmpty()) {
          unchanged++;
        } else {
          differences.add(new DiffEntry(Kind.CHANGED, right.path, changes, null, right.size, null));
        }
      }
    }
  }

  private static DiffEntry unreadable(Item item) {
    return new DiffEntry(Kind.UNREADABLE, item.path, Set.of(), null, item.size, item.problem);
  }

  static void await(Future<?> future) throws InterruptedException {
    try {
      future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("hashing failed: " + e.getCause(), e.getCause());
    }
  }

  /** What differs between two items, whose digests are there if they are to be compared. */
  Set<Attribute> changes(Item left, Item right) throws IOException {
    Set<Attribute> changes = EnumSet.noneOf(Attribute.class);
    if (!left.type.equals(right.type)) {
      changes.add(Attribute.TYPE);
    } else {
      boolean trusted = options.quick() && right.digest == null;
      boolean contents =
          left.ok == right.ok
              && left.size == right.size
              && (!left.isFile()
                  || trusted
                  || !left.ok
                  || Arrays.equals(left.digest, right.digest));
      addIf(changes, Attribute.CONTENTS, !contents);
      boolean target =
          Arrays.equals(left.linkTarget, right.linkTarget)
              && left.deviceMajor == right.deviceMajor
              && left.deviceMinor == right.deviceMinor;
      addIf(changes, Attribute.TARGET, !target);
    }
    addIf(
        changes,
        Attribute.MODE,
        options.modes() && left.mode >= 0 && right.mode >= 0 && left.mode != right.mode);
    addIf(
        changes,
        Attribute.MTIME,
        options.mtimes() && left.hasMtime && right.hasMtime && left.mtimeNanos != right.mtimeNanos);
    addIf(
        changes,
        Attribute.OWNER,
        options.owners() && (differ(left.uid, right.uid) || differ(left.gid, right.gid)));
    addIf(changes, Attribute.XATTRS, xattrsDiffer(left, right));
    return changes;
  }

  private static void addIf(Set<Attribute> changes, Attribute attribute, boolean differs) {
    if (differs) {
      changes.add(attribute);
    }
  }

  private static boolean differ(long left, long right) {
    return left >= 0 && right >= 0 && left != right;
  }

  private static boolean xattrsDiffer(Item left, Item right) throws IOException {
    if (!left.recordsXattrs() || !right.recordsXattrs()) {
      return false;
    }
    Map<String, byte[]> before = left.xattrs();
    Map<String, byte[]> after = right.xattrs();
    if (before == null || after == null) {
      return false;
    }
    if (!before.keySet().equals(after.keySet())) {
      return true;
    }
    for (Map.Entry<String, byte[]> attribute : before.entrySet()) {
      if (!Arrays.equals(attribute.getValue(), after.get(attribute.getKey()))) {
        return true;
      }
    }
    return false;
  }

  /** Lets go of what is not settled. */
  @Override
  public void close() throws IOException {
    for (Pair pair : ahead) {
      if (pair.hashed != null) {
        pair.hashed.cancel(false);
      }
      if (pair.right != null) {
        pair.right.close();
      }
    }
    ahead.clear();
  }
}
