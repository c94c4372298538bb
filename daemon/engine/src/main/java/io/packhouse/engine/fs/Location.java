package io.packhouse.engine.fs;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Where a handle was opened: a chain of names, since a path is put together for messages only and
 * would cost a handle of a deep tree kilobytes.
 */
public final class Location {

  /** Null for the directory that the user named. */
  private final @Nullable Location parent;

  private final byte[] name;

  /** A directory that the user named, or a name below one. */
  public Location(@Nullable Location parent, byte[] name) {
    this.parent = parent;
    this.name = name;
  }

  /** The display path. */
  public String display() {
    ArrayDeque<byte[]> names = new ArrayDeque<>();
    for (Location at = this; at != null; at = at.parent) {
      names.push(at.name);
    }
    StringBuilder text = new StringBuilder();
    for (byte[] part : names) {
      if (!text.isEmpty() && text.charAt(text.length() - 1) != '/') {
        text.append('/');
      }
      text.append(PathText.display(part));
    }
    return text.toString();
  }

  /** Where a child is. */
  public Location child(byte[] childName) {
    return new Location(this, childName);
  }
}
