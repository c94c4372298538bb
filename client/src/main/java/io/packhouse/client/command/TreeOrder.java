package io.packhouse.client.command;

import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.PathText;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Entries in the order of a drawn tree: a directory right before what is in it. An archive's order
 * is that of path bytes, where {@code a-b} comes between {@code a} and {@code a/c}. So a directory
 * is held back until something comes that does not sort before {@code a/}; few are at a time, since
 * all that are held start with one another's names.
 */
final class TreeOrder implements EntryView.Cursor {
  @SuppressWarnings("ArrayRecordComponent") // nobody changes it
  private record Keyed(byte[] key, EntryView entry) {}

  private final EntryView.Cursor entries;
  private final PriorityQueue<Keyed> held =
      new PriorityQueue<>(Comparator.comparing(Keyed::key, PathText::compare));
  private @Nullable Keyed ahead;

  TreeOrder(EntryView.Cursor entries) {
    this.entries = entries;
  }

  @Override
  public @Nullable EntryView next() throws IOException {
    while (true) {
      if (ahead == null) {
        EntryView entry = entries.next();
        ahead = entry == null ? null : new Keyed(key(entry), entry);
      }
      Keyed next = ahead;
      Keyed first = held.peek();
      if (first != null
          && (next == null || PathText.compare(first.key(), next.entry().pathBytes()) <= 0)) {
        held.remove();
        return first.entry();
      }
      if (next == null) {
        return null;
      }
      ahead = null;
      if (!next.entry().is(EntryType.DIRECTORY) || next.key().length == 0) {
        return next.entry();
      }
      held.add(next);
    }
  }

  private static byte[] key(EntryView entry) {
    byte[] path = entry.pathBytes();
    if (path.length == 0 || !entry.is(EntryType.DIRECTORY)) {
      return path;
    }
    byte[] key = Arrays.copyOf(path, path.length + 1);
    key[path.length] = '/';
    return key;
  }
}
