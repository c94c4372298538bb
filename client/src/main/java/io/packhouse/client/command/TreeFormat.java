package io.packhouse.client.command;

import io.packhouse.engine.format.EntryType;
import java.util.Arrays;

/**
 * Names indented below their directories. An entry that is not below the last one that stands at
 * the margin stands there itself, with its whole path: so do selected directories whose parents are
 * not selected.
 */
final class TreeFormat {
  private byte[] margin = {};
  private boolean started;
  private boolean below;

  /** What comes before an entry's name. To be called first. */
  CharSequence indent(EntryView entry) {
    byte[] path = entry.pathBytes();
    below = started && isBelowMargin(path);
    if (!below) {
      margin = path;
      started = true;
      return "";
    }
    int depth = margin.length == 0 ? 1 : 0;
    for (int i = margin.length; i < path.length; i++) {
      depth += path[i] == '/' ? 1 : 0;
    }
    return "  ".repeat(depth);
  }

  private boolean isBelowMargin(byte[] path) {
    return path.length > margin.length
        && Arrays.equals(path, 0, margin.length, margin, 0, margin.length)
        && (margin.length == 0 || path[margin.length] == '/');
  }

  /** An entry's name; its whole path at the margin. */
  String name(EntryView entry) {
    byte[] path = entry.pathBytes();
    int start = 0;
    for (int i = 0; below && i < path.length; i++) {
      start = path[i] == '/' ? i + 1 : start;
    }
    String name = Archives.display(Arrays.copyOfRange(path, start, path.length));
    return entry.is(EntryType.DIRECTORY) ? name + "/" : name;
  }
}
