package io.packhouse.engine.restore;

import io.packhouse.engine.read.Entry;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A directory of the archive that the restore has met. It exists in the destination once it is
 * {@link #made}. Belongs to the planning thread, but for what is final.
 */
final class Folder {
  /** Null for the root. */
  final @Nullable Folder parent;

  final byte[] path;
  final byte[] name;

  /** Whether the selection holds it, and so everything below that is not excluded. */
  final boolean selected;

  final boolean excluded;

  /** Null for a root of which the archive has no entry. */
  @Nullable Entry entry;

  boolean made;

  /** Whether it was not there before. */
  boolean created;

  /** The mode to give back to a directory that was there and had to be made writable; else −1. */
  int formerMode = -1;

  /** Why nothing can be put here; null where it can. */
  @Nullable String failure;

  Folder(
      @Nullable Folder parent,
      byte[] path,
      byte[] name,
      boolean selected,
      boolean excluded,
      @Nullable Entry entry) {
    this.parent = parent;
    this.path = path;
    this.name = name;
    this.selected = selected;
    this.excluded = excluded;
    this.entry = entry;
  }

  /** Whether a path comes after all that can be in this directory. */
  boolean isPassedBy(byte[] other) {
    if (parent == null) {
      return false;
    }
    int length = path.length;
    int common = Math.min(length, other.length);
    int order = Arrays.compareUnsigned(other, 0, common, path, 0, common);
    if (order != 0 || other.length <= length) {
      return order > 0;
    }
    return (other[length] & 0xff) > '/';
  }
}
