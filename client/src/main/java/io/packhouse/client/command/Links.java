package io.packhouse.client.command;

import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.PathText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Follows links in an archive as a system would in a tree, but never out of it. */
final class Links {
  /** As many as Linux follows. */
  private static final int LIMIT = 40;

  private Links() {}

  /**
   * The entry that a link leads to; any other entry itself.
   *
   * @throws Failure if it leads out of the archive, to nothing, or round in circles
   */
  static EntryView follow(ArchiveView archive, EntryView start) throws IOException {
    EntryView entry = start;
    for (int hops = 0; hops < LIMIT; hops++) {
      if (entry.is(EntryType.HARDLINK)) {
        entry = archive.resolve(entry);
      }
      if (!entry.is(EntryType.SYMLINK)) {
        return entry;
      }
      byte[] target = entry.linkTarget();
      byte @Nullable [] path = target == null ? null : resolve(entry.pathBytes(), target);
      EntryView next = path == null ? null : archive.find(path);
      if (next == null) {
        throw new Failure(
            ExitCode.INPUT,
            archive.displayName()
                + ": "
                + Archives.display(start.pathBytes())
                + " is a link to "
                + (target == null ? "nothing" : PathText.display(target))
                + ", which is not in the archive");
      }
      entry = next;
    }
    throw new Failure(
        ExitCode.INPUT,
        archive.displayName()
            + ": "
            + Archives.display(start.pathBytes())
            + " is a link that leads over more than "
            + LIMIT
            + " others");
  }

  /** The path that a link's text means, or null where it leads out of the archive. */
  static byte @Nullable [] resolve(byte[] link, byte[] target) {
    // Latin-1 gives every byte a char and back, so names need not be UTF-8.
    String text = new String(target, StandardCharsets.ISO_8859_1);
    if (text.startsWith("/")) {
      return null;
    }
    Deque<String> names = new ArrayDeque<>();
    for (String name : new String(link, StandardCharsets.ISO_8859_1).split("/", -1)) {
      names.addLast(name);
    }
    names.pollLast();
    for (String name : text.split("/", -1)) {
      if (name.equals("..")) {
        if (names.pollLast() == null) {
          return null;
        }
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.addLast(name);
      }
    }
    return String.join("/", names).getBytes(StandardCharsets.ISO_8859_1);
  }
}
