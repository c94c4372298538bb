package io.packhouse.engine.pack;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.format.PathRules;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.fs.PathText;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Takes the place of the walk where entries come from a source: checks their order and hands them
 * on, their contents read into slots already. One thread.
 */
final class SourceFeeder {
  private final EntrySource source;
  private final ItemBuilder items;
  private final PackOptions options;
  private final OpenDirectory spool;

  /** Paths of the directories that were seen; their bytes as ISO-8859-1, which keeps them all. */
  private final Set<String> directories = new HashSet<>();

  /** Which tree each mount is, by its key; empty for a single tree at the root. */
  private final Map<String, Integer> mounts = new HashMap<>();

  private byte @Nullable [] last;

  /**
   * @param trees that the source gives
   * @param spool where big files are kept beside the slots while extractors may want to look at
   *     them again; stays the caller's
   */
  SourceFeeder(
      EntrySource source,
      List<SourceTree> trees,
      ItemBuilder items,
      PackOptions options,
      OpenDirectory spool) {
    this.source = source;
    for (SourceTree tree : trees) {
      if (tree.mount() != null) {
        mounts.put(key(PathText.bytes(tree.mount())), mounts.size());
      }
    }
    this.items = items;
    this.options = options;
    this.spool = spool;
  }

  /** Hands on all entries. */
  void feed() throws IOException, InterruptedException {
    for (SourceEntry next = source.next(); next != null; next = source.next()) {
      check(next);
      PackEntry entry = new PackEntry(next.path(), next.type(), tree(next.path()), next.status());
      entry.named = true;
      entry.user = next.user();
      entry.group = next.group();
      entry.linkTarget = next.linkTarget();
      entry.xattrs = options.xattrs() ? next.xattrs() : null;
      if (next.type() == EntryType.DIRECTORY) {
        directories.add(key(next.path()));
        items.directory(entry);
      } else {
        items.loaded(entry, source, spool(entry));
      }
    }
    if (last == null && mounts.isEmpty()) {
      throw problem("nothing was sent; the root comes first");
    }
  }

  /** The tree that an entry belongs to. */
  private int tree(byte[] path) throws PackException {
    if (mounts.isEmpty()) {
      return 0;
    }
    int end = 0;
    while (end < path.length && path[end] != '/') {
      end++;
    }
    Integer tree = mounts.get(key(Arrays.copyOf(path, end)));
    if (tree == null) {
      throw problem(PathText.display(path) + " is in none of the trees that were announced");
    }
    return tree;
  }

  private @Nullable OpenFile spool(PackEntry entry) throws IOException {
    if (entry.size() <= options.blobBytes() || !options.extractors().wants(entry.path)) {
      return null;
    }
    String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    byte[] name = PathText.bytes(".packing-" + random);
    OpenFile file = spool.createFile(name, 0600);
    try {
      spool.delete(name, false);
    } catch (Throwable e) {
      file.close();
      throw e;
    }
    return file;
  }

  private void check(SourceEntry next) throws PackException {
    byte[] path = next.path();
    byte[] before = last;
    last = path;
    if (before == null && mounts.isEmpty()) {
      if (path.length != 0 || next.type() != EntryType.DIRECTORY) {
        throw problem("the first entry must be the root, is " + PathText.display(path));
      }
      return;
    }
    String wrong = PathRules.problem(path);
    if (wrong != null || path.length > ArchiveFormat.MAX_PATH_LENGTH) {
      throw problem(PathText.display(path) + ": " + (wrong == null ? "is too long" : wrong));
    }
    if (before != null && Arrays.compareUnsigned(before, path) >= 0) {
      throw problem(
          PathText.display(path)
              + " comes after "
              + PathText.display(before)
              + "; entries must be in ascending order of path bytes");
    }
    int slash = path.length - 1;
    while (slash >= 0 && path[slash] != '/') {
      slash--;
    }
    byte[] parent = Arrays.copyOf(path, Math.max(slash, 0));
    boolean mount = slash < 0 && !mounts.isEmpty();
    if (mount && next.type() != EntryType.DIRECTORY) {
      throw problem(PathText.display(path) + " must be a directory, which takes a tree");
    }
    if (!mount && !directories.contains(key(parent))) {
      throw problem(PathText.display(path) + " is in no directory that was sent before");
    }
    boolean link = next.type() == EntryType.SYMLINK || next.type() == EntryType.HARDLINK;
    byte[] target = next.linkTarget();
    if (link != (target != null && target.length > 0)) {
      throw problem(
          PathText.display(path) + (link ? " has no target" : " is no link, but has a target"));
    }
    if (target != null && target.length > ArchiveFormat.MAX_PATH_LENGTH) {
      throw problem(PathText.display(path) + ": link target of " + target.length + " bytes");
    }
    if (next.type() == EntryType.NESTED) {
      throw problem(PathText.display(path) + " is of type nested, which only packing makes");
    }
  }

  private static String key(byte[] path) {
    return new String(path, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  private static PackException problem(String text) {
    return new PackException(PackException.Reason.INPUT, text, null);
  }
}
